package sip_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

func TestOutboundCall(t *testing.T) {
	peer := siptest.NewPeer(t)
	ph := newPhone(t, peer)
	id, err := ph.Dial("+1 (415) 555-0100")
	ph.must(err)
	d := next[sip.CallDialing](ph)
	if d.ID != id || d.Party.User != "+14155550100" {
		t.Errorf("dialing %+v", d)
	}
	invite := peer.Recv("INVITE sip:+14155550100@")
	peer.Reply(invite, "100 Trying", "")
	peer.Reply(invite, "180 Ringing", "")
	if p := next[sip.CallProgress](ph); p.EarlyMedia {
		t.Errorf("progress %+v", p)
	}
	eventually(t, "ringback plays", func() bool { return len(ph.audio.playing()) == 1 })
	accept(peer, invite, "sendrecv")
	peer.Recv("ACK")
	if a := next[sip.CallAnswered](ph); a.Codec != "PCMU" {
		t.Errorf("answered %+v", a)
	}
	eventually(t, "ringback stops", func() bool { return len(ph.audio.playing()) == 0 })
	ph.must(ph.Hangup(id))
	peer.Reply(peer.Recv("BYE"), "200 OK", "")
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndLocal {
		t.Errorf("ended %+v", e)
	}
}

func TestEarlyMedia(t *testing.T) {
	interop.Proves(t, "S2.2")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	p.Reply(invite, "180 Ringing", "")
	next[sip.CallProgress](ph)
	eventually(t, "ringback", func() bool { return len(ph.audio.playing()) == 1 })
	p.ReplyTagged(invite, "183 Session Progress", "peer", "", siptest.SDP(4000, "sendrecv"))
	if pr := next[sip.CallProgress](ph); !pr.EarlyMedia {
		t.Errorf("progress %+v", pr)
	}
	eventually(t, "the far end's own tone", func() bool { return len(ph.audio.playing()) == 0 })
	p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", "") // answered before, not said again
	p.Await("ACK")
	if a := next[sip.CallAnswered](ph); a.Codec != "PCMU" {
		t.Errorf("answered %+v", a)
	}
}

func TestCancelledByUs(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	id, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	p.Reply(invite, "180 Ringing", "")
	next[sip.CallProgress](ph)
	ph.must(ph.Hangup(id))
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndCancelled {
		t.Errorf("ended %+v", e)
	}
	p.Reply(p.Await("CANCEL"), "200 OK", "")
	p.Reply(invite, "487 Request Terminated", "")
	p.Await("ACK")
}

func TestHowOutboundCallsEnd(t *testing.T) {
	for _, tc := range []struct {
		status, extra string
		want          sip.EndReason
		text          fault.Fault
		tone          string
	}{
		{"404 Not Found", "", sip.EndNotFound, fault.New("sip.ended.not-found", "number", "123"), "congestion"},
		{"484 Address Incomplete", "", sip.EndNotFound, fault.New("sip.ended.not-found", "number", "123"), "congestion"},
		{"486 Busy Here", "", sip.EndBusy, fault.New("sip.ended.busy", "number", "123"), "busy"},
		{"600 Busy Everywhere", "", sip.EndBusy, fault.New("sip.ended.busy", "number", "123"), "busy"},
		{"480 Temporarily Unavailable", "", sip.EndNoAnswer, fault.New("sip.ended.no-answer", "number", "123"), "congestion"},
		{"408 Request Timeout", "", sip.EndNoAnswer, fault.New("sip.ended.no-answer", "number", "123"), "congestion"},
		{"603 Decline", "", sip.EndDeclined, fault.New("sip.ended.declined", "number", "123"), "congestion"},
		{"403 Forbidden", "", sip.EndFailed, fault.New("sip.ended.not-allowed", "number", "123"), "congestion"},
		{"488 Not Acceptable Here", "", sip.EndFailed, fault.New("sip.ended.no-codec", "number", "123"), "congestion"},
		{"503 Service Unavailable", "", sip.EndFailed, fault.New("sip.ended.unavailable"), "congestion"},
		{"503 Service Unavailable", "Reason: Q.850;cause=17;text=\"User busy\"\n", sip.EndBusy, fault.New("sip.ended.busy", "number", "123"), "busy"},
		{"500 Oh\x01 no", "", sip.EndFailed, fault.New("sip.ended.server-problem", "status", "500 Oh no"), "congestion"},
		{"499 Odd", "", sip.EndFailed, fault.New("sip.ended.refused", "number", "123", "status", "499 Odd"), "congestion"},
	} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		_, err := ph.Dial("123")
		ph.must(err)
		p.Reply(p.Await("INVITE"), tc.status, tc.extra)
		if tc.text.Is("sip.ended.no-codec") { // it may have been the encryption, or the profile: each is offered
			for range 5 {
				p.Reply(p.Await("INVITE"), tc.status, tc.extra)
			}
		}
		e := next[sip.CallEnded](ph)
		if e.Reason != tc.want || !reflect.DeepEqual(e.Text, tc.text) {
			t.Errorf("%s: %q %v %v, want %q %v", tc.status, e.Reason, e.Text, e.Text.Values, tc.want, tc.text)
		}
		eventually(t, "a "+tc.tone+" tone", func() bool { return strings.Join(ph.audio.playing(), " ") == tc.tone })
	}
}

