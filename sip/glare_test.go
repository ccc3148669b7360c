package sip_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// settled waits until nothing is under way in the session of a call.
func settled(ph *phone, id string) {
	ph.t.Helper()
	eventually(ph.t, "the session is settled", func() bool {
		s, up := ph.StateOf(id)
		return up && s.Settled
	})
}

// The agent thinks better of a hold that waits for its turn: the other side never hears of it, then or later.
func TestHoldThatIsNotWantedAnyMoreIsNotSent(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123") // who has called waits for longer, 210 ms at least: time for the agent to think
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	p.Reply(p.Await("INVITE sip:b@"), "491 Request Pending", "")
	p.Await("ACK")
	ph.must(ph.Resume(id))
	hold(ph, id, false)
	settled(ph, id)
	p.Quiet(20 * time.Millisecond)
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// A resume waits for its turn, and the other side changes the session meanwhile: with the answer to that, the call is resumed.
func TestResumeByAnOfferOfTheOtherSide(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	accept(p, p.Await("INVITE sip:caller@"), "recvonly")
	p.Await("ACK")
	ph.must(ph.Resume(id))
	p.Reply(p.Await("INVITE sip:b@"), "500 Server Internal Error", "Retry-After: 10\n") // a 491 leaves the pause to chance, and it may be none
	p.Await("ACK")
	c.Send("INVITE", "", siptest.SDP(4000, "sendrecv"))
	if m := p.Await("SIP/2.0 200"); !strings.Contains(m.Body(), "a=sendrecv") {
		t.Errorf("answered\n%s", m.Body())
	}
	hold(ph, id, false)
	c.Send("ACK", "", "")
	settled(ph, id)
	p.Quiet(20 * time.Millisecond)
	c.Bye()
}

// A call that the other side stopped by port 0 is held by it all along, also when the agent holds and resumes it.
func TestHeldByPortZeroAndHere(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	c.Send("INVITE", "", siptest.SDP(0, "sendrecv"))
	p.Await("SIP/2.0 200")
	c.Send("ACK", "", "")
	told := func(local bool) {
		t.Helper()
		if h := next[sip.CallHold](ph); h.Local != local || !h.Remote {
			t.Errorf("hold %+v, want held here %v and there", h, local)
		}
	}
	answer := func() {
		p.ReplyTagged(p.Await("INVITE sip:"), "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(0, "sendrecv"))
		p.Await("ACK")
	}
	told(false)
	ph.must(ph.Hold(id))
	told(true)
	answer()
	settled(ph, id)
	ph.must(ph.Resume(id))
	answer()
	told(false)
	c.Bye()
}

// The other side answers a session refresh with another port, and with a hold: the sound follows, and the agent is told.
func TestAnswerToARefreshIsFollowed(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, err := ph.Dial("123")
	ph.must(err)
	answer := func(invite siptest.Message, port int, direction string) {
		p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\nSession-Expires: 1;refresher=uac\n", siptest.SDP(port, direction))
		p.Await("ACK")
	}
	answer(p.Await("INVITE"), 4000, "sendrecv")
	next[sip.CallAnswered](ph)
	far := listenRTP(t)
	answer(p.Await("INVITE sip:b@"), far.port, "sendrecv")
	far.next()
	answer(p.Await("INVITE sip:b@"), far.port, "sendonly")
	if h := next[sip.CallHold](ph); !h.Remote || h.Local {
		t.Errorf("after a refresh that holds: %+v", h)
	}
	answer(p.Await("INVITE sip:b@"), far.port, "sendrecv")
	if h := next[sip.CallHold](ph); h.Remote {
		t.Errorf("after a refresh that holds no longer: %+v", h)
	}
}
