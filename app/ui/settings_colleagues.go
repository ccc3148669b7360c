package ui

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
)

// colleaguesSheet is the page of the colleagues: one to be added or changed, the list in its order, and a list to be read. Those who come from
// elsewhere than the list are shown behind it, and changed there.
type colleaguesSheet struct {
	w         *Window
	page      *fyne.Container
	heading   *text
	name      *field
	extension *field
	account   *ruleChoice
	whose     fyne.CanvasObject // the row of the account, where there are several
	save      *button
	up, down  *button
	drop      *button
	cancel    *button
	ask       *question
	text      typedText
	find      *field
	finding   fyne.CanvasObject
	count     *text
	rows      *fyne.Container
	imports   *colleagueImport
	set       settings.Settings
	all       []teamRow
	said      string
	locked    bool
	filling   bool
}

// teamRow is a colleague as the page lists one.
type teamRow struct {
	settings.Colleague
	listed bool // in the list of the settings, so that it can be changed here
}

// colleaguesShown is how many are in sight without a search.
const colleaguesShown = 20

func newColleaguesSheet(w *Window) *colleaguesSheet {
	s := &colleaguesSheet{w: w, heading: newText("", body.strong().elided()), rows: vbox(0), count: newText("", caption)}
	entry := func(hint string) *field {
		f := newField(hint)
		f.OnChanged = func(string) { s.changed() }
		f.OnSubmitted = func(string) { s.keep() }
		return f
	}
	s.name, s.extension = entry(phrase("ui.colleague-name-hint")), entry("2042")
	s.account = &ruleChoice{newChoice([]string{""}, func(string) { s.changed() }), []string{""}}
	s.whose = entryRow(phrase("ui.colleague-account"), bordered(s.account.choice))
	s.save = newButton("", "done", widget.HighImportance, s.keep)
	s.up = newButton(phrase("ui.rule-up"), "", widget.LowImportance, func() { s.move(-1) })
	s.down = newButton(phrase("ui.rule-down"), "", widget.LowImportance, func() { s.move(1) })
	s.drop = newButton(phrase("ui.colleague-remove"), "", widget.DangerImportance, s.askRemove)
	s.cancel = newButton(phrase("ui.cancel"), "", widget.LowImportance, func() {
		s.text.forget(s.text.about)
		s.open("")
	})
	buttons := hbox(8, s.save, s.up, s.down, s.cancel, s.drop)
	s.ask = newQuestion(w, buttons, func() { w.settings.refill() })
	s.find = newField(phrase("ui.colleagues-find-hint"))
	s.find.OnChanged = func(string) { s.draw() }
	s.finding = entryRow(phrase("ui.owner-find"), oneLine(s.find))
	s.imports = newColleagueImport(w)
	s.page = vbox(20, newText(phrase("ui.page-colleagues"), title), newParagraph(phrase("ui.colleagues-detail"), body, 4),
		group(phrase("ui.colleague-one"), s.heading, pair(entryRow(phrase("ui.colleague-name"), oneLine(s.name)), entryRow(phrase("ui.field-extension"), oneLine(s.extension))),
			s.whose, newParagraph(phrase("ui.colleague-name-detail"), caption, 4), s.ask.root, buttons),
		group(phrase("ui.colleagues-list"), s.finding, s.count, s.rows), s.imports.root)
	s.text.read = func() []string { return []string{s.name.Text, s.extension.Text, s.account.value()} }
	s.text.write = func(typed []string) {
		s.name.SetText(typed[0])
		s.extension.SetText(typed[1])
		s.offerAccounts(typed[2])
	}
	s.text.beside = &s.imports.text
	return s
}

func (s *colleaguesSheet) typed() *typedText         { return &s.text }
func (s *colleaguesSheet) retype(t typedText)        { s.text.takeOver(t) }
func (s *colleaguesSheet) object() fyne.CanvasObject { return s.page }

// show lists those who come from elsewhere than the list, too.
func (s *colleaguesSheet) show(app.View) { s.draw() }

func (s *colleaguesSheet) fill(f Form) {
	s.set, s.locked = f.Settings, f.isLocked("colleagues")
	s.text.only(func(about string) bool { return about == "" || s.find1(about) >= 0 })
	about := s.text.about
	if s.find1(about) < 0 {
		about = "" // removed elsewhere
	}
	s.open(about)
	f.lock("colleagues", s.name, s.extension, s.account)
	s.imports.fill(s.locked)
	s.draw()
}

