package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/crm"
)

// A long list is looked through by words; a short one shows no search.
func TestOwnersAreFound(t *testing.T) {
	b, a := adminBench(t)
	a.owners = someOwners()
	b.openSettings(pageOwners)
	b.settle()
	s := b.Window.settings.sheets[pageOwners].(*ownersSheet)
	if s.finding.Visible() {
		t.Error("three extensions have a search")
	}
	long := someOwners()
	for _, n := range []string{"2050", "2051", "2052"} {
		long.Rows = append(long.Rows, OwnedExtension{Extension: n})
	}
	a.mu.Lock()
	a.owners = long
	a.mu.Unlock()
	b.openSettings(pageOwners)
	b.settle()
	for words, want := range map[string]int{"jo LIND": 1, "205": 3, "night.desk": 1, "": 6, "nobody": 0} {
		s.find.SetText(words)
		if got := len(s.emails); got != want {
			t.Errorf("%q finds %d extensions, not %d", words, got, want)
		}
	}
	if !b.shows("No extension fits. Shorten what you look for.") && s.find.Text == "nobody" {
		t.Errorf("the page says %q", words(b.root))
	}
}

func someOwners() Owners {
	return Owners{
		Org: "00D1", At: noon.Add(-time.Hour),
		Users: []crm.Person{
			{ID: "005A", Name: "Jo Lind", Username: "jo.lind@acme.example", Active: true},
			{ID: "005B", Name: "Kim Sato", Username: "kim.sato@acme.example", Active: true},
			{ID: "005C", Name: "Lou Vance", Username: "lou.vance@acme.example"},
		},
		Rows: []OwnedExtension{
			{Extension: "2041", Email: "jo.lind@acme.example", User: "005A"},
			{Extension: "2042", User: "005C", Hand: true, Problem: "Lou Vance is not active in Salesforce any more and can't own calls. Choose another user in Settings > Owners, or activate Lou Vance."},
			{Extension: "2043", Email: "night.desk@acme.example", Problem: `2 users fit "night.desk@acme.example". Choose one of them by hand.`},
		},
	}
}

func (b *bench) owners() *fakeAdmin {
	a := &fakeAdmin{owners: someOwners()}
	b.Window.cfg.Admin = a
	b.Window.settings = nil
	b.settings.form.Logging.Owner, b.settings.form.Logging.NoOwner = "extension", "wait"
	b.openSettings(pageOwners)
	b.settle()
	return a
}

// Each extension stands with its user, how the user was found, and what keeps the user from owning anything.
func TestOwnersPage(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	a := b.owners()
	said := strings.Join(words(b.root), "\n")
	for _, part := range []string{"2041", "Found", "By hand", "Lou Vance is not active", "2 users fit", "3 users"} {
		if !strings.Contains(said, part) {
			t.Errorf("the page does not say %q:\n%s", part, said)
		}
	}
	b.press("Find users")
	b.press("Refresh users")
	sheet := b.Window.settings.sheets[pageOwners].(*ownersSheet)
	sheet.add.SetText("3001 sam@acme.example")
	b.press("Add")
	if got := a.said(); !slices.Equal(got, []string{"auto owners ", "refresh owners ", "email 3001 sam@acme.example"}) || sheet.add.Text != "" {
		t.Errorf("told %q", got)
	}
	if err := a.SetOwner("00D1", "2042", "005B"); err != nil || !slices.Equal(a.said(), []string{"owner 2042 005B in 00D1"}) {
		t.Error(err)
	}
	sheet.missing.SetSelected("Give it to the linked user")
	b.settle()
	if b.settings.form.Logging.NoOwner != "linked" || b.settings.form.Logging.Owner != "extension" {
		t.Errorf("%+v", b.settings.form.Logging)
	}
}

