package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm"
)

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
	if got := a.said(); !slices.Equal(got, []string{"auto owners", "refresh owners", "email 3001 sam@acme.example"}) || sheet.add.Text != "" {
		t.Errorf("told %q", got)
	}
	if err := a.SetOwner("2042", "005B"); err != nil || !slices.Equal(a.said(), []string{"owner 2042 005B"}) {
		t.Error(err)
	}
	sheet.missing.SetSelected("Give it to the linked user")
	b.settle()
	if b.settings.form.Logging.NoOwner != "linked" || b.settings.form.Logging.Owner != "extension" {
		t.Errorf("%+v", b.settings.form.Logging)
	}
}
