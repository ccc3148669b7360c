package sip_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

func withSTUN(server string) func(*setup) { return func(c *setup) { c.Account.STUN = server } }

// audioAt is where a session description has audio go.
func audioAt(t *testing.T, m siptest.Message) netip.AddrPort {
	t.Helper()
	var host string
	var port uint16
	for line := range strings.Lines(m.Body()) {
		fmt.Sscanf(line, "c=IN IP4 %s", &host)
		fmt.Sscanf(line, "m=audio %d", &port)
	}
	return netip.AddrPortFrom(netip.MustParseAddr(host), port)
}

// reserved is where the STUN server sees the ports of the next call.
func reserved(ph *phone) (seen netip.AddrPort) {
	ph.t.Helper()
	eventually(ph.t, "the STUN server is asked ahead", func() bool {
		port, at, known := ph.Reserved()
		seen = at
		return known && at == siptest.Translated(port)
	})
	return seen
}

// TestOfferedAddressBySTUN: calls name the address that the STUN server sees, those that are dialed and those that are answered. Their ports
// were asked about before, so that nothing waits.
func TestOfferedAddressBySTUN(t *testing.T) {
	interop.Proves(t, "S4.7")
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	ph := newPhone(t, p, withSTUN(server.Addr()))
	if e := next[sip.STUNChanged](ph); e.Seen != netip.MustParseAddr("203.0.113.7") || e.Account == "" || e.Server != server.Addr() || !e.Reason.IsZero() {
		t.Errorf("%+v", e)
	}
	seen := reserved(ph)
	invite, id := dial(ph, p, "100")
	if got := audioAt(t, invite); got != seen {
		t.Errorf("offered %v, seen at %v", got, seen)
	}
	ph.must(ph.Hold(id))
	again := p.Await("INVITE sip:b@")
	if got := audioAt(t, again); got != seen {
		t.Errorf("held at %v, seen at %v", got, seen)
	}
	accept(p, again, "recvonly")
	p.Await("ACK")
	second := reserved(ph)
	c, other := ring(ph, p)
	ph.must(ph.Answer(other))
	if got := audioAt(t, c.Answered()); got != second || got == seen {
		t.Errorf("answered at %v, seen at %v", got, second)
	}
	c.Bye()
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// TestSilentSTUNServer: nobody waits for a server that says nothing. The call has the own address, and the one that is seen from its next
// offer on, once the server has answered.
func TestSilentSTUNServer(t *testing.T) {
	interop.Proves(t, "S4.7")
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	server.Silence(true)
	ph := newPhone(t, p, withSTUN(server.Addr()))
	invite, id := dial(ph, p, "100")
	own := audioAt(t, invite)
	if !own.Addr().IsLoopback() {
		t.Errorf("offered %v", own)
	}
	server.Silence(false)
	eventually(t, "the late answer is there", func() bool { return ph.OffersAudioAt(id) == siptest.Translated(own) })
	ph.must(ph.Hold(id))
	again := p.Await("INVITE sip:b@")
	if got := audioAt(t, again); got != siptest.Translated(own) {
		t.Errorf("offered %v, then %v", own, got)
	}
	accept(p, again, "recvonly")
	p.Await("ACK")
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// TestSTUNServerNotFound: the agent is told once, and calls go on.
func TestSTUNServerNotFound(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, withSTUN("stun.example.invalid:3478"), func(c *setup) { c.Resolver = dns{} })
	if e := next[sip.STUNChanged](ph); !e.Reason.Is("sip.stun.name") || e.Seen.IsValid() {
		t.Errorf("%+v", e)
	}
	invite, id := dial(ph, p, "100")
	if got := audioAt(t, invite); !got.Addr().IsLoopback() {
		t.Errorf("offered %v", got)
	}
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
	ph.must(ph.SetAccount(account(p))) // without a server there is nothing to tell
	if e := next[sip.STUNChanged](ph); !e.Reason.IsZero() || e.Server != "" {
		t.Errorf("%+v", e)
	}
}

// TestSTUNServerIsFoundLater: a name that is not known yet is looked up again, and what is seen is told.
func TestSTUNServerIsFoundLater(t *testing.T) {
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	var gone atomic.Bool
	gone.Store(true)
	_, port, _ := net.SplitHostPort(server.Addr())
	ph := newPhone(t, p, withSTUN("audio.example:"+port), func(c *setup) { c.Resolver = dns{gone: &gone} })
	if e := next[sip.STUNChanged](ph); !e.Reason.Is("sip.stun.name") {
		t.Errorf("%+v", e)
	}
	gone.Store(false)
	ph.forward(31 * time.Second)
	if e := next[sip.STUNChanged](ph); !e.Reason.IsZero() || !e.Seen.IsValid() {
		t.Errorf("%+v", e)
	}
	reserved(ph)
}

// TestMovedCallIsSeenAnew: in another network the ports are asked about again, and what is seen there is offered.
func TestMovedCallIsSeenAnew(t *testing.T) {
	interop.Proves(t, "S4.7")
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	ph := newPhone(t, p, withSTUN(server.Addr()))
	reserved(ph)
	c, id := talk(ph, p)
	if moved, err := ph.Move(id, netip.MustParseAddr("127.0.0.2")); err != nil || !moved {
		t.Fatal(moved, err)
	}
	var got netip.AddrPort
	for got.Addr() != netip.MustParseAddr("203.0.113.7") {
		m := p.Await("INVITE sip:")
		got = audioAt(t, m)
		accept(p, m, "sendrecv")
		p.Await("ACK")
	}
	settled(ph, id)
	c.Bye()
}
