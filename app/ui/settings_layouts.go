package ui

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
	"linecard/crm/layout"
)

// Layouts is what the page about layouts asks of the program. Methods may take their time, and errors have faults. An org is
// named by its id; "" is the first one. A call is named by its id; "" is the last one, or one that is made up where there is none.
type Layouts interface {
	All() []layout.Layout            // as they are kept, with those that are built in
	Save(l, was layout.Layout) error // in the place of the one that it was, which has no name where it is added
	Remove(org, name string) error
	Object(org, object string) (*layout.Object, error)
	Calls(org string) ([]crm.Activity, error) // the latest first
	Preview(l layout.Layout, org, call string) (layout.Preview, error)
	Test(l layout.Layout, org, call string) (layout.Tried, error)
}

// layoutsSheet says what is written of a call: a list of layouts, the parts of the chosen one, and below them, always in sight,
// what it makes of a call.
type layoutsSheet struct {
	w        *Window
	page     *fyne.Container
	foot     *fyne.Container
	list     *chooser
	actions  *fyne.Container
	remove   *button
	question *question
	all      []layout.Layout
	saved    layout.Layout // as the settings have the chosen one; without a name, one that will be added
	about    string        // key of the chosen one

	name    *field
	writes  *choice // Task or Case
	org     *choice
	orgs    []string // ids, as they are listed in org
	whose   *fyne.Container
	main    *widget.Check
	typeOf  *choice
	lead    *choice
	subject *rowList
	lines   *rowList
	fields  *rowList
	own     *rowList
	known   *knownList
	preview *layoutPreview
	save    *button
	discard *button

	described *layout.Object // what the object takes; nil until the org has told
	last      *valueField    // where a click on a variable inserts it
	text      typedText
	filling   bool
	locked    bool
	parts     *fyne.Container // what is on the page of the chosen one
}

// newLayout stands for the layout that will be added, among what was typed.
const newLayout = "+"

func newLayoutsSheet(w *Window) *layoutsSheet {
	s := &layoutsSheet{w: w}
	s.list = newChooser(func(i int) {
		s.question.takeBack()
		s.choose(keyOfLayout(s.all[i]))
	})
	s.remove = newButton(phrase("ui.remove"), "", widget.LowImportance, s.ask)
	s.actions = hbox(8, newButton(phrase("ui.layout-add"), "add", widget.MediumImportance, func() { s.begin(layout.Task()) }),
		newButton(phrase("ui.layout-copy"), "", widget.LowImportance, func() { s.begin(s.read()) }), s.remove)
	s.question = newQuestion(w, s.actions, s.reload)

	s.name = newField(phrase("ui.layout-name-hint"))
	s.name.OnChanged = func(string) { s.changed() }
	s.writes = newChoice(layout.Objects, func(string) { s.describe(); s.changed() })
	s.org = newChoice(nil, func(string) { s.describe(); s.changed() })
	s.typeOf = newChoice(nil, func(string) { s.changed() })
	s.lead = newChoice(nil, func(string) { s.changed() })
	s.main = widget.NewCheck(phrase("ui.layout-default"), func(bool) { s.changed() })
	s.whose = container.NewStack(entryRow(phrase("ui.layout-org"), bordered(s.org)))
	s.subject, s.lines = newRowList(s.changed), newRowList(s.changed)
	s.fields, s.own = newRowList(s.changed), newRowList(s.changed)
	s.known = newKnownList(s)
	s.preview = newLayoutPreview(s)

	s.save = newButton(phrase("ui.save"), "done", widget.HighImportance, s.keep)
	s.discard = newButton(phrase("ui.discard"), "", widget.LowImportance, func() {
		s.text.discard()
		s.changed()
	})
	s.discard.Hide()
	add := func(words string, do func()) fyne.CanvasObject {
		return container.NewHBox(newButton(words, "add", widget.LowImportance, func() { do(); s.changed() }))
	}
	s.parts = vbox(20,
		group(phrase("ui.layout-this"), pair(entryRow(phrase("ui.layout-name"), oneLine(s.name)), entryRow(phrase("ui.layout-object"), bordered(s.writes))),
			pair(entryRow(phrase("ui.layout-record-type"), bordered(s.typeOf)), s.whose), s.main),
		group(phrase("ui.layout-subject"), newParagraph(phrase("ui.layout-subject-detail"), caption, 3), s.subject.root,
			add(phrase("ui.layout-add-part"), func() { s.addPart("") })),
		group(phrase("ui.layout-description"), newParagraph(phrase("ui.layout-description-detail"), caption, 3), s.lines.root,
			container.NewHBox(add(phrase("ui.layout-add-line"), func() { s.addLine(layout.Line{}) }))),
		group(phrase("ui.layout-fields"), newParagraph(phrase("ui.layout-fields-detail"), caption, 4), s.fields.root,
			add(phrase("ui.layout-add-field"), func() { s.addField(layout.Field{}) }), entryRow(phrase("ui.layout-lead-name"), bordered(s.lead))),
		group(phrase("ui.layout-own"), newParagraph(phrase("ui.layout-own-detail"), caption, 4), s.own.root,
			add(phrase("ui.layout-add-own"), func() { s.addOwn(layout.Variable{Ask: true}) })),
		s.known.root)
	s.page = vbox(20, newText(phrase("ui.page-layouts"), title), newParagraph(phrase("ui.layouts-detail"), body, 6),
		group(phrase("ui.layouts"), s.list.root, s.actions, s.question.root), s.parts)
	s.foot = vbox(10, s.preview.root, container.NewBorder(nil, nil, s.preview.test, hbox(6, s.discard, s.save)))
	s.text.read = func() []string {
		doc, _ := json.Marshal(s.read()) // texts and lists of them
		return []string{string(doc)}
	}
	s.text.write = func(typed []string) {
		var l layout.Layout
		if json.Unmarshal([]byte(typed[0]), &l) == nil {
			s.pour(l)
		}
	}
	return s
}

