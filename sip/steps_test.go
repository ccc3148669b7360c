package sip_test

import (
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// ring places a call to the phone and waits until it rings.
func ring(ph *phone, p *siptest.Peer) (*siptest.Caller, string) {
	ph.t.Helper()
	c := p.Call("<sip:+14155550100@example.com>")
	c.Ringing()
	return c, next[sip.CallIncoming](ph).ID
}

// talk places a call to the phone and answers it.
func talk(ph *phone, p *siptest.Peer) (*siptest.Caller, string) {
	ph.t.Helper()
	c, id := ring(ph, p)
	ph.must(ph.Answer(id))
	c.Answered()
	next[sip.CallAnswered](ph)
	return c, id
}

// accept answers an INVITE of the phone's, or a re-INVITE.
func accept(p *siptest.Peer, invite siptest.Message, direction string) {
	p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, direction))
}

// dial places a call from the phone and has the peer answer it.
func dial(ph *phone, p *siptest.Peer, number string) (siptest.Message, string) {
	ph.t.Helper()
	id, err := ph.Dial(number)
	ph.must(err)
	invite := p.Await("INVITE")
	accept(p, invite, "sendrecv")
	p.Await("ACK")
	next[sip.CallAnswered](ph)
	return invite, id
}

// session answers the next re-INVITE, which must offer the direction.
func session(t *testing.T, p *siptest.Peer, offered, answered string) {
	t.Helper()
	re := p.Await("INVITE sip:b@")
	if !strings.Contains(re.Body(), "a="+offered) {
		t.Errorf("offered\n%swant a=%s", re.Body(), offered)
	}
	accept(p, re, answered)
	p.Await("ACK")
}

// hold waits for the next CallHold and checks it.
func hold(ph *phone, id string, local bool) {
	ph.t.Helper()
	if h := next[sip.CallHold](ph); h.ID != id || h.Local != local || h.Remote || !h.Failed.IsZero() {
		ph.t.Errorf("hold %+v, want %s held here %v", h, id, local)
	}
}

// dialed waits for a dialed call, and answers 100 so that it comes once.
func dialed(p *siptest.Peer, number string) siptest.Message {
	invite := p.Await("INVITE sip:" + number + "@")
	p.Reply(invite, "100 Trying", "")
	return invite
}

// refuse answers a dialed call and waits until it is over.
func refuse(ph *phone, p *siptest.Peer, invite siptest.Message, id string) {
	ph.t.Helper()
	p.Reply(invite, "486 Busy Here", "")
	p.Await("ACK")
	if e := next[sip.CallEnded](ph); e.ID != id {
		ph.t.Errorf("ended %+v", e)
	}
}
