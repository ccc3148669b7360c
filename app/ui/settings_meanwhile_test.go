package ui

import (
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/crm"
)

// What is set elsewhere while somebody types stays, and so does what is typed: an address is accepted, and then the account is saved.
func TestSavingAnAccountTakesNothingBack(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	s := b.phoneSheet()
	s.name.SetText("Jo at the desk")
	if err := b.settings.TrustCaller("", "203.0.113.7"); err != nil {
		t.Fatal(err)
	}
	b.Window.settings.refill()
	b.settle()
	if s.name.Text != "Jo at the desk" || s.advanced.trusted.Text != "203.0.113.7" {
		t.Errorf("the page has %q and %q", s.name.Text, s.advanced.trusted.Text)
	}
	if err := b.settings.TrustCaller("", "203.0.113.8"); err != nil { // the page has not been told of this one
		t.Fatal(err)
	}
	b.press("Save and connect")
	got := b.settings.form.Accounts[0]
	if want := []string{"203.0.113.7", "203.0.113.8"}; got.DisplayName != "Jo at the desk" || !slices.Equal(got.Trusted, want) {
		t.Errorf("saved %q, %q", got.DisplayName, got.Trusted)
	}
	if s.advanced.trusted.Text != "203.0.113.7\n203.0.113.8" || s.text.any() {
		t.Errorf("after that the page has %q", s.advanced.trusted.Text)
	}
}

// An org's description that is set elsewhere stays when its label is saved.
func TestSavingAnOrgsLabelTakesNothingBack(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pageSalesforce)
	b.settle()
	m := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).mark
	m.label.SetText("Service")
	b.settings.form.Orgs[0].Description = "The helpdesk"
	b.Window.settings.refill()
	b.settle()
	b.settings.form.Orgs[0].Description = "The helpdesk of the north"
	m.name()
	b.settle()
	if got := b.settings.form.Orgs[0]; got.Label != "Service" || got.Description != "The helpdesk of the north" {
		t.Errorf("saved %q, %q", got.Label, got.Description)
	}
}

// What an org is for stands below how its link stands, and takes no word of that away.
func TestADescriptionHidesNoTrouble(t *testing.T) {
	o := app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked}}
	o.Description = "The helpdesk of the north"
	if lines := strings.Split(orgDetail(o), "\n"); len(lines) != 2 || lines[0] != howOrgStands(o) || lines[1] != o.Description {
		t.Errorf("%q", lines)
	}
	o.Description = ""
	if got := orgDetail(o); got != howOrgStands(o) {
		t.Errorf("%q", got)
	}
}
