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
	fresh  bool // it was not there before
	body   fyne.CanvasObject
}

func newAskedFields(f *wrapForm) *askedFields {
	a := &askedFields{f: f, root: vbox(8), lack: newParagraph("", caption, 2)}
	a.lack.color = colorHeld
	a.root.Hide()
	return a
}

// show takes the questions of the View, and the labels of what is lacking on the card. A question that stays keeps its field, with what
// is typed in it and the keyboard, also where the layout becomes another.
func (a *askedFields) show(w app.WrapView, card []string, wrapping, fresh bool) {
	if fresh {
		a.rows = nil
	}
	if fresh || !slices.EqualFunc(a.all, w.Asked, sameQuestion) {
		a.layOut(w.Asked)
	}
	for i, q := range w.Asked {
		r := a.rows[i]
		if r.choice != nil {
			r.choice.follow(q.Choices, q.Choices, q.Answer, q.Answer, r.fresh)
		} else {
			r.text.follow(q.Answer, r.fresh)
		}
		r.fresh = false
	}
	words := ""
	if missing := append(w.Unanswered(), card...); wrapping && len(missing) > 0 && w.Log != app.LogSkipped {
		words = phrase("ui.answer-first", "names", missing)
	}
	a.lack.say(words)
	show(a.lack, words != "")
	show(a.root, len(w.Asked) > 0 || words != "")
}

// showChoices fills the lists again.
func (a *askedFields) showChoices() {
	for _, q := range a.f.call.Wrap.Asked {
		for _, r := range a.rows {
			if r.name == q.Name && r.choice != nil {
				r.choice.follow(q.Choices, q.Choices, q.Answer, q.Answer, false)
			}
		}
	}
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
	before := a.rows
	a.all, a.rows = all, nil
	var cells []fyne.CanvasObject
	for _, q := range all {
		i := slices.IndexFunc(before, func(r *askedField) bool { return r.name == q.Name && (r.choice != nil) == (len(q.Choices) > 0) })
		var r *askedField
		if i >= 0 {
			r = before[i]
			before = slices.Delete(slices.Clone(before), i, i+1)
		} else {
			r = a.field(q)
		}
		label := q.Name
		if q.Required {
			label = phrase("ui.required-question", "name", q.Name)
		}
		a.rows = append(a.rows, r)
		cells = append(cells, vbox(4, newText(label, caption.in(theme.ColorNameForeground).elided()), r.body))
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

// field is a new field for a question.
func (a *askedFields) field(q app.AskedView) *askedField {
	r := &askedField{name: q.Name, fresh: true}
	answer := func(s string) app.WrapEdit { return app.WrapEdit{Answers: map[string]string{q.Name: s}} }
	if len(q.Choices) > 0 {
		r.choice = newChoice(q.Choices, func(s string) { a.f.choose(r.choice, answer(s)) })
		r.choice.PlaceHolder = phrase("ui.choose")
		r.body = bordered(r.choice)
		return r
	}
	r.text = newField("")
	r.text.came = a.f.turnedTo
	r.text.OnChanged = func(s string) {
		a.f.sends(&r.text.echo, s)
		a.f.edit(answer(s))
	}
	r.body = oneLine(r.text)
	return r
}
