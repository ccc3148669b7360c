package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// callList is a list in which Enter dials, and a page or the whole list is gone through with one key. Fyne's knows no such keys and keeps where
// the keyboard is to itself, so that is kept here.
type callList struct {
	widget.List
	enter   func()
	shows   func(widget.ListItemID)
	at      widget.ListItemID // where the keyboard is
	focused bool
}

// FocusGained implements fyne.Focusable.
func (l *callList) FocusGained() {
	l.focused = true
	l.ScrollTo(l.at)
	l.RefreshItem(l.at)
}

// FocusLost implements fyne.Focusable.
func (l *callList) FocusLost() {
	l.focused = false
	l.RefreshItem(l.at)
}

// turn takes the keyboard to a row, which shows its number.
func (l *callList) turn(to widget.ListItemID) {
	before := l.at
	if l.at = max(0, min(to, l.Length()-1)); l.at >= l.Length() {
		return
	}
	l.ScrollTo(l.at)
	l.RefreshItem(before)
	l.shows(l.at)
}

// page is how many rows are in sight, but one that stays.
func (l *callList) page() int {
	return max(1, int(l.Size().Height/newHistoryRow(nil).MinSize().Height)-1)
}

// TypedKey implements fyne.Focusable.
func (l *callList) TypedKey(e *fyne.KeyEvent) {
	if passEscape(l, e) {
		return
	}
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		l.enter()
		return
	}
	switch e.Name {
	case fyne.KeySpace:
		l.turn(l.at)
	case fyne.KeyUp:
		l.turn(l.at - 1)
	case fyne.KeyDown:
		l.turn(l.at + 1)
	case fyne.KeyPageUp:
		l.turn(l.at - l.page())
	case fyne.KeyPageDown:
		l.turn(l.at + l.page())
	case fyne.KeyHome:
		l.turn(0)
	case fyne.KeyEnd:
		l.turn(l.Length() - 1)
	}
}
