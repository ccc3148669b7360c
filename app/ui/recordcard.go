package ui

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// recordCard is the part of the record pane with the fields that the admin chose: facts, and fields to be changed while the call lasts. What
// is typed goes to the desk with every key, as in the form of the call, and into the record when it is saved.
type recordCard struct {
	w       *Window
	root    *fyne.Container
	rows    []*cardRow
	laid    []app.CardFieldView // as they are laid out
	call    app.CallView
	of      crm.Ref // its record
	state   *paragraph
	save    *button
	undo    *button
	actions *fyne.Container
	filling bool // the fields are being filled: a change is not the agent's
}

// cardRow is a field that can be changed: one of its three widgets is there.
type cardRow struct {
	name   string
	label  *text
	text   *field
	choice *choice
	check  *widget.Check
	ticked echo
	fresh  bool   // it was not there before
	kind   string // type of the field
	body   fyne.CanvasObject
}

// lists are the drop-down lists of the card.
func (c *recordCard) lists() (all []*choice) {
	for _, r := range c.rows {
		if r.choice != nil {
			all = append(all, r.choice)
		}
	}
	return all
}

func newRecordCard(w *Window) *recordCard {
	c := &recordCard{w: w, root: vbox(0), state: newParagraph("", caption, 6).narrow(sideWidth - 32)}
	c.save = newButton(phrase("ui.card-save"), "done", widget.HighImportance, c.saveNow)
	c.undo = newButton(phrase("ui.card-undo"), "", widget.LowImportance, func() {
		id := c.call.ID
		if w.taken() {
			return
		}
		for _, r := range c.rows {
			r.forgets()
		}
		w.typing.Put(func() { w.report(aboutTyping, w.cfg.Desk.UndoCard(id)) })
	})
	c.actions = hbox(6, c.save, c.undo)
	w.guard(c.actions)
	return c
}

// show draws the card of the call. It returns false where there is none.
func (c *recordCard) show(v app.CallView) bool {
	if len(v.Card.Fields) == 0 || v.Lookup.Record == nil {
		c.call, c.of = v, crm.Ref{}
		return false
	}
	c.filling = true
	defer func() { c.filling = false }()
	fresh := c.call.ID != v.ID || !c.of.Is(v.Lookup.Record.Ref)
	c.call, c.of = v, v.Lookup.Record.Ref
	if fresh {
		c.rows = nil
	}
	if fresh || !slices.EqualFunc(c.laid, v.Card.Fields, sameCardField) {
		c.layOut(v.Card)
	}
	for _, r := range c.rows {
		i := slices.IndexFunc(v.Card.Fields, func(f app.CardFieldView) bool { return f.Name == r.name })
		r.follow(v.Card.Fields[i], r.fresh)
		r.fresh = false
	}
	c.showState(v.Card)
	return true
}

// sameCardField reports whether two fields are laid out in the same way. What is read only is laid out with its value.
func sameCardField(a, b app.CardFieldView) bool {
	return a.Name == b.Name && a.Label == b.Label && a.Type == b.Type && a.Editable == b.Editable && a.Required == b.Required && slices.Equal(a.Entries, b.Entries) &&
		(a.Editable || a.Words() == b.Words())
}

// layOut draws the fields. One that is there already keeps what is typed in it, and the keyboard.
func (c *recordCard) layOut(v app.CardView) {
	before := c.rows
	c.laid, c.rows = v.Fields, nil
	c.root.Objects = []fyne.CanvasObject{section(phrase("ui.card"))}
	var facts [][2]string
	for _, f := range v.Fields {
		if !f.Editable {
			facts = append(facts, [2]string{f.Label, f.Words()})
		}
	}
	if grid, ok := factGrid(facts).(*fyne.Container); ok && len(grid.Objects) > 0 {
		c.root.Add(inset(4, 6, 0, 0, grid))
	}
	for _, f := range v.Fields {
		if f.Editable {
			i := slices.IndexFunc(before, func(r *cardRow) bool { return r.name == f.Name && r.kind == f.Type })
			if i < 0 {
				before, i = append(before, c.row(f)), len(before)
			}
			before[i].say(f)
			c.rows = append(c.rows, before[i])
			c.root.Add(inset(6, 0, 0, 0, before[i].body))
		}
	}
	if len(c.rows) > 0 {
		c.root.Add(inset(8, 0, 0, 0, c.state))
		c.root.Add(inset(6, 0, 0, 0, c.actions))
	}
	c.root.Refresh()
}

// row is a new field that can be changed, under its label.
func (c *recordCard) row(f app.CardFieldView) *cardRow {
	r := &cardRow{name: f.Name, kind: f.Type, fresh: true, label: newText(cardLabel(f), caption.elided())}
	edit := func(e *echo, text string) { c.edit(e, f.Name, text) }
	switch {
	case f.Type == "boolean":
		r.check = widget.NewCheck(cardLabel(f), func(on bool) { edit(&r.ticked, strconv.FormatBool(on)) })
		r.body = r.check
		return r
	case f.Type == "picklist":
		r.choice = newChoice(nil, func(string) { edit(&r.choice.echo, r.choice.value()) })
		r.body = vbox(3, r.label, bordered(r.choice))
		return r
	}
	r.text = newField(cardHint(f))
	if f.Type == "textarea" {
		r.text.MultiLine, r.text.Wrapping = true, fyne.TextWrapWord
		r.text.SetMinRowsVisible(2)
	}
	r.text.OnChanged = func(s string) { edit(&r.text.echo, s) }
	r.text.OnSubmitted = func(string) { c.saveNow() }
	r.text.came = func() { c.w.typedFor(c.call.ID) } // whoever turns to it is not done with the call
	r.body = vbox(3, r.label, oneLine(r.text))
	return r
}

