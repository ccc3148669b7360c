package ui

import (
	"maps"
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
)

// severalAtRest is two accounts and two orgs between calls, one of each in trouble.
func severalAtRest() app.View {
	v := several(talking())
	v.Calls = nil
	v.Phones[1].State, v.Phones[1].Reason = app.Unreachable, "The phone system doesn't answer."
	v.Phone = v.Phones[1]
	v.Orgs[1].State, v.Orgs[1].Reason = crm.Inactive, "An admin revoked Linecard's access. Link again"
	return v
}

// severalSaved opens a page with two accounts and three orgs saved, one of them not linked.
func (b *bench) severalSaved(kind settingsKind) {
	b.t.Helper()
	f := &b.settings.form
	first := f.Accounts[0]
	first.Label, first.Org = "Support", "00D000000000001AAA"
	sales := settings.DefaultAccount()
	sales.Label, sales.Server, sales.User, sales.Transport = "Sales", "sales.example.com", "300", "tcp"
	f.Accounts = []settings.Account{first, sales}
	f.Passwords = maps.Clone(f.Passwords)
	f.Orgs = []settings.Org{
		{LoginHost: "https://login.salesforce.com", ClientID: "key-of-acme", OrgID: "00D000000000001AAA"},
		{LoginHost: "https://globex.my.salesforce.com", ClientID: "key-of-globex", OrgID: "00D000000000002AAA"},
		{LoginHost: "https://test.salesforce.com", ClientID: "key-of-the-third", OrgID: "00D000000000003AAA"},
	}
	b.openSettings(kind)
	b.settle()
}

func (b *bench) phoneSheet() *phoneSheet {
	return b.Window.settings.sheets[pagePhone].(*phoneSheet)
}

// The page is about the account that is chosen in the list: its fields, its standing, and what is saved.
func TestOneOfSeveralAccountsIsChanged(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pagePhone)
	s := b.phoneSheet()
	if s.server.Text != "pbx.example.com" || s.org.Selected != "Acme Production" || !b.shows("2041 is registered at pbx.example.com") {
		t.Fatalf("first: server %q, org %q, %q", s.server.Text, s.org.Selected, words(s.page))
	}
	b.press("Sales")
	if s.server.Text != "sales.example.com" || s.label.Text != "Sales" || s.transport.Selected != "TCP" || s.org.Selected != "The first org" {
		t.Fatalf("second: server %q, label %q, transport %q, org %q", s.server.Text, s.label.Text, s.transport.Selected, s.org.Selected)
	}
	b.press("Test registration")
	s.label.SetText("Sales EMEA")
	s.org.SetSelected("Globex Sandbox")
	s.password.SetText("s3cret")
	b.press("Save and connect")
	want := []string{
		"reconnect 300@sales.example.com",
		`account 300@sales.example.com name="" transport=tcp password=s3cret in place of "300@sales.example.com" label="Sales EMEA" org="00D000000000002AAA"`,
	}
	if got := b.settings.said(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// One more account begins with empty fields, and takes the place of none. One that is there already is not overwritten.
func TestAnAccountIsAdded(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	b.press("Add another account")
	s := b.phoneSheet()
	if s.server.Text != "" || !b.shows("New account") || s.account.ID() != "" {
		t.Fatalf("server %q, %q", s.server.Text, words(s.page))
	}
	s.server.SetText("pbx.example.com")
	s.user.SetText("2041")
	b.press("Save and connect")
	if got := b.settings.said(); got != nil || !contains(s.foot, "There is an account 2041@pbx.example.com already. Choose it in the list to change it.") {
		t.Errorf("told %q, the form says %q", got, words(s.foot))
	}
	s.user.SetText("2099")
	s.label.SetText("Second")
	b.press("Save and connect")
	if got := b.settings.said(); !slices.Equal(got, []string{`account 2099@pbx.example.com name="" transport=udp password= in place of "" label="Second" org=""`}) {
		t.Errorf("told %q", got)
	}
}

func TestAnAccountIsRemovedWhenAskedTwice(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pagePhone)
	b.press("Sales")
	remove := b.phoneSheet().list
	test.Tap(remove.remove)
	if !b.says("Remove Sales?") || b.settings.said() != nil {
		t.Fatalf("the page says %q", words(b.phoneSheet().page))
	}
	b.passes(later)
	test.Tap(remove.question.yes)
	b.settle()
	if got := b.settings.said(); !slices.Equal(got, []string{"remove account 300@sales.example.com"}) {
		t.Errorf("told %q", got)
	}
	if remove.question.root.Visible() {
		t.Error("it is still asked")
	}
}

