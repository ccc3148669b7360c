package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app/settings"
)

// orgColleagues is the switch that has the users of the orgs among the colleagues, with who they are by now and the button that reads them again.
type orgColleagues struct {
	w       *Window
	root    fyne.CanvasObject
	on      *widget.Check
	stands  *paragraph
	refresh *button
	said    []string
	filling bool
	reading bool
}

func newOrgColleagues(w *Window) *orgColleagues {
	c := &orgColleagues{w: w, stands: newParagraph("", body, 8)}
	c.on = widget.NewCheck(phrase("ui.org-colleagues-on"), func(on bool) {
		if !c.filling {
			c.do(func() error {
				return w.cfg.Settings.Change(func(s *settings.Settings) { s.Directory.Colleagues = on })
			})
		}
	})
	c.refresh = newButton(phrase("ui.org-colleagues-refresh"), "refresh", widget.MediumImportance, func() { c.do(w.cfg.Admin.RefreshOrgColleagues) })
	c.stands.Hide()
	c.root = group(phrase("ui.org-colleagues"), c.on, newParagraph(phrase("ui.org-colleagues-detail"), caption, 6), c.stands, hbox(8, c.refresh))
	return c
}

func (c *orgColleagues) fill(f Form) {
	c.filling = true
	c.on.SetChecked(f.Settings.Directory.Colleagues)
	f.lock("directory.colleagues", c.on)
	c.filling = false
	c.reload()
}

// do does something that takes as long as the org, and shows what has come of it.
func (c *orgColleagues) do(f func() error) {
	c.reading = true
	c.refresh.enable(false)
	c.w.ask(func() func() {
		err := f()
		return func() {
			c.reading = false
			c.w.complain(aboutCommand, err)
			c.reload()
		}
	})
}

func (c *orgColleagues) reload() {
	c.w.ask(func() func() {
		said := c.w.cfg.Admin.OrgColleagues()
		return func() { c.draw(said) }
	})
}

func (c *orgColleagues) draw(said []string) {
	c.refresh.enable(c.on.Checked && !c.reading)
	if slices.Equal(said, c.said) {
		return
	}
	c.said = said
	c.stands.say(strings.Join(said, "\n"))
	show(c.stands, len(said) > 0)
	c.w.relayout()
}
