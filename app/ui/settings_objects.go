package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/crm/layout"
)

// Objects is what the page about objects asks of the program. Methods may take their time, and errors have faults. An org is
// named by its id; "" is every org that has no rows of its own.
type Objects interface {
	States(org string) []crm.ObjectState // how each row stands in the org
	// Change changes the rows of an org as they are at that moment, no other change between; none puts back what is below.
	Change(org string, change func(rows []crm.Object) []crm.Object) error
	Known(org string) ([]crm.ObjectInfo, error) // what the org has
	Fields(org, object string) ([]layout.ObjectField, error)
	Try(org, number string) (crm.ObjectTrial, error)
}

// objectsSheet says where callers are found, in which order, by which fields, and what the card shows. It has no Save: each change applies
// at once.
type objectsSheet struct {
	w      *Window
	page   *fyne.Container
	org    *choice
	orgs   []string // ids, as they are listed in org
	whose  *fyne.Container
	list   *rowList
	add    *choice
	offers []crm.ObjectInfo
	usual  *button
	note   *paragraph
	fields *objectFields
	trial  *objectTrial

	rows    []crm.Object
	states  map[string]crm.ObjectState
	about   string // the object whose fields are shown
	asked   string // the org whose objects are offered
	filling bool
	locked  bool
}

func newObjectsSheet(w *Window) *objectsSheet {
	s := &objectsSheet{w: w, states: map[string]crm.ObjectState{}, note: newParagraph("", caption, 4)}
	s.org = newChoice(nil, func(string) {
		if !s.filling {
			s.w.settings.refill()
		}
	})
	s.whose = entryRow(phrase("ui.objects-org"), bordered(s.org)).(*fyne.Container)
	s.list = newSavedList(s.moved, s.removed)
	s.add = newChoice(nil, func(string) { s.addChosen() })
	s.add.PlaceHolder = phrase("ui.objects-add")
	s.usual = newButton(phrase("ui.objects-usual"), "", widget.LowImportance, func() { s.keep(func([]crm.Object) []crm.Object { return nil }) })
	s.fields = newObjectFields(s)
	s.trial = newObjectTrial(s)
	s.page = vbox(20, newText(phrase("ui.page-objects"), title), s.whose,
		group(phrase("ui.objects-where"), newParagraph(phrase("ui.objects-detail"), caption, 4), s.list.root, s.note,
			container.NewBorder(nil, nil, nil, inset(0, 0, 8, 0, s.usual), bordered(s.add))),
		s.fields.root, s.trial.root)
	return s
}

func (s *objectsSheet) object() fyne.CanvasObject { return s.page }
func (s *objectsSheet) show(app.View)             {}

// typed is the number that will be tried: it stays while other pages are open.
func (s *objectsSheet) typed() *typedText  { return &s.trial.text }
func (s *objectsSheet) retype(t typedText) { s.trial.text.takeOver(t) }

func (s *objectsSheet) fill(f Form) {
	s.filling = true
	s.locked = f.isLocked("objects")
	s.fillOrgs(f)
	s.rows = crm.ObjectsOf(f.Settings.Objects, s.chosenOrg())
	own := slices.ContainsFunc(f.Settings.Objects, func(o crm.Object) bool { return o.Org == s.chosenOrg() })
	s.usual.enable(own && !s.locked)
	s.add.PlaceHolder = phrase("ui.objects-add")
	s.add.ClearSelected()
	if s.locked {
		s.add.Disable()
	} else {
		s.add.Enable()
	}
	if !slices.ContainsFunc(s.rows, func(o crm.Object) bool { return o.Name == s.about }) {
		s.about = s.rows[0].Name
	}
	s.trial.fill()
	s.filling = false
	s.draw()
	s.reload()
}

// fillOrgs lists the orgs where there are several, or where one has rows of its own.
func (s *objectsSheet) fillOrgs(f Form) {
	chosen := s.chosenOrg()
	s.orgs = []string{""}
	words := []string{phrase("ui.objects-all-orgs")}
	for _, o := range s.w.view.Orgs {
		if o.OrgID != "" && !slices.Contains(s.orgs, o.OrgID) {
			s.orgs, words = append(s.orgs, o.OrgID), append(words, orgTitle(o))
		}
	}
	several := len(s.orgs) > 2
	for _, o := range f.Settings.Objects {
		several = several || o.Org != ""
		if o.Org != "" && !slices.Contains(s.orgs, o.Org) {
			s.orgs, words = append(s.orgs, o.Org), append(words, o.Org)
		}
	}
	words = apartOrgs(words, s.orgs)
	choose(s.org, words, words[max(0, slices.Index(s.orgs, chosen))])
	show(s.whose, several)
}

// chosenOrg is the org that the rows are for; "" is every one.
func (s *objectsSheet) chosenOrg() string {
	if i := s.org.SelectedIndex(); i >= 0 && i < len(s.orgs) {
		return s.orgs[i]
	}
	return ""
}

