package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/fault"
)

// The page of the directory has the users of Salesforce among the colleagues, says how many they are, and reads them again; a switch that the
// administrator fixed cannot be pressed.
func TestUsersOfSalesforceAreColleaguesBySwitch(t *testing.T) {
	b, admin := adminBench(t)
	b.openSettings(pageDirectory)
	b.settle()
	team := b.Window.settings.sheets[pageDirectory].(*directorySheet).team
	if team.on.Checked || !team.refresh.Disabled() || team.stands.Visible() {
		t.Error("it is on from the beginning")
	}
	admin.mu.Lock()
	admin.team = []string{"Acme: 4 colleagues with an extension, of 6 users"}
	admin.mu.Unlock()
	team.on.SetChecked(true)
	b.settle()
	if !b.settings.form.Settings.Directory.Colleagues || team.refresh.Disabled() || !strings.Contains(team.stands.value, "4 colleagues") {
		t.Errorf("after the switch: %v, %q", b.settings.form.Settings.Directory.Colleagues, team.stands.value)
	}
	test.Tap(team.refresh)
	b.settle()
	if all := admin.said(); len(all) == 0 || all[len(all)-1] != "refresh colleagues" {
		t.Errorf("asked for %q", all)
	}
	admin.refuses("refresh colleagues", fault.Err(nil, "program.no-org"))
	test.Tap(team.refresh)
	b.settle()
	if !strings.Contains(b.trouble.words.value, "No Salesforce org is linked") || team.refresh.Disabled() {
		t.Errorf("a refusal says %q", b.trouble.words.value)
	}
	b.settings.form.Locked = func(key string) bool { return key == "directory.colleagues" }
	b.openSettings(pageDirectory)
	b.settle()
	if !team.on.Disabled() {
		t.Error("a locked switch can be pressed")
	}
}
