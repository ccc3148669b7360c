package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
)

// askWho asks the org who else a past call may have been with, and shows that as a menu where the row's menu was. The answer comes
// late: where the agent has typed since, it waits until the agent asks again.
func (p *leftPane) askWho(r app.HistoryRow, at fyne.Position) {
	if p.who.call == r.ID && p.w.cfg.Now().Sub(p.who.at) < answerKept {
		p.showWho(r, p.who.records, at)
		return
	}
	before := p.w.textAt()
	p.w.ask(func() func() {
		records, err := p.w.cfg.Desk.WhoElse(context.Background(), r.ID, "")
		return func() {
			p.w.complain(aboutList, err)
			now := p.w.textAt()
			switch {
			case err != nil:
			case p.w.striking() || now != (textAt{}) && now != before || p.w.inOverlay(): // a cursor that only rests in a field is no typing
				p.who = whoAnswer{r.ID, records, p.w.cfg.Now()}
				p.w.say(aboutCommand, phrase("ui.who-else-waits", "name", rowName(r), "item", phrase("ui.wrong-person")))
			default:
				p.showWho(r, records, at)
				p.w.cfg.Window.Canvas().Unfocus() // its keys come by the window, which waits a moment: see menuKey
				p.w.popped = p.w.cfg.Now()
			}
		}
	})
}

func (p *leftPane) showWho(r app.HistoryRow, records []crm.Record, at fyne.Position) {
	p.who = whoAnswer{}
	popUp(p.w.cfg.Window.Canvas(), p.whoElse(r, records), at)
}

// whoAnswer is an answer that came while the agent was typing.
type whoAnswer struct {
	call    string
	records []crm.Record
	at      time.Time
}

// answerKept is how long such an answer is shown without asking again.
const answerKept = 2 * time.Minute

// whoElse has an item for each record, with the one the call is with marked, and one for nobody.
func (p *leftPane) whoElse(r app.HistoryRow, records []crm.Record) *fyne.Menu {
	point := func(record crm.Ref) func() {
		return func() {
			p.w.do(func() error { return p.w.cfg.Desk.PointAt(context.Background(), r.ID, record, "") })
		}
	}
	m := fyne.NewMenu("")
	for _, record := range records {
		i := fyne.NewMenuItem(joined(record.Name, app.Line2(record), orgAmong(p.view, records, refOfRecord, record)), point(record.Ref))
		i.Checked = record.Is(r.Who)
		m.Items = append(m.Items, i)
	}
	if len(records) > 0 {
		m.Items = append(m.Items, fyne.NewMenuItemSeparator())
	}
	nobody := fyne.NewMenuItem(phrase("ui.nobody-known"), point(crm.Ref{}))
	nobody.Checked = r.Who.IsZero()
	m.Items = append(m.Items, nobody)
	return m
}
