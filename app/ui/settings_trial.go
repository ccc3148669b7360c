package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"linecard/app"
	"linecard/crm"
)

// trialView shows what rules would have done with the calls of the past.
type trialView struct {
	w    *Window
	root *fyne.Container
	rows *fyne.Container
}

// trialShown is how many calls are shown; the command line has all.
const trialShown = 8

func newTrialView(w *Window) *trialView {
	t := &trialView{w: w, rows: vbox(8)}
	t.root = vbox(8, t.rows)
	t.root.Hide()
	return t
}

func (t *trialView) hide() {
	show(t.root, false)
	t.w.relayout()
}

// try has a table tried, shows what comes of it, and then goes on.
func (t *trialView) try(table []crm.Rule, then func()) {
	t.tried(table, func() {}, func(trial app.Trial) {
		t.draw(trial, table)
		if then != nil {
			then()
		}
	})
}

// ifChanged has a table tried. Where no call would have gone another way it goes on; else it shows which, and asks. failed is for a table that
// cannot be tried.
func (t *trialView) ifChanged(table []crm.Rule, then, ask, failed func()) {
	t.tried(table, failed, func(trial app.Trial) {
		if trial.Changed == 0 {
			t.hide()
			then()
			return
		}
		t.draw(trial, table)
		ask()
	})
}

func (t *trialView) tried(table []crm.Rule, failed func(), then func(app.Trial)) {
	t.w.ask(func() func() {
		trial, err := t.w.cfg.Admin.TryRules(table)
		return func() {
			t.w.complain(aboutCommand, err)
			if err != nil {
				failed()
				return
			}
			then(trial)
		}
	})
}

func (t *trialView) draw(trial app.Trial, table []crm.Rule) {
	t.rows.RemoveAll()
	t.rows.Add(newText(phrase("ui.trial", "count", trial.Calls, "changed", trial.Changed), body.strong()))
	if words := app.TrialWords(trial); words != "" {
		t.rows.Add(newParagraph(words, caption, 4))
	}
	now := t.w.cfg.Now()
	for i, c := range trial.Changes {
		if i == trialShown {
			t.rows.Add(newText(phrase("ui.trial-more", "more", len(trial.Changes)-trialShown), caption))
			break
		}
		who := c.Name
		if who == "" {
			who = t.w.cfg.Format(c.Number)
		}
		if who == "" {
			who = phrase("ui.number-withheld")
		}
		row := vbox(1, container.NewBorder(nil, nil, nil, newText(moment(c.Started, now), caption), newText(who, body.elided())))
		for _, change := range app.ChangeWords(c) {
			row.Add(newParagraph(phrase("ui.trial-change", "before", change[0], "after", change[1]), caption, 3))
		}
		t.rows.Add(row)
	}
	for _, c := range trial.Conflicts {
		t.rows.Add(warning(app.ConflictWords(c, table)))
	}
	t.rows.Refresh()
	show(t.root, true)
	t.w.relayout()
}
