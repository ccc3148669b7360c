package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Cursor implements desktop.Cursorable.
func (n *notes) Cursor() desktop.Cursor { return desktop.TextCursor }

// MouseDown implements desktop.Mouseable: one click sets the caret, two select a word, three a line.
func (n *notes) MouseDown(e *desktop.MouseEvent) {
	n.takeFocus()
	at := n.at(e.Position)
	if e.Button != desktop.MouseButtonPrimary {
		if from, to := n.selection(); at < from || at > to {
			n.move(at, false)
		}
		return
	}
	now := time.Now()
	if n.click.byte != at || now.Sub(n.click.at) > doubleClick {
		n.click.count = 0
	}
	n.click.at, n.click.byte = now, at
	n.click.count++
	switch n.click.count {
	case 1:
		n.move(at, e.Modifier&fyne.KeyModifierShift != 0)
	case 2:
		n.anchor = n.wordBefore(n.wordAfter(at))
		n.move(n.wordAfter(at), true)
	default:
		n.anchor = strings.LastIndexByte(n.Text[:at], '\n') + 1
		end := len(n.Text)
		if i := strings.IndexByte(n.Text[at:], '\n'); i >= 0 {
			end = at + i
		}
		n.move(end, true)
	}
}

// MouseUp implements desktop.Mouseable.
func (n *notes) MouseUp(*desktop.MouseEvent) {}

// Dragged implements fyne.Draggable.
func (n *notes) Dragged(e *fyne.DragEvent) { n.move(n.at(e.Position), true) }

// DragEnd implements fyne.Draggable.
func (n *notes) DragEnd() {}

// Scrolled implements fyne.Scrollable.
func (n *notes) Scrolled(e *fyne.ScrollEvent) {
	n.wheel -= e.Scrolled.DY / n.rowHeight()
	whole := int(n.wheel)
	n.wheel -= float32(whole)
	if whole != 0 {
		n.scrollTo(n.top + whole)
		n.Refresh()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (n *notes) TappedSecondary(e *fyne.PointEvent) {
	clipboard := fyne.CurrentApp().Clipboard()
	item := func(words string, possible bool, f func()) *fyne.MenuItem {
		i := fyne.NewMenuItem(words, f)
		i.Disabled = !possible
		return i
	}
	any := n.selected() != ""
	menu := fyne.NewMenu("",
		item(phrase("ui.undo"), len(n.past) > 0, n.undo), item(phrase("ui.redo"), len(n.future) > 0, n.redo), fyne.NewMenuItemSeparator(),
		item(phrase("ui.cut"), any, func() { n.cutTo(clipboard) }), item(phrase("ui.copy"), any, func() { n.copyTo(clipboard) }),
		item(phrase("ui.paste"), true, func() { n.insert(clipboard.Content()) }),
		item(phrase("ui.select-all"), n.Text != "", n.selectAll))
	if c := fyne.CurrentApp().Driver().CanvasForObject(n); c != nil {
		popUp(c, menu, e.AbsolutePosition)
	}
}

func (n *notes) takeFocus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(n); c != nil && !n.focused {
		c.Focus(n)
	}
}

// at is the byte under a point of the field.
func (n *notes) at(p fyne.Position) int {
	row := n.top + int((p.Y-notesPadding)/n.rowHeight())
	if p.Y < notesPadding {
		row = n.top - 1
	}
	switch {
	case row < 0:
		return 0
	case row >= len(n.rows):
		return len(n.Text)
	}
	return n.near(row, p.X-notesPadding)
}
