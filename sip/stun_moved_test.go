package sip_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// TestSeenElsewhere: the router has another address by now, or another port, and this machine has the same. The next offer names what the STUN server sees now; one that is
// silent is not waited for.
func TestSeenElsewhere(t *testing.T) {
	sip.SetSeenSoon(t, time.Hour)
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	ph := newPhone(t, p, withSTUN(server.Addr()))
	seen := reserved(ph)
	c, id := talk(ph, p)
	now := netip.MustParseAddr("198.51.100.9")
	server.Moves(now)
	offered := func() netip.AddrPort {
		t.Helper()
		if moved, err := ph.Move(id, netip.MustParseAddr("127.0.0.1")); err != nil || !moved {
			t.Fatal(moved, err)
		}
		m := p.Await("INVITE sip:")
		accept(p, m, "sendrecv")
		p.Await("ACK")
		settled(ph, id)
		return audioAt(t, m)
	}
	if got := offered(); got != netip.AddrPortFrom(now, seen.Port()) {
		t.Errorf("offered %v, seen at %v before and at %v now", got, seen, now)
	}
	if got := offered(); got != netip.AddrPortFrom(now, seen.Port()) { // no news is an answer too
		t.Errorf("offered again at %v", got)
	}
	server.Silence(true)
	sip.SetSeenSoon(t, time.Millisecond)
	if got := offered(); got.Port() != seen.Port() {
		t.Errorf("offered %v while the server is silent", got)
	}
	c.Bye()
}

// byICE is a session description of a side that looks for the way by ICE.
func byICE() string {
	return siptest.SDP(4000, "sendrecv") + "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=candidate:H 1 UDP 2130706431 127.0.0.1 4000 typ host\n"
}

// TestMovedCallByICEIsSeenAnew: in another network a call by ICE names what the STUN server sees there, also where a way was found before.
func TestMovedCallByICEIsSeenAnew(t *testing.T) {
	for _, found := range []bool{false, true} {
		p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
		ph := newPhone(t, p, withSTUN(server.Addr()))
		reserved(ph)
		c := p.Call("<sip:bob@example.com>")
		c.Send("INVITE", "", byICE())
		c.Learn(p.Await("SIP/2.0 180"))
		id := next[sip.CallIncoming](ph).ID
		ph.must(ph.Answer(id))
		if m := c.Answered(); !strings.Contains(m.Body(), "typ srflx") {
			t.Errorf("answered\n%s", m.Body())
		}
		if found {
			ph.WayFound(id)
		}
		if moved, err := ph.Move(id, netip.MustParseAddr("127.0.0.2")); err != nil || !moved {
			t.Fatal(moved, err)
		}
		for last := ""; !strings.Contains(last, "typ srflx"); {
			m := p.Await("INVITE sip:")
			last = m.Body()
			p.ReplyTagged(m, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", byICE())
			p.Await("ACK")
			if strings.Contains(last, "127.0.0.1 ") {
				t.Errorf("the old address is offered:\n%s", last)
			}
		}
		settled(ph, id)
		c.Bye()
	}
}

// twoServers is a name service by which a STUN server is at two addresses, the first of which is nobody's.
type twoServers struct{ dns }

func (twoServers) LookupNetIP(_ context.Context, family, _ string) ([]netip.Addr, error) {
	if family == "ip6" {
		return nil, &net.DNSError{IsNotFound: true}
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.77"), netip.MustParseAddr("127.0.0.1")}, nil
}

// TestMovedCallAsksAServerThatAnswers: a call that has moved does not ask the server that is known to be silent.
func TestMovedCallAsksAServerThatAnswers(t *testing.T) {
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	_, port, _ := net.SplitHostPort(server.Addr())
	ph := newPhone(t, p, withSTUN("stun.example:"+port), func(c *setup) { c.Resolver = twoServers{} })
	if e := next[sip.STUNChanged](ph); !e.Reason.Is("sip.stun.silent") {
		t.Errorf("%+v", e)
	}
	c, id := talk(ph, p)
	if moved, err := ph.Move(id, netip.MustParseAddr("127.0.0.2")); err != nil || !moved {
		t.Fatal(moved, err)
	}
	for got := (netip.AddrPort{}); got.Addr() != netip.MustParseAddr("203.0.113.7"); {
		m := p.Await("INVITE sip:")
		got = audioAt(t, m)
		accept(p, m, "sendrecv")
		p.Await("ACK")
	}
	settled(ph, id)
	c.Bye()
}

// TestCallWaitsForTheServersName: a call that began before the server's name was known names what is seen once it is.
func TestCallWaitsForTheServersName(t *testing.T) {
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	sip.SetSTUNRetried(t, 5*time.Millisecond) // the clock set forward by half a minute takes the registrar for silent, and the call for lost
	var gone atomic.Bool
	gone.Store(true)
	_, port, _ := net.SplitHostPort(server.Addr())
	ph := newPhone(t, p, withSTUN("audio.example:"+port), func(c *setup) { c.Resolver = dns{gone: &gone} })
	if e := next[sip.STUNChanged](ph); !e.Reason.Is("sip.stun.name") {
		t.Errorf("%+v", e)
	}
	invite, id := dial(ph, p, "100")
	gone.Store(false)
	eventually(t, "the call names what is seen", func() bool {
		return ph.OffersAudioAt(id) == siptest.Translated(audioAt(t, invite))
	})
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// TestReserveIsOpenedLater: while all ports are taken there is none in reserve; later there is.
func TestReserveIsOpenedLater(t *testing.T) {
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	taken, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	port := taken.LocalAddr().(*net.UDPAddr).Port &^ 1
	sip.SetSTUNRetried(t, 5*time.Millisecond)
	ph := newPhone(t, p, withSTUN(server.Addr()), func(c *setup) { c.RTPPorts = [2]int{port, port + 1} })
	eventually(t, "no ports are free", ph.TriesPorts)
	_ = taken.Close()
	reserved(ph)
}
