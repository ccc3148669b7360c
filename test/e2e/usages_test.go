package e2e

import (
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// mailbox is a line of `voicemail --json`, and team one of `colleagues --json`.
type (
	mailbox struct {
		New       int
		Waiting   bool
		Voicemail string
	}
	team struct{ Extension, Name, State string }
)

// TestSeenAtAsterisk: at Asterisk 22 the phone shows the messages that wait and what a colleague's phone does, also while it is in a call itself, calls the
// voicemail, and picks up what rings at the colleague's.
func TestSeenAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.13", interop.Asterisk)
	interop.Proves(t, "S3.14", interop.Asterisk)
	pbx := rig.StartAsterisk(t, map[string]string{extension: password, "2042": "pass-of-2042"})
	org, url := newOrg(t)
	d := &desk{app: newApp(t), org: org, orgURL: url}
	d.account(pbx.Addr, extension, password, "--voicemail", "*97")
	d.registered()

	messages := func(n int) {
		t.Helper()
		pbx.Messages(extension, n)
		rig.Until(t, "the messages are shown", func() bool {
			var all []mailbox
			d.json(&all, "voicemail")
			return len(all) == 1 && all[0].New == n && all[0].Waiting == (n > 0) && all[0].Voicemail == "*97"
		})
	}
	colleague := func(state string) {
		t.Helper()
		rig.Until(t, "the colleague is "+state, func() bool {
			var all []team
			d.json(&all, "colleagues")
			return len(all) == 1 && all[0].Extension == "2042" && all[0].Name == "Ana" && all[0].State == state
		})
	}
	messages(2)
	d.do("colleagues", "add", "2042", "--name", "Ana")
	ana := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:2042@" + pbx.Addr + ">;auth_pass=pass-of-2042;regint=60"})
	ana.Registered()
	colleague("free")

	mark := d.mark()
	d.do("voicemail", "call")
	own := d.awaitAfter(mark, "answered", nil)
	pbx.Call("4155550132", "D Whitfield", "2042", false)
	ana.Await("CALL_INCOMING")
	colleague("ringing")
	messages(0) // while it rings there and the agent talks
	mark = d.mark()
	d.do("pickup", "2042")
	picked := d.awaitAfter(mark, "answered", nil)
	if picked.Call == own.Call {
		t.Error("the call to the voicemail was answered again")
	}
	if c := d.call(picked.Call); c.Number != "(415) 555-0132" || c.Name != "D Whitfield" {
		t.Errorf("the call that was picked up is with %+v", c)
	}
	ana.Await("CALL_CLOSED")
	colleague("free")
	if out, err := d.try("pickup", "2042"); err == nil {
		t.Errorf("a phone that does not ring is picked up: %s", out)
	}
	d.do("hangup", "--call", picked.Call)
	d.await("ended", of(picked.Call))

	pbx.Call("4155550132", "D Whitfield", "2042", false)
	colleague("ringing")
	ana.Do("accept")
	colleague("busy")
	pbx.HangUp()
	colleague("free")
	d.do("colleagues", "remove", "2042")
}
