package sip_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// session answers the next re-INVITE, which must offer the direction.
func session(t *testing.T, p *siptest.Peer, offered, answered string) {
	t.Helper()
	re := p.Await("INVITE sip:b@")
	if !strings.Contains(re.Body(), "a="+offered) {
		t.Errorf("offered\n%swant a=%s", re.Body(), offered)
	}
	p.ReplyTagged(re, "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, answered))
	p.Await("ACK")
}

// hold waits for the next CallHold and checks it.
func hold(ph *phone, id string, local bool) {
	ph.t.Helper()
	if h := next[sip.CallHold](ph); h.ID != id || h.Local != local || h.Remote || h.Failed != "" {
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

// Whom the agent talks to is held for a number that is busy, and talked to again without anybody asking.
func TestUnansweredCallGivesBack(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, customer := dial(ph, p, "123")
	id, err := ph.Dial("404")
	ph.must(err)
	hold(ph, customer, true)
	re := p.Await("INVITE sip:b@")
	invite := dialed(p, "404")
	p.ReplyTagged(re, "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
	p.Await("ACK")
	refuse(ph, p, invite, id)
	session(t, p, "sendrecv", "sendrecv")
	hold(ph, customer, false)
}

// The refusal comes before the other side has answered the hold: the one is done after the other.
func TestUnansweredCallGivesBackWhileHolding(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, customer := dial(ph, p, "123")
	id, err := ph.Dial("404")
	ph.must(err)
	re := p.Await("INVITE sip:b@")
	refuse(ph, p, dialed(p, "404"), id)
	p.ReplyTagged(re, "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
	session(t, p, "sendrecv", "sendrecv")
	hold(ph, customer, false)
}

// A caller whose ACK is still on its way cannot be told of a hold yet, and need not be told that it is over.
func TestUnansweredCallGivesBackBeforeTheHoldWasSent(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, customer := ring(ph, p)
	ph.must(ph.Answer(customer))
	c.Learn(p.Await("SIP/2.0 200"))
	id, err := ph.Dial("404")
	ph.must(err)
	hold(ph, customer, true)
	p.Reply(dialed(p, "404"), "486 Busy Here", "")
	if e := next[sip.CallEnded](ph); e.ID != id {
		t.Errorf("ended %+v", e)
	}
	hold(ph, customer, false)
	c.Send("ACK", "", "")
	c.Bye()
}

// What the agent held himself stays held; so does what was held when he has taken another call since.
func TestUnansweredCallLeavesWhatTheAgentHeld(t *testing.T) {
	t.Run("held before", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		_, customer := dial(ph, p, "123")
		ph.must(ph.Hold(customer))
		session(t, p, "sendonly", "recvonly")
		id, err := ph.Dial("404")
		ph.must(err)
		refuse(ph, p, dialed(p, "404"), id)
		p.Quiet(100 * time.Millisecond)
	})
	t.Run("held meanwhile", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		_, customer := dial(ph, p, "123")
		id, err := ph.Dial("404")
		ph.must(err)
		re := p.Await("INVITE sip:b@")
		p.ReplyTagged(re, "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
		invite := dialed(p, "404")
		p.Await("ACK")
		ph.must(ph.Hold(customer))
		refuse(ph, p, invite, id)
		p.Quiet(100 * time.Millisecond)
	})
	t.Run("talking to another", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, func(c *sip.Config) { c.Account.Lines = 3 })
		_, _ = dial(ph, p, "123")
		id, err := ph.Dial("404")
		ph.must(err)
		re := p.Await("INVITE sip:b@")
		p.ReplyTagged(re, "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
		invite := dialed(p, "404")
		p.Await("ACK")
		talk(ph, p)
		refuse(ph, p, invite, id)
		p.Quiet(100 * time.Millisecond)
	})
}

// A second try takes over what the first one held: it is given back when that fails too.
func TestSecondTryGivesBack(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *sip.Config) { c.Account.Lines = 3 })
	_, customer := dial(ph, p, "123")
	first, err := ph.Dial("404")
	ph.must(err)
	hold(ph, customer, true)
	re := p.Await("INVITE sip:b@")
	p.ReplyTagged(re, "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
	invite := dialed(p, "404")
	p.Await("ACK")
	second, err := ph.Dial("405")
	ph.must(err)
	invite2 := dialed(p, "405")
	refuse(ph, p, invite, first)
	p.Quiet(100 * time.Millisecond)
	refuse(ph, p, invite2, second)
	session(t, p, "sendrecv", "sendrecv")
	hold(ph, customer, false)
}

// What cannot be dialed is said before anybody is put on hold for it.
func TestRefusedDialHoldsNobody(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, customer := dial(ph, p, "123")
	for number, want := range map[string]error{"abc def": sip.ErrBadNumber, "": sip.ErrNoNumber, "sips:2050@x": sip.ErrSecureCall} {
		if id, err := ph.Dial(number); id != "" || !errors.Is(err, want) {
			t.Errorf("dial %q: %q, %v", number, id, err)
		}
		if err := ph.Transfer(customer, number); !errors.Is(err, want) {
			t.Errorf("transfer to %q: %v", number, err)
		}
	}
	if _, err := ph.Dial("2050@elsewhere.example"); err == nil {
		t.Error("a foreign host is called")
	}
	p.Quiet(100 * time.Millisecond)
	if len(ph.events) > 0 {
		t.Errorf("the desk hears %+v", <-ph.events)
	}
}

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
