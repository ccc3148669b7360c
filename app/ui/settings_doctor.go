package ui

import (
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm/layout"
)

// Check is one thing that was looked at, in words.
type Check struct {
	Check  string
	OK     bool   // there is nothing to do
	Minor  bool   // a warning: calls are taken, found and logged all the same
	Detail string // what was found
	Remedy string // what to do
	Setup  string // address of the page in Salesforce's Setup that it is about, OK or not
}

// checked is the last check-up. It is the window's: the page that asked for it may be built again in the meantime.
type checked struct {
	all     []Check
	at      time.Time // zero: never
	running bool
	asked   int // counts check-ups, so that the answer of an earlier one is dropped
}

// doctorSheet shows what works and what does not, with what to do about it.
type doctorSheet struct {
	w       *Window
	page    *fyne.Container
	summary *standing
	again   *button
	report  *button
	written *paragraph
	test    *button    // writes a test log; nil where there are no layouts
	logged  *paragraph // what became of it
	rows    *fyne.Container
}

func newDoctorSheet(w *Window) *doctorSheet {
	s := &doctorSheet{w: w, summary: newStanding(), rows: vbox(20), written: newParagraph("", caption, 4)}
	s.again = newButton(phrase("ui.check-again"), "refresh", widget.HighImportance, s.check)
	s.report = newButton(phrase("ui.save-report"), "", widget.MediumImportance, func() { w.cfg.ChooseFolder(phrase("ui.report-where"), s.save) })
	s.written.Hide()
	s.logged = newParagraph("", caption, 12)
	s.logged.Hide()
	buttons := hbox(8, s.again, s.report)
	if w.cfg.Layouts != nil {
		s.test = newButton(phrase("ui.layout-test"), "", widget.MediumImportance, s.sendTest)
		buttons = hbox(8, s.again, s.test, s.report)
	}
	s.page = vbox(20, newText(phrase("ui.page-doctor"), title),
		group(phrase("ui.now"), s.summary.root, buttons, s.logged, s.written, newParagraph(phrase("ui.report-detail"), caption, 3)), s.rows, newTraceGroup(w).root)
	s.draw()
	return s
}

func (s *doctorSheet) object() fyne.CanvasObject { return s.page }

func (s *doctorSheet) show(app.View) {}

// fill makes the first check-up: whoever opens the page wants one.
func (s *doctorSheet) fill(Form) {
	if s.w.checked.at.IsZero() && !s.w.checked.running {
		s.check()
		return
	}
	s.draw()
}

// sendTest writes a log in each linked org by its own default layout, deletes it again, and says what became of it.
func (s *doctorSheet) sendTest() {
	tell := func(words string) {
		s.logged.say(words)
		show(s.logged, words != "")
		s.w.relayout()
	}
	tell(phrase("ui.test-is-sent"))
	s.test.enable(false)
	orgs, names := linkedOrgs(s.w.view)
	if len(orgs) == 0 { // the answer says that none is linked
		orgs = []string{""}
	}
	s.w.ask(func() func() {
		all := layout.List(s.w.cfg.Layouts.All())
		said := make([]string, len(orgs))
		var tests sync.WaitGroup
		for i, org := range orgs { // each is as slow as its org
			tests.Go(func() {
				tried, err := s.w.cfg.Layouts.Test(all.Choose(org, "", ""), org, "")
				words := catalogue.Say(tried.Said())
				if err != nil {
					words = catalogue.Error(err)
				}
				if said[i] = sentence(words); len(orgs) > 1 {
					said[i] = phrase("ui.test-in", "org", names[i], "said", said[i])
				}
			})
		}
		tests.Wait()
		return func() {
			s.test.enable(true)
			tell(strings.Join(said, "\n"))
		}
	})
}

