package sip_test

import (
	"errors"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// dialBeside dials while the agent talks to a customer, who is put on hold for it.
func dialBeside(ph *phone, p *siptest.Peer, customer, number string) (invite siptest.Message, id string) {
	ph.t.Helper()
	id, err := ph.Dial(number)
	ph.must(err)
	hold(ph, customer, true)
	re := p.Await("INVITE sip:b@")
	invite = dialed(p, number)
	accept(p, re, "recvonly")
	p.Await("ACK")
	return invite, id
}

// Whom the agent talks to is held for a number that is busy, and talked to again without anybody asking.
func TestUnansweredCallGivesBack(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, customer := dial(ph, p, "123")
	invite, id := dialBeside(ph, p, customer, "404")
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
	accept(p, re, "recvonly")
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
		invite, id := dialBeside(ph, p, customer, "404")
		ph.must(ph.Hold(customer))
		refuse(ph, p, invite, id)
		p.Quiet(100 * time.Millisecond)
	})
	t.Run("talking to another", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, func(c *setup) { c.Account.Lines = 3 })
		_, customer := dial(ph, p, "123")
		invite, id := dialBeside(ph, p, customer, "404")
		talk(ph, p)
		refuse(ph, p, invite, id)
		p.Quiet(100 * time.Millisecond)
	})
}

// A second try takes over what the first one held: it is given back when that fails too.
func TestSecondTryGivesBack(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.Lines = 3 })
	_, customer := dial(ph, p, "123")
	invite, first := dialBeside(ph, p, customer, "404")
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
