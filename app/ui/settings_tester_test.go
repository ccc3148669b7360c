package ui

import (
	"slices"
	"strings"
	"testing"

	"linecard/app/journal"
	"linecard/app/mirror"
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
