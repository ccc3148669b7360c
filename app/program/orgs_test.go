package program_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/checkup"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
	"linecard/sip"
	"linecard/sip/demopbx"
)

// another starts a second org and links it beside the one there is.
func (r *rig) another() *demoorg.Org {
	r.t.Helper()
	org := demoorg.New(demoorg.Config{AutoApprove: true, Instance: "o2", Name: "Another", Seed: 2})
	url, err := org.Start("127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = org.Close() })
	if _, err := r.p.Link(r.t.Context(), program.LinkRequest{Add: true, Host: url, Key: org.ClientID()}, visit); err != nil {
		r.t.Fatal(err)
	}
	r.see("both linked", func(v app.View) bool { return len(v.Orgs) == 2 && v.Orgs[1].OrgID == org.ID() })
	return org
}

// linked are the ids of the linked orgs, in order.
func (r *rig) linked() (ids []string) {
	for _, s := range r.p.Orgs() {
		if s.State == crm.Linked {
			ids = append(ids, s.OrgID)
		}
	}
	return ids
}

// Two orgs are kept, in the order of the settings, and are there again at the next start.
func TestTwoOrgsAreKept(t *testing.T) {
	r := ready(t)
	other := r.another()
	want := []string{r.org.ID(), other.ID()}
	if got := r.linked(); !slices.Equal(got, want) {
		t.Fatalf("linked %q, want %q", got, want)
	}
	r.stop()
	r.start()
	r.see("both linked again", func(v app.View) bool { return v.Phone.State == sip.Registered && slices.Equal(r.linked(), want) })
	var checks []string
	for _, f := range r.p.Doctor(t.Context()) {
		if !f.OK && !f.Minor {
			t.Errorf("the doctor: %+v", f)
		}
		checks = append(checks, f.Check)
	}
	told := strings.Join(checks, "\n")
	if strings.Count(told, ": Org linked") != 2 || !strings.Contains(told, "Another as ") || strings.Count(told, "Callback port") != 1 {
		t.Errorf("the doctor does not say which org is meant:\n%s", told)
	}

	// The order is the settings': so is the org that is asked first.
	r.set("orgs[1].org_id", "")
	r.see("the other one first", func(v app.View) bool { return v.Orgs[0].OrgID == other.ID() })
}

// Each account's calls belong to its own org.
func TestACallAsksItsAccountsOrg(t *testing.T) {
	r := ready(t)
	other := r.another()
	r.set("accounts[1].org", other.ID())
	r.ring(demopbx.Caller{Number: r.org.People()[0].Number, GiveUpAfter: patience})
	v := r.see("asked", func(v app.View) bool { return v.Calls[0].Lookup.State == app.LookupOne })
	if c := v.Calls[0]; c.Org != other.ID() || c.Lookup.Record.Org != other.ID() {
		t.Errorf("the call is of org %s, and the record of %s", c.Org, c.Lookup.Record.Org)
	}
}

// Unlinking one of two names it. It can be linked again as it was, and the other goes on.
func TestUnlinkingOneOfTwo(t *testing.T) {
	r := ready(t)
	other := r.another()
	var unclear *program.OrgError
	err := r.p.Unlink(t.Context(), "")
	if !errors.As(err, &unclear) || !strings.Contains(catalogue.Error(err), r.org.ID()) || !strings.Contains(catalogue.Error(err), other.ID()) {
		t.Fatalf("unlinking without saying which: %q", catalogue.Error(err))
	}
	if err := r.p.Unlink(t.Context(), r.org.ID()); err != nil {
		t.Fatal(err)
	}
	if got := r.linked(); !slices.Equal(got, []string{other.ID()}) || r.org.Approvals() != 0 || other.Approvals() != 1 {
		t.Errorf("linked %q, %d and %d approvals", got, r.org.Approvals(), other.Approvals())
	}
	if id, err := r.p.FindOrg("another"); err != nil || id != other.ID() {
		t.Errorf("found %q, %v", id, err)
	}
	if _, err := r.p.FindOrg("nobody's"); !errors.As(err, &unclear) || !strings.Contains(catalogue.Error(err), other.ID()+" (Another)") {
		t.Errorf("an org that is not there: %v", err)
	}
	if _, err := r.p.Link(t.Context(), program.LinkRequest{Org: r.org.ID()}, visit); err != nil {
		t.Fatal(err)
	}
	if got := r.linked(); !slices.Equal(got, []string{r.org.ID(), other.ID()}) {
		t.Errorf("linked again: %q", got)
	}
}

// Linking another org without --add replaces the one there is: what is kept of it is forgotten.
func TestAnotherOrgReplacesTheOnlyOne(t *testing.T) {
	r := ready(t)
	other := demoorg.New(demoorg.Config{AutoApprove: true, Instance: "o2", Name: "Another", Seed: 2})
	url, err := other.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	if _, err := r.p.Link(t.Context(), program.LinkRequest{Host: url, Key: other.ClientID()}, visit); err != nil {
		t.Fatal(err)
	}
	set := r.p.Settings().Get()
	if got := r.linked(); !slices.Equal(got, []string{other.ID()}) || len(set.Orgs) != 1 || set.Orgs[0].OrgID != other.ID() || r.org.Approvals() != 0 {
		t.Errorf("linked %q, settings %+v, %d approvals of the first", got, set.Orgs, r.org.Approvals())
	}
	if err := r.p.Unlink(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if all := r.p.Orgs(); len(all) != 1 || all[0].State != crm.Unlinked || r.p.Settings().Get().Orgs[0].OrgID != "" {
		t.Errorf("unlinked: %+v", all)
	}
	r.stop()
	r.start()
	r.see("unlinked", func(v app.View) bool { return v.Org.State == crm.Unlinked })
}

// Linking another org in the place of one makes the accounts that named it name the other. An account that names none, or
// another one, stays as it is.
func TestAccountsFollowTheOrgThatReplacesTheirs(t *testing.T) {
	r := ready(t)
	second := r.another()
	r.set("accounts[1].org", r.org.ID())
	err := r.p.Settings().Change(func(s *settings.Settings) {
		for _, user := range []string{"7", "8"} {
			a := settings.DefaultAccount()
			a.Server, a.User = "pbx.example.com", user
			s.SetAccount(a)
		}
		s.Accounts[1].Org = second.ID()
	})
	if err != nil {
		t.Fatal(err)
	}
	third := demoorg.New(demoorg.Config{AutoApprove: true, Instance: "o3", Name: "Third", Seed: 3})
	url, err := third.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = third.Close() })
	accounts := func(what string, want ...string) {
		t.Helper()
		var got []string
		for _, a := range r.p.Settings().Get().Accounts {
			got = append(got, a.Org)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the accounts name %q, want %q", what, got, want)
		}
	}
	if _, err := r.p.Link(t.Context(), program.LinkRequest{Org: r.org.ID(), Host: url, Key: third.ClientID()}, visit); err != nil {
		t.Fatal(err)
	}
	accounts("another org in the place of the first", third.ID(), second.ID(), "")
	if got := r.linked(); !slices.Equal(got, []string{third.ID(), second.ID()}) || r.org.Approvals() != 0 {
		t.Errorf("linked %q, %d approvals of the first", got, r.org.Approvals())
	}
	if log := r.logged(); !strings.Contains(log, "belong to another org now") || !strings.Contains(log, "now="+third.ID()) {
		t.Errorf("the log does not say so:\n%s", log)
	}

	// The place of one that is unlinked is taken in the same way.
	if err := r.p.Unlink(t.Context(), third.ID()); err != nil {
		t.Fatal(err)
	}
	accounts("unlinked", third.ID(), second.ID(), "")
	if _, err := r.p.Link(t.Context(), program.LinkRequest{Org: third.ID(), Host: r.orgURL, Key: r.org.ClientID()}, visit); err != nil {
		t.Fatal(err)
	}
	accounts("another org in the place of an unlinked one", r.org.ID(), second.ID(), "")

	// The user of the second org, linked again in the place of the first: nothing is replaced, for it is linked already.
	if _, err := r.p.Link(t.Context(), program.LinkRequest{Org: second.ID()}, visit); err != nil {
		t.Fatal(err)
	}
	accounts("linked again", r.org.ID(), second.ID(), "")
}