// say writes what the org says of the field: its label.
func (r *cardRow) say(f app.CardFieldView) {
	r.label.set(cardLabel(f))
	if r.check != nil && r.check.Text != cardLabel(f) {
		r.check.SetText(cardLabel(f))
	}
}

// entries are the entries of a list to choose from, with the value that is chosen, and that one's label.
func entries(f app.CardFieldView) (labels, values []string, chosen string) {
	labels, values = []string{phrase("ui.card-nothing")}, []string{""}
	for _, e := range f.Entries {
		labels, values = append(labels, e.Label), append(values, e.Value)
	}
	if !slices.Contains(values, f.Typed) { // an entry that is not in use any more
		labels, values = append(labels, f.Typed), append(values, f.Typed)
	}
	labels = distinct(labels, values)
	return labels, values, labels[slices.Index(values, f.Typed)]
}

func cardLabel(f app.CardFieldView) string {
	if f.Required {
		return phrase("ui.required-question", "name", f.Label)
	}
	return f.Label
}

// cardHint says how a value is written, where that is not free.
func cardHint(f app.CardFieldView) string {
	if f.Type == "date" {
		return phrase("ui.card-date-hint")
	}
	return ""
}

// follow takes over what the desk says.
func (r *cardRow) follow(f app.CardFieldView, fresh bool) {
	ink := caption.color
	if f.Refused || f.Required && strings.TrimSpace(f.Typed) == "" {
		ink = colorMissed
	}
	if r.label.color != ink {
		r.label.color = ink
		r.label.Refresh()
	}
	switch {
	case r.check != nil:
		said := strconv.FormatBool(f.Typed == "true")
		r.check.SetChecked(r.ticked.shows(strconv.FormatBool(r.check.Checked), said, fresh) == "true")
	case r.choice != nil:
		labels, values, chosen := entries(f)
		r.choice.follow(labels, values, chosen, f.Typed, fresh)
	default:
		r.text.follow(f.Typed, fresh)
	}
}

// forgets has the next View shown, whatever is in the field.
func (r *cardRow) forgets() {
	switch {
	case r.check != nil:
		r.ticked.forgets(strconv.FormatBool(r.check.Checked))
	case r.choice != nil:
		r.choice.forgets(r.choice.value())
	default:
		r.text.forgets(r.text.Text)
	}
}

func (c *recordCard) showState(v app.CardView) {
	ink, words := colorMuted, ""
	switch {
	case v.Error != "":
		ink, words = colorMissed, sentence(v.Error)
	case v.Saving:
		words = phrase("ui.card-saving")
	case v.Changed:
		words = phrase("ui.card-changed")
	case v.Saved:
		ink, words = colorTalking, phrase("ui.card-saved")
	}
	if labels := v.Lacking(); words == "" && len(labels) > 0 {
		ink, words = colorMissed, phrase("ui.card-lacking", "fields", labels)
	}
	if c.state.color != ink || c.state.value != words {
		c.state.color = ink
		c.state.value = ""
		c.state.say(words)
		c.state.Refresh()
	}
	show(c.state, words != "")
	show(c.actions, v.Changed)
	c.save.enable(!v.Saving)
	c.undo.enable(!v.Saving)
}

// edit takes what is in a field. What is chosen and not typed is taken back where the desk does not take it.
func (c *recordCard) edit(field *echo, name, text string) {
	if c.filling {
		return
	}
	field.sends(text)
	id, of := c.call.ID, c.of
	c.w.typedFor(id)
	c.w.typing.Put(func() {
		err := c.w.cfg.Desk.EditCardOf(id, of, map[string]string{name: text})
		if err != nil {
			c.w.dispatch(func() { c.takeBack(id, of, name) })
		}
		c.w.report(aboutTyping, err)
	})
}

// takeBack shows in a list or a tick what the desk has.
func (c *recordCard) takeBack(call string, of crm.Ref, name string) {
	if c.call.ID != call || !c.of.Is(of) {
		return
	}
	c.filling = true
	defer func() { c.filling = false }()
	for _, r := range c.rows {
		i := slices.IndexFunc(c.call.Card.Fields, func(f app.CardFieldView) bool { return f.Name == name && f.Name == r.name })
		if i < 0 || r.text != nil {
			continue
		}
		r.forgets()
		r.follow(c.call.Card.Fields[i], false)
	}
}

// saveNow saves what was typed up to now. It takes as long as the org; what is typed meanwhile is not held up. Why it was not
// saved stands on the card.
func (c *recordCard) saveNow() {
	id := c.call.ID
	c.w.typing.Put(func() {
		c.w.ask(func() func() {
			_ = c.w.cfg.Desk.SaveCard(id)
			return nil
		})
	})
}
