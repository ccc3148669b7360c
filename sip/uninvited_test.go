package sip_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// from has a peer at another address than the server's call the phone.
func from(t testing.TB, p *siptest.Peer, ip string) *siptest.Caller {
	t.Helper()
	c := p.Call("<sip:+14155550101@example.com>")
	c.Peer = siptest.NewPeerAt(t, ip)
	c.CallID = ip + c.CallID
	return c
}

// A flood of a stranger's takes no line and leaves no call; the desk hears of it once, and the phone keeps count.
func TestUninvitedCalls(t *testing.T) {
	interop.Proves(t, "S8.3")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	eve := from(t, p, "127.0.0.66")
	for i := range 300 {
		eve.CallID = fmt.Sprintf("eve-%d", i)
		eve.Invite()
		if i%100 == 0 {
			p.Call(fmt.Sprintf("<sip:%d@example.com>", i)).Ringing() // a call of the server's
			e := next[sip.CallIncoming](ph)
			if e.Refused || e.Party.User != fmt.Sprint(i) {
				t.Errorf("incoming %+v", e)
			}
			ph.must(ph.Hangup(e.ID))
			next[sip.CallEnded](ph)
			p.Await("SIP/2.0 486")
		}
	}
	from(t, p, "127.0.0.67").Invite()
	eventually(t, "all are counted", func() bool {
		all := ph.Uninvited("")
		return len(all) == 2 && all[0].Count+all[1].Count == 301
	})
	all := ph.Uninvited("")
	if len(all) != 2 || all[1].Count != 300 || all[1].From != netip.MustParseAddr("127.0.0.66") || time.Since(all[0].Last) > time.Minute {
		t.Errorf("uninvited: %+v", all)
	}
	if len(ph.Uninvited("nobody@nowhere")) > 0 {
		t.Error("an account that is none counts")
	}
	eve.Peer.Quiet(50 * time.Millisecond)
}

// A scanner calls again and again. Another edge of the phone system, which calls once, is told all the same, and the calls that came in
// a pause are told at its end.
func TestAScannerHidesNobody(t *testing.T) {
	sip.SetTellUninvited(t, time.Minute)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	scanner := from(t, p, "127.0.0.66")
	scan := func() {
		scanner.CallID += "x"
		scanner.Invite()
	}
	scan()
	if e := next[sip.UninvitedCalls](ph); e.From != netip.MustParseAddr("127.0.0.66") || e.Count != 1 {
		t.Errorf("told %+v", e)
	}
	scan()
	edge := from(t, p, "127.0.0.67")
	edge.Invite()
	if e := next[sip.UninvitedCalls](ph); e.From != netip.MustParseAddr("127.0.0.67") {
		t.Errorf("told %+v", e)
	}
	edge.CallID += "x"
	edge.Invite()
	eventually(t, "all are counted", func() bool {
		all := ph.Uninvited("")
		return len(all) == 2 && all[0].Count == 2 && all[1].Count == 2
	})
	ph.forward(time.Minute)
	told := map[string]int{}
	for range 2 {
		e := next[sip.UninvitedCalls](ph)
		told[e.From.String()] = e.Count
	}
	if told["127.0.0.66"] != 2 || told["127.0.0.67"] != 2 {
		t.Errorf("told at the end of the pause: %v", told)
	}
	ph.forward(2 * time.Minute)
	if e, more := within[sip.UninvitedCalls](ph, 50*time.Millisecond); more {
		t.Errorf("told again without another call: %+v", e)
	}
}

// A flood of addresses is told in part.
func TestAFloodOfStrangersIsToldInPart(t *testing.T) {
	sip.SetTellUninvited(t, time.Hour)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	for i := range 20 {
		from(t, p, fmt.Sprintf("127.0.1.%d", i+1)).Invite()
	}
	eventually(t, "all are counted", func() bool { return len(ph.Uninvited("")) == 20 })
	for range 4 {
		next[sip.UninvitedCalls](ph)
	}
	if e, more := within[sip.UninvitedCalls](ph, 50*time.Millisecond); more {
		t.Errorf("more than four of 20 addresses are told at once: %+v", e)
	}
}

// An INVITE that gets no answer is repeated ten times over half a minute. It is one call.
func TestUninvitedCallCountsOnce(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	eve := from(t, p, "127.0.0.66")
	invite := eve.Text("INVITE", "", siptest.SDP(4000, "sendrecv"))
	for range 11 {
		eve.Peer.Send(eve.To, invite)
	}
	eve.CallID += "again"
	eve.Invite()
	eve.Seq-- // with another branch
	eve.Invite()
	from(t, p, "127.0.0.67").Invite()
	eventually(t, "both addresses are counted", func() bool { return len(ph.Uninvited("")) == 2 })
	if all := ph.Uninvited(""); all[1].Count != 2 {
		t.Errorf("uninvited: %+v", all)
	}
}

// Many addresses, each once: only so many are kept.
func TestUninvitedAddressesAreBounded(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	for i := range 40 {
		from(t, p, fmt.Sprintf("127.0.1.%d", i+1)).Invite()
	}
	last := from(t, p, "127.0.0.66")
	eventually(t, "the last one is counted", func() bool {
		last.CallID += "x"
		last.Invite()
		all := ph.Uninvited("")
		return len(all) == 32 && all[0].From == netip.MustParseAddr("127.0.0.66")
	})
}

// Calls from an address are accepted from now on. Nothing of the account's own is disturbed: a call that rings goes on.
func TestAcceptCallsFrom(t *testing.T) {
	p := siptest.NewPeer(t)
	a := account(p)
	ph := newPhone(t, p)
	rings := p.Call("<sip:bob@example.com>")
	rings.Ringing()
	next[sip.CallIncoming](ph)
	edge := from(t, p, "127.0.0.66")
	edge.Invite()
	e := next[sip.UninvitedCalls](ph)
	if e.Account != a.ID() || e.From != netip.MustParseAddr("127.0.0.66") || e.Count != 1 {
		t.Errorf("event %+v", e)
	}
	a.Trust.From = []netip.Prefix{netip.PrefixFrom(e.From, 32)}
	ph.must(ph.SetAccount(a))
	edge.CallID += "again"
	edge.Ringing()
	if in := next[sip.CallIncoming](ph); in.Party.User != "+14155550101" {
		t.Errorf("incoming %+v", in)
	}
	if all := ph.Uninvited(""); len(all) > 0 {
		t.Errorf("still listed: %+v", all)
	}
	rings.Send("CANCEL", "", "")
	p.Await("SIP/2.0 487")
}

// Direct calls leave the last line to the server, and one that finds none is not in the history.
func TestDirectCallsLeaveALine(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.Trust.Direct = true })
	eve := from(t, p, "127.0.0.66")
	eve.URI = "sip:2041@" + eve.To.String()
	eve.Ringing()
	next[sip.CallIncoming](ph)
	more := from(t, p, "127.0.0.67")
	more.URI = eve.URI
	more.Invite()
	more.Peer.Await("SIP/2.0 486")
	p.Call("<sip:bob@example.com>").Ringing()
	if in := next[sip.CallIncoming](ph); in.Refused || in.Party.User != "bob" {
		t.Errorf("incoming %+v", in)
	}
}
