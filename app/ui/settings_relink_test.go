package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// relinkBench is open on the page of the one org that is linked.
func relinkBench(t *testing.T) (*bench, *salesforceSheet) {
	b := newBench(t, nil)
	close(b.settings.free)
	b.settings.form.Orgs = []settings.Org{{LoginHost: "https://login.salesforce.com", ClientID: "key", OrgID: "00D000000000001AAA", Color: settings.NoColor}}
	b.draw(idle())
	b.openSettings(pageSalesforce)
	b.settle()
	return b, b.Window.settings.sheets[pageSalesforce].(*salesforceSheet)
}

// An org whose link stands is linked again where the admin says: production, a sandbox or My Domain. Who was linked is shown and asked.
func TestAStandingLinkIsMadeAgain(t *testing.T) {
	b, s := relinkBench(t)
	if s.setUp.Visible() {
		t.Error("the page of a linked org shows how to link one")
	}
	b.press("Link again")
	if !s.setUp.Visible() || !b.shows("Where to log in") {
		t.Fatalf("%q", words(s.page))
	}
	if s.host.named.Visible() {
		t.Error("My Domain is asked for in production")
	}
	s.host.kind.SetSelected("Sandbox")
	if s.host.text() != "https://test.salesforce.com" {
		t.Errorf("the sandbox logs in at %q", s.host.text())
	}
	s.host.kind.SetSelected("My Domain")
	if s.link.Disabled() == false {
		t.Error("a link without a My Domain can be begun")
	}
	s.host.domain.SetText("acme--uat.sandbox.my.salesforce.com")
	test.Tap(s.link)
	b.settle()
	b.settings.said()
	v := idle()
	v.Org.OrgID, v.Org.DisplayName, v.Org.Username = "", "", ""
	if s.w.link.made != "" {
		t.Fatal("the stand-in names no org")
	}
	s.w.link.made, s.w.link.before = "00D000000000001AAA", "riley@acme.example"
	v = idle()
	v.Org.OrgID, v.Org.DisplayName, v.Org.Username = "00D000000000001AAA", "Avery Stone", "avery@acme.example"
	b.draw(v)
	said := strings.Join(words(s.page), "\n")
	for _, part := range []string{"Is that who you meant?", "Avery Stone", "as riley@acme.example before"} {
		if !strings.Contains(said, part) {
			t.Errorf("the page does not say %q:\n%s", part, said)
		}
	}
	b.press("No, unlink it")
	if got := b.settings.said(); !slices.Equal(got, []string{"unlink 00D000000000001AAA"}) || b.shows("Is that who you meant?") {
		t.Errorf("told %q", got)
	}
}

// The age of the token and the next risk stand among the facts; the id of the org can be copied.
func TestTheAgeOfALinkIsShown(t *testing.T) {
	b, _ := relinkBench(t)
	v := idle()
	v.Org.LinkedAt, v.Org.TokenAt, v.Org.AtRisk = noon.Add(-12*24*time.Hour), noon.Add(-time.Hour), noon.Add(29*24*time.Hour)
	b.draw(v)
	b.settle()
	said := strings.Join(words(b.root), "\n")
	for _, part := range []string{"12 days old, renewed", "Next risk", "unless it is used before"} {
		if !strings.Contains(said, part) {
			t.Errorf("the page does not say %q:\n%s", part, said)
		}
	}
	b.press("Copy org id")
	if got := b.cfg.App.Clipboard().Content(); got != v.Org.OrgID {
		t.Errorf("the clipboard has %q", got)
	}
}

// An org has a name and a color here, which mark its records where there are several orgs. A sandbox is marked in any case.
func TestOrgsAreMarked(t *testing.T) {
	b, s := relinkBench(t)
	s.mark.label.SetText("Field service")
	s.mark.about.SetText("For the vans")
	test.Tap(s.mark.save)
	s.mark.color.SetSelected("Purple")
	b.settle()
	if o := b.settings.form.Orgs[0]; o.Label != "Field service" || o.Description != "For the vans" || o.Color != "purple" {
		t.Errorf("saved %+v", o)
	}
	b.closeSettings()
	v := with(idle(), talking())
	ref := crm.Ref{Org: v.Org.OrgID}
	if orgPill(v, ref) != nil {
		t.Error("the only org is marked")
	}
	v.Org.Sandbox = true
	if orgPill(v, ref) == nil {
		t.Error("a sandbox is not marked")
	}
	b.draw(v)
	if !b.shows("SANDBOX") {
		t.Errorf("the status bar says %q", words(b.root))
	}
	v.Org.Sandbox = false
	b.draw(v)
	if b.shows("SANDBOX") {
		t.Error("the mark stays")
	}
}

