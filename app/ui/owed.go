package ui

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// owedList is whom an answer is owed, in the idle half: the latest callers, each with a button that calls and one that says it is done with.
type owedList struct {
	w     *Window
	root  *fyne.Container
	title *text
	lines *fyne.Container
	more  *text
	known map[owedParty]*owedLine // what is in sight: a line stays that of its party, so a click that is on its way never means another one
}

// owedParty is what a line is about.
type owedParty struct{ account, org, user, dial string }

// owedInSight is how many there is room for.
const owedInSight = 4

func newOwedList(w *Window) *owedList {
	l := &owedList{
		w: w, title: newText(phrase("ui.owed"), caption.strong()), lines: vbox(2), more: newText("", caption),
		known: map[owedParty]*owedLine{},
	}
	l.root = inset(14, 0, 8, 8, container.New(columnOf{460}, vbox(6, l.title, l.lines, l.more)))
	l.root.Hide()
	return l
}

func (l *owedList) show(v app.View) {
	show(l.root, len(v.Owed) > 0)
	before, now := l.known, map[owedParty]*owedLine{}
	objects := make([]fyne.CanvasObject, 0, owedInSight)
	for _, row := range v.Owed[:min(len(v.Owed), owedInSight)] {
		p := owedParty{row.Account, row.Org, row.User, cmp.Or(row.Dial, row.ID)}
		line := before[p]
		if line == nil {
			line = newOwedLine(l.w)
		}
		line.set(row, l.w.cfg.Now())
		now[p] = line
		objects = append(objects, line.root)
	}
	l.known = now
	if !slices.Equal(l.lines.Objects, objects) {
		l.lines.Objects = objects
		l.lines.Refresh()
		l.w.leaveHidden()
	}
	rest := v.OwedCount - len(objects)
	show(l.more, rest > 0)
	l.more.set(phrase("ui.owed-more", "count", rest))
}

// owedLine is one of them.
type owedLine struct {
	root *fyne.Container
	name *text
	sub  *text
	call *button
	done *button
	row  app.OwedRow
}

func newOwedLine(w *Window) *owedLine {
	l := &owedLine{name: newText("", body.elided()), sub: newText("", caption.elided())}
	l.call = newButton(phrase("ui.call"), "call", widget.MediumImportance, func() { w.dial(l.row.Account, l.row.Dial) })
	l.done = newButton(phrase("ui.owed-done"), "", widget.LowImportance, func() {
		id := l.row.ID
		w.do(func() error { return w.cfg.Desk.OwedDone(id) })
	})
	l.root = container.NewBorder(nil, nil, nil, middle(hbox(4, l.call, l.done)), vbox(0, l.name, l.sub))
	w.guard(l.root)
	return l
}

func (l *owedLine) set(row app.OwedRow, now time.Time) {
	l.row = row
	name := row.Name
	if name == "" {
		name = row.Number
	}
	if row.Times > 1 {
		name = phrase("ui.times", "what", name, "times", row.Times)
	}
	l.name.set(name)
	number := row.Number
	if row.Name == "" {
		number = ""
	}
	l.sub.set(joined(phrase("ui.outcome-missed"), phrase("ui.owed-last", "day", dayOf(row.Last, now), "at", row.Last.In(now.Location())), number, row.OnLine, row.OnOrg))
	show(l.call, row.Dial != "")
}
