package sdp

import (
	"net/netip"
	"strings"
	"testing"

	"linecard/sip/ice"
	"linecard/test/interop"
)

// seeking is a session that has named its candidates.
func seeking(policy ICEPolicy) *Session {
	at := netip.MustParseAddrPort("192.0.2.1:4000")
	s := New(Config{Addr: at, ICE: policy})
	s.Seek(append(ice.Candidates(ice.RTP, at, netip.MustParseAddrPort("203.0.113.1:9000")), ice.Candidates(ice.RTCP, netip.MustParseAddrPort("192.0.2.1:4001"), netip.AddrPort{})...))
	return s
}

const iceOffer = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n" +
	"m=audio 6000 RTP/AVP 0\r\na=candidate:H 1 UDP 2130706431 192.0.2.9 6000 typ host\r\na=candidate:H 2 UDP 2130706430 192.0.2.9 6001 typ host\r\n" +
	"a=candidate:T 1 TCP 2130706431 192.0.2.9 9 typ host tcptype active\r\na=candidate:N 1 UDP 1 phone.local 6000 typ host\r\n"

// TestICEIsAnswered: an offer with candidates gets ours; one whose address is not among them, or that has none that can be used, goes on without.
func TestICEIsAnswered(t *testing.T) {
	interop.Proves(t, "S4.8")
	replace := strings.NewReplacer
	for name, c := range map[string]struct {
		offer      string
		policy     ICEPolicy
		components int    // 0 for no ICE
		says, not  string // what is in the answer, and what is not
	}{
		"two components":      {iceOffer, ICEAnswered, 2, "a=rtcp:4001", "a=ice-mismatch"},
		"reports on one port": {iceOffer + "a=rtcp-mux\r\n", ICEAnswered, 1, "a=candidate:2 1 UDP 1694498815 203.0.113.1 9000 typ srflx raddr 192.0.2.1 rport 4000", "192.0.2.1 4001"},
		"one component":       {replace("a=candidate:H 2 UDP 2130706430 192.0.2.9 6001 typ host\r\n", "").Replace(iceOffer), ICEAnswered, 1, "a=ice-ufrag:", "a=rtcp:"},
		"lite":                {replace("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n").Replace(iceOffer), ICEAnswered, 2, "a=ice-ufrag:", "a=ice-mismatch"},
		"lite by the media":   {iceOffer + "a=ice-lite\r\n", ICEAnswered, 2, "a=ice-ufrag:", "a=ice-mismatch"},
		"never":               {iceOffer, ICENever, 0, "m=audio 4000", "a=ice"},
		"another address":     {replace("c=IN IP4 192.0.2.9", "c=IN IP4 192.0.2.77").Replace(iceOffer), ICEAnswered, 0, "a=ice-mismatch", "a=candidate"},
		"a short password":    {replace("0123456789012345678901", "0123").Replace(iceOffer), ICEAnswered, 0, "m=audio 4000", "a=ice"},
		"no candidates":       {replace("a=candidate:H", "a=x:").Replace(iceOffer), ICEAnswered, 0, "m=audio 4000", "a=ice"},
		"held in the old way": {replace("c=IN IP4 192.0.2.9", "c=IN IP4 0.0.0.0").Replace(iceOffer), ICEAnswered, 2, "a=ice-ufrag:", "a=ice-mismatch"},
	} {
		body, m, err := seeking(c.policy).Answer([]byte(c.offer), SendRecv)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := 0
		if m.ICE != nil {
			got = m.ICE.Components
		}
		if got != c.components || !strings.Contains(string(body), c.says) || strings.Contains(string(body), c.not) {
			t.Errorf("%s: %d components in\n%s", name, got, body)
		}
		if m.ICE != nil && (m.ICE.Controlling != strings.HasPrefix(name, "lite") || len(m.ICE.Candidates) == 0 || m.ICE.Theirs.Name != "abcd") {
			t.Errorf("%s: %+v", name, m.ICE)
		}
	}
}

