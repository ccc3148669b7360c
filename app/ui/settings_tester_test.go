package ui

import (
	"slices"
	"strings"
	"testing"

	"linecard/app/journal"
	"linecard/app/mirror"
	"linecard/app/settings"
)

// Each page for admins has a test that says what would come of things as they are set, and changes nothing.
func TestPagesHaveATest(t *testing.T) {
	b, a := adminBench(t)
	a.owners, a.copies = someOwners(), []mirror.Status{{Org: "00D1", State: mirror.UpToDate, Records: 2}}
	a.past = []journal.Row{{Call: journal.Call{ID: "1", Started: noon, Ended: noon}}}
	b.Window.cfg.ChooseFile = func(then func(string)) { then("/media/stick/profile.toml") }
	open := func(kind settingsKind) {
		t.Helper()
		b.openSettings(kind)
		b.settle()
		a.said()
	}
	says := func(page string, told []string, all ...string) {
		t.Helper()
		b.settle()
		if got := a.said(); !slices.Equal(got, told) {
			t.Errorf("%s told %q", page, got)
		}
		for _, part := range all {
			if !b.says(part) {
				t.Errorf("%s does not say %q: %q", page, part, strings.Join(words(b.root), " | "))
			}
		}
	}
	open(pageOwners)
	b.press("Test on the last calls")
	says("Owners", []string{"try owners "}, ", Dana Whitfield: Jo Lind", "Priya Raman: Riley Morgan, who is linked", "+44 20 7946 0018: Lou Vance is not active.", "2042: not logged")
	open(pageLogging)
	b.press("Test on past calls")
	says("Logging", []string{"try 0 rules"}, "Of the last call, ")
	open(pageDirectory)
	s := b.Window.settings.sheets[pageDirectory].(*directorySheet)
	if !s.test.button.Disabled() {
		t.Error("nobody can be looked for by nothing")
	}
	s.find.SetText("ann")
	s.find.OnSubmitted("ann")
	says("Directory", []string{"search ann in 00D1"}, "2 people. Ann Lee · Lee & Sons, Anna Leeman")
	s.find.SetText("nobody")
	b.press("Test")
	says("Directory", nil, "nobody in the copy fits")
	open(pageProfile)
	b.press("Test a profile…")
	says("Profile", []string{"try /media/stick/profile.toml"}, "would change 2 settings here; nothing is changed yet. They can't be changed here: logging.", "logging.mode: always → ask",
		"accounts[1].proxy: None → 10.0.0.5", "numbers.country is no country.")
}

// What a test said is taken back when what it was asked of changes, and so is an answer that comes after that.
func TestWhatATestSaidIsTakenBack(t *testing.T) {
	b, a := adminBench(t)
	a.owners = someOwners()
	a.copies = []mirror.Status{{Org: "00D1", User: "u1", State: mirror.UpToDate, Records: 2}, {Org: "00D1", User: "u2", State: mirror.UpToDate, Records: 2}}
	b.Window.cfg.ChooseFile = func(then func(string)) { then("/media/stick/profile.toml") }
	gone := func(what string, test *tester) {
		t.Helper()
		b.settle()
		if test.lines.Visible() {
			t.Errorf("%s, and it still says %q", what, words(test.lines))
		}
	}
	said := func(what string, test *tester) {
		t.Helper()
		b.settle()
		if !test.lines.Visible() {
			t.Errorf("%s says nothing", what)
		}
	}
	b.openSettings(pageOwners)
	b.settle()
	owners := b.Window.settings.sheets[pageOwners].(*ownersSheet)
	owners.test.button.OnTapped()
	said("Owners", owners.test)
	owners.use.OnChanged("")
	gone("the settings of owners were changed", owners.test)
	owners.test.run(func() ([]testLine, error) {
		b.Window.dispatch(owners.test.forget)
		return []testLine{{text: "late"}}, nil
	})
	gone("it was asked of what was before", owners.test)
	if owners.test.button.Disabled() {
		t.Error("the test cannot be made again")
	}
	b.openSettings(pageLogging)
	b.settle()
	logging := b.Window.settings.sheets[pageLogging].(*loggingSheet)
	logging.test.button.OnTapped()
	said("Logging", logging.test)
	logging.plain.put("logging.missed", false)
	gone("what is logged was changed", logging.test)
	b.openSettings(pageDirectory)
	b.settle()
	directory := b.Window.settings.sheets[pageDirectory].(*directorySheet)
	directory.find.SetText("ann")
	directory.find.OnSubmitted("ann")
	said("Directory", directory.test)
	if n := len(directory.test.lines.Objects); n != 1 {
		t.Errorf("the one org of two users is shown %d times", n)
	}
	directory.keep(func(d *settings.Directory) { d.Leads = !d.Leads })
	gone("what is copied was changed", directory.test)
	b.openSettings(pageProfile)
	b.settle()
	profile := b.Window.settings.sheets[pageProfile].(*profileSheet)
	profile.test.button.OnTapped()
	said("Profile", profile.test)
	profile.take("/media/stick/profile.toml")
	gone("a profile was imported", profile.test)
}
