package app

import (
	"testing"

	"linecard/test/wait"
)

// The event stream says of a phone system that forwards calls what it was told, when it was told, and not what is set.
func TestForwardEventsOfAPhoneSystem(t *testing.T) {
	r := newRig(t)
	r.SetAccounts([]Account{{ID: "1@x", ByPBX: true}})
	r.wait("the account", func(v View) bool { return v.Phone.Account == "1@x" && v.Phone.ByPBX })
	events := r.Events(t.Context())
	expect := func(state, target string) {
		t.Helper()
		if e := wait.For(t, events); e.Event != "forward" || e.Account != "1@x" || e.State != state || e.Target != target {
			t.Errorf("told %+v, want %s %s", e, state, target)
		}
	}
	r.SetAccounts([]Account{{ID: "1@x", ByPBX: true, Forward: Forward{Always: "2060"}}})
	r.ForwardsTold(map[string][]ForwardTold{"1@x": {{When: "always", Number: "2060", Telling: true}}})
	r.ForwardsTold(map[string][]ForwardTold{"1@x": {{When: "always", Number: "2060", Told: "2060"}}})
	expect("on", "2060")
	r.ForwardsTold(map[string][]ForwardTold{"1@x": {{When: "always", Told: "2060", Telling: true}}})
	r.ForwardsTold(nil)
	expect("off", "")
	r.SetAccounts([]Account{{ID: "1@x", Forward: Forward{Busy: "2061"}}})
	expect("on", "")
}
