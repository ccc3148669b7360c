package e2e

import (
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestForwardAtAsterisk: Asterisk sends a caller on to the number that the app names, at once and when nobody answers, and the app has
// the call in its history as forwarded. A call that asks to be answered is, where the account says so, and rings where not.
func TestForwardAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.16", interop.Asterisk)
	interop.Proves(t, "S3.17", interop.Asterisk)
	pbx := rig.StartAsterisk(t, map[string]string{extension: password, "2042": "pass-of-2042"})
	a := newApp(t)
	a.account(pbx.Addr, extension, password)
	a.registered()
	colleague := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:2042@" + pbx.Addr + ">;auth_pass=pass-of-2042;regint=60"})
	colleague.Registered()
	for _, way := range [][]string{{"always", "2042"}, {"noanswer", "2042", "--after", "3"}} {
		t.Run(way[0], func(t *testing.T) {
			mark := a.mark()
			a.do(append([]string{"forward"}, way...)...)
			pbx.Call("4155550132", "D Whitfield", extension, true)
			colleague.Await("CALL_INCOMING")
			if e := a.awaitAfter(mark, "ended", nil); e.State != "forwarded" || e.Reason != "The call was forwarded to 2042." {
				t.Errorf("ended %+v", e)
			}
			pbx.HangUp()
			colleague.Await("CALL_CLOSED")
			a.do("forward", "off")
		})
	}
	t.Run("an intercom", func(t *testing.T) {
		mark := a.mark()
		pbx.Intercom("2042", extension)
		rings := a.awaitAfter(mark, "ringing", nil)
		a.do("hangup")
		a.await("ended", of(rings.Call))
		a.account(pbx.Addr, extension, password, "--auto-answer", "true")
		pbx.Intercom("2042", extension)
		if e := a.await("answered", nil); e.State != "by itself" {
			t.Errorf("answered %+v", e)
		}
		a.do("hangup")
	})
}
