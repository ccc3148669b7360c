package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app"
)

// The colleagues' tab is there while there are colleagues: what is typed shortens the list, Enter takes the first one of it, a click calls, and what
// rings is picked up.
func TestTheTeam(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Colleagues = colleagues()
	b.draw(v)
	b.left.openTab(tabColleagues)
	b.settle()
	b.left.search("ben")
	b.settle()
	if shown := b.left.team.shown; len(shown) != 1 || shown[0].Extension != "2043" {
		t.Fatalf("fits %+v", shown)
	}
	b.left.take = true
	b.left.stale = false
	b.left.takeFirst()
	if got := b.left.dial.field.Text; got != "2043" {
		t.Errorf("Enter puts %q into the field", got)
	}
	b.left.search("")
	b.settle()
	b.desk.said()
	b.left.team.list.Select(2)
	b.settle()
	row := newColleagueRow(b.Window)
	row.set(v.Colleagues[1])
	test.Tap(row.pick)
	b.settle()
	if said := b.desk.said(); !slices.Contains(said, "dial 2044") || !slices.Contains(said, "pick up 2043 from ") {
		t.Errorf("the desk is told %q", said)
	}
	row.set(v.Colleagues[2])
	if row.pick.Visible() {
		t.Error("there is a button to pick up where nothing rings")
	}
	for told, shown := range map[bool]bool{true: false, false: true} { // by presence a call that rings may look like any other
		if row.set(app.ColleagueView{Extension: "2047", State: app.ActivityBusy, TellsRinging: told}); row.pick.Visible() != shown {
			t.Errorf("of a phone in a call, where ringing is told (%v), there is a button to pick up: %v", told, !shown)
		}
	}
	b.draw(idle())
	if b.left.tab != tabRecent || b.left.tabs.items[tabColleagues].button.Visible() {
		t.Error("the tab is there without colleagues")
	}
}

// No two activities look the same without their colours.
func TestActivitiesAreToldApart(t *testing.T) {
	seen := map[string]app.Activity{}
	for _, a := range []app.Activity{app.ActivityUnknown, app.ActivityFree, app.ActivityRinging, app.ActivityBusy, app.ActivityBusyRinging} {
		icon, _, word := activityLook(a)
		for _, key := range []string{icon, word} {
			if other, ok := seen[key]; ok {
				t.Errorf("%s and %s both have %q", a, other, key)
			}
			seen[key] = a
		}
	}
}

// A call is offered to the colleagues of its own account, and to those without one: to nobody who is at another phone system.
func TestTransferToColleaguesOfTheCallsAccount(t *testing.T) {
	b := newBench(t, nil)
	c := talking()
	c.Account = "2041@pbx.example"
	v := with(idle(), c)
	v.Colleagues = []app.ColleagueView{
		{Name: "Ana", Extension: "2042", Account: "2041@pbx.example", State: app.ActivityFree},
		{Name: "Elsewhere", Extension: "2043", Account: "7@other.example", State: app.ActivityFree},
		{Name: "Everywhere", Extension: "2044", State: app.ActivityFree},
	}
	b.draw(v)
	b.centre.call.toggleTransfer()
	b.settle()
	text := strings.Join(words(b.centre.call.target.recent), "\n")
	for name, want := range map[string]bool{"Ana": true, "Elsewhere": false, "Everywhere": true} {
		if strings.Contains(text, name) != want {
			t.Errorf("%s is offered %v, want %v:\n%s", name, !want, want, text)
		}
	}
}

// The owner of the record stands on top of those whom a call may go to, once, and is chosen by a press.
func TestTransferToTheRecordsOwner(t *testing.T) {
	b := newBench(t, nil)
	v := with(idle(), talking())
	v.Colleagues = colleagues()
	v.Calls[0].RecordsOwner = &v.Colleagues[0] // who is in a call
	b.draw(v)
	b.centre.call.toggleTransfer()
	b.settle()
	panel := b.centre.call.target
	if text := words(panel.recent); !strings.Contains(text[0], "Record's owner: Ana Sousa") || !strings.Contains(text[1], "In a call") {
		t.Errorf("listed are %q", text)
	}
	if n := strings.Count(strings.Join(words(panel.recent), "\n"), "Ana Sousa"); n != 1 {
		t.Errorf("the owner stands there %d times", n)
	}
	test.Tap(panel.recent.Objects[0].(*clickable))
	if panel.target.Text != "2042" {
		t.Errorf("the target is %q", panel.target.Text)
	}
	panel.target.SetText("ben")
	b.settle()
	if text := strings.Join(words(panel.recent), "\n"); strings.Contains(text, "Ana Sousa") {
		t.Errorf("what is typed does not fit the owner:\n%s", text)
	}
}
