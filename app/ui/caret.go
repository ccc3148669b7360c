package ui

import "fyne.io/fyne/v2/widget"

// unmoved fills fields that may be typed in at this moment. The one with the keyboard first gets what is saved and then what was typed:
// Fyne cuts its caret down to the shorter of the two, and the next key would come into the middle of the text.
func (w *Window) unmoved(fill func()) {
	e := entryOf(w.cfg.Window.Canvas().Focused())
	if e == nil {
		fill()
		return
	}
	text, row, column := e.Text, e.CursorRow, e.CursorColumn
	fill()
	if e.Text == text && (e.CursorRow != row || e.CursorColumn != column) {
		e.CursorRow, e.CursorColumn = row, column
		e.Refresh()
	}
}

// entryOf is the entry that something with the keyboard is made of, nil where it is none.
func entryOf(focused any) *widget.Entry {
	switch o := focused.(type) {
	case *field:
		return &o.Entry
	case *valueField:
		return &o.Entry
	case *numberEntry:
		return &o.Entry
	case *widget.Entry:
		return o
	}
	return nil
}