// find1 is the place of one of the list, by its id; -1 for none.
func (s *colleaguesSheet) find1(id string) int {
	return slices.IndexFunc(s.set.Colleagues, func(o settings.Colleague) bool { return o.ID() == id })
}

// open has the fields be about one of the list, or about one who will be added.
func (s *colleaguesSheet) open(id string) {
	if id != s.text.about {
		s.ask.takeBack() // it is about somebody else
	}
	var o settings.Colleague
	i := s.find1(id)
	heading, save := phrase("ui.colleague-new"), phrase("ui.colleague-add")
	if i >= 0 {
		o = s.set.Colleagues[i]
		heading, save = colleagueName(app.ColleagueView{Name: o.Name, Extension: o.Extension}), phrase("ui.save")
	}
	s.heading.set(heading)
	s.save.label(save)
	s.filling = true // what is in the fields meanwhile is not typed
	s.text.fill(id, func() {
		s.name.SetText(o.Name)
		s.extension.SetText(o.Extension)
		s.offerAccounts(o.Account)
	})
	s.filling = false
	for _, b := range []*button{s.up, s.down, s.drop, s.cancel} {
		show(b, i >= 0)
	}
	s.up.enable(i > 0 && !s.locked)
	s.down.enable(i < len(s.set.Colleagues)-1 && !s.locked)
	s.drop.enable(!s.locked)
	s.changed()
	s.w.relayout()
}

// offerAccounts lists the accounts. One that is named and not there stays.
func (s *colleaguesSheet) offerAccounts(named string) {
	s.account.values, s.account.Options = []string{""}, []string{phrase("ui.colleague-first-account")}
	for i, title := range accountTitles(s.set.Accounts) {
		s.account.values, s.account.Options = append(s.account.values, s.set.Accounts[i].ID()), append(s.account.Options, title)
	}
	if !slices.Contains(s.account.values, named) {
		s.account.values, s.account.Options = append(s.account.values, named), append(s.account.Options, phrase("ui.colleague-account-gone", "account", named))
	}
	s.account.set(named)
	show(s.whose, len(s.set.Accounts) > 1 || named != "")
}

func (s *colleaguesSheet) changed() {
	if s.filling || s.w.settings == nil { // no pages yet: this one is being made
		return
	}
	s.save.enable(!s.locked && strings.TrimSpace(s.extension.Text) != "" && s.text.has(s.text.about))
	s.w.settings.mark()
}

// keep saves the one who is in the fields.
func (s *colleaguesSheet) keep() {
	if s.save.Disabled() {
		return
	}
	about, sent := s.text.about, s.text.read()
	o := settings.Colleague{Name: sent[0], Extension: sent[1], Account: sent[2]}
	s.w.changeSettings(func(set *settings.Settings) error { return set.PutColleague(about, o) }, func() {
		s.text.settle(about, sent)
		now := about
		if about != "" {
			o.Extension, o.Account = strings.TrimSpace(o.Extension), strings.TrimSpace(o.Account)
			now = o.ID()
			s.text.becomes(about, now)
		}
		if s.text.about == now && !s.text.has(now) {
			s.text.saved = nil
			s.open("")
			if s.w.inSettings() && s.w.settings.open == pageColleagues {
				s.w.focus(s.name) // for the next one
			}
		}
	})
}

// move puts the one who is in the fields at another place.
func (s *colleaguesSheet) move(by int) {
	about := s.text.about
	s.w.changeSettings(func(set *settings.Settings) error {
		i := slices.IndexFunc(set.Colleagues, func(o settings.Colleague) bool { return o.ID() == about })
		return set.MoveColleague(about, i+by)
	}, nil)
}

func (s *colleaguesSheet) askRemove() {
	about := s.text.about
	s.ask.ask(phrase("ui.colleague-remove-question", "name", s.heading.value), phrase("ui.colleague-remove"), func() error {
		var gone error
		err := s.w.cfg.Settings.Change(func(set *settings.Settings) { gone = set.DropColleague(about) })
		if gone != nil {
			s.w.dispatch(func() { s.w.settings.refillSaying(gone) })
		}
		return cmp.Or(gone, err)
	})
}

