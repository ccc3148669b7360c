package demopbx_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip/demopbx"
)

// TestHoldByPhone: the caller falls silent while the phone holds and speaks again afterwards.
func TestHoldByPhone(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
	l := p.answer(p.expectRequest("INVITE"))
	p.hears(2, patience)

	for _, step := range []struct {
		say, hear string
		audible   bool
	}{{"sendonly", "recvonly", false}, {"inactive", "inactive", false}, {"sendrecv", "sendrecv", true}} {
		l.send("INVITE", p.sdp(step.say))
		ok := l.expectFinal("INVITE")
		l.send("ACK", "")
		if !strings.Contains(ok.body, "a="+step.hear+"\r\n") {
			t.Errorf("%s was answered %q", step.say, ok.body)
		}
		p.hears(100, 50*time.Millisecond) // what was on its way
		listen := 200 * time.Millisecond
		if step.audible {
			listen = patience
		}
		if heard := len(p.hears(5, listen)); step.audible != (heard > 0) {
			t.Errorf("%s: %d packets", step.say, heard)
		}
	}
	l.bye()
	if r := wait(t, done); r.Holds != 1 {
		t.Errorf("held %d times, want 1", r.Holds)
	}
}

// TestHoldByPBX is 605: held for a step, then resumed.
func TestHoldByPBX(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	l := p.invite("605")
	l.established(l.expectFinal("INVITE"))
	for _, want := range []string{"sendonly", "sendrecv"} {
		again := p.expectRequest("INVITE")
		if !strings.Contains(again.body, "a="+want+"\r\n") {
			t.Errorf("offer %q, want %s", again.body, want)
		}
		p.reply(again, 200, "OK", "", p.sdp(map[string]string{"sendonly": "recvonly", "sendrecv": "sendrecv"}[want]))
		p.expectRequest("ACK")
	}
	l.bye()
}