func (s *layoutsSheet) typed() *typedText         { return &s.text }
func (s *layoutsSheet) retype(t typedText)        { s.text.takeOver(t); s.about = t.about }
func (s *layoutsSheet) footer() fyne.CanvasObject { return s.foot }
func (s *layoutsSheet) show(app.View)             {}
func (s *layoutsSheet) object() fyne.CanvasObject { return s.page }

// keyOfLayout tells a layout apart.
func keyOfLayout(l layout.Layout) string { return l.Org + "/" + strings.ToLower(l.Name) }

func (s *layoutsSheet) fill(f Form) {
	if was := s.locked; was && !f.isLocked("layouts") {
		s.locked = false
		lockTree(s.actions, false)
		lockTree(s.parts, false)
	}
	s.locked = f.isLocked("layouts")
	s.w.ask(func() func() {
		all := s.w.cfg.Layouts.All()
		return func() {
			if !sameKeys(s.all, all, keyOfLayout) {
				s.question.takeBack()
			}
			s.all = all
			s.offerOrgs(f)
			if s.about == "" || s.about != newLayout && !slices.ContainsFunc(all, func(l layout.Layout) bool { return keyOfLayout(l) == s.about }) {
				s.about = keyOfLayout(all[s.defaultAt()])
			}
			s.text.only(func(about string) bool {
				return about == newLayout || slices.ContainsFunc(all, func(l layout.Layout) bool { return keyOfLayout(l) == about })
			})
			if i := slices.IndexFunc(all, func(l layout.Layout) bool { return keyOfLayout(l) == s.about }); i < 0 || s.text.about != s.about || s.text.saved == nil || !reflect.DeepEqual(all[i], s.saved) {
				s.choose(s.about)
			} else { // it is filled with that already, and may be typed in
				s.draw()
				s.changed()
			}
			s.preview.offerCalls()
		}
	})
}

// defaultAt is the place of the default layout for every org.
func (s *layoutsSheet) defaultAt() int { return layout.DefaultIn(s.all, "") }

// offerOrgs lists the orgs that a layout may be for. Where there is one, nobody is asked.
func (s *layoutsSheet) offerOrgs(f Form) {
	chosen := s.chosenOrg()
	s.orgs = []string{""}
	names := []string{phrase("ui.layout-every-org")}
	for _, o := range s.w.knownOrgs(f) {
		if o.OrgID != "" {
			s.orgs, names = append(s.orgs, o.OrgID), append(names, orgTitle(o))
		}
	}
	gone := false
	for _, l := range append(slices.Clone(s.all), layout.Layout{Org: chosen}) { // of an org that is listed no longer: it stays what it was
		if !slices.Contains(s.orgs, l.Org) {
			s.orgs, names = append(s.orgs, l.Org), append(names, phrase("ui.unknown-org", "org", l.Org))
			gone = true
		}
	}
	s.org.SetOptions(apartOrgs(names, s.orgs))
	if at := slices.Index(s.orgs, chosen); at >= 0 { // also under another name
		was := s.filling
		s.filling = true
		s.org.SetSelectedIndex(at)
		s.filling = was
	}
	show(s.whose, len(s.orgs) > 2 || gone)
}

