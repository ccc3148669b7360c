package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// askWho asks the org who else a past call may have been with, and shows that as a menu where the row's menu was.
func (p *leftPane) askWho(r app.HistoryRow, at fyne.Position) {
	p.w.ask(func() func() {
		records, err := p.w.cfg.Desk.WhoElse(context.Background(), r.ID, "")
		return func() {
			if p.w.complain(aboutList, err); err == nil {
				widget.ShowPopUpMenuAtPosition(p.whoElse(r, records), p.w.cfg.Window.Canvas(), at)
			}
		}
	})
}

// whoElse has an item for each record, with the one the call is with marked, and one for nobody.
func (p *leftPane) whoElse(r app.HistoryRow, records []crm.Record) *fyne.Menu {
	point := func(record string) func() {
		return func() {
			p.w.do(func() error { return p.w.cfg.Desk.PointAt(context.Background(), r.ID, record, "") })
		}
	}
	m := fyne.NewMenu("")
	for _, record := range records {
		i := fyne.NewMenuItem(joined(record.Name, app.Line2(record)), point(record.ID))
		i.Checked = record.ID == r.Who.ID
		m.Items = append(m.Items, i)
	}
	if len(records) > 0 {
		m.Items = append(m.Items, fyne.NewMenuItemSeparator())
	}
	nobody := fyne.NewMenuItem(phrase("ui.nobody-known"), point(""))
	nobody.Checked = r.Who.IsZero()
	m.Items = append(m.Items, nobody)
	return m
}
