package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app/settings"
)

// findChoice says whether callers are looked for at all, and whether what is found is kept. A choice counts at once.
type findChoice struct {
	w       *Window
	root    fyne.CanvasObject
	find    *widget.Check
	keep    *widget.Check
	filling bool
}

func newFindChoice(w *Window) *findChoice {
	c := &findChoice{w: w}
	c.find = widget.NewCheck(phrase("ui.find-callers"), func(bool) { c.save() })
	c.keep = widget.NewCheck(phrase("ui.keep-names"), func(bool) { c.save() })
	c.root = group(phrase("ui.callers"), c.find, newParagraph(phrase("ui.find-callers-detail"), caption, 4), c.keep, newParagraph(phrase("ui.keep-names-detail"), caption, 4))
	return c
}

func (c *findChoice) fill(f Form) {
	c.filling = true
	c.find.SetChecked(f.Records.Find)
	c.keep.SetChecked(f.Records.KeepNames)
	c.filling = false
	f.lock("records.find", c.find)
	f.lock("records.keep_names", c.keep)
}

func (c *findChoice) save() {
	if c.filling {
		return
	}
	find, keep := c.find.Checked, c.keep.Checked
	c.w.do(func() error {
		return c.w.cfg.Settings.Change(func(set *settings.Settings) { set.Records.Find, set.Records.KeepNames = find, keep })
	})
}
