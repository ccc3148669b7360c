package ui

import (
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/errorlog"
	"linecard/app/mirror"
	"linecard/crm"
)

// several is two accounts and two orgs, with one call of Dana's on the second account and in the second org.
func several(c app.CallView) app.View {
	c.Account, c.OnLine, c.Org, c.Called = "300@sales.example.com", "Sales", "00D000000000002AAA", ""
	if r := c.Lookup.Record; r != nil {
		r.Org = c.Org
	}
	v := with(idle(), c)
	sales := v.Phone
	v.Phone.Account, v.Phone.Label = "2041@pbx.example.com", "Support"
	sales.Account, sales.Label, sales.Extension, sales.Server = c.Account, "Sales", "300", "sales.example.com"
	v.Phones = []app.PhoneView{v.Phone, sales}
	globex := v.Org
	globex.OrgID, globex.OrgName, globex.InstanceURL = c.Org, "Globex Sandbox", "https://globex.my.salesforce.com"
	v.Orgs = []app.OrgView{v.Org, globex}
	for i := range v.History {
		v.History[i].OnLine, v.History[i].Account = []string{"Support", "Sales"}[i%2], v.Phones[i%2].Account
	}
	return v
}

func (b *bench) says(part string) bool {
	return slices.ContainsFunc(words(b.root), func(w string) bool { return strings.Contains(w, part) })
}

func TestSeveralAccountsAndOrgsAreToldApart(t *testing.T) {
	b := newBench(t, nil)
	v := several(dana())
	b.draw(v)
	for _, want := range []string{"2 accounts registered", "2 orgs linked", "on Sales · ringing 0:07", "Globex Sandbox"} {
		if !b.shows(want) {
			t.Errorf("the window does not say %q: %q", want, words(b.root))
		}
	}
	v.Phones[1].State = app.Unreachable
	v.Phone = v.Phones[1] // the one in the worst standing
	v.Orgs[1].State = crm.Inactive
	b.draw(v)
	for _, want := range []string{"Sales: Can't reach sales.example.com", "Globex Sandbox: Org link broken"} {
		if !b.shows(want) {
			t.Errorf("the window does not say %q: %q", want, words(b.root))
		}
	}
}

// One account and one org are not named where nothing else could be meant.
func TestOneAccountAndOrgAreNotNamed(t *testing.T) {
	b := newBench(t, nil)
	v := with(idle(), dana())
	v.Phones, v.Orgs = []app.PhoneView{v.Phone}, []app.OrgView{v.Org}
	b.draw(v)
	if !b.shows("2041 registered") || b.says("accounts") || b.shows("Org") {
		t.Errorf("the window says %q", words(b.root))
	}
}

// A page of any linked org is opened, one of another org is not.
func TestPagesOfEveryLinkedOrgOpen(t *testing.T) {
	var opened []string
	b := newBench(t, func(c *Config) { c.OpenURL = func(url string) error { opened = append(opened, url); return nil } })
	b.draw(several(dana()))
	for _, url := range []string{instance + "/x", "https://globex.my.salesforce.com/x", "https://else.my.salesforce.com/x"} {
		b.openURL(url)
		b.settle()
	}
	if want := []string{instance + "/x", "https://globex.my.salesforce.com/x"}; !slices.Equal(opened, want) {
		t.Errorf("opened %q", opened)
	}
}

// waitsForItsOrg is a call in wrap-up that was made with another user's link.
func waitsForItsOrg() app.CallView {
	c := wrapUp()
	c.Wrap.Log = app.LogElsewhere
	c.Wrap.Error = "This call belongs to a Salesforce org or user that isn't linked now. It is logged when that link is back."
	return c
}

func TestCallOfAnotherLinkIsLoggedAsTheLinkedUserWhenAsked(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), waitsForItsOrg()))
	b.desk.said()
	b.passes(later)
	b.press("Log as Jordan Moreno")
	if got := b.desk.said(); !slices.Equal(got, []string{"log as c1"}) {
		t.Errorf("told %q", got)
	}
}

func TestRowOfAnotherLinkIsLoggedAsTheLinkedUserWhenAsked(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.History = []app.HistoryRow{{
		ID: "h1", Direction: crm.Inbound, Outcome: crm.Answered, Name: "Dana Whitfield", Number: "1", Dial: "1",
		Started: noon, Log: app.LogElsewhere, Error: "This call belongs to an org that isn't linked.",
	}}
	b.desk.history = v.History
	b.draw(v)
	b.left.openTab(tabNotLogged)
	b.settle()
	b.desk.said()
	b.passes(later)
	b.press("Log as Jordan Moreno")
	if got := b.desk.said(); !slices.Equal(got, []string{"log as h1"}) {
		t.Errorf("told %q", got)
	}
}

// What people here call an org, and that it is a sandbox, stand wherever a page of the settings names it.
func TestPagesOfTheSettingsNameAnOrgAsPeopleDo(t *testing.T) {
	b, admin := adminBench(t)
	v := idle()
	v.Org.Label, v.Org.Sandbox = "Field team", true
	v.Orgs = []app.OrgView{v.Org}
	admin.copies = []mirror.Status{{Org: v.Org.OrgID, State: mirror.UpToDate, Records: 2}}
	admin.rows = []errorlog.Row{{Area: errorlog.Link, Org: v.Org.OrgID, Count: 1, What: "It broke."}}
	b.draw(v)
	for _, page := range []settingsKind{pageDirectory, pageErrors} {
		b.openSettings(page)
		b.settle()
		if !b.says("Field team (sandbox)") || b.says(v.Org.OrgName) {
			t.Errorf("page %d says %q", page, words(b.root))
		}
	}
}
