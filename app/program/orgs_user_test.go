package program_test

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/crm/demoorg"
)

// Of two users of an org one is unlinked alone: the other's link stands, and what was remembered of the org's people stays with it. It goes
// with the last one.
func TestOneOfTwoUsersIsUnlinked(t *testing.T) {
	r := ready(t)
	riley := r.p.Orgs()[0].UserID
	c := r.remembers()
	add := linkTo(r)
	add.Add = true
	sam, err := r.p.Link(t.Context(), add, func(url string) error { return visit(url + "&login_hint=" + demoorg.OtherUser) })
	if err != nil || sam.UserID == riley {
		t.Fatalf("%+v, %v", sam, err)
	}
	users := func() (ids []string) {
		for _, s := range r.p.Orgs() {
			if s.UserID != "" {
				ids = append(ids, s.UserID)
			}
		}
		return ids
	}
	if got := users(); len(got) != 2 || r.org.Approvals() != 2 {
		t.Fatalf("linked %q, %d approvals", got, r.org.Approvals())
	}
	if err := r.p.UnlinkUser(t.Context(), r.org.ID(), sam.UserID); err != nil {
		t.Fatal(err)
	}
	if got := users(); !slices.Equal(got, []string{riley}) || r.org.Approvals() != 1 {
		t.Errorf("linked %q, %d approvals", got, r.org.Approvals())
	}
	if orgs := r.p.Settings().Get().Orgs; len(orgs) != 1 || orgs[0].OrgID != r.org.ID() {
		t.Errorf("the settings have %+v", orgs)
	}
	r.org.SetDown(true) // so that the first card has what is remembered alone
	first := r.ring(c)
	if first.Lookup.State != app.LookupOne { // it is confirmed at once, since the org has said so a moment ago
		t.Errorf("the first card of somebody remembered: %+v", first.Lookup)
	}
	if err := r.desk.Decline(first.ID); err != nil {
		t.Fatal(err)
	}
	r.see("an empty desk", func(v app.View) bool { return len(v.Calls) == 0 })
	r.org.SetDown(false)
	if err := r.p.UnlinkUser(t.Context(), r.org.ID(), riley); err != nil {
		t.Fatal(err)
	}
	if got := users(); len(got) != 0 || r.org.Approvals() != 0 {
		t.Errorf("linked %q, %d approvals", got, r.org.Approvals())
	}
	if orgs := r.p.Settings().Get().Orgs; len(orgs) != 1 || orgs[0].OrgID != "" {
		t.Errorf("the settings have %+v", orgs)
	}
	if v := r.ring(c); v.Lookup.Known {
		t.Errorf("somebody of an org that nobody is linked to is remembered: %+v", v.Lookup)
	}
}