// With several orgs linked the page asks whose extensions are shown, and what is done is done in that org. With one nobody is asked.
func TestOwnersOfSeveralOrgs(t *testing.T) {
	b := newBench(t, nil)
	one, two := app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Linked, OrgID: "00D1", OrgName: "Acme"}}, app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Linked, OrgID: "00D2", OrgName: "Globex"}}
	v := idle()
	v.Org, v.Orgs = one, []app.OrgView{one}
	b.draw(v)
	a := b.owners()
	sheet := b.Window.settings.sheets[pageOwners].(*ownersSheet)
	if sheet.whose.Visible() {
		t.Fatal("asked with one org")
	}
	other := someOwners()
	other.Org, other.Users, other.Rows = "00D2", []crm.Person{{ID: "005G", Name: "Gil Okoye", Username: "gil@globex.example", Active: true}}, []OwnedExtension{{Extension: "2041"}}
	a.more = map[string]Owners{"00D2": other}
	v.Orgs = []app.OrgView{one, two}
	b.draw(v)
	b.settle()
	if !sheet.whose.Visible() || sheet.org.Selected != "Acme" {
		t.Fatalf("not asked, or %q is chosen", sheet.org.Selected)
	}
	sheet.org.SetSelected("Globex")
	b.settle()
	if !b.shows("1 user, read 1 hr ago") && len(sheet.owners.Users) != 1 {
		t.Errorf("the page shows %q", words(b.root))
	}
	b.press("Find users")
	b.press("Refresh users")
	b.rowChoice(t, sheet, "Gil Okoye (gil@globex.example)")
	if got := a.said(); !slices.Equal(got, []string{"auto owners 00D2", "refresh owners 00D2", "owner 2041 005G in 00D2"}) {
		t.Errorf("told %q", got)
	}
	v.Orgs = []app.OrgView{one}
	b.draw(v)
	b.settle()
	if sheet.whose.Visible() || sheet.owners.Org != "00D1" {
		t.Errorf("the org that is gone is shown: %q", sheet.owners.Org)
	}
}

// rowChoice chooses the user of the first extension.
func (b *bench) rowChoice(t *testing.T, s *ownersSheet, name string) {
	t.Helper()
	for _, o := range test.LaidOutObjects(s.rows) {
		if c, ok := o.(*choice); ok {
			c.SetSelected(name)
			b.settle()
			return
		}
	}
	t.Fatal("no extension has a choice of users")
}

// An e-mail address is kept as it was typed once the keyboard goes elsewhere, and whoever types in another field goes on there.
func TestOwnersEmailIsKept(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	a := b.owners()
	sheet := b.Window.settings.sheets[pageOwners].(*ownersSheet)
	canvas := b.Window.cfg.Window.Canvas()
	first, second := sheet.emails["2042"], sheet.emails["2043"]
	canvas.Focus(first)
	test.Type(first, "kim.sato@acme.example")
	if got := a.said(); len(got) != 0 {
		t.Fatalf("told while it is typed: %q", got)
	}
	changed := someOwners()
	changed.Rows[1].Email = "kim.sato@acme.example"
	a.owners = changed
	canvas.Focus(second)
	test.Type(second, "x")
	b.settle()
	if got := a.said(); !slices.Equal(got, []string{"email 2042 kim.sato@acme.example"}) {
		t.Errorf("told %q", got)
	}
	if now := sheet.emails["2043"]; now == second || canvas.Focused() != fyne.Focusable(now) || now.Text != second.Text {
		t.Errorf("what is typed in the other field is %q, focused %v", now.Text, canvas.Focused() == fyne.Focusable(now))
	}
	canvas.Unfocus()
	b.settle()
	if got := a.said(); len(got) != 1 || got[0] != "email 2043 "+second.Text {
		t.Errorf("told %q", got)
	}
}

// manyOwners are the extensions with an org of thousands of users.
func manyOwners() Owners {
	o := someOwners()
	for i := range 3000 {
		o.Users = append(o.Users, crm.Person{ID: fmt.Sprintf("005Z%04d", i), Name: fmt.Sprintf("Agent %d", i), Username: fmt.Sprintf("agent.%d@acme.example", i), Active: true})
	}
	return o
}

