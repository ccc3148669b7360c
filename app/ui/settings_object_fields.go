package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/crm/layout"
)

// objectFields is the part of the page with the fields of one object: those that hold numbers, and those on the card.
type objectFields struct {
	s        *objectsSheet
	root     *fyne.Container
	head     *text
	phones   *rowList
	addPhone *choice
	card     *rowList
	addCard  *choice
	note     *paragraph
	known    map[string][]layout.ObjectField // by org and object
	failed   map[string]string               // why they are not known
}

func newObjectFields(s *objectsSheet) *objectFields {
	f := &objectFields{
		s: s, head: newText("", body.strong()), note: newParagraph("", caption, 4),
		known: map[string][]layout.ObjectField{}, failed: map[string]string{},
	}
	f.phones = f.list(func(o crm.Object) []string { return o.Phones }, func(o *crm.Object, names []string) { o.Phones = names })
	f.card = f.list(crm.Object.Card, setCard)
	f.addPhone = newChoice(nil, func(string) {
		f.add(f.addPhone, func(o *crm.Object, name string) { o.Phones = append(o.Phones, name) })
	})
	f.addCard = newChoice(nil, func(string) { f.add(f.addCard, func(o *crm.Object, name string) { o.Fields = append(o.Fields, name) }) })
	f.root = group("", newParagraph(phrase("ui.objects-phones-detail"), caption, 4), f.phones.root, bordered(f.addPhone), rule(),
		newParagraph(phrase("ui.objects-card-detail"), caption, 4), f.card.root, bordered(f.addCard), f.note).(*fyne.Container)
	f.root.Objects[0] = f.head
	return f
}

func (f *objectFields) key() string { return f.s.chosenOrg() + " " + f.s.about }

// row is the row of the object whose fields are shown.
func (f *objectFields) row() crm.Object {
	i := slices.IndexFunc(f.s.rows, func(o crm.Object) bool { return o.Name == f.s.about })
	if i < 0 {
		return crm.Object{}
	}
	return f.s.rows[i]
}

// load asks for the fields of the object, once.
func (f *objectFields) load() {
	key, org, object := f.key(), f.s.chosenOrg(), f.s.about
	if _, asked := f.known[key]; asked {
		return
	}
	f.known[key] = nil
	f.s.w.ask(func() func() {
		fields, err := f.s.w.cfg.Objects.Fields(org, object)
		return func() {
			if err != nil { // it is asked for again when the object is chosen again
				delete(f.known, key)
				f.failed[key] = catalogue.Error(err)
			} else {
				f.known[key] = fields
				delete(f.failed, key)
			}
			if key == f.key() {
				f.fill()
				f.s.w.relayout()
			}
		}
	})
}

func (f *objectFields) draw() {
	f.load()
	f.fill()
}

func (f *objectFields) fill() {
	was := f.s.filling
	f.s.filling = true
	defer func() { f.s.filling = was }()
	o := f.row()
	f.head.set(phrase("ui.objects-fields-of", "object", objectWords(f.s.states[o.Name].Label, o.Name)))
	f.phones.redraw(f.s.w, func() {
		for _, name := range o.Phones {
			f.phones.add(newText(f.words(name), body.elided()), name).gone.enable(!f.s.locked)
		}
	})
	f.card.redraw(f.s.w, func() {
		for _, name := range o.Card() {
			f.card.add(f.cardRow(o, name), name).gone.enable(!f.s.locked)
		}
	})
	f.offer(f.addPhone, phrase("ui.objects-add-phone"), func(d layout.ObjectField) bool {
		return d.Type == "string" && !slices.Contains(o.Phones, d.Name) // those of type phone are searched anyway
	})
	f.offer(f.addCard, phrase("ui.objects-add-card"), func(d layout.ObjectField) bool {
		return d.Type != "id" && d.Type != "address" && d.Type != "location" && !slices.Contains(o.Card(), d.Name)
	})
	why := f.failed[f.key()]
	f.note.say(sentence(why))
	show(f.note, why != "")
	f.root.Refresh()
}

// cardRow is a field on the card, with what the agent may do with it.
func (f *objectFields) cardRow(o crm.Object, name string) fyne.CanvasObject {
	d, known := f.field(name)
	edit := widget.NewCheck(phrase("ui.objects-editable"), func(on bool) { f.s.change(o.Name, func(o *crm.Object) { mark(&o.Editable, name, on) }) })
	edit.Checked = o.Edits(name)
	need := widget.NewCheck(phrase("ui.objects-required"), func(on bool) { f.s.change(o.Name, func(o *crm.Object) { mark(&o.Required, name, on) }) })
	need.Checked = slices.Contains(o.Required, name)
	if may := known && d.Updateable && crm.EditableType(d.Type); f.s.locked || !may && !edit.Checked {
		edit.Disable()
		need.Disable()
	}
	if need.Checked { // what has to be filled can be changed
		edit.Disable()
	}
	return container.NewBorder(nil, nil, nil, hbox(4, edit, need), newText(f.words(name), body.elided()))
}

// mark adds a name to a list, or takes it out.
func mark(list *[]string, name string, on bool) {
	*list = slices.DeleteFunc(*list, func(s string) bool { return s == name })
	if on {
		*list = append(*list, name)
	}
}

// setCard makes the card of a row have these fields: what is not among them can be neither changed nor required.
func setCard(o *crm.Object, names []string) {
	gone := func(name string) bool { return !slices.Contains(names, name) }
	o.Fields = names
	o.Editable = slices.DeleteFunc(o.Editable, gone)
	o.Required = slices.DeleteFunc(o.Required, gone)
}

func (f *objectFields) field(name string) (layout.ObjectField, bool) {
	fields := f.known[f.key()]
	i := slices.IndexFunc(fields, func(d layout.ObjectField) bool { return d.Name == name })
	if i < 0 {
		return layout.ObjectField{}, false
	}
	return fields[i], true
}

// words is a field as people read it.
func (f *objectFields) words(name string) string {
	d, _ := f.field(name)
	return objectWords(d.Label, name)
}

func (f *objectFields) offer(c *choice, hint string, fits func(layout.ObjectField) bool) {
	var options []string
	for _, d := range f.known[f.key()] {
		if fits(d) {
			options = append(options, objectWords(d.Label, d.Name))
		}
	}
	slices.Sort(options)
	c.PlaceHolder, c.Options = hint, options
	c.ClearSelected()
	if f.s.locked || len(options) == 0 {
		c.Disable()
	} else {
		c.Enable()
	}
	c.Refresh()
}

func (f *objectFields) add(c *choice, put func(*crm.Object, string)) {
	if f.s.filling || c.Selected == "" {
		return
	}
	for _, d := range f.known[f.key()] {
		if objectWords(d.Label, d.Name) == c.Selected {
			f.s.change(f.s.about, func(o *crm.Object) { put(o, d.Name) })
			return
		}
	}
}

// list is a list of fields of the object: some are taken from its row, and put back in another order, or without one of them.
func (f *objectFields) list(of func(crm.Object) []string, put func(*crm.Object, []string)) *rowList {
	is := func(data any) func(string) bool { return func(name string) bool { return name == data.(string) } }
	change := func(change func([]string) []string) {
		f.s.change(f.s.about, func(o *crm.Object) { put(o, change(slices.Clone(of(*o)))) })
	}
	return newSavedList(func(data any, by int) {
		change(func(names []string) []string { return displaced(names, is(data), by) })
	}, func(data any) {
		change(func(names []string) []string { return slices.DeleteFunc(names, is(data)) })
	})
}
