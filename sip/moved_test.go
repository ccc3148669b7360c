package sip_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// The other side, or a server in between, cannot take the new address for now. It is offered until it is taken: sound would go to
// an address that nobody has.
func TestTheNewAddressIsOfferedAgain(t *testing.T) {
	interop.Proves(t, "S1.14")
	sip.SetOfferAgain(t, 20*time.Millisecond)
	for _, refusal := range []string{"480 Temporarily Unavailable", "500 Server Internal Error", "503 Service Unavailable"} {
		t.Run(refusal, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c, id := talk(ph, p)
			if moved, err := ph.Move(id, netip.MustParseAddr("127.0.0.2")); err != nil || !moved {
				t.Fatal(moved, err)
			}
			var at []time.Time
			for n := range 4 {
				m := p.Await("INVITE sip:caller@")
				at = append(at, m.At)
				if !strings.Contains(m.Body(), "c=IN IP4 127.0.0.2") {
					t.Errorf("offered\n%s", m.Body())
				}
				if n < 3 {
					p.Reply(m, refusal, "")
				} else {
					accept(p, m, "sendrecv")
				}
				p.Await("ACK")
			}
			for n, least := range []time.Duration{20, 40, 80} {
				if pause := at[n+1].Sub(at[n]); pause < least*time.Millisecond {
					t.Errorf("pause %d is %v", n, pause)
				}
			}
			settled(ph, id)
			p.Quiet(200 * time.Millisecond)
			c.Bye()
		})
	}
}

// Whoever refuses the address for good, or each time, is left alone after a while.
func TestTheNewAddressIsNotOfferedWithoutEnd(t *testing.T) {
	sip.SetOfferAgain(t, time.Millisecond)
	for refusal, most := range map[string]int{"488 Not Acceptable Here": 1, "503 Service Unavailable": 8} {
		t.Run(refusal, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c, id := talk(ph, p)
			if _, err := ph.Move(id, netip.MustParseAddr("127.0.0.2")); err != nil {
				t.Fatal(err)
			}
			for range most {
				p.Reply(p.Await("INVITE sip:caller@"), refusal, "")
				p.Await("ACK")
			}
			settled(ph, id)
			p.Quiet(200 * time.Millisecond)
			c.Bye()
		})
	}
}

// The TCP connection of a call that is up is lost, and the phone registers by another one. The call is offered again by that, so that a phone system
// which sends to where its phones come from ends it there.
func TestACallIsOfferedAgainByItsNewConnection(t *testing.T) {
	interop.Proves(t, "S1.14")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, nil)
	ph := newPhone(t, p, func(c *setup) { c.Account.Server, c.Account.Transport = f.Addr(), "tcp" })
	c, id := talk(ph, p)
	c.There() // its ACK has come
	f.Cut()
	again := p.Await("INVITE sip:caller@")
	if now, _ := p.Phone(); again.From != now || now == c.To {
		t.Errorf("offered by the connection of %v, registered by %v, before that by %v", again.From, now, c.To)
	}
	accept(p, again, "sendrecv")
	p.Await("ACK")
	settled(ph, id)
	c.To = again.From
	c.Bye()
	next[sip.CallEnded](ph)
}

// An address that was just given may not be ready: the call asks to be told again.
func TestAnAddressThatCannotBeBoundYet(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	if moved, err := ph.Move(id, netip.MustParseAddr("192.0.2.1")); err != nil || moved {
		t.Errorf("moved %v to an address that this machine does not have: %v", moved, err)
	}
	p.Quiet(20 * time.Millisecond)
	c.Bye()
}