// chosenOrg is the id of the org that the layout is for, "" for every one.
func (s *layoutsSheet) chosenOrg() string {
	if i := s.org.SelectedIndex(); i > 0 && i < len(s.orgs) {
		return s.orgs[i]
	}
	return ""
}

// draw draws the list.
func (s *layoutsSheet) draw() {
	rows, chosen := make([]listed, len(s.all)), -1
	for i, l := range s.all {
		detail := []string{l.Object}
		if i == s.defaultAt() || l.Default { // an org may have one of its own
			detail = append(detail, phrase("ui.layout-is-default"))
		}
		var asked []string
		for _, v := range l.Asked() {
			asked = append(asked, v.Name)
		}
		if len(asked) > 0 {
			detail = append(detail, phrase("ui.layout-asks", "names", asked))
		}
		icon := "assignment"
		if l.Object == crm.Case {
			icon = "work"
		}
		if at := slices.Index(s.orgs, l.Org); at > 0 && at < len(s.org.Options) && len(s.orgs) > 2 { // for one of several
			detail = append(detail, s.org.Options[at])
		}
		rows[i] = listed{icon, colorMuted, l.Name, joined(detail...)}
		if keyOfLayout(l) == s.about {
			chosen = i
		}
	}
	s.list.show(rows, chosen)
	s.remove.enable(chosen >= 0)
}

// choose fills the page with a layout by its key, and with what was typed about it.
func (s *layoutsSheet) choose(key string) {
	if key == newLayout {
		s.begin(s.read())
		return
	}
	for _, l := range s.all {
		if keyOfLayout(l) == key {
			s.saved, s.about = l, key
			s.filling = true
			s.text.fill(key, func() { s.pour(l) })
			s.filling = false
		}
	}
	s.draw()
	s.describe()
	s.changed()
}

// begin fills the page with a layout that will be added.
func (s *layoutsSheet) begin(like layout.Layout) {
	like = like.Clone()
	if !s.text.has(newLayout) {
		like.Name, like.Default = "", false
	}
	s.saved, s.about = layout.Layout{}, newLayout
	s.filling = true
	s.text.fill(newLayout, func() { s.pour(layout.Layout{Object: like.Object}) })
	if s.text.read()[0] == s.text.saved[0] {
		s.pour(like)
	}
	s.filling = false
	s.draw()
	s.describe()
	s.changed()
}

// ask asks whether to remove the layout.
func (s *layoutsSheet) ask() {
	l := s.saved
	s.question.ask(phrase("ui.layout-remove-question", "name", l.Name), phrase("ui.remove"), func() error {
		return s.w.cfg.Layouts.Remove(l.Org, l.Name)
	})
}

// reload reads the settings again, if the page is still open.
func (s *layoutsSheet) reload() {
	if page := s.w.settings; page.open == pageLayouts {
		page.refill()
	}
}

// keep saves what is on the page. What was typed stays when it is refused.
func (s *layoutsSheet) keep() {
	l, was := s.read().Tidy(), s.saved
	l.Beyond = was.Beyond
	about, sent := s.text.about, s.text.read()
	s.w.say(aboutCommand, "")
	for _, other := range s.all {
		if keyOfLayout(other) == keyOfLayout(l) && keyOfLayout(l) != keyOfLayout(was) {
			s.w.say(aboutCommand, phrase("ui.layout-name-taken", "name", l.Name))
			return
		}
	}
	s.w.ask(func() func() {
		err := s.w.cfg.Layouts.Save(l, was)
		return func() {
			s.w.complain(aboutCommand, err)
			if err == nil {
				now := keyOfLayout(l)
				s.text.settle(about, sent)
				if s.text.becomes(about, now); s.about == about {
					s.about = now
				}
				s.reload()
			}
		}
	})
}

// changed looks at the page after each key: the preview follows, and the list of pages has a dot for what is not saved.
func (s *layoutsSheet) changed() {
	if s.filling {
		return
	}
	s.discard.Hide()
	typed := s.text.has(s.about)
	show(s.discard, typed)
	s.save.enable(typed && !s.locked && strings.TrimSpace(s.name.Text) != "")
	s.hold()
	s.preview.forget()
	s.preview.follow()
	if s.w.settings != nil {
		s.w.settings.mark()
		s.w.relayout()
	}
}

// hold keeps what the administrator fixed from being changed, also the rows that have come since.
func (s *layoutsSheet) hold() {
	if s.locked {
		lockTree(s.actions, true)
		lockTree(s.parts, true)
	}
}
