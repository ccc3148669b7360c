package ui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// askWho asks the org who else a past call may have been with, and shows that as a menu where the row's menu was. The answer comes
// late: where the agent has typed since, it waits until the agent asks again.
func (p *leftPane) askWho(r app.HistoryRow, at fyne.Position) {
	p.askWhoBy(r, "", phrase("ui.wrong-person"), at)
}

// askWhoBy is askWho for the records that fit a text, or with "" for those that have the call's number. item is what the menu calls that.
func (p *leftPane) askWhoBy(r app.HistoryRow, text, item string, at fyne.Position) {
	if p.who.call == r.ID && p.who.text == text && p.w.cfg.Now().Sub(p.who.at) < answerKept {
		p.showWho(r, text, p.who.records, at)
		return
	}
	before := p.w.textAt()
	p.w.ask(func() func() {
		records, err := p.w.cfg.Desk.WhoElse(context.Background(), r.ID, text)
		return func() {
			p.w.complain(aboutList, err)
			now := p.w.textAt()
			switch {
			case err != nil:
			case text != "" && len(records) == 0:
				p.w.say(aboutList, phrase("ui.search-person-none", "text", text))
			case p.w.striking() || now != (textAt{}) && now != before || p.w.inOverlay(): // a cursor that only rests in a field is no typing
				p.who = whoAnswer{r.ID, text, records, p.w.cfg.Now()}
				p.w.say(aboutCommand, phrase("ui.who-else-waits", "name", rowName(r), "item", item))
			default:
				p.showWho(r, text, records, at)
				p.w.cfg.Window.Canvas().Unfocus() // its keys come by the window, which waits a moment: see menuKey
				p.w.popped = p.w.cfg.Now()
			}
		}
	})
}

func (p *leftPane) showWho(r app.HistoryRow, text string, records []crm.Record, at fyne.Position) {
	p.who = whoAnswer{}
	popUp(p.w.cfg.Window.Canvas(), p.whoElse(r, text, records), at)
}

// whoAnswer is an answer that came while the agent was typing.
type whoAnswer struct {
	call    string
	text    string // that was searched for
	records []crm.Record
	at      time.Time
}

// answerKept is how long such an answer is shown without asking again.
const answerKept = 2 * time.Minute

// searchWho asks for a text, where the row's menu was, and then which of the records that fit it the call was with.
func (p *leftPane) searchWho(r app.HistoryRow, at fyne.Position) {
	canvas := p.w.cfg.Window.Canvas()
	f := newField(phrase("ui.search-person-hint"))
	var pop *widget.PopUp
	search := func() {
		if text := strings.TrimSpace(f.Text); text != "" {
			pop.Hide()
			p.askWhoBy(r, text, phrase("ui.search-person"), at)
		}
	}
	f.OnSubmitted = func(string) { search() }
	button := newButton(phrase("ui.search"), "search", widget.HighImportance, search)
	pop = widget.NewPopUp(container.NewBorder(nil, nil, nil, button, sized(searchWidth, 34, f)), canvas)
	pop.ShowAtPosition(at)
	canvas.Focus(f)
}

// searchWidth is how wide the field is in which a person is searched for.
const searchWidth = 260

// numberOfRow is the number of a past call as the org knows numbers, "" where it is none of those.
func numberOfRow(r app.HistoryRow) string {
	if strings.HasPrefix(r.Dial, "+") && strings.Trim(r.Dial, "+0123456789") == "" {
		return r.Dial
	}
	return ""
}

// pointAt says who a past call was with; the zero Ref is nobody.
func (p *leftPane) pointAt(r app.HistoryRow, record crm.Ref, text string) {
	p.w.say(aboutCommand, "")
	p.w.ask(func() func() {
		err := p.w.cfg.Desk.PointAt(context.Background(), r.ID, record, text)
		return func() {
			p.w.complain(aboutCommand, err)
			if err == nil && p.tab == tabNeedsRecord { // the View tells of the newest calls alone
				p.deep = false
				p.load()
			}
		}
	})
}

// whoElse has an item for each record, with the one the call is with marked, and one for nobody.
func (p *leftPane) whoElse(r app.HistoryRow, text string, records []crm.Record) *fyne.Menu {
	point := func(record crm.Ref) func() {
		return func() { p.pointAt(r, record, text) }
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
