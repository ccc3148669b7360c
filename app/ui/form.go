package ui

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// wrapForm is what the agent writes about a call, while it lasts and after. Every change goes to the desk at once.
//
// The desk's View comes back with it, perhaps late and perhaps with an older word in it: see echo.
type wrapForm struct {
	root    *fyne.Container
	w       *Window
	subject *field
	notes   *notes
	length  *text // what of the notes does not go to the org
	outcome *choice
	related *choice
	asked   *askedFields
	state   *paragraph
	again   *button
	as      *button // logs with the link there is
	open    *button
	skip    *button
	save    *button
	actions *fyne.Container
	head    fyne.CanvasObject // above the notes
	tail    fyne.CanvasObject // and below them
	call    app.CallView
	filling bool // the form is being filled: a change is not the agent's
}

func newWrapForm(w *Window) *wrapForm {
	f := &wrapForm{
		w: w, subject: newField(phrase("ui.subject-of-the-task")), notes: newNotes(3, phrase("ui.notes-for-the-task")),
		length: newText("", caption.in(colorMissed)),
		state:  newParagraph("", caption, 2),
	}
	f.subject.came = f.turnedTo
	f.length.Hide()
	f.subject.OnChanged = func(s string) {
		f.sends(&f.subject.echo, s)
		f.edit(app.WrapEdit{Subject: &s})
	}
	f.notes.OnChanged = func(s string) {
		f.countNotes()
		f.sends(&f.notes.echo, s)
		f.edit(app.WrapEdit{Notes: &s})
	}
	f.notes.full = func() { w.say(aboutCommand, phrase("ui.notes-full", "most", mostNotes)) }
	f.outcome = newChoice(nil, func(s string) { f.choose(f.outcome, app.WrapEdit{Disposition: &s}) })
	f.outcome.PlaceHolder = phrase("ui.choose")
	f.related = newChoice(nil, func(string) {
		what := f.what()
		f.choose(f.related, app.WrapEdit{What: &what})
	})
	f.related.PlaceHolder = phrase("ui.choose")
	f.asked = newAskedFields(f)
	f.save = newButton(phrase("ui.save-to-salesforce"), "done", widget.HighImportance, f.saveNow)
	f.skip = newButton(phrase("ui.dont-log"), "", widget.LowImportance, func() {
		id := f.call.ID
		if w.taken() {
			return
		}
		w.done(id)
		w.typing.Put(func() { w.report(aboutTyping, w.cfg.Desk.DontLog(id)) })
	})
	f.again = newButton(phrase("ui.try-again"), "refresh", widget.LowImportance, func() { w.retryLog(f.call.ID) })
	f.as = newButton("", "person", widget.MediumImportance, func() {
		if !w.taken() {
			w.logAs(f.call.ID)
		}
	})
	f.open = newButton(phrase("ui.open-task"), "open_in_new", widget.LowImportance, func() { w.openRecord(f.call.Wrap.Task) })
	f.actions = vbox(8, f.state, f.as, flowing(6, f.again, f.open, f.skip, f.save))
	label := func(s string) fyne.CanvasObject { return newText(s, caption) }
	f.head = vbox(4, label(phrase("ui.subject")), oneLine(f.subject))
	f.tail = vbox(12, inset(4, 0, 0, 0, container.New(row{gap: 12, most: sceneWidth},
		vbox(4, label(phrase("ui.outcome")), bordered(f.outcome)), vbox(4, label(phrase("ui.related-to")), bordered(f.related)))), f.asked.root, f.actions)
	f.root = container.NewBorder(
		vbox(4, f.head, inset(4, 0, 0, 0, container.NewBorder(nil, nil, label(phrase("ui.notes")), f.length))),
		f.tail, nil, nil, inset(4-notesFrame, 4-notesFrame, -notesFrame, -notesFrame, f.notes))
	return f
}

// onlyNotes leaves the notes alone, to make room for the keypad or a transfer.
func (f *wrapForm) onlyNotes(only bool) {
	show(f.head, !only)
	show(f.tail, !only)
}

func nothingElse() string { return phrase("ui.nothing-else") }

func (f *wrapForm) show(v app.View, c app.CallView) {
	f.filling = true
	defer func() { f.filling = false }()
	fresh := c.ID != f.call.ID
	f.call = c
	f.hint(c.Wrap.Object == crm.Case)
	f.subject.follow(c.Wrap.Subject, fresh)
	f.notes.follow(c.Wrap.Notes, fresh)
	f.showChoices(fresh)
	f.asked.show(c.Wrap, c.Card.Lacking(), c.Phase == app.WrapUp, fresh)
	f.showState(v, c)
}