// check asks the program, which takes as long as the slowest org.
func (s *doctorSheet) check() {
	c := &s.w.checked
	c.running = true
	c.asked++
	asked := c.asked
	s.draw()
	s.w.ask(func() func() {
		all := s.w.cfg.Admin.Doctor()
		return func() {
			if asked != c.asked {
				return
			}
			c.all, c.at, c.running = all, s.w.cfg.Now(), false
			if s.w.settings != nil { // the page may be another one by now
				s.w.settings.sheets[pageDoctor].(*doctorSheet).draw()
			}
		}
	})
}

func (s *doctorSheet) draw() {
	c := s.w.checked
	broken, warnings := 0, 0
	for _, f := range c.all {
		switch {
		case f.Minor:
			warnings++
		case !f.OK:
			broken++
		}
	}
	when := ""
	if !c.at.IsZero() {
		when = phrase("ui.checked-at", "at", c.at)
	}
	switch {
	case c.running:
		s.summary.set("schedule", colorHeld, phrase("ui.checking"), phrase("ui.checking-detail"))
	case c.at.IsZero():
		s.summary.set("support", colorMuted, phrase("ui.not-checked"), phrase("ui.not-checked-detail"))
	case broken > 0:
		s.summary.set("error_outline", colorMissed, phrase("ui.checks-broken", "count", broken), when)
	case warnings > 0:
		s.summary.set("warning_amber", colorHeld, phrase("ui.checks-warn", "count", warnings), when)
	default:
		s.summary.set("check_circle", colorTalking, phrase("ui.checks-well"), when)
	}
	s.again.enable(!c.running)
	s.rows.RemoveAll()
	for _, part := range []struct {
		heading string
		of      func(Check) bool
	}{
		{phrase("ui.checks-to-mend"), func(f Check) bool { return !f.OK && !f.Minor }},
		{phrase("ui.checks-warnings"), func(f Check) bool { return f.Minor }},
		{phrase("ui.checks-good"), func(f Check) bool { return f.OK }},
	} {
		var rows []fyne.CanvasObject
		for _, f := range c.all {
			if !part.of(f) {
				continue
			}
			if len(rows) > 0 {
				rows = append(rows, rule())
			}
			rows = append(rows, s.row(f))
		}
		if len(rows) > 0 {
			s.rows.Add(group(part.heading, rows...))
		}
	}
	s.rows.Refresh()
	s.w.relayout()
}

// row is one check. What is well takes two lines; the rest has its remedy. The page of Setup that it is about is on a button.
func (s *doctorSheet) row(f Check) fyne.CanvasObject {
	icon, ink := "check_circle", fyne.ThemeColorName(colorTalking)
	switch {
	case f.Minor:
		icon, ink = "warning_amber", colorHeld
	case !f.OK:
		icon, ink = "error_outline", colorMissed
	}
	lines := vbox(3, newText(f.Check, body.strong().elided()))
	if f.Detail != "" {
		lines.Add(newParagraph(f.Detail, caption, 4))
	}
	if f.Remedy != "" {
		lines.Add(newParagraph(f.Remedy, body, 8))
	}
	var open fyne.CanvasObject
	if f.Setup != "" {
		open = container.NewVBox(newButton(phrase("ui.open-setup"), "open_in_new", widget.LowImportance, func() {
			s.w.do(func() error { return s.w.cfg.OpenURL(f.Setup) })
		}))
	}
	return container.NewBorder(nil, nil, container.NewVBox(inset(2, 0, 0, 12, newGlyph(icon, ink, theme.IconInlineSize()))), open, lines)
}

// save writes the file for support below the folder that was chosen.
func (s *doctorSheet) save(dir string) {
	s.w.saveForSupport(s.report, s.written, func() (string, error) { return s.w.cfg.Admin.SaveReport(dir) })
}

// saveForSupport writes a file, says where it is, and keeps the button from being pressed until then.
func (w *Window) saveForSupport(by *button, said *paragraph, write func() (path string, err error)) {
	by.enable(false)
	w.ask(func() func() {
		path, err := write()
		return func() {
			by.enable(true)
			w.complain(aboutCommand, err)
			if err == nil {
				said.say(phrase("ui.report-written", "file", path))
			}
			show(said, err == nil)
			w.relayout()
		}
	})
}
