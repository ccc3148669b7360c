package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/mirror"
	"linecard/app/settings"
)

// directorySheet switches the copy of the org's people on and off, and shows how it stands.
type directorySheet struct {
	w       *Window
	page    *fyne.Container
	on      *widget.Check
	objects [3]*widget.Check // as objectKeys
	every   *choice          // how often changes are taken over
	copies  *fyne.Container
	team    *orgColleagues
	said    string
	asked   string // the org whose copy is deleted with the next press
	filling bool
	find    *field
	test    *tester
	text    typedText // what is looked for
	looking bool      // it is about to look at a copy that is being made
}

// objectKeys are the settings of what is copied, with how each is read and changed.
var objectKeys = [3]struct {
	key, word string
	of        func(*settings.Directory) *bool
}{
	{"directory.sync_contacts", "ui.directory-contacts", func(d *settings.Directory) *bool { return &d.Contacts }},
	{"directory.sync_accounts", "ui.directory-accounts", func(d *settings.Directory) *bool { return &d.Accounts }},
	{"directory.sync_leads", "ui.directory-leads", func(d *settings.Directory) *bool { return &d.Leads }},
}

// everyMinutes are how often changes may be taken over, as the window offers it; the command line takes any number of minutes.
var everyMinutes = []int{5, 15, 30, 60, 4 * 60, 12 * 60, 24 * 60}

// everyWords are those in words, in order, with the minutes that are set.
func everyWords(set int) (words []string) {
	all := slices.Clone(everyMinutes)
	if set > 0 && !slices.Contains(all, set) {
		all = append(all, set)
		slices.Sort(all)
	}
	for _, m := range all {
		words = append(words, everyWord(m))
	}
	return words
}

func everyWord(minutes int) string {
	switch {
	case minutes%(24*60) == 0:
		return phrase("ui.every-days", "count", minutes/(24*60))
	case minutes%60 == 0:
		return phrase("ui.every-hours", "count", minutes/60)
	}
	return phrase("ui.every-minutes", "count", minutes)
}

// minutesOf reads one of the words; that of another number of minutes is what is set.
func minutesOf(word string, set int) int {
	for _, m := range everyMinutes {
		if everyWord(m) == word {
			return m
		}
	}
	return set
}

func newDirectorySheet(w *Window) *directorySheet {
	s := &directorySheet{w: w, copies: vbox(20), team: newOrgColleagues(w)}
	s.on = widget.NewCheck(phrase("ui.directory-on"), func(on bool) { s.keep(func(d *settings.Directory) { d.Copy = on }) })
	what := hbox(16)
	for i, o := range objectKeys {
		s.objects[i] = widget.NewCheck(phrase(o.word), func(on bool) { s.keep(func(d *settings.Directory) { *o.of(d) = on }) })
		what.Add(s.objects[i])
	}
	s.every = newChoice(everyWords(0), func(word string) { s.keep(func(d *settings.Directory) { d.Minutes = minutesOf(word, d.Minutes) }) })
	s.find = newField(phrase("ui.directory-find-hint"))
	look := func(t *tester) {
		if text, v := strings.TrimSpace(s.find.Text), w.view; text != "" && !t.button.Disabled() {
			t.run(func() ([]testLine, error) { return s.tried(v, text) })
		}
	}
	s.test = newTester(w, phrase("ui.directory-test"), look)
	s.find.OnChanged = func(text string) { s.test.button.enable(strings.TrimSpace(text) != "") }
	s.find.OnSubmitted = func(string) { look(s.test) }
	s.test.button.enable(false)
	s.text.loose = true
	s.text.read = func() []string { return []string{s.find.Text} }
	s.text.write = func(typed []string) { s.find.SetText(typed[0]) }
	s.page = vbox(20, newText(phrase("ui.page-directory"), title),
		group(phrase("ui.directory-people"), s.on, newParagraph(phrase("ui.directory-detail"), caption, 6), entryRow(phrase("ui.directory-what"), what),
			entryRow(phrase("ui.directory-every"), bordered(s.every))), s.copies,
		group(phrase("ui.directory-find"), newParagraph(phrase("ui.directory-find-detail"), caption, 3),
			container.NewBorder(nil, nil, nil, inset(0, 0, 8, 0, s.test.button), oneLine(s.find)), s.test.lines), s.team.root)
	return s
}

func (s *directorySheet) object() fyne.CanvasObject { return s.page }

func (s *directorySheet) typed() *typedText  { return &s.text }
func (s *directorySheet) retype(t typedText) { s.text.takeOver(t) }

// directoryShown is how many people of a copy a test shows.
const directoryShown = 5

// tried is who the copy of each org finds, without a request.
func (s *directorySheet) tried(v app.View, text string) (lines []testLine, err error) {
	var done []string
	for _, c := range s.w.cfg.Admin.Copies() {
		if slices.Contains(done, c.Org) { // each user of an org has a copy, and they are searched together
			continue
		}
		done = append(done, c.Org)
		found, err := s.w.cfg.Admin.SearchCopy(c.Org, text)
		if err != nil {
			return nil, err
		}
		var people []string
		for _, r := range found[:min(len(found), directoryShown)] {
			people = append(people, joined(r.Name, r.Company))
		}
		said := phrase("ui.directory-found", "org", titleOf(v, c.Org), "count", len(found), "people", people)
		if len(found) == 0 {
			said = phrase("ui.directory-found-nobody", "org", titleOf(v, c.Org))
		}
		lines = append(lines, testLine{text: said})
	}
	if len(lines) == 0 {
		lines = []testLine{{text: phrase("ui.directory-no-copy")}}
	}
	return lines, nil
}