// reload asks the org how the rows stand, and what else it has.
func (s *objectsSheet) reload() {
	org, fresh := s.chosenOrg(), s.asked != s.chosenOrg()+"."
	s.asked = org + "."
	s.w.ask(func() func() {
		states := s.w.cfg.Objects.States(org)
		var offers []crm.ObjectInfo
		var err error
		if fresh {
			offers, err = s.w.cfg.Objects.Known(org)
		}
		return func() {
			if org != s.chosenOrg() {
				return
			}
			for _, st := range states {
				s.states[st.Name] = st
			}
			if fresh {
				if s.offers = offers; err != nil {
					s.asked = "" // it is asked for again with the next change, or when the page is opened again
				}
				s.note.say(catalogue.Error(err))
				show(s.note, err != nil)
			}
			s.draw()
		}
	})
}

// keep changes the rows. What is shown may be older than what is changed: a change says what it does, and not what the rows are after it.
func (s *objectsSheet) keep(change func([]crm.Object) []crm.Object) {
	switch {
	case s.filling:
		return
	case s.locked: // a row that was dragged goes back
		s.draw()
		return
	}
	org := s.chosenOrg()
	s.w.ask(func() func() {
		err := s.w.cfg.Objects.Change(org, change)
		return func() {
			s.w.complain(aboutSettings, err)
			s.w.settings.refill()
		}
	})
}

// change keeps the rows with a change of one of them.
func (s *objectsSheet) change(name string, f func(*crm.Object)) {
	s.keep(func(rows []crm.Object) []crm.Object {
		for i := range rows {
			if rows[i].Name == name {
				f(&rows[i])
			}
		}
		return rows
	})
}

func isObject(data any) func(crm.Object) bool {
	return func(o crm.Object) bool { return o.Name == data.(string) }
}

// moved puts the row of an object some places away.
func (s *objectsSheet) moved(data any, by int) {
	s.keep(func(rows []crm.Object) []crm.Object { return displaced(rows, isObject(data), by) })
}

// removed takes the row of an object out, unless it is the last one: without any, the usual ones would be in force.
func (s *objectsSheet) removed(data any) {
	if len(s.list.rows) == 0 {
		s.w.say(aboutSettings, phrase("ui.objects-last"))
		s.w.settings.refill()
		return
	}
	s.keep(func(rows []crm.Object) []crm.Object {
		if len(rows) == 1 {
			return rows
		}
		return slices.DeleteFunc(rows, isObject(data))
	})
}

func (s *objectsSheet) addChosen() {
	if s.filling || s.add.Selected == "" {
		return
	}
	for _, o := range s.offers {
		if objectWords(o.Label, o.Name) == s.add.Selected {
			s.about = o.Name
			s.keep(func(rows []crm.Object) []crm.Object {
				if slices.ContainsFunc(rows, isObject(o.Name)) {
					return rows
				}
				return append(rows, crm.Object{Name: o.Name, Search: true})
			})
		}
	}
}

// objectWords is an object as people read it: its label, and its API name where that says more.
func objectWords(label, name string) string {
	if label == "" || label == name {
		return name
	}
	return phrase("ui.objects-object", "label", label, "name", name)
}

func (s *objectsSheet) draw() {
	s.filling = true
	defer func() { s.filling = false }()
	s.list.redraw(s.w, func() {
		for _, o := range s.rows {
			r := s.list.add(s.row(o), o.Name)
			r.gone.enable(!s.locked && len(s.rows) > 1)
		}
	})
	var offers []string
	for _, o := range s.offers {
		if !slices.ContainsFunc(s.rows, func(have crm.Object) bool { return have.Name == o.Name }) {
			offers = append(offers, objectWords(o.Label, o.Name))
		}
	}
	s.add.Options = offers
	s.add.Refresh()
	s.fields.draw()
	s.w.relayout()
}

// row is one object: whether it is searched, by which fields, and what is wrong. A press shows its fields below.
func (s *objectsSheet) row(o crm.Object) fyne.CanvasObject {
	st := s.states[o.Name]
	on := widget.NewCheck("", func(on bool) { s.change(o.Name, func(o *crm.Object) { o.Search = on }) })
	on.Checked = o.Search
	if s.locked {
		on.Disable()
	}
	name := body.strong().elided()
	if !o.Search {
		name = name.in(colorMuted)
	}
	words := vbox(1, newText(objectWords(st.Label, o.Name), name), newText(s.saidOf(o, st), caption.elided()))
	for _, p := range st.Problems {
		words.Add(warning(catalogue.Say(p)))
	}
	rest := colorNone
	if o.Name == s.about {
		rest = theme.ColorNameSelection
	}
	press := newClickable(inset(5, 5, 8, 8, words), 6, func() {
		s.about = o.Name
		s.draw()
	}).background(rest)
	return container.NewBorder(nil, nil, middle(on), nil, press)
}

// saidOf says in a line by which fields callers are found, and what is on the card.
func (s *objectsSheet) saidOf(o crm.Object, st crm.ObjectState) string {
	found := phrase("ui.objects-not-searched")
	switch {
	case o.Search && len(st.Found) > 0:
		found = phrase("ui.objects-found-by", "fields", st.FoundBy())
	case o.Search && !st.Known:
		found = phrase("ui.objects-searched")
	case o.Search:
		found = phrase("ui.objects-by-nothing")
	}
	card := ""
	if n := len(o.Card()); n > 0 {
		card = phrase("ui.objects-on-card", "count", n)
	}
	return joined(found, card)
}
