package program_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/program"
	"linecard/crm"
	"linecard/crm/demoorg"
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
		if !f.OK {
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
