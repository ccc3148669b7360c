package sip_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// forwarding is a phone with an account that forwards its calls.
func forwarding(t *testing.T, f sip.Forward, change ...func(*setup)) (*siptest.Peer, *phone) {
	t.Helper()
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, append([]func(*setup){func(s *setup) { s.Account.Forward = f }}, change...)...)
	return p, ph
}

// ringWith calls the phone with further headers, as the server.
func ringWith(p *siptest.Peer, from, headers string) *siptest.Caller {
	c := p.Call(from)
	far := listenRTP(p.T())
	c.Send("INVITE", headers, siptest.SDP(far.port, "sendrecv"))
	return c
}

// sentOn waits until the caller is sent on, and fails unless it is to a number and for a reason.
func sentOn(p *siptest.Peer, c *siptest.Caller, number, reason string) {
	p.T().Helper()
	m := p.Await("SIP/2.0 302")
	c.Learn(m)
	if contact := m.Header("Contact"); !strings.Contains(contact, "sip:"+number+"@"+p.Addr()) {
		p.T().Errorf("sent on to %s, want %s", contact, number)
	}
	if by := m.Header("Diversion"); !strings.HasPrefix(by, "<sip:2041@127.0.0.1>") || !strings.HasSuffix(by, ";reason="+reason) {
		p.T().Errorf("sent on by %s, want for %s", by, reason)
	}
	c.Send("ACK", "", "")
}

func TestCallsAreForwarded(t *testing.T) {
	interop.Proves(t, "S3.16")
	for name, c := range map[string]struct {
		forward sip.Forward
		dnd     bool
		rings   bool // before that
		to, why string
	}{
		"always":                        {sip.Forward{Always: "2060", Busy: "2061", NoAnswer: "2062"}, false, false, "2060", "unconditional"},
		"always, in do not disturb":     {sip.Forward{Always: "2060", Busy: "2061"}, true, false, "2060", "unconditional"},
		"busy, by do not disturb":       {sip.Forward{Busy: "2061"}, true, false, "2061", "user-busy"},
		"nobody answers":                {sip.Forward{Busy: "2061", NoAnswer: "2062", After: 20 * time.Millisecond}, false, true, "2062", "no-answer"},
		"the number as people write it": {sip.Forward{Always: "+1 415 555 0188"}, false, false, "+14155550188", "unconditional"},
	} {
		t.Run(name, func(t *testing.T) {
			p, ph := forwarding(t, c.forward)
			ph.must(ph.SetDND(c.dnd))
			call := ringWith(p, "<sip:bob@example.com>", "")
			e := next[sip.CallIncoming](ph)
			if e.Refused == c.rings {
				t.Errorf("told as %+v", e)
			}
			sentOn(p, call, c.to, c.why)
			end := next[sip.CallEnded](ph)
			if end.ID != e.ID || end.Reason != sip.EndForwarded || end.Code != 302 || end.Text.Values["number"] != c.to {
				t.Errorf("ended %+v", end)
			}
			eventually(t, "no tone plays", func() bool { return len(ph.audio.playing()) == 0 })
		})
	}
}

// While every line is in use a call goes to the number for that.
func TestCallsAreForwardedWhileTheLinesAreInUse(t *testing.T) {
	p, ph := forwarding(t, sip.Forward{Busy: "2061"}, func(s *setup) { s.Account.Lines = 1 })
	c, _ := talk(ph, p)
	second := ringWith(p, "<sip:carol@example.com>", "")
	sentOn(p, second, "2061", "user-busy")
	if end := next[sip.CallEnded](ph); end.Reason != sip.EndForwarded {
		t.Errorf("ended %+v", end)
	}
	c.Bye()
}

// A call that would come back here rings: forwarded to the caller, to ourselves, or by somebody whom we forward to.
func TestForwardedCallsDoNotRunInCircles(t *testing.T) {
	for name, c := range map[string]struct{ to, from, headers string }{
		"to ourselves":            {"2041", "<sip:bob@example.com>", ""},
		"to the caller":           {"2060", "<sip:2060@example.com>", ""},
		"to whom it comes from":   {"2060", "<sip:bob@example.com>", "Diversion: <sip:2060@example.com>;reason=unconditional\n"},
		"it was here before":      {"2060", "<sip:bob@example.com>", "Diversion: <sip:2070@example.com>;reason=no-answer, <sip:2041@example.com>;reason=unconditional\n"},
		"by the history":          {"2060", "<sip:bob@example.com>", "History-Info: <sip:2060@example.com>;index=1, <sip:2041@example.com>;index=1.1\n"},
		"a number that cannot be": {"20 60 x", "<sip:bob@example.com>", ""},
		"the server of somebody":  {"2060@elsewhere.example.com", "<sip:bob@example.com>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, ph := forwarding(t, sip.Forward{Always: c.to})
			call := ringWith(p, c.from, c.headers)
			call.Learn(p.Await("SIP/2.0 180"))
			if e := next[sip.CallIncoming](ph); e.Refused {
				t.Errorf("told as %+v", e)
			}
		})
	}
}

// Numbers are the same by what they are, and not by how the phone system and the agent write them.
func TestForwardedCallsKnowOtherSpellings(t *testing.T) {
	spelled := func(s *setup) {
		s.SameNumber = func(_, told, to string) bool { return strings.TrimLeft(told, "+1") == strings.TrimLeft(to, "+19") }
	}
	const national = "4155550188"
	for name, c := range map[string]struct{ from, headers string }{
		"the caller":     {"<sip:+1" + national + "@example.com>", ""},
		"the diversion":  {"<sip:bob@example.com>", "Diversion: <sip:1" + national + "@example.com>;reason=unconditional\n"},
		"the history":    {"<sip:bob@example.com>", "History-Info: <sip:+1" + national + "@example.com>;index=1, <sip:2041@example.com>;index=1.1\n"},
		"another caller": {"<sip:+14155550199@example.com>", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, ph := forwarding(t, sip.Forward{Always: "9" + national}, spelled)
			call := ringWith(p, c.from, c.headers)
			if name == "another caller" {
				sentOn(p, call, "9"+national, "unconditional")
				return
			}
			call.Learn(p.Await("SIP/2.0 180"))
			if e := next[sip.CallIncoming](ph); e.Refused {
				t.Errorf("told as %+v", e)
			}
		})
	}
}

// A change holds for the call that rings: it is not forwarded once the agent has stopped that, and one that is answered in time neither.
func TestForwardingThatIsStopped(t *testing.T) {
	p, ph := forwarding(t, sip.Forward{NoAnswer: "2062", After: time.Minute})
	call := ringWith(p, "<sip:bob@example.com>", "")
	call.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.SetAccount(account(p)))
	ph.forward(2 * time.Minute)
	if m, ok := p.Within(50*time.Millisecond, "SIP/2.0 302"); ok {
		t.Errorf("forwarded:\n%s", m.Text)
	}
	ph.must(ph.Answer(id))
	call.Answered()
	call.Bye()
}

// Who calls directly is told no number: not always, and not with every line in use.
func TestStrangersAreNotForwarded(t *testing.T) {
	p, ph := forwarding(t, sip.Forward{Always: "2060", Busy: "2061"}, func(s *setup) { s.Account.Trust.Direct = true })
	eve := from(t, p, "127.0.0.66")
	eve.Invite()
	eve.Ringing()
	if e := next[sip.CallIncoming](ph); e.Refused {
		t.Errorf("told as %+v", e)
	}
}