// What is typed for an org's name here stays with that org until it is saved, also while another org is chosen or another setting is changed.
func TestTheTypedNameOfAnOrgStays(t *testing.T) {
	b := newBench(t, nil)
	b.draw(severalAtRest())
	b.severalSaved(pageSalesforce)
	sheet := func() *salesforceSheet { return b.Window.settings.sheets[pageSalesforce].(*salesforceSheet) }
	dot := func() bool { return b.Window.settings.items[pageSalesforce].dot.Visible() }
	sheet().mark.label.SetText("Field service")
	if !dot() {
		t.Error("it is not marked as unsaved")
	}
	sheet().mark.color.SetSelected("Purple") // saves at once, and the page is filled again
	b.settle()
	if got := sheet().mark.label.Text; got != "Field service" || sheet().mark.save.Disabled() {
		t.Fatalf("after the color was chosen the field has %q", got)
	}
	b.press("Globex Sandbox")
	if got := sheet().mark.label.Text; got != "" {
		t.Errorf("the other org is called %q", got)
	}
	b.press("Acme Production")
	b.Reword(nil)
	b.settle()
	if got := sheet().mark.label.Text; got != "Field service" || !dot() {
		t.Fatalf("built again, the field has %q", got)
	}
	test.Tap(sheet().mark.save)
	b.settle()
	if o := b.settings.form.Orgs; o[0].Label != "Field service" || o[0].Color != "purple" || o[1].Label != "" || dot() {
		t.Errorf("saved %+v, still marked %v", o, dot())
	}
}

// An org that an older integration logs in to is shown as such, with what to do; its file is imported by the page.
func TestAnOlderIntegrationIsShown(t *testing.T) {
	b := newBench(t, func(c *Config) { c.ChooseFile = func(then func(string)) { then("/home/it/old.json") } })
	v := idle()
	v.Org = app.OrgViewOf(crm.LinkStatus{State: crm.Legacy, Reason: fault.New("orgs.legacy"), LoginHost: "https://test.salesforce.com"})
	v.Orgs = nil
	b.draw(v)
	b.openSettings(pageSalesforce)
	b.settle()
	said := strings.Join(words(b.root), "\n")
	for _, part := range []string{"Linked by an older method", "Link the org in the browser instead", "Link org"} {
		if !strings.Contains(said, part) {
			t.Errorf("the page does not say %q:\n%s", part, said)
		}
	}
	b.press("Import an older integration…")
	if got := b.settings.said(); !slices.Equal(got, []string{"import /home/it/old.json"}) {
		t.Errorf("told %q", got)
	}
}

// TestNotWhoWasMeantIsTheOneJustLinked: the browser was logged in to an org that is linked already, as another user. The page names the
// new one, and unlinks nobody else.
func TestNotWhoWasMeantIsTheOneJustLinked(t *testing.T) {
	b, s := relinkBench(t)
	b.settings.linked = [2]string{"00D000000000001AAA", "005U2"}
	s.list.begin()
	s.clientID.SetText("key")
	s.begin()
	b.settle()
	v := idle()
	v.Org.OrgID, v.Org.UserID, v.Org.DisplayName, v.Org.Username = "00D000000000001AAA", "005U1", "Avery Stone", "avery@acme.example"
	second := v.Org
	second.UserID, second.DisplayName, second.Username = "005U2", "Riley Park", "riley@acme.example"
	v.Orgs = []app.OrgView{v.Org, second}
	b.draw(v)
	if said := strings.Join(words(s.meant.root), " "); !strings.Contains(said, "Riley Park") || strings.Contains(said, "Avery Stone") {
		t.Errorf("the page asks %q", said)
	}
	b.settings.said()
	b.press("No, unlink it")
	if got := b.settings.said(); !slices.Equal(got, []string{"unlink 005U2 of 00D000000000001AAA"}) {
		t.Errorf("told %q", got)
	}
}

// TestAnOlderIntegrationBesideALinkIsShown: with what to do, and it is linked in its own place.
func TestAnOlderIntegrationBesideALinkIsShown(t *testing.T) {
	b, s := relinkBench(t)
	b.settings.form.Orgs = append(b.settings.form.Orgs, settings.Org{LoginHost: "https://old.my.salesforce.com", Legacy: true})
	v := idle()
	v.Org.OrgID = "00D000000000001AAA"
	v.Orgs = []app.OrgView{v.Org}
	b.draw(v)
	b.Window.settings.refill()
	b.settle()
	b.press("old.my.salesforce.com")
	b.settle()
	said := strings.Join(words(b.root), "\n")
	for _, part := range []string{"Linked by an older method", "Link the org in the browser instead"} {
		if !strings.Contains(said, part) {
			t.Errorf("the page does not say %q:\n%s", part, said)
		}
	}
	if to := s.list.target(); !to.Add || to.Legacy != "https://old.my.salesforce.com" {
		t.Errorf("it is linked as %+v", to)
	}
}
