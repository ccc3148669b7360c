package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
)

// keyboard is the place that has it, among all places of the window where one can type. A window that is built again has the same ones in
// the same order.
type keyboard struct {
	in    fyne.Focusable // nil for none of them
	place int
	of    int
}

func (w *Window) keyboard() keyboard {
	all := placesIn(w.root)
	for i, o := range all {
		if o == w.cfg.Window.Canvas().Focused() {
			return keyboard{o, i, len(all)}
		}
	}
	return keyboard{}
}

// placesIn are the places in o where one can type, as far as they can be seen.
func placesIn(o fyne.CanvasObject) (all []fyne.Focusable) {
	if !o.Visible() {
		return nil
	}
	if f, ok := o.(fyne.Focusable); ok && takesText(f) {
		return []fyne.Focusable{f}
	}
	for _, part := range parts(o) {
		all = append(all, placesIn(part)...)
	}
	return all
}

// giveKeyboard puts the keyboard where it was, with the caret. Where that place is not there any more, what is typed on is swallowed.
func (w *Window) giveKeyboard(before keyboard) {
	if before.in == nil {
		return
	}
	all := placesIn(w.root)
	if len(all) != before.of || fmt.Sprintf("%T", all[before.place]) != fmt.Sprintf("%T", before.in) {
		w.tear()
		return
	}
	w.focus(all[before.place])
	now, was := entryOf(all[before.place]), entryOf(before.in)
	if now != nil && now.Text == was.Text {
		now.CursorRow, now.CursorColumn = was.CursorRow, was.CursorColumn
		now.Refresh()
	}
}

// resume takes over another field's text, with what the desk has of it.
func (f *field) resume(o *field) {
	f.SetText(o.Text)
	f.echo, f.CursorRow, f.CursorColumn = o.echo, o.CursorRow, o.CursorColumn
}

// resume takes over what was typed for the same questions.
func (a *askedFields) resume(before []*askedField) {
	for _, r := range a.rows {
		for _, o := range before {
			if o.name == r.name && o.text != nil && r.text != nil {
				r.text.resume(o.text)
			}
		}
	}
}

// resume takes over what was typed in the same fields.
func (c *recordCard) resume(before []*cardRow) {
	c.filling = true
	defer func() { c.filling = false }()
	for _, r := range c.rows {
		for _, o := range before {
			if o.name == r.name && o.text != nil && r.text != nil {
				r.text.resume(o.text)
			}
		}
	}
}
