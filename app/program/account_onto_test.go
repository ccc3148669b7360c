package program_test

import (
	"slices"
	"testing"
)

// Who changes an account takes nothing back that was set since they saw it.
func TestChangingAnAccountTakesNothingBack(t *testing.T) {
	r := ready(t)
	was := r.account()
	if now, here := r.p.Settings().Get().Account(was.ID()); here {
		was = now
	}
	if err := r.p.TrustCaller("", "203.0.113.7"); err != nil {
		t.Fatal(err)
	}
	changed := was
	changed.Label = "Desk"
	if err := r.p.ChangeAccount(t.Context(), was, changed, nil); err != nil {
		t.Fatal(err)
	}
	now, _ := r.p.Settings().Get().Account(was.ID())
	if now.Label != "Desk" || !slices.Contains(now.Trusted, "203.0.113.7") {
		t.Errorf("saved %q, %q", now.Label, now.Trusted)
	}
}