// An org is removed for good: it is unlinked and forgotten, and the accounts that named it have the first one linked. Calls that
// are not logged in it yet are told of before.
func TestRemovingAnOrg(t *testing.T) {
	r := ready(t)
	other := r.another()
	r.set("accounts[1].org", other.ID())
	r.set("logging.wrap_up", "0")
	if err := r.p.Unlink(t.Context(), other.ID()); err != nil {
		t.Fatal(err)
	}
	c := r.ring(demopbx.Caller{Number: "+14155550177", GiveUpAfter: patience})
	if err := r.desk.Decline(c.ID); err != nil {
		t.Fatal(err)
	}
	r.see("a call that waits for its org", func(v app.View) bool { return len(v.Calls) == 0 && v.Outbox.Elsewhere == 1 })
	err := r.p.RemoveOrg(t.Context(), other.ID(), false)
	if f := fault.Of(err); !f.Is(program.CallsWait) || f.Values["count"] != 1 || f.Values["id"] != other.ID() {
		t.Fatalf("with a call that waits: %v", err)
	}
	if len(r.p.Settings().Get().Orgs) != 2 {
		t.Error("it was removed all the same")
	}
	if err := r.p.RemoveOrg(t.Context(), other.ID(), true); err != nil {
		t.Fatal(err)
	}
	set := r.p.Settings().Get()
	if len(set.Orgs) != 1 || set.Orgs[0].OrgID != r.org.ID() || set.Accounts[0].Org != "" {
		t.Errorf("the settings have %+v, the account %+v", set.Orgs, set.Accounts[0])
	}
	if n, err := r.p.Waiting(other.ID()); n != 1 || err != nil {
		t.Errorf("%d calls wait for it, %v: they are not thrown away", n, err)
	}
	if err := r.desk.LogAs(c.ID); err != nil {
		t.Fatal(err)
	}
	r.see("the call logged in the other org", func(v app.View) bool { return v.Outbox.Waiting == 0 })
	if n := len(r.org.TasksFor(c.ID)); n != 1 {
		t.Errorf("%d Tasks", n)
	}

	// The last one too, linked as it is.
	if err := r.p.RemoveOrg(t.Context(), "", false); err != nil {
		t.Fatal(err)
	}
	if set := r.p.Settings().Get(); len(set.Orgs) != 0 || r.org.Approvals() != 0 {
		t.Errorf("the settings have %+v, %d approvals", set.Orgs, r.org.Approvals())
	}
	r.see("unlinked", func(v app.View) bool { return v.Org.State == crm.Unlinked })
}

