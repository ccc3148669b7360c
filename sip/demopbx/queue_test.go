package demopbx_test

import (
	"strings"
	"testing"

	"linecard/sip/demopbx"
)

// TestQueue: all phones ring, the first to answer wins, the others learn that it was answered elsewhere.
func TestQueue(t *testing.T) {
	pbx := start(t)
	a := registered(t, pbx, "udp", "2041", "secret")
	b := registered(t, pbx, "tcp", "2042", "other")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2001"})
	ia, ib := a.expectRequest("INVITE"), b.expectRequest("INVITE")
	if !strings.Contains(ia.get("To"), "<sip:2001@") {
		t.Errorf("To %q, want the queue", ia.get("To"))
	}
	a.reply(ia, 180, "Ringing", "x", "")
	l := b.answer(ib)
	cancel := a.expectRequest("CANCEL")
	if !strings.Contains(cancel.get("Reason"), "cause=200") {
		t.Errorf("Reason %q", cancel.get("Reason"))
	}
	a.reply(cancel, 200, "OK", "x", "")
	a.reply(ia, 487, "Request Terminated", "x", "")
	l.bye()
	if r := wait(t, done); r.Outcome != demopbx.Answered {
		t.Errorf("%+v", r)
	}
}