// The only account can be removed too: what the program is without one is said before and after, and one can be entered again.
func TestTheOnlyAccountIsRemoved(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	s := b.phoneSheet()
	s.label.SetText("typed and not saved")
	test.Tap(s.list.only)
	if !b.says("Remove 2041@pbx.example.com, the only account?") || !b.says("nobody can call you here") || b.settings.said() != nil {
		t.Fatalf("the page says %q", words(s.page))
	}
	b.passes(later)
	test.Tap(s.list.last.yes)
	b.settings.changing.Lock()
	b.settings.form.Accounts, b.settings.form.Passwords = nil, nil
	b.settings.changing.Unlock()
	b.settle()
	none := idle()
	none.Phone = app.PhoneView{}
	b.draw(none)
	if got := b.settings.said(); !slices.Equal(got, []string{"remove account 2041@pbx.example.com"}) {
		t.Errorf("told %q", got)
	}
	if s.list.last.root.Visible() || s.list.only.Visible() || s.server.Text != "" || s.label.Text != "" || s.text.any() {
		t.Errorf("what was there stays: server %q, label %q", s.server.Text, s.label.Text)
	}
	if !contains(s.foot, "2041@pbx.example.com is removed. Enter an account to make and take calls again.") || !b.shows("No phone account yet") {
		t.Errorf("the page says %q, %q", words(s.page), words(s.foot))
	}
	s.server.SetText("pbx.example.com")
	s.user.SetText("2041")
	s.password.SetText("s3cret")
	b.press("Save and connect")
	if got := b.settings.said(); !slices.Equal(got, []string{`account 2041@pbx.example.com name="" transport=udp password=s3cret in place of "" label="" org=""`}) {
		t.Errorf("told %q", got)
	}
}

// The page is about the org that is chosen in the list: how it stands, and what is linked, unlinked and removed.
func TestOneOfSeveralOrgsIsChosen(t *testing.T) {
	b := newBench(t, nil)
	b.settings.page = "https://login.salesforce.com/services/oauth2/authorize?x=1"
	close(b.settings.free)
	b.draw(severalAtRest())
	b.severalSaved(pageSalesforce)
	s := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet)
	if !b.shows("Linked to Acme Production") || s.setUp.Visible() {
		t.Fatalf("first: %q", words(s.page))
	}
	b.press("Globex Sandbox")
	if s.clientID.Text != "key-of-globex" || !b.shows("The link is broken") {
		t.Fatalf("second: key %q, %q", s.clientID.Text, words(s.page))
	}
	test.Tap(s.again)
	b.settle()
	test.Tap(s.unlink)
	b.settle()
	test.Tap(s.parting.yes)
	b.settle()
	b.press("00D000000000003AAA")
	if s.clientID.Text != "key-of-the-third" || !b.shows("00D000000000003AAA isn't linked") {
		t.Fatalf("third: key %q, %q", s.clientID.Text, words(s.page))
	}
	test.Tap(s.link)
	b.settle()
	want := []string{
		"link https://globex.my.salesforce.com key-of-globex 00D000000000002AAA", "unlink 00D000000000002AAA",
		"link https://test.salesforce.com key-of-the-third 00D000000000003AAA",
	}
	if got := b.settings.said(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// What waits for an org is said before it is removed.
func TestAnOrgIsRemovedWhenAskedTwice(t *testing.T) {
	b := newBench(t, nil)
	b.settings.waiting = 3
	b.draw(severalAtRest())
	b.severalSaved(pageSalesforce)
	b.press("Globex Sandbox")
	list := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).list
	test.Tap(list.remove)
	b.settle()
	if !b.says("3 calls are not logged there yet") || b.settings.said() != nil {
		t.Fatalf("the page says %q", words(b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).page))
	}
	b.passes(later)
	test.Tap(list.question.yes)
	b.settle()
	if got := b.settings.said(); !slices.Equal(got, []string{"remove org 00D000000000002AAAhttps://globex.my.salesforce.com"}) {
		t.Errorf("told %q", got)
	}
}

func TestAnotherOrgIsLinked(t *testing.T) {
	b := newBench(t, nil)
	close(b.settings.free)
	b.draw(idle())
	b.openSettings(pageSalesforce)
	b.settle()
	b.press("Link another org")
	s := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet)
	if s.clientID.Text != "" || !s.setUp.Visible() || !b.shows("New org") {
		t.Fatalf("key %q, %q", s.clientID.Text, words(s.page))
	}
	s.host.set("acme.my.salesforce.com")
	s.clientID.SetText("another-key")
	test.Tap(s.link)
	b.settle()
	if got := b.settings.said(); !slices.Equal(got, []string{"link https://acme.my.salesforce.com another-key one more"}) {
		t.Errorf("told %q", got)
	}
	if s.list.adding {
		t.Error("the page is still about a new org")
	}
}
