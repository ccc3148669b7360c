package e2e

import (
	"strings"
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestReliableAnswersAtAsterisk: an Asterisk that requires 100rel of the phone: its ringing and its early sound are confirmed, and so is the
// phone's ringing, whose calls go on to be answered, given up and refused.
func TestReliableAnswersAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.10", interop.Asterisk)
	const strict = "7041"
	pbx := rig.StartAsterisk(t, map[string]string{strict: password})
	a := newApp(t)
	a.account(pbx.Addr, strict, password)
	a.registered()
	pbx.Trace()

	id := a.dial("607")
	a.await("answered", of(id))
	a.do("hold")
	a.await("hold", func(e event) bool { return e.Call == id && e.State == "held" })
	a.do("hangup")
	a.await("ended", of(id))
	if n := strings.Count(pbx.Trace(), "\nPRACK sip:"); n < 2 {
		t.Errorf("%d PRACKs came of a call that rings and then plays:\n%s", n, pbx.Trace())
	}

	for _, end := range []string{"answered", "refused", "given up"} {
		mark, confirmed := a.mark(), strings.Count(pbx.Trace(), "\nPRACK sip:")
		pbx.Call("4155550132", "D Whitfield", strict, true)
		ringing := a.awaitAfter(mark, "ringing", nil)
		rig.Until(t, "the PBX confirms that the phone rings", func() bool { return strings.Count(pbx.Trace(), "\nPRACK sip:") > confirmed })
		switch end {
		case "answered":
			a.do("answer")
			a.await("answered", of(ringing.Call))
		case "refused":
			a.do("decline")
		case "given up":
			pbx.HangUp()
		}
		a.await("ended", of(ringing.Call))
	}
}