func (s *directorySheet) fill(f Form) {
	s.filling = true
	s.test.forget()
	d := f.Settings.Directory
	s.on.SetChecked(d.Copy)
	f.lock("directory.sync_people", s.on)
	for i, o := range objectKeys {
		s.objects[i].SetChecked(*o.of(&d))
		f.lock(o.key, s.objects[i])
	}
	s.every.Options = everyWords(d.Minutes)
	s.every.SetSelected(everyWord(d.Minutes))
	f.lock("directory.sync_minutes", s.every)
	s.filling = false
	s.asked = ""
	s.team.fill(f)
	s.reload()
}

func (s *directorySheet) show(app.View) {
	s.reload()
	s.team.reload()
}

// keep changes the settings, which apply at once.
func (s *directorySheet) keep(change func(*settings.Directory)) {
	if s.filling {
		return
	}
	s.act(func() error {
		return s.w.cfg.Settings.Change(func(set *settings.Settings) { change(&set.Directory) })
	})
}

// act does something about the copies, and shows what comes of it.
func (s *directorySheet) act(f func() error) {
	s.asked = ""
	s.w.do(func() error {
		err := f()
		s.w.dispatch(func() {
			s.test.forget()
			s.reload()
		})
		return err
	})
}

func (s *directorySheet) reload() {
	s.w.ask(func() func() {
		all := s.w.cfg.Admin.Copies()
		return func() { s.draw(all) }
	})
}

// lookAgain is how often the page looks at a copy that is being made.
const lookAgain = time.Second

// open reports whether this is the page in sight; what happens behind it is looked at when it is opened.
func (s *directorySheet) open() bool {
	page := s.w.settings
	return page != nil && s.w.inSettings() && page.open == pageDirectory
}

// follow looks at the copies again, as long as the page is open.
func (s *directorySheet) follow() {
	s.looking = false
	if s.open() {
		s.reload()
	}
}

func (s *directorySheet) draw(all []mirror.Status) {
	if !s.looking && s.open() && slices.ContainsFunc(all, mirror.Status.Busy) {
		s.looking = true
		time.AfterFunc(lookAgain, func() { s.w.dispatch(s.follow) })
	}
	said := fmt.Sprint(all, s.asked)
	if said == s.said {
		return
	}
	s.said = said
	s.copies.RemoveAll()
	if len(all) == 0 && s.on.Checked {
		s.copies.Add(group(phrase("ui.directory-stands"), newParagraph(phrase("ui.directory-no-link"), body, 3)))
	}
	for _, c := range all {
		if c.State != mirror.Off || c.Records > 0 {
			s.copies.Add(s.stands(c))
		}
	}
	s.copies.Refresh()
	s.w.relayout()
}

// stands shows one copy: what it does, how far, how many, as of when, why not; and what can be done.
func (s *directorySheet) stands(c mirror.Status) fyne.CanvasObject {
	now := newStanding()
	icon, ink := "cloud_sync", theme.ColorNamePrimary
	switch {
	case c.State == mirror.UpToDate:
		icon, ink = "check_circle", colorTalking
	case c.Why() != "":
		icon, ink = "warning_amber", colorHeld
	case c.State == mirror.Paused:
		icon, ink = "pause", colorMuted
	}
	now.set(icon, ink, c.Line(), c.Why())
	box := vbox(12, now.root)
	if c.State == mirror.Copying && c.Total > 0 {
		bar := widget.NewProgressBar()
		bar.Max = float64(c.Total)
		bar.SetValue(float64(c.Read))
		box.Add(bar)
	}
	box.Add(factGrid([][2]string{{phrase("ui.directory-copied"), c.Count()}, {phrase("ui.directory-size"), c.Size()}, {phrase("ui.directory-complete"), c.Age()}}))
	sync := newButton(phrase("ui.directory-sync"), "refresh", widget.HighImportance, func() {
		s.act(func() error { return s.w.cfg.Admin.SyncCopy(c.Org) })
	})
	sync.enable(c.State != mirror.Off && !c.Busy())
	pause := newButton(phrase("ui.directory-pause"), "", widget.MediumImportance, func() {
		s.act(func() error { return s.w.cfg.Admin.PauseCopy(c.Org, c.State != mirror.Paused) })
	})
	if c.State == mirror.Paused {
		pause.label(phrase("ui.directory-resume"))
	}
	pause.enable(c.State != mirror.Off)
	wipe := newButton(phrase("ui.directory-wipe"), "", widget.LowImportance, func() {
		s.asked = c.Org
		s.reload()
	})
	if s.asked == c.Org {
		wipe = newButton(phrase("ui.directory-wipe-sure"), "", widget.DangerImportance, func() {
			s.act(func() error { return s.w.cfg.Admin.WipeCopy(c.Org) })
		})
	}
	box.Add(hbox(8, sync, pause, wipe))
	return group(titleOf(s.w.view, c.Org), box)
}
