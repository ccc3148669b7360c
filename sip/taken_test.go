package sip_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// A call that the agent has taken and whose caller has not confirmed yet that it rings is nobody else's any more: no rule of the phone's acts on it.

// takenCall is a call that leaves the offer to the phone and requires 100rel, and that the agent has answered before its PRACK.
type takenCall struct {
	*siptest.Caller
	id      string
	ringing siptest.Message
}

// takenBy calls the phone with further headers, and has the agent answer. The phone's clock stands still.
func takenBy(t *testing.T, p *siptest.Peer, ph *phone, headers string) *takenCall {
	t.Helper()
	c := &takenCall{Caller: p.Call("<sip:bob@example.com>")}
	c.Send("INVITE", "Require: 100rel\nSupported: 100rel\n"+headers, "")
	c.ringing = c.Learn(p.Await("SIP/2.0 180"))
	c.id = next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(c.id))
	return c
}

// confirmed sends the PRACK, and the ACK of the 200 that the phone has waited with.
func (c *takenCall) confirmed() {
	p := c.Peer
	p.T().Helper()
	c.Send("PRACK", "RAck: "+c.ringing.Header("RSeq")+" 1 INVITE\n", siptest.SDP(listenRTP(p.T()).port, "sendrecv"))
	for range 2 {
		p.Await("SIP/2.0 200")
	}
	p.Send(c.To, strings.Replace(c.Text("ACK", "", ""), fmt.Sprintf("CSeq: %d ACK", c.Seq), "CSeq: 1 ACK", 1))
}

// still has a phone whose clock goes on by forward alone, so that a busy machine changes nothing.
func still(t *testing.T, change ...func(*setup)) (*siptest.Peer, *phone) {
	t.Helper()
	p, clock := siptest.NewPeer(t), siptest.NewStillClock()
	ph := newPhone(t, p, append(change, func(s *setup) { s.Clock = clock })...)
	ph.time = clock
	return p, ph
}

// The moment to forward a call that nobody answers comes when the agent has answered it.
func TestATakenCallIsNotForwarded(t *testing.T) {
	p, ph := still(t, func(s *setup) { s.Account.Forward = sip.Forward{NoAnswer: "2062", After: time.Second} })
	c := takenBy(t, p, ph, "")
	ph.forward(time.Second)
	c.confirmed()
	if e := next[sip.CallAnswered](ph); e.ID != c.id {
		t.Errorf("answered %+v", e)
	}
	c.Bye()
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}

// The moment to answer it by itself comes when the agent has: it is the agent's answer, and no tone plays.
func TestATakenCallDoesNotAnswerItself(t *testing.T) {
	p, ph := still(t, trusting)
	c := takenBy(t, p, ph, "Call-Info: <sip:pbx.example.com>;answer-after=1\n")
	ph.forward(time.Second)
	eventually(t, "no tone plays", func() bool { return len(ph.audio.playing()) == 0 })
	c.confirmed()
	if e := next[sip.CallAnswered](ph); e.Itself {
		t.Errorf("answered %+v", e)
	}
	c.Bye()
}

// The account is changed in that moment: the call stays, as one that is up.
func TestATakenCallOutlivesAChangeOfTheAccount(t *testing.T) {
	p, ph := still(t)
	c := takenBy(t, p, ph, "")
	changed := account(p)
	changed.DisplayName = "Somebody else"
	ph.must(ph.SetAccount(changed))
	c.confirmed()
	if e := next[sip.CallAnswered](ph); e.ID != c.id {
		t.Errorf("answered %+v", e)
	}
	c.Bye()
}

// Whom the agent talks to is held for a call that is taken; the caller gives up before the sound is agreed, or confirms nothing, and the agent talks on.
func TestATakenCallThatComesToNothing(t *testing.T) {
	for name, end := range map[string]func(*phone, *takenCall){
		"given up":      func(_ *phone, c *takenCall) { c.Send("CANCEL", "", "") },
		"not confirmed": func(ph *phone, _ *takenCall) { ph.forward(4 * time.Second) },
		"hung up here":  func(ph *phone, c *takenCall) { ph.must(ph.Hangup(c.id)) },
	} {
		t.Run(name, func(t *testing.T) {
			p, ph := still(t)
			_, customer := dial(ph, p, "123")
			c := takenBy(t, p, ph, "")
			hold(ph, customer, true)
			session(t, p, "sendonly", "recvonly")
			end(ph, c)
			if e := next[sip.CallEnded](ph); e.ID != c.id {
				t.Errorf("ended %+v", e)
			}
			session(t, p, "sendrecv", "sendrecv")
			hold(ph, customer, false)
			over(p, ph, customer)
		})
	}
}
