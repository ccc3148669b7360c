package ui

import (
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