// changeSettings changes the settings, says what speaks against it, and fills the page again, also where what it is about is gone. f changes nothing
// where it returns an error; done is what is done before the page is filled, where all went well.
func (w *Window) changeSettings(f func(*settings.Settings) error, done func()) {
	w.ask(func() func() {
		var wrong error
		err := w.cfg.Settings.Change(func(set *settings.Settings) {
			wrong = f(set)
		})
		err = cmp.Or(wrong, err)
		return func() {
			w.complain(aboutSettings, err)
			if err == nil && done != nil {
				done()
			}
			if err == nil || errors.Is(err, settings.ErrNoColleague) {
				w.settings.refillSaying(err)
			}
		}
	})
}

// team are the colleagues of the list, and those whom the tab has from elsewhere.
func (s *colleaguesSheet) team() (all []teamRow) {
	here := map[[2]string]bool{}
	for _, o := range s.set.Colleagues {
		all = append(all, teamRow{o, true})
		here[[2]string{o.Extension, s.set.WatchedBy(o)}] = true
	}
	for _, v := range s.w.view.Colleagues {
		if !here[[2]string{v.Extension, v.Account}] {
			all = append(all, teamRow{settings.Colleague{Name: v.Name, Extension: v.Extension, Account: v.Account}, false})
		}
	}
	return all
}

// draw lists those who are looked for.
func (s *colleaguesSheet) draw() {
	all := s.team()
	show(s.finding, len(all) > colleaguesShown)
	words := ""
	if s.finding.Visible() {
		words = s.find.Text
	}
	said := fmt.Sprint(all, words, s.locked, len(s.set.Accounts))
	if said == s.said {
		return
	}
	s.said, s.all = said, all
	fit := slices.DeleteFunc(slices.Clone(all), func(r teamRow) bool { return !crm.HasWords(words, r.Name, r.Extension, s.onAccount(r)) })
	s.rows.RemoveAll()
	for i, r := range fit {
		if i == colleaguesShown {
			s.rows.Add(newParagraph(phrase("ui.colleagues-more", "count", len(fit)-colleaguesShown), caption, 2))
			break
		}
		if i > 0 {
			s.rows.Add(rule())
		}
		s.rows.Add(s.row(r))
	}
	switch {
	case len(all) == 0:
		s.rows.Add(newParagraph(phrase("ui.colleagues-none"), body, 3))
	case len(fit) == 0:
		s.rows.Add(newParagraph(phrase("ui.colleagues-none-fit"), body, 2))
	}
	s.count.set(phrase("ui.colleagues-count", "count", len(all)))
	show(s.count, len(all) > 0)
	s.rows.Refresh()
	s.w.relayout()
}

// onAccount is what the account of a row is called, where that says anything.
func (s *colleaguesSheet) onAccount(r teamRow) string {
	if len(s.set.Accounts) < 2 && r.Account == "" {
		return ""
	}
	if a, here := s.set.Account(s.set.WatchedBy(r.Colleague)); here {
		if len(s.set.Accounts) < 2 {
			return ""
		}
		return accountTitles(s.set.Accounts)[slices.IndexFunc(s.set.Accounts, func(b settings.Account) bool { return b.ID() == a.ID() })]
	}
	return phrase("ui.colleague-account-gone", "account", r.Account)
}

// row is one of them. A press opens one of the list.
func (s *colleaguesSheet) row(r teamRow) fyne.CanvasObject {
	source := ""
	if !r.listed {
		source = phrase("ui.colleague-elsewhere")
	}
	v := app.ColleagueView{Name: r.Name, Extension: r.Extension}
	icon := "person"
	words := vbox(1, newText(colleagueName(v), body.elided()), newText(joined(colleagueNumber(v), s.onAccount(r), source), caption.elided()))
	line := inset(6, 6, 8, 8, container.NewBorder(nil, nil, inset(0, 0, 0, 12, middle(newGlyph(icon, colorMuted, 18))), nil, words))
	if !r.listed {
		return line
	}
	return newClickable(line, 6, func() {
		s.open(r.ID())
		s.w.settings.scroll.ScrollToTop()
		if !s.locked {
			s.w.focus(s.name)
		}
	})
}
