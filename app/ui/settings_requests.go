package ui

import (
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app/catalogue"
	"linecard/app/meter"
	"linecard/app/settings"
)

// requestsGroup shows how many requests this desk has made to Salesforce today, and bounds them.
type requestsGroup struct {
	w     *Window
	root  fyne.CanvasObject
	facts *fyne.Container
	limit *field
	save  *button
	text  typedText // the cap
	said  string

	filling bool
}

func newRequestsGroup(w *Window) *requestsGroup {
	g := &requestsGroup{w: w, facts: vbox(6), limit: newField("")}
	g.save = newButton(phrase("ui.save"), "done", widget.MediumImportance, g.keep)
	g.limit.OnChanged = func(string) {
		g.save.enable(g.cap() >= 0 && !g.limit.Disabled())
		if w.settings != nil && !g.filling {
			w.settings.mark()
		}
	}
	g.text.read, g.text.write = func() []string { return []string{g.limit.Text} }, func(typed []string) { g.limit.SetText(typed[0]) }
	g.root = group(phrase("ui.requests"), g.facts, entryRow(phrase("ui.daily-cap"), container.NewBorder(nil, nil, nil, inset(0, 0, 8, 0, g.save), oneLine(g.limit))),
		newParagraph(phrase("ui.daily-cap-detail"), caption, 4))
	return g
}

// cap is the number in the field, and -1 where there is none.
func (g *requestsGroup) cap() int {
	n, err := strconv.Atoi(strings.TrimSpace(g.limit.Text))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

func (g *requestsGroup) fill(f Form) {
	f.lock("salesforce.daily_cap", g.limit)
	g.filling = true
	g.text.fill("", func() { g.limit.SetText(strconv.Itoa(f.Settings.Salesforce.DailyCap)) })
	g.filling = false
	g.reload()
}

func (g *requestsGroup) reload() {
	g.w.ask(func() func() {
		r := g.w.cfg.Admin.Requests()
		return func() { g.draw(r) }
	})
}

func (g *requestsGroup) draw(r meter.Report) {
	today := phrase("ui.requests-today", "used", r.Used)
	if r.Cap > 0 {
		today = phrase("ui.used-of", "used", r.Used, "limit", r.Cap)
	}
	kinds := meter.Count{}
	for _, o := range r.Orgs {
		kinds.Add(o.Count)
	}
	facts, byKind := [][2]string{{phrase("ui.requests-today-label"), today}}, joined(kinds.ByKind()...)
	if len(r.Calls) > 0 {
		facts = append(facts, [2]string{phrase("ui.requests-last-call"), joined(r.Calls[0].ByKind()...)})
	}
	why := catalogue.Say(r.State.Why)
	said := fmt.Sprint(facts, byKind, why)
	if said == g.said {
		return
	}
	g.said = said
	g.facts.Objects = []fyne.CanvasObject{factGrid(facts)}
	if byKind != "" {
		g.facts.Add(vbox(1, newText(phrase("ui.requests-by-kind"), caption), newParagraph(byKind, body, 4)))
	}
	if why != "" {
		g.facts.Add(newParagraph(why, body, 4))
	}
	g.facts.Refresh()
	g.w.relayout()
}

func (g *requestsGroup) keep() {
	n, sent := g.cap(), g.text.read()
	g.w.do(func() error {
		err := g.w.cfg.Settings.Change(func(s *settings.Settings) { s.Salesforce.DailyCap = n })
		g.w.dispatch(func() {
			if err == nil {
				g.text.settle("", sent)
				g.w.settings.mark()
			}
			g.reload()
		})
		return err
	})
}