// hint says in the empty fields what they are written into.
func (f *wrapForm) hint(isCase bool) {
	subject, hint := phrase("ui.subject-of-the-task"), phrase("ui.notes-for-the-task")
	if isCase {
		subject, hint = phrase("ui.subject-of-the-case"), phrase("ui.notes-for-the-case")
	}
	if f.subject.PlaceHolder != subject {
		f.subject.SetPlaceHolder(subject)
	}
	f.notes.hintAt(hint)
}

// showChoices fills the lists.
func (f *wrapForm) showChoices(fresh bool) {
	c := f.call
	f.outcome.follow(c.Wrap.Outcomes, c.Wrap.Outcomes, c.Wrap.Disposition, c.Wrap.Disposition, fresh)
	var choices, ids []string
	if len(c.Wrap.Choices) > 0 {
		choices, ids = append(choices, nothingElse()), append(ids, "")
	}
	labels := refLabels(c)
	for _, ref := range c.Wrap.Choices {
		choices, ids = append(choices, labels[ref.ID]), append(ids, ref.ID)
	}
	chosen := ""
	if what := c.Wrap.What; !what.IsZero() {
		chosen = cmp.Or(labels[what.ID], refLabel(what))
	}
	f.related.follow(choices, ids, chosen, c.Wrap.What.ID, fresh)
}

// follow takes over what the desk says, unless the agent has written something it does not know yet.
func (f *field) follow(said string, fresh bool) {
	if f.takes(f.Text, said, fresh) {
		f.SetText(said)
	}
}

// taskTakes is how many characters a Task takes in an org as it is delivered, the lines about the call among them.
const taskTakes = 32_000

// countNotes tells of notes that are longer than a Task takes: the rest stays here.
func (f *wrapForm) countNotes() {
	words := ""
	if n := utf8.RuneCountInString(f.notes.Text); n > taskTakes {
		words = phrase("ui.notes-too-long", "most", taskTakes, "over", n-taskTakes)
	}
	f.length.say(words)
}

// refLabel is a record in a list of choices: "Opportunity: Acme renewal 2027".
func refLabel(r crm.Ref) string {
	return phrase("ui.record", "object", objectName(r.Object), "name", r.Name)
}

// refLabels are the records of "Related to" as the list shows them, by id. Records of one name are told apart by where they
// stand: a list that has a line twice knows only the first.
func refLabels(c app.CallView) map[string]string {
	var lines, more []string
	for _, ref := range c.Wrap.Choices {
		lines, more = append(lines, refLabel(ref)), append(more, refDetail(c, ref))
	}
	labels := map[string]string{}
	for i, line := range distinct(lines, more) {
		labels[c.Wrap.Choices[i].ID] = line
	}
	return labels
}

// refDetail says where an open deal or case stands: its stage and amount, or its number.
func refDetail(c app.CallView, ref crm.Ref) string {
	if c.Lookup.Record == nil || c.Lookup.Record.Details == nil {
		return ""
	}
	d := c.Lookup.Record.Details
	for _, o := range slices.Concat(d.Opportunities, d.Cases, d.Activities) {
		if o.Is(ref) {
			return o.Detail
		}
	}
	return ""
}

// distinct makes the lines of a list differ from each other: to those that are there more than once it adds what more says of each, and
// a number where that is the same too.
func distinct(lines, more []string) []string {
	lines = slices.Clone(lines)
	for round := range 2 {
		count := map[string]int{}
		for _, line := range lines {
			count[line]++
		}
		seen := map[string]int{}
		for i, line := range lines {
			switch {
			case count[line] < 2:
			case round == 0:
				lines[i] = joined(line, more[i])
			default:
				if seen[line]++; seen[line] > 1 {
					for n := seen[line]; ; n++ {
						numbered := phrase("ui.same-again", "what", line, "number", n)
						if !slices.Contains(lines, numbered) {
							lines[i] = numbered
							break
						}
					}
				}
			}
		}
	}
	return lines
}

// what is the record chosen under "Related to".
func (f *wrapForm) what() crm.Ref {
	switch i := f.related.SelectedIndex(); {
	case i <= 0: // "Nothing else"
		return crm.Ref{}
	case i <= len(f.call.Wrap.Choices):
		return f.call.Wrap.Choices[i-1]
	}
	return f.call.Wrap.What // it is no choice any more
}

