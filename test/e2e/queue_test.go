package e2e

import (
	"strings"
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// queueLine is a line of `queue --json`, and forwardLine one of `forward --json`.
type (
	queueLine   struct{ Queue, State, Asked, Reason string }
	forwardLine struct {
		By   string
		Told []struct{ When, Number, Told, Reason string }
	}
)

// TestQueueAtAsterisk: the agent logs in to a queue of Asterisk 22 by its code, the hints tell how they stand, calls of the queue ring while they are logged
// in and not paused, and the codes are no calls: neither in the history nor logged.
func TestQueueAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.18", interop.Asterisk)
	pbx := rig.StartAsterisk(t, map[string]string{extension: password})
	a := newApp(t)
	a.account(pbx.Addr, extension, password)
	a.registered()
	a.do("queue", "set", "Support", "--login", "*45support", "--logout", "*46support", "--pause", "*47{reason}", "--resume", "*48",
		"--reasons", "Lunch=1,Training=2", "--hint", "support{extension}", "--pause-hint", "pause{extension}")
	stands := func(state, reason string) {
		t.Helper()
		rig.Until(t, "the queue is told as "+state, func() bool {
			var all []queueLine
			a.json(&all, "queue")
			return len(all) == 1 && all[0] == queueLine{Queue: "Support", State: state, Reason: reason}
		})
	}
	shown := func(want string) bool { return strings.Contains(pbx.CLI("queue show support"), want) }
	rings := func(mark int) {
		t.Helper()
		call := a.awaitAfter(mark, "ringing", nil)
		a.do("decline", "--call", call.Call)
		a.await("ended", of(call.Call))
		pbx.HangUp()
		rig.Until(t, "nobody waits in the queue", func() bool { return shown("No Callers") })
	}
	a.do("queue", "login", "Support")
	stands("in", "")
	mark := a.mark()
	pbx.Call("4155550132", "D Whitfield", "support", false)
	rings(mark)

	if _, err := a.try("queue", "pause", "Support", "--reason", "Nap"); err == nil || !strings.Contains(err.Error(), "Lunch, Training") {
		t.Errorf("paused for a nap: %v", err)
	}
	a.do("queue", "pause", "support", "--reason", "lunch")
	stands("paused", "Lunch")
	if !shown("paused:1") {
		t.Errorf("Asterisk does not know the reason:\n%s", pbx.CLI("queue show support"))
	}
	mark = a.mark()
	pbx.Call("4155550132", "D Whitfield", "support", false)
	rig.Until(t, "a caller waits in the queue", func() bool { return !shown("No Callers") })
	var live []struct{ ID string }
	if a.json(&live, "calls"); len(live) > 0 {
		t.Errorf("rings during the pause: %+v", live)
	}
	a.do("queue", "resume", "Support")
	stands("in", "")
	rings(mark)
	a.do("queue", "logout")
	stands("out", "")
	if !shown("No Members") {
		t.Errorf("still a member:\n%s", pbx.CLI("queue show support"))
	}
	var rows []struct{ Number, Direction string }
	a.json(&rows, "history")
	for _, r := range rows {
		if r.Direction != "Inbound" {
			t.Errorf("a code is in the history: %+v", r)
		}
	}
	if len(rows) < 2 { // a queue calls again a second after a refusal, which may be before the caller hangs up
		t.Errorf("%d calls in the history, want the customer's two", len(rows))
	}
}

// TestForwardByCodesOfAsterisk: Asterisk is told by a code to forward, does it while the app is not there, and is told to stop.
func TestForwardByCodesOfAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.16", interop.Asterisk)
	pbx := rig.StartAsterisk(t, map[string]string{extension: password, "2042": "pass-of-2042"})
	a := newApp(t)
	a.account(pbx.Addr, extension, password, "--forward-by", "pbx")
	a.registered()
	a.do("settings", "set", "accounts[1].forward_codes.always_on", "*72{number}")
	a.do("settings", "set", "accounts[1].forward_codes.always_off", "*73")
	colleague := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:2042@" + pbx.Addr + ">;auth_pass=pass-of-2042;regint=60"})
	colleague.Registered()
	a.do("forward", "always", "2042")
	var all []forwardLine
	if a.json(&all, "forward"); len(all) != 1 || all[0].By != "pbx" || len(all[0].Told) != 1 || all[0].Told[0].Told != "2042" {
		t.Errorf("told %+v", all)
	}
	a.stop()
	pbx.Call("4155550132", "D Whitfield", extension, false)
	colleague.Await("CALL_INCOMING")
	pbx.HangUp()
	colleague.Await("CALL_CLOSED")
	a.start()
	a.account(pbx.Addr, extension, password) // what is in memory is gone
	rig.Until(t, "Asterisk is told to stop", func() bool { _, err := a.try("forward", "off"); return err == nil })
	if out := pbx.CLI("database show forward"); strings.Contains(out, "2042") {
		t.Errorf("still forwarded:\n%s", out)
	}
}
