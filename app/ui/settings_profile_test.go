package ui

import (
	"slices"
	"strings"
	"testing"
)

// The page shows whose settings apply and what they lock; a profile is imported, made and removed there.
func TestProfilePage(t *testing.T) {
	b, a := adminBench(t)
	b.Window.cfg.ChooseFile = func(then func(string)) { then("/media/stick/linecard-profile.toml") }
	b.Window.cfg.ChooseFolder = func(then func(string)) { then("/media/stick") }
	b.openSettings(pageProfile)
	b.settle()
	if !b.shows("No profile applies here") || find(b.root, "Remove the profile") != nil {
		t.Errorf("%q", words(b.root))
	}
	b.press("Import a profile…")
	said := strings.Join(words(b.root), "\n")
	for _, part := range []string{"Settings by IT · Support desks", "They can't be changed here: logging, numbers.country."} {
		if !strings.Contains(said, part) {
			t.Errorf("the page does not say %q:\n%s", part, said)
		}
	}
	s := b.Window.settings.sheets[pageProfile].(*profileSheet)
	s.name.SetText("Sales")
	s.by.SetText("Avery")
	s.locked.SetText("logging, orgs")
	s.user.SetText("EmployeeNumber")
	s.callerID.SetText("Phone")
	b.press("Export…")
	if !b.shows("Written to /media/stick/linecard-profile.toml") {
		t.Errorf("%q", words(b.root))
	}
	b.press("Remove the profile")
	b.press("Remove the profile")
	want := []string{"import /media/stick/linecard-profile.toml", "export /media/stick {Name:Sales By:Avery Locked:[logging orgs] UserField:EmployeeNumber CallerIDField:Phone}", "remove"}
	if got := a.said(); !slices.Equal(got, want) || !b.shows("No profile applies here") {
		t.Errorf("told %q", got)
	}
}

// What an org offers is used once somebody says so; this desk's settings are kept in the org after a question, and what that means is said.
func TestAProfileInTheOrg(t *testing.T) {
	b, a := adminBench(t)
	b.openSettings(pageProfile)
	b.settle()
	if !b.shows("No org is linked") || find(b.root, "Use it") != nil {
		t.Errorf("%q", words(b.root))
	}
	a.kept.Linked = true
	b.Window.settings.sheets[pageProfile].(*profileSheet).reload()
	b.settle()
	b.press("Look now")
	if !b.shows("Sam Okoro offers settings in Acme Field Services") || !b.says("Salesforce does not say that sam.okoro@acme-demo.example is an administrator") {
		t.Errorf("%q", words(b.root))
	}
	b.press("Use it")
	for _, part := range []string{"Acme Field Services keeps settings for this desk", "Settings by IT · Support desks"} {
		if !b.shows(part) {
			t.Errorf("the page does not say %q: %q", part, words(b.root))
		}
	}
	s := b.Window.settings.sheets[pageProfile].(*profileSheet)
	s.name.SetText("Sales")
	s.locked.SetText("logging")
	b.press("Keep it in the org")
	if !b.says("Every desk that is linked to it takes them within a day") {
		t.Errorf("it does not ask: %q", words(b.root))
	}
	b.press("Keep it in the org")
	if !b.says("Kept in Acme Field Services as version 4") || !b.says("You are no administrator") || !b.shows("This desk's settings are kept in the org") {
		t.Errorf("%q", words(b.root))
	}
	a.kept.Addresses = []string{"hooks.example.com"}
	a.kept.Trouble = "The settings that Avery Stone keeps in Acme can't be used."
	s.reload()
	b.settle()
	if !b.says("The settings that Avery Stone keeps in Acme can't be used.") || !b.says("addresses that rules tell of calls, at hooks.example.com") {
		t.Errorf("%q", words(b.root))
	}
	if got, want := a.said(), []string{"look", "accept", "publish {Name:Sales By: Locked:[logging] UserField: CallerIDField:}"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// Where several orgs are linked, the profile is kept in the one that is chosen, which the question and the answer name.
func TestTheOrgThatKeepsTheProfileIsChosen(t *testing.T) {
	b, a := adminBench(t)
	a.kept.Linked = true
	v := several(talking())
	v.Calls = nil
	b.draw(v)
	b.openSettings(pageProfile)
	b.settle()
	s := b.Window.settings.sheets[pageProfile].(*profileSheet)
	s.name.SetText("Sales")
	b.press("Keep it in the org")
	if !b.says("Keep the settings of this desk in Acme Production?") {
		t.Errorf("it asks %q", words(b.root))
	}
	s.which.SetSelected("Globex Sandbox")
	if b.says("Keep the settings of this desk in Acme Production?") {
		t.Error("the question about another org stays")
	}
	b.press("Keep it in the org")
	if !b.says("Keep the settings of this desk in Globex Sandbox?") {
		t.Errorf("it asks %q", words(b.root))
	}
	b.press("Keep it in the org")
	if got := a.said(); len(got) != 1 || !strings.HasSuffix(got[0], "}"+v.Orgs[1].OrgID) || !b.says("Kept in Globex Sandbox as version 4") {
		t.Errorf("told %q", got)
	}
}

// A page says that some of it is fixed, and by whom.
func TestALockedPageSaysByWhom(t *testing.T) {
	b := newBench(t, nil)
	b.settings.form.Locks, b.settings.form.LockedBy = []string{"devices.speaker"}, "IT · Support desks"
	b.draw(idle())
	b.openSettings(pageAudio)
	b.settle()
	if !b.says("is fixed by IT · Support desks") {
		t.Errorf("%q", words(b.root))
	}
	b.openSettings(pagePhone)
	b.settle()
	if b.says("is fixed by IT · Support desks") {
		t.Error("a page of which nothing is fixed says so")
	}
}
