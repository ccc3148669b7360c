package program_test

import (
	"testing"

	"linecard/app"
	"linecard/crm/demoorg"
	"linecard/fault"
)

// Whose past calls would be goes by the settings of now, not by those of then; a call that would not be logged says so.
func TestWhoseThePastCallsWouldBe(t *testing.T) {
	r := ready(t)
	if _, err := r.p.TryOwners(t.Context(), "00D000000000009AAA"); fault.Of(err).Code != "program.no-org" {
		t.Errorf("an org that is not linked: %v", err)
	}
	id := r.phoned("+14155550132")
	r.stands(id, app.LogDone)
	check := func(what, owner, problem string, linked bool) {
		t.Helper()
		calls, err := r.p.TryOwners(t.Context(), "")
		if err != nil || len(calls) != 1 || calls[0].Call != id || calls[0].OwnerName != owner || string(calls[0].Problem.Code) != problem || calls[0].Linked != linked {
			t.Errorf("%s: %+v, %v", what, calls, err)
		}
	}
	check("linked", "Riley Morgan", "", true)
	r.set("logging.owner", "extension")
	check("nobody has the extension", "", "owners.nobody", false)
	r.set("logging.no_owner", "linked")
	check("the linked user instead", "Riley Morgan", "owners.would-be-linked", true)
	if err := r.p.SetOwner(t.Context(), "", "2041", demoorg.OtherUser); err != nil {
		t.Fatal(err)
	}
	check("Sam's", "Sam Okoro", "", false)
	r.set("logging.mode", "never")
	if calls, err := r.p.TryOwners(t.Context(), ""); err != nil || calls[0].Log != "no" {
		t.Errorf("never logged: %+v, %v", calls, err)
	}
}