// TestICEIsOffered: between two of ours, and to a side that does not know it; a hold goes on with the same search, whoever restarts it gets another one.
func TestICEIsOffered(t *testing.T) {
	interop.Proves(t, "S4.8")
	a, b := seeking(ICEOffered), seeking(ICEAnswered)
	talk := func(from, to *Session, dir Direction) (Media, Media) {
		t.Helper()
		answer, theirs, err := to.Answer(from.Offer(dir), SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := from.ReadAnswer(answer)
		if err != nil {
			t.Fatal(err)
		}
		return ours, theirs
	}
	first, at := talk(a, b, SendRecv)
	if first.ICE == nil || at.ICE == nil || first.ICE.Ours != at.ICE.Theirs || first.ICE.Theirs != at.ICE.Ours || !first.ICE.Controlling || at.ICE.Controlling || first.ICE.Components != 2 {
		t.Fatalf("%+v, %+v", first.ICE, at.ICE)
	}
	held, _ := talk(a, b, SendOnly)
	if !held.ICE.Same(first.ICE) || !held.ICE.Controlling {
		t.Errorf("a hold searches anew: %+v", held.ICE)
	}
	theirs, ours := talk(b, a, SendRecv) // the other side's hold: roles stay
	if !ours.ICE.Same(first.ICE) || !ours.ICE.Controlling || theirs.ICE.Controlling {
		t.Errorf("%+v, %+v", ours.ICE, theirs.ICE)
	}
	b.SeekAnew()
	theirs, ours = talk(b, a, SendRecv)
	if ours.ICE.Same(first.ICE) || ours.ICE.Ours == first.ICE.Ours || ours.ICE.Theirs == first.ICE.Theirs || ours.ICE.Ours != theirs.ICE.Theirs {
		t.Errorf("a restart keeps %+v", ours.ICE)
	}

	offer := a.Offer(SendRecv) // and what becomes known before it is answered is in the next one
	a.Seek(ice.Candidates(ice.RTP, netip.MustParseAddrPort("192.0.2.1:4000"), netip.MustParseAddrPort("203.0.113.2:9")))
	answer, theirs, err := b.Answer(offer, SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	if ours, err := a.ReadAnswer(answer); err != nil || ours.ICE.Ours != theirs.ICE.Theirs {
		t.Errorf("%v: %+v, %+v", err, ours.ICE, theirs.ICE)
	}

	c, d := seeking(ICEOffered), seeking(ICENever)
	if plain, _ := talk(c, d, SendRecv); plain.ICE != nil {
		t.Errorf("%+v", plain.ICE)
	}
	if body := string(c.Offer(SendOnly)); strings.Contains(body, "a=candidate") {
		t.Errorf("offered again to a side that does not know it:\n%s", body)
	}
	if body := string(seeking(ICEAnswered).Offer(SendRecv)); strings.Contains(body, "a=ice") {
		t.Errorf("offered unasked:\n%s", body)
	}
}

func FuzzICE(f *testing.F) {
	f.Add([]byte(iceOffer))
	f.Add([]byte(strings.ReplaceAll(iceOffer, "192.0.2.9", "2001:db8::9")))
	f.Fuzz(func(t *testing.T, offer []byte) {
		s := seeking(ICEOffered)
		body, m, err := s.Answer(offer, SendRecv)
		if err != nil || m.ICE == nil {
			return
		}
		if len(m.ICE.Candidates) == 0 || len(m.ICE.Candidates) > mostCandidates || !strings.Contains(string(body), "a=ice-pwd:") {
			t.Errorf("%+v in\n%s", m.ICE, body)
		}
		for _, c := range m.ICE.Candidates {
			if again, ok := ice.ParseCandidate(c.String()); !ok || again.Addr != c.Addr {
				t.Errorf("%v is read as %v", c, again)
			}
		}
	})
}