// One of thousands of users is found by a part of the name, with the keyboard alone or by a click; nothing is chosen before that.
func TestOneOfManyUsersIsFound(t *testing.T) {
	b, a := adminBench(t)
	a.owners = manyOwners()
	b.openSettings(pageOwners)
	b.settle()
	s := b.Window.settings.sheets[pageOwners].(*ownersSheet)
	p := s.picks["2041"]
	if p == nil || p.field.Text != "Jo Lind (jo.lind@acme.example)" || s.picks["2042"].field.Text != "Lou Vance (lou.vance@acme.example)" {
		t.Fatalf("%q", words(s.page))
	}
	a.said()
	keys := func(names ...fyne.KeyName) {
		for _, n := range names {
			p.field.TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	b.Window.focus(p.field)
	test.Type(p.field, "agent 12")
	if len(p.list.Objects) != usersShown+1 || !b.says("There are more") || len(a.said()) > 0 {
		t.Errorf("%q", words(p.list))
	}
	keys(fyne.KeyEscape)
	if p.list.Visible() || p.chosen.ID != "005A" {
		t.Errorf("after Escape %q is chosen", p.chosen.Name)
	}
	test.Type(p.field, "agent 29")
	keys(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn)
	b.settle()
	if got := a.said(); !slices.Equal(got, []string{"owner 2041 005Z0229 in "}) || p.list.Visible() {
		t.Errorf("told %q", got)
	}
	p = s.picks["2043"]
	b.Window.focus(p.field)
	test.Type(p.field, "lou") // who is not active can own nothing
	if !b.says("No active user fits that") {
		t.Errorf("%q", words(p.list))
	}
	p.field.SetText("KIM sato")
	b.Window.cfg.Window.Canvas().Unfocus()
	b.press("Kim Sato (kim.sato@acme.example)")
	if got := a.said(); !slices.Equal(got, []string{"owner 2043 005B in "}) {
		t.Errorf("told %q", got)
	}
	p = s.picks["2042"]
	b.Window.focus(p.field)
	p.field.SetText("nobody")
	p.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnter})
	b.settle()
	if got := a.said(); !slices.Equal(got, []string{"owner 2042  in "}) {
		t.Errorf("told %q", got)
	}
}

// What is typed to find a user stays while the users are read again, and one list is open at a time. Fixed owners cannot be looked for.
func TestAUserIsLookedForWhileTheListIsRead(t *testing.T) {
	b, a := adminBench(t)
	a.owners = manyOwners()
	b.openSettings(pageOwners)
	b.settle()
	s := b.Window.settings.sheets[pageOwners].(*ownersSheet)
	first := s.picks["2042"]
	b.Window.focus(first.field)
	first.key(&fyne.KeyEvent{Name: fyne.KeyDown})
	b.Window.focus(s.picks["2041"].field)
	if first.list.Visible() || first.field.Text != "Lou Vance (lou.vance@acme.example)" {
		t.Errorf("the list of another extension stays, with %q", first.field.Text)
	}
	s.picks["2041"].field.SetText("agent 7")
	a.mu.Lock()
	a.owners.At = noon
	a.mu.Unlock()
	s.reload()
	b.settle()
	if p := s.picks["2041"]; p.field.Text != "agent 7" || !p.focused() || !p.list.Visible() {
		t.Errorf("%q is typed, focused %v", p.field.Text, p.focused())
	}
	a.refused = map[string]error{"owner": errors.New("the disk is full")}
	s.picks["2041"].take(crm.Person{ID: "005B"})
	b.settle()
	if p := s.picks["2041"]; p.chosen.ID != "005A" {
		t.Errorf("what was refused is shown as chosen: %+v", p.chosen)
	}
	b.settings.form.Locked = func(key string) bool { return key == "owners" }
	b.openSettings(pageOwners)
	b.settle()
	if !s.picks["2041"].field.Disabled() {
		t.Error("a fixed owner can be changed")
	}
}
