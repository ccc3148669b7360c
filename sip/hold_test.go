package sip_test

import (
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// The other side still waits for the ACK of the offer before, which a proxy let the new one overtake: it asks for a moment,
// and gets it. The agent hears nothing of that.
func TestHoldIsTriedAgainWhenAskedTo(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	re := p.Await("INVITE sip:b@")
	p.ReplyTagged(re, "500 Server Internal Error", "", "Retry-After: 0\n", "")
	p.Await("ACK")
	session(t, p, "sendonly", "recvonly")
	ph.must(ph.Resume(id))
	session(t, p, "sendrecv", "sendrecv")
	hold(ph, id, false)
}

func TestHoldAndResume(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	session(t, p, "sendonly", "recvonly")
	ph.must(ph.Resume(id))
	session(t, p, "sendrecv", "sendrecv")
	hold(ph, id, false)
}

// A PBX that refuses the hold does not make the customer hear the agent: the call is silent on our side. A refused
// resume says so and leaves the call on hold.
func TestHoldAndResumeRefused(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123")
	ph.must(ph.Hold(id))
	next[sip.CallHold](ph)
	p.Reply(p.Await("INVITE"), "488 Not Acceptable Here", "")
	ph.must(ph.Resume(id))
	p.Reply(p.Await("INVITE"), "488 Not Acceptable Here", "")
	if h := next[sip.CallHold](ph); !h.Local || !h.Failed.Is("sip.resume-refused") {
		t.Errorf("resume refused: %+v", h)
	}
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

func TestHeldByTheOtherSide(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, _ := talk(ph, p)
	for _, held := range []bool{true, false} {
		direction := "sendrecv"
		if held {
			direction = "sendonly"
		}
		c.Send("INVITE", "", siptest.SDP(4000, direction))
		p.Await("SIP/2.0 200")
		c.Send("ACK", "", "")
		if h := next[sip.CallHold](ph); h.Remote != held || h.Local {
			t.Errorf("%s: %+v", direction, h)
		}
	}
}
