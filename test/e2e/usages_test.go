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

// colleagueIs waits until the only colleague, Ana at 2042, is told to be so.
func (a *app) colleagueIs(state string) {
	a.t.Helper()
	rig.Until(a.t, "the colleague is "+state, func() bool {
		var all []team
		a.json(&all, "colleagues")
		return len(all) == 1 && all[0].Extension == "2042" && all[0].Name == "Ana" && all[0].State == state
	})
}

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
	messages(2)
	d.do("colleagues", "add", "2042", "--name", "Ana")
	ana := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:2042@" + pbx.Addr + ">;auth_pass=pass-of-2042;regint=60"})
	ana.Registered()
	d.colleagueIs("free")

	mark := d.mark()
	d.do("voicemail", "call")
	own := d.awaitAfter(mark, "answered", nil)
	pbx.Call("4155550132", "D Whitfield", "2042", false)
	ana.Await("CALL_INCOMING")
	d.colleagueIs("ringing")
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
	d.colleagueIs("free")
	if out, err := d.try("pickup", "2042"); err == nil {
		t.Errorf("a phone that does not ring is picked up: %s", out)
	}
	d.do("hangup", "--call", picked.Call)
	d.await("ended", of(picked.Call))

	pbx.Call("4155550132", "D Whitfield", "2042", false)
	d.colleagueIs("ringing")
	ana.Do("accept")
	d.colleagueIs("busy")
	pbx.HangUp()
	d.colleagueIs("free")
	d.do("colleagues", "remove", "2042")
}

// TestPresenceAtAsterisk: an Asterisk 22 that refuses dialog events tells of a colleague's phone by presence: free, ringing, in a call, and not known once
// the phone is gone. What rings there is picked up by the code.
func TestPresenceAtAsterisk(t *testing.T) {
	interop.Proves(t, "S3.19", interop.Asterisk)
	t.Parallel()
	pbx := rig.StartAsterisk(t, map[string]string{extension: password, "2042": "pass-of-2042"})
	pbx.RefuseDialogEvents()
	a := newApp(t)
	a.account(pbx.Addr, extension, password)
	a.registered()
	a.do("colleagues", "add", "2042", "--name", "Ana")
	ana := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:2042@" + pbx.Addr + ">;auth_pass=pass-of-2042;regint=60"})
	ana.Registered()
	a.colleagueIs("free")
	pbx.Call("4155550132", "D Whitfield", "2042", false)
	ana.Await("CALL_INCOMING")
	a.colleagueIs("ringing")
	ana.Do("accept")
	a.colleagueIs("busy")
	pbx.HangUp()
	a.colleagueIs("free")

	pbx.Call("4155550132", "D Whitfield", "2042", false)
	a.colleagueIs("ringing")
	mark := a.mark()
	a.do("pickup", "2042")
	picked := a.awaitAfter(mark, "answered", nil)
	a.colleagueIs("free")
	a.do("hangup", "--call", picked.Call)
	a.await("ended", of(picked.Call))
	ana.Do("quit")
	a.colleagueIs("unknown")
}
