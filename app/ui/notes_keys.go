package ui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// AcceptsTab implements fyne.Tabbable: Tab leads on to the next field.
func (n *notes) AcceptsTab() bool { return false }

// FocusGained implements fyne.Focusable.
func (n *notes) FocusGained() { n.focused = true; n.Refresh() }

// FocusLost implements fyne.Focusable.
func (n *notes) FocusLost() { n.focused, n.shift = false, false; n.Refresh() }

// TypedRune implements fyne.Focusable.
func (n *notes) TypedRune(r rune) { n.insert(string(r)) }

// KeyDown implements desktop.Keyable.
func (n *notes) KeyDown(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		n.shift = true
	}
}

// KeyUp implements desktop.Keyable.
func (n *notes) KeyUp(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		n.shift = false
	}
}

// TypedKey implements fyne.Focusable.
func (n *notes) TypedKey(e *fyne.KeyEvent) {
	if passEscape(n, e) {
		return
	}
	row := n.rowOf(n.caret)
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		n.insert("\n")
	case fyne.KeyBackspace:
		n.remove(n.before(n.caret))
	case fyne.KeyDelete:
		n.remove(n.after(n.caret))
	case fyne.KeyLeft:
		n.turn(n.before(n.caret), true)
	case fyne.KeyRight:
		n.turn(n.after(n.caret), false)
	case fyne.KeyUp:
		n.climb(row - 1)
	case fyne.KeyDown:
		n.climb(row + 1)
	case fyne.KeyPageUp:
		n.climb(max(0, row-n.inSight()))
	case fyne.KeyPageDown:
		n.climb(min(len(n.rows)-1, row+n.inSight()))
	case fyne.KeyHome:
		n.move(n.rows[row], n.shift)
	case fyne.KeyEnd:
		_, end := n.span(row)
		n.move(end, n.shift)
	}
}

// turn goes one rune to a side; with something selected, to that side of it.
func (n *notes) turn(to int, back bool) {
	if from, end := n.selection(); from != end && !n.shift {
		to = end
		if back {
			to = from
		}
	}
	n.move(to, n.shift)
}

// climb goes to another row, as near as may be to where the caret was before the first of such steps.
func (n *notes) climb(row int) {
	switch {
	case row < 0:
		n.move(0, n.shift)
	case row >= len(n.rows):
		n.move(len(n.Text), n.shift)
	default:
		x := n.wished
		if x < 0 {
			x = n.left(n.caret)
		}
		n.move(n.near(row, x), n.shift)
		n.wished = x
	}
}

// move puts the caret somewhere else, and what lies between is selected or not.
func (n *notes) move(to int, selects bool) {
	n.caret, n.wished = to, -1
	if !selects {
		n.anchor = to
	}
	n.begun = n.begun.Add(-oneRun) // what is typed here is a step of its own
	n.showCaret()
	n.Refresh()
}

func (n *notes) before(at int) int {
	_, size := utf8.DecodeLastRuneInString(n.Text[:at])
	return at - size
}

func (n *notes) after(at int) int {
	_, size := utf8.DecodeRuneInString(n.Text[at:])
	return at + size
}

// wordBefore is where the word before a place begins, wordAfter where the one behind it ends.
func (n *notes) wordBefore(at int) int {
	s := strings.TrimRightFunc(n.Text[:at], unicode.IsSpace)
	return strings.LastIndexFunc(s, unicode.IsSpace) + 1
}

func (n *notes) wordAfter(at int) int {
	rest := strings.TrimLeftFunc(n.Text[at:], unicode.IsSpace)
	if end := strings.IndexFunc(rest, unicode.IsSpace); end >= 0 {
		rest = rest[end:]
	} else {
		rest = ""
	}
	return len(n.Text) - len(rest)
}

// TypedShortcut implements fyne.Shortcutable.
func (n *notes) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutCopy:
		n.copyTo(s.Clipboard)
	case *fyne.ShortcutCut:
		n.cutTo(s.Clipboard)
	case *fyne.ShortcutPaste:
		n.insert(s.Clipboard.Content())
	case *fyne.ShortcutSelectAll:
		n.selectAll()
	case *fyne.ShortcutUndo:
		n.undo()
	case *fyne.ShortcutRedo:
		n.redo()
	case *desktop.CustomShortcut:
		n.byWord(s.KeyName, s.Modifier&fyne.KeyModifierShift != 0)
	}
}

// byWord is what keys do with Ctrl, or on a Mac with Option.
func (n *notes) byWord(key fyne.KeyName, selects bool) {
	switch key {
	case fyne.KeyLeft:
		n.move(n.wordBefore(n.caret), selects)
	case fyne.KeyRight:
		n.move(n.wordAfter(n.caret), selects)
	case fyne.KeyHome, fyne.KeyUp:
		n.move(0, selects)
	case fyne.KeyEnd, fyne.KeyDown:
		n.move(len(n.Text), selects)
	case fyne.KeyBackspace:
		n.remove(n.wordBefore(n.caret))
	case fyne.KeyDelete:
		n.remove(n.wordAfter(n.caret))
	}
}

func (n *notes) copyTo(c fyne.Clipboard) {
	if s := n.selected(); s != "" {
		c.SetContent(s)
	}
}

func (n *notes) cutTo(c fyne.Clipboard) {
	n.copyTo(c)
	n.remove(n.caret)
}

// toEnd puts the caret behind everything, on a word of its own.
func (n *notes) toEnd() {
	n.move(len(n.Text), false)
	if n.Text != "" && !strings.HasSuffix(n.Text, " ") && !strings.HasSuffix(n.Text, "\n") {
		n.insert(" ")
	}
}

func (n *notes) selectAll() {
	n.anchor = 0
	n.move(len(n.Text), true)
}
