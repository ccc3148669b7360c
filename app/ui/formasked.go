package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"linecard/app"
)

// askedFields are the questions of the call's layout in the form: a field each, or a list where there are answers to choose from.
type askedFields struct {
	f    *wrapForm
	root *fyne.Container
	rows []*askedField
	all  []app.AskedView // as they are laid out
	lack *paragraph      // names what must be answered first
}

type askedField struct {
	name   string
	text   *field
	choice *choice
}

func newAskedFields(f *wrapForm) *askedFields {
	a := &askedFields{f: f, root: vbox(8), lack: newParagraph("", caption, 2)}
	a.lack.color = colorHeld
	a.root.Hide()
	return a
}

// show takes the questions of the View, and the labels of what is lacking on the card. Fields that stay keep what is typed in them.
func (a *askedFields) show(w app.WrapView, card []string, wrapping, fresh bool) {
	if fresh || !slices.EqualFunc(a.all, w.Asked, sameQuestion) {
		a.layOut(w.Asked)
		fresh = true
	}
	for i, q := range w.Asked {
		r := a.rows[i]
		if r.choice != nil {
			choose(r.choice, q.Choices, q.Answer)
		} else {
			r.text.follow(q.Answer, fresh)
		}
	}
	words := ""
	if missing := append(w.Unanswered(), card...); wrapping && len(missing) > 0 && w.Log != app.LogSkipped {
		words = phrase("ui.answer-first", "names", missing)
	}
	a.lack.say(words)
	show(a.lack, words != "")
	show(a.root, len(w.Asked) > 0 || words != "")
}

// lists are the drop-down lists of the form.
func (f *wrapForm) lists() []*choice {
	all := []*choice{f.outcome, f.related}
	for _, r := range f.asked.rows {
		if r.choice != nil {
			all = append(all, r.choice)
		}
	}
	return all
}

func sameQuestion(a, b app.AskedView) bool {
	return a.Name == b.Name && a.Required == b.Required && slices.Equal(a.Choices, b.Choices)
}

func (a *askedFields) layOut(all []app.AskedView) {
	a.all, a.rows = all, nil
	var cells []fyne.CanvasObject
	for _, q := range all {
		r := &askedField{name: q.Name}
		answer := func(s string) { a.f.edit(app.WrapEdit{Answers: map[string]string{q.Name: s}}) }
		var o fyne.CanvasObject
		if len(q.Choices) > 0 {
			r.choice = newChoice(q.Choices, answer)
			r.choice.PlaceHolder = phrase("ui.choose")
			o = bordered(r.choice)
		} else {
			r.text = newField("")
			r.text.OnChanged = answer
			o = oneLine(r.text)
		}
		label := q.Name
		if q.Required {
			label = phrase("ui.required-question", "name", q.Name)
		}
		a.rows = append(a.rows, r)
		cells = append(cells, vbox(4, newText(label, caption.in(theme.ColorNameForeground).elided()), o))
	}
	a.root.Objects = nil
	for pair := range slices.Chunk(cells, 2) {
		if len(pair) == 1 {
			a.root.Add(pair[0])
			continue
		}
		a.root.Add(container.New(row{gap: 12, most: sceneWidth}, pair...))
	}
	a.root.Add(a.lack)
	a.root.Refresh()
}
