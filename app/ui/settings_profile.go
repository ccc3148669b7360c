package ui

import (
	"strings"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// Profile is what an administrator gives to all desks.
type Profile struct {
	Name, By string
	Made     time.Time
	Locked   []string // keys, tables and lists
	From     ProfileSource
}

// ProfileSource says where a profile comes from.
type ProfileSource int

// The sources.
const (
	ProfileInstalled ProfileSource = iota // with the app
	ProfileImported                       // by hand
	ProfileFromOrg                        // it is kept in an org
)

// profileSheet shows the profile that applies here, and makes one of the settings of this desk.
type profileSheet struct {
	w        *Window
	page     *fyne.Container
	standing *standing
	imports  *button
	test     *tester
	remove   *button
	parting  *question
	name, by *field
	locked   *field
	user     *field     // field of User with the extension
	callerID *field     // likewise with the number that others see
	shows    *paragraph // the addresses that the profile would show
	save     *button
	keep     *button
	which    *choice  // the org that will keep it, where several are linked
	orgs     []string // ids, as they are listed in which
	whose    fyne.CanvasObject
	asking   *question
	said     atomic.Pointer[string] // what must be said of what was published
	written  *paragraph
	org      *orgProfile
	sent     []string // what was typed when it was published last
	text     typedText
}

func newProfileSheet(w *Window) *profileSheet {
	s := &profileSheet{w: w, standing: newStanding(), written: newParagraph("", caption, 4)}
	s.imports = newButton(phrase("ui.import-profile"), "", widget.MediumImportance, func() { w.cfg.ChooseFile(s.take) })
	s.remove = newButton(phrase("ui.remove-profile"), "", widget.LowImportance, func() {
		s.parting.ask(phrase("ui.remove-profile-question"), phrase("ui.remove-profile"), w.cfg.Admin.RemoveProfile)
	})
	s.test = newTester(w, phrase("ui.test-profile"), func(t *tester) {
		w.cfg.ChooseFile(func(path string) { t.run(func() ([]testLine, error) { return s.tried(path) }) })
	})
	buttons := hbox(8, s.test.button, s.imports, s.remove)
	s.parting = newQuestion(w, buttons, s.reload)
	entry := func(hint string) *field {
		e := newField(hint)
		e.OnChanged = func(string) {
			if w.settings != nil {
				w.settings.mark()
			}
		}
		return e
	}
	s.name, s.by, s.locked = entry(phrase("ui.profile-name-hint")), entry(phrase("ui.profile-by-hint")), entry(phrase("ui.profile-locked-hint"))
	s.user, s.callerID = entry("Extension"), entry(phrase("ui.none"))
	s.shows = newParagraph("", caption, 4)
	s.save = newButton(phrase("ui.export-profile"), "", widget.MediumImportance, func() { w.cfg.ChooseFolder(phrase("ui.profile-where"), s.export) })
	s.keep = newButton(phrase("ui.publish-profile"), "cloud", widget.MediumImportance, func() {
		org := s.whichOrg()
		s.asking.ask(phrase("ui.publish-profile-question", "org", org.name), phrase("ui.publish-profile"), s.publishing(org))
	})
	s.which = newChoice(nil, func(string) { s.asking.takeBack() }) // the question names the org
	s.whose = entryRow(phrase("ui.profile-which-org"), bordered(s.which))
	s.whose.Hide()
	making := hbox(8, s.save, s.keep)
	s.asking = newQuestion(w, making, s.published)
	s.org = newOrgProfile(w, s.reload)
	s.written.Hide()
	s.text.read = func() []string { return []string{s.name.Text, s.by.Text, s.locked.Text, s.user.Text, s.callerID.Text} }
	s.text.write = func(typed []string) {
		s.name.SetText(typed[0])
		s.by.SetText(typed[1])
		s.locked.SetText(typed[2])
		s.user.SetText(typed[3])
		s.callerID.SetText(typed[4])
	}
	s.page = vbox(20, newText(phrase("ui.page-profile"), title),
		group(phrase("ui.now"), s.standing.root, buttons, s.parting.root, s.test.lines), s.org.root,
		group(phrase("ui.make-profile"), newParagraph(phrase("ui.make-profile-detail"), caption, 5),
			pair(entryRow(phrase("ui.profile-name"), oneLine(s.name)), entryRow(phrase("ui.profile-by"), oneLine(s.by))),
			entryRow(phrase("ui.profile-locked"), oneLine(s.locked)),
			pair(entryRow(phrase("ui.profile-user-field"), oneLine(s.user)), entryRow(phrase("ui.profile-caller-id-field"), oneLine(s.callerID))),
			s.shows, s.whose, making, s.asking.root, s.written))
	return s
}

func (s *profileSheet) object() fyne.CanvasObject { return container.NewStack(s.page) }
func (s *profileSheet) show(v app.View)           { s.offerOrgs(v) }
func (s *profileSheet) typed() *typedText         { return &s.text }
func (s *profileSheet) retype(t typedText)        { s.text.takeOver(t) }

func (s *profileSheet) fill(Form) {
	s.test.forget()
	s.text.fill("", func() { s.text.write([]string{"", "", "", "", ""}) })
	s.reload()
}

// reload shows the profile that applies.
func (s *profileSheet) reload() {
	s.w.ask(func() func() {
		p, kept := s.w.cfg.Admin.Profile(), s.w.cfg.Admin.KeptProfile()
		return func() { s.draw(p, kept) }
	})
}

func (s *profileSheet) draw(p *Profile, kept KeptProfile) {
	show(s.remove, p != nil && p.From != ProfileInstalled)
	s.keep.enable(kept.Linked)
	s.offerOrgs(s.w.view)
	addresses := ""
	if len(kept.Addresses) > 0 {
		addresses = phrase("ui.profile-addresses", "hosts", kept.Addresses)
	}
	s.shows.say(addresses)
	s.org.draw(kept)
	if p == nil {
		s.standing.set("lock", colorMuted, phrase("ui.no-profile"), phrase("ui.no-profile-detail"))
		s.w.relayout()
		return
	}
	locks := phrase("ui.profile-locks-nothing")
	if len(p.Locked) > 0 {
		locks = phrase("ui.profile-locks", "keys", p.Locked)
	}
	from := ""
	switch {
	case p.From == ProfileInstalled:
		from = phrase("ui.profile-from-installed")
	case p.From == ProfileImported:
		from = phrase("ui.profile-from-imported")
	case p.From == ProfileFromOrg && kept.Taken != nil:
		from = phrase("ui.profile-from-org", "org", kept.Taken.Org, "who", kept.Taken.Who)
	}
	s.standing.set("lock", colorTalking, phrase("ui.profile-of", "by", joined(p.By, p.Name)), strings.TrimSpace(from+" "+locks))
	s.w.relayout()
}

// publishing is the publishing of what is typed now.
func (s *profileSheet) publishing(org orgOffer) func() error {
	r := s.asked()
	s.sent = s.text.read()
	return func() error {
		said, err := s.publish(org, r)
		if err == nil {
			s.said.Store(&said)
		}
		return err
	}
}

// published says what was published, and where.
func (s *profileSheet) published() {
	s.text.settle("", s.sent)
	s.w.settings.mark()
	s.written.say(*s.said.Load())
	show(s.written, true)
	s.reload()
}

// take imports the profile in a file.
func (s *profileSheet) take(path string) {
	s.w.ask(func() func() {
		err := s.w.cfg.Admin.ImportProfile(path)
		return func() {
			s.test.forget()
			s.w.complain(aboutSettings, err)
			s.reload()
		}
	})
}

// export makes a profile below the folder that was chosen.
func (s *profileSheet) export(dir string) {
	r := s.asked()
	sent := s.text.read()
	s.w.ask(func() func() {
		path, err := s.w.cfg.Admin.ExportProfile(dir, r)
		return func() {
			s.w.complain(aboutSettings, err)
			if err == nil {
				s.text.settle("", sent)
				s.w.settings.mark()
				s.written.say(phrase("ui.profile-written", "file", path))
			}
			show(s.written, err == nil)
			s.w.relayout()
		}
	})
}