// turnedTo takes notice that the agent has turned to a field of the form, and so is not done with its call, though nothing is typed yet.
func (f *wrapForm) turnedTo() {
	if !f.filling {
		f.w.typedFor(f.call.ID)
	}
}

func (f *wrapForm) edit(e app.WrapEdit) {
	if f.filling {
		return
	}
	id := f.call.ID
	f.w.typedFor(id)
	f.w.typing.Put(func() { f.w.report(aboutTyping, f.w.cfg.Desk.EditWrap(id, e)) })
}

// choose is edit for a list. A choice that the desk does not take is taken back there, and the agent is told why.
func (f *wrapForm) choose(list *choice, e app.WrapEdit) {
	if f.filling {
		return
	}
	list.sends(list.value())
	id := f.call.ID
	f.w.typedFor(id)
	f.w.typing.Put(func() {
		err := f.w.cfg.Desk.EditWrap(id, e)
		if err != nil {
			f.w.dispatch(func() { f.takeBack(list, id) })
		}
		f.w.report(aboutTyping, err)
	})
}

// takeBack shows in a list what the desk has.
func (f *wrapForm) takeBack(list *choice, call string) {
	list.forgets(list.value())
	if f.call.ID != call {
		return
	}
	f.filling = true
	defer func() { f.filling = false }()
	f.showChoices(false)
	f.asked.showChoices()
}

func (f *wrapForm) saveNow() {
	id := f.call.ID
	if f.w.taken() { // it ends the wrap-up
		return
	}
	f.w.done(id)
	f.w.typing.Put(func() { // behind what was typed; what is typed meanwhile is not held up, for the record may be saved first
		f.w.ask(func() func() {
			err := f.w.cfg.Desk.SaveWrap(id)
			return func() { f.w.complain(aboutTyping, err) }
		})
	})
}

// showState says where the log of the call stands, and offers what can be done about it.
func (f *wrapForm) showState(v app.View, c app.CallView) {
	org := orgOf(v, c.Org)
	wrapping := c.Phase == app.WrapUp
	log := c.Wrap.Log
	f.state.color = colorMuted
	if log == app.LogParked {
		f.state.color = colorMissed
	}
	f.state.say(logSentence(v, c))
	show(f.skip, wrapping && log != app.LogSkipped)
	show(f.save, wrapping)
	show(f.again, wrapping && log == app.LogParked)
	show(f.as, wrapping && log == app.LogElsewhere)
	if f.as.Visible() {
		f.as.label(logAsWords(v))
	}
	f.open.label(openWords(c.Wrap.Object))
	show(f.open, wrapping && log == app.LogDone && c.Wrap.Task.URL != "")
	switch {
	case log == app.LogSkipped:
		f.save.label(phrase("ui.close"))
	case org.State == crm.Unlinked || org.State == crm.Legacy || org.State == "":
		f.save.label(phrase("ui.done"))
	case org.State != crm.Linked || log == app.LogElsewhere:
		f.save.label(phrase("ui.save"))
	default:
		f.save.label(phrase("ui.save-to-salesforce"))
	}
}

// openWords is what the button says that shows what was written.
func openWords(object string) string {
	if object == crm.Case {
		return phrase("ui.open-case")
	}
	return phrase("ui.open-task")
}

func logSentence(v app.View, c app.CallView) string {
	switch c.Wrap.Log {
	case app.LogSkipped:
		return phrase("ui.state-not-logged")
	case app.LogParked:
		return sentence(c.Wrap.Error)
	case app.LogSending:
		return phrase("ui.saving")
	case app.LogChecking, app.LogElsewhere:
		return sentence(c.Wrap.Error)
	case app.LogDone:
		return phrase("ui.logged-and-kept-in-step")
	}
	switch org := orgOf(v, c.Org); {
	case org.State == crm.Unlinked || org.State == crm.Legacy || org.State == "":
		return phrase("ui.kept-until-linked")
	case c.Wrap.Error != "":
		return sentence(c.Wrap.Error)
	case org.State != crm.Linked:
		return phrase("ui.kept-until-link-is-back")
	case org.Trouble != "":
		return phrase("ui.kept-until-salesforce-answers")
	case c.Wrap.Object == crm.Case:
		return phrase("ui.saved-as-case")
	case c.Lookup.Record != nil:
		return savedOn(c.Lookup.Record.Object)
	}
	return phrase("ui.saved-as-task")
}
