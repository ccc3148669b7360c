package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app/settings"
)

// colleagueImport is the part of the page that takes a whole list, as a spreadsheet has it.
type colleagueImport struct {
	w       *Window
	root    fyne.CanvasObject
	list    *field
	instead *widget.Check
	take    *button
	result  *paragraph
	text    typedText
	locked  bool
	filling bool
}

func newColleagueImport(w *Window) *colleagueImport {
	c := &colleagueImport{w: w, list: newField(phrase("ui.colleagues-import-hint")), result: newParagraph("", caption, 3)}
	c.list.MultiLine = true
	c.list.SetMinRowsVisible(4)
	typed := func() {
		if !c.filling {
			c.result.Hide() // it is about another list
		}
		c.changed()
	}
	c.list.OnChanged = func(string) { typed() }
	c.instead = widget.NewCheck(phrase("ui.colleagues-import-instead"), func(bool) { typed() })
	c.take = newButton(phrase("ui.colleagues-import"), "", widget.MediumImportance, c.read)
	c.result.Hide()
	c.root = group(phrase("ui.colleagues-import-heading"), newParagraph(phrase("ui.colleagues-import-detail"), caption, 4), c.list, c.instead, c.result, hbox(8, c.take))
	c.text.read = func() []string { return []string{c.list.Text, strconv.FormatBool(c.instead.Checked)} }
	c.text.write = func(typed []string) {
		c.list.SetText(typed[0])
		c.instead.SetChecked(typed[1] == "true")
	}
	c.take.enable(false)
	return c
}

func (c *colleagueImport) fill(locked bool) {
	c.locked = locked
	c.filling = true
	c.text.fill("", func() { c.text.write([]string{"", "false"}) })
	c.filling = false
	for _, d := range []disableable{c.list, c.instead} {
		if locked {
			d.Disable()
		} else {
			d.Enable()
		}
	}
	c.changed()
}

func (c *colleagueImport) changed() {
	c.take.enable(!c.locked && strings.TrimSpace(c.list.Text) != "")
	c.w.settings.mark()
}

// read takes the list as it is typed, or says in which line it cannot be read.
func (c *colleagueImport) read() {
	c.result.Hide()
	sent := c.text.read()
	list, err := settings.ReadColleagues(sent[0])
	if err != nil {
		c.w.complain(aboutSettings, err)
		return
	}
	c.w.changeSettings(func(set *settings.Settings) error { return set.AddColleagues(list, sent[1] == "true") }, func() {
		c.text.settle("", sent)
		if !c.text.has("") {
			c.text.saved = nil
		}
		c.result.say(phrase("ui.colleagues-imported", "count", len(list)))
		show(c.result, true)
	})
}