// The doctor looks at each account, and at the org that its calls belong to; where there are several of them each row says whose
// it is.
func TestTheDoctorLooksAtEachAccount(t *testing.T) {
	r := ready(t)
	other := r.another()
	err := r.p.Settings().Change(func(s *settings.Settings) {
		a := settings.DefaultAccount()
		a.Server, a.User, a.Label, a.Org = r.pbx.Addr(), "2042", "Sales", other.ID()
		s.SetAccount(a)
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := func() (names []string, ofSales checkup.Line) {
		for _, f := range r.p.Doctor(t.Context()) {
			if f.Account != "" {
				names = append(names, f.Check)
			}
			if f.CheckCode == "orgs.check-account" {
				ofSales = f
			}
		}
		return names, ofSales
	}
	names, f := rows()
	if want := []string{r.account().ID() + ": Phone registered", "Sales: Phone registered", "Sales: Org of its calls"}; !slices.Equal(names, want) {
		t.Errorf("looked at %q, want %q", names, want)
	}
	if !f.OK || f.Org != other.ID() || f.Detail != "Another" {
		t.Errorf("linked: %+v", f)
	}
	if err := r.p.Unlink(t.Context(), other.ID()); err != nil {
		t.Fatal(err)
	}
	if _, f = rows(); f.OK || !strings.Contains(f.Remedy, "linecard link --org "+other.ID()) {
		t.Errorf("not linked: %+v", f)
	}
	r.set("accounts[2].org", "00D000000000009AAA")
	if _, f = rows(); f.OK || f.ReasonCode != "orgs.account-unknown" {
		t.Errorf("an org that the settings have not: %+v", f)
	}
}

// Where the administrator has fixed the orgs, unlinking one works all the same: the org stays in the settings for the next link.
func TestUnlinkWithTheOrgsLocked(t *testing.T) {
	r := ready(t)
	org := r.p.Settings().Get().Orgs[0]
	doc := "profile = 1\nlocked = ['orgs']\n[[settings.orgs]]\nlogin_host = '" + org.LoginHost + "'\nclient_id = '" + org.ClientID + "'\norg_id = '" + org.OrgID + "'\n"
	if err := r.p.ImportProfile([]byte(doc)); err != nil {
		t.Fatal(err)
	}
	if err := r.p.Unlink(t.Context(), ""); err != nil {
		t.Errorf("it says that it failed: %v", err)
	}
	r.see("unlinked", func(v app.View) bool { return v.Org.State == crm.Unlinked })
	if got := r.p.Settings().Get().Orgs; len(got) != 1 || got[0].OrgID != org.OrgID || got[0].ClientID != org.ClientID {
		t.Errorf("the orgs are %+v", got)
	}
	if _, err := r.p.Link(t.Context(), linkTo(r), visit); err != nil {
		t.Errorf("linked again: %v", err)
	}
}