// An account with a caller ID asks the server to show it (RFC 3325 §9.2), with its name, whatever is in the name. Without one nothing is asked.
func TestTheIdentityThatIsPreferred(t *testing.T) {
	interop.Proves(t, "S7.5")
	for _, tt := range []struct{ callerID, name, want string }{
		{"", "Agent", ""},
		{"+14155550191", "Agent", `"Agent" <sip:+14155550191@`},
		{"4155550191", `O"Hara, Jo`, `"O\"Hara, Jo" <sip:4155550191@`},
		{"*31#", "", "<sip:*31%23@"},
	} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, func(c *setup) { c.Account.CallerID, c.Account.DisplayName = tt.callerID, tt.name })
		id, err := ph.Dial("1002")
		ph.must(err)
		invite := p.Recv("INVITE")
		p.Reply(invite, "486 Busy Here", "")
		p.Recv("ACK")
		if e := next[sip.CallEnded](ph); e.ID != id {
			t.Errorf("ended %+v", e)
		}
		if got := invite.Header("P-Preferred-Identity"); !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%q, %q: %q", tt.callerID, tt.name, got)
		}
	}
}

// The callee sees the number that was chosen for the call, in the header that the account has it in; one that is not the account's is refused.
func TestTheCallerIDOfACall(t *testing.T) {
	interop.Proves(t, "S7.5")
	list := []string{"+14155550101", "Sales <+14155550102>", "withheld"}
	for name, c := range map[string]struct {
		in, as               string
		ppi, pai, from, priv string
	}{
		"the standing one":       {"", "", `"Agent" <sip:+14155550100@127.0.0.1>`, "", `"Agent" <sip:2041@127.0.0.1>`, ""},
		"one of the list":        {"ppi", "+14155550101", `"Agent" <sip:+14155550101@127.0.0.1>`, "", `"Agent" <sip:2041@127.0.0.1>`, ""},
		"with its own name":      {"ppi", "+14155550102", `"Sales" <sip:+14155550102@127.0.0.1>`, "", `"Agent" <sip:2041@127.0.0.1>`, ""},
		"the standing one again": {"ppi", "+14155550100", `"Agent" <sip:+14155550100@127.0.0.1>`, "", `"Agent" <sip:2041@127.0.0.1>`, ""},
		"asserted":               {"pai", "+14155550102", "", `"Sales" <sip:+14155550102@127.0.0.1>`, `"Agent" <sip:2041@127.0.0.1>`, ""},
		"in From":                {"from", "+14155550102", "", "", `"Sales" <sip:+14155550102@127.0.0.1>`, ""},
		"withheld":               {"ppi", "withheld", "", "", `"Anonymous" <sip:2041@127.0.0.1>`, "id"},
		"Withheld":               {"", "Withheld", "", "", `"Anonymous" <sip:2041@127.0.0.1>`, "id"},
		"withheld, asserted":     {"pai", "withheld", "", "", `"Anonymous" <sip:2041@127.0.0.1>`, "id"},
		"withheld, in From":      {"from", "withheld", "", "", `"Anonymous" <sip:anonymous@anonymous.invalid>`, "id"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(s *setup) {
				s.Account.CallerID, s.Account.CallerIDs, s.Account.CallerIDIn = "+14155550100", list, c.in
			})
			_, err := ph.DialAs("", "1002", "", c.as)
			ph.must(err)
			invite := p.Recv("INVITE")
			p.Reply(invite, "486 Busy Here", "")
			p.Recv("ACK")
			next[sip.CallEnded](ph)
			from, _, _ := strings.Cut(invite.Header("From"), ";")
			for header, want := range map[string]string{"P-Preferred-Identity": c.ppi, "P-Asserted-Identity": c.pai, "Privacy": c.priv} {
				if got := invite.Header(header); got != want {
					t.Errorf("%s: %s, want %s", header, got, want)
				}
			}
			if from != c.from {
				t.Errorf("From: %s, want %s", from, c.from)
			}
		})
	}
	t.Run("the account's own is written in capitals", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, func(s *setup) { s.Account.CallerID, s.Account.CallerIDs = "WITHHELD", []string{"Nobody <Withheld>"} })
		for _, as := range []string{"", "withheld", "WithHeld"} {
			_, err := ph.DialAs("", "1002", "", as)
			ph.must(err)
			invite := p.Recv("INVITE")
			p.Reply(invite, "486 Busy Here", "")
			p.Recv("ACK")
			if strings.Contains(strings.ToLower(invite.Header("P-Preferred-Identity")), "withheld") || invite.Header("Privacy") != "id" {
				t.Errorf("as %q:\n%s", as, invite.Text)
			}
		}
	})
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) { s.Account.CallerIDs = list[:1] })
	for _, as := range []string{"+14155559999", "withheld", "x\r\nX: y"} {
		if _, err := ph.DialAs("", "1002", "", as); fault.Of(err).Code != "sip.caller-id-unknown" {
			t.Errorf("as %q: %v", as, err)
		}
	}
	if m, ok := p.Within(20*time.Millisecond, "INVITE"); ok {
		t.Errorf("called:\n%s", m.Text)
	}
}
