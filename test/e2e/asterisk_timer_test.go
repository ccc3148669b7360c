package e2e

import (
	"strings"
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestSessionTimerAtAsterisk: an Asterisk that requires session timers, of an hour at least: the phone asks for half an hour, is told that it
// is too short, and gets its call with the hour, which holds of both sides keep.
func TestSessionTimerAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.7", interop.Asterisk)
	interop.Proves(t, "S2.8", interop.Asterisk)
	const timed = "8041"
	pbx := rig.StartAsterisk(t, map[string]string{timed: password})
	a := newApp(t)
	a.account(pbx.Addr, timed, password)
	a.registered()
	pbx.Trace()
	said := func(text string) int { return strings.Count(pbx.Trace(), text) }

	id := a.dial("600")
	a.await("answered", of(id))
	if said("SIP/2.0 422 ") != 1 || said("Session-Expires: 1800") == 0 {
		t.Errorf("no interval was too small:\n%s", pbx.Trace())
	}
	for _, step := range []struct{ verb, state string }{{"hold", "held"}, {"resume", "talking"}} {
		before := said("Session-Expires: 3600;refresher=")
		a.do(step.verb)
		a.await("hold", func(e event) bool { return e.Call == id && e.State == step.state })
		if after := said("Session-Expires: 3600;refresher="); after < before+2 { // in the re-INVITE and in its answer
			t.Errorf("%s: the timer is said %d times", step.verb, after-before)
		}
	}
	a.do("hangup")
	a.await("ended", of(id))

	pbx.Call("4155550132", "D Whitfield", timed, false)
	ringing := a.await("ringing", nil)
	a.do("answer")
	a.await("answered", of(ringing.Call))
	a.do("hangup")
	a.await("ended", of(ringing.Call))
}
