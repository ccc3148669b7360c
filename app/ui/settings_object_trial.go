package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// objectTrial searches for a number by the table as it is, and shows what is found in which object.
type objectTrial struct {
	s      *objectsSheet
	root   fyne.CanvasObject
	number *field
	try    *button
	found  *fyne.Container
	text   typedText
}

func newObjectTrial(s *objectsSheet) *objectTrial {
	t := &objectTrial{s: s, number: newField(phrase("ui.objects-number-hint")), found: vbox(8)}
	t.try = newButton(phrase("ui.objects-try"), "search", widget.HighImportance, t.run)
	t.number.OnChanged = func(string) { t.changed() }
	t.number.OnSubmitted = func(string) { t.run() }
	t.root = group(phrase("ui.objects-test"), newParagraph(phrase("ui.objects-test-detail"), caption, 3),
		container.NewBorder(nil, nil, nil, inset(0, 0, 8, 0, t.try), oneLine(t.number)), t.found)
	t.text.loose = true
	t.text.read = func() []string { return []string{t.number.Text} }
	t.text.write = func(typed []string) { t.number.SetText(typed[0]) }
	return t
}

func (t *objectTrial) fill() {
	t.text.fill("", func() {})
	t.changed()
}

func (t *objectTrial) changed() { t.try.enable(strings.TrimSpace(t.number.Text) != "") }

func (t *objectTrial) run() {
	number, org := strings.TrimSpace(t.number.Text), t.s.chosenOrg()
	if number == "" {
		return
	}
	t.try.enable(false)
	t.s.w.ask(func() func() {
		trial, err := t.s.w.cfg.Objects.Try(org, number)
		return func() {
			t.changed()
			t.s.w.complain(aboutCommand, err)
			t.found.RemoveAll()
			if err == nil {
				t.draw(trial)
			}
			t.found.Refresh()
			t.s.w.relayout()
		}
	})
}

// draw shows what was found, object by object, and what the agent would see of it.
func (t *objectTrial) draw(trial crm.ObjectTrial) {
	t.found.Add(newParagraph(app.ObjectTrialWords(trial), body.strong(), 3))
	for _, r := range trial.Rows {
		words := objectWords(t.s.states[r.Object].Label, r.Object)
		t.found.Add(container.NewBorder(nil, nil, nil, newText(app.TrialRowWords(r), caption), newText(words, body.elided())))
		for _, m := range r.Matches {
			t.found.Add(inset(0, 0, 12, 0, vbox(1, newText(joined(m.Name, m.Company), body.elided()), whyLine(m.Why, 480))))
		}
	}
}
