package sdp

import (
	"net/netip"
	"strings"
	"testing"

	"linecard/sip/ice"
)

// searched is an agreement about ICE between two sessions, with the answer to the first offer.
func searched(t *testing.T, a, b *Session) (first Media, answer []byte) {
	t.Helper()
	answer, _, err := b.Answer(a.Offer(SendRecv), SendRecv)
	if err == nil {
		first, err = a.ReadAnswer(answer)
	}
	if err != nil || first.ICE == nil {
		t.Fatalf("no ICE: %v", err)
	}
	return first, answer
}

// TestRefusedSearch: another search that the other side did not take changes nothing: not for a refresh of the session, and not for what the other side offers. The next
// offer of ours begins it.
func TestRefusedSearch(t *testing.T) {
	a, b := seeking(ICEOffered), seeking(ICEAnswered)
	first, answer := searched(t, a, b)
	a.SeekAnew()
	a.Offer(SendRecv)
	if m, err := a.ReadRefresh(answer); err != nil || !m.ICE.Same(first.ICE) {
		t.Errorf("refreshed: %v, %+v, not %+v", err, m.ICE, first.ICE)
	}
	a.Offer(SendRecv)
	said, m, err := a.Answer(b.Offer(SendOnly), SendRecv)
	if err != nil || !m.ICE.Same(first.ICE) || !strings.Contains(string(said), "a=ice-ufrag:"+first.ICE.Ours.Name) {
		t.Errorf("answered: %v, %+v, not %+v:\n%s", err, m.ICE, first.ICE, said)
	}
	if again := string(a.Offer(SendRecv)); strings.Contains(again, "a=ice-ufrag:"+first.ICE.Ours.Name) {
		t.Errorf("the search is not begun:\n%s", again)
	}
}

// TestReportsAreListed: what a STUN server has told of the ports, half of it or two addresses, makes no mismatch.
func TestReportsAreListed(t *testing.T) {
	host, reports := netip.MustParseAddrPort("192.0.2.1:4000"), netip.MustParseAddrPort("192.0.2.1:4001")
	seen := netip.MustParseAddrPort("203.0.113.1:9000")
	for name, c := range map[string]struct {
		rtcp netip.AddrPort
		port uint16
		says string
	}{
		"the sound's alone": {netip.AddrPort{}, 0, "a=rtcp:4001 IN IP4 192.0.2.1\r\n"},
		"elsewhere":         {netip.MustParseAddrPort("203.0.113.2:9001"), 0, "a=rtcp:9001 IN IP4 203.0.113.2\r\n"},
		"both":              {netip.MustParseAddrPort("203.0.113.1:9007"), 9007, "a=rtcp:9007\r\n"},
	} {
		own := append(ice.Candidates(ice.RTP, host, seen), ice.Candidates(ice.RTCP, reports, c.rtcp)...)
		a := New(Config{Addr: host, ICE: ICEOffered})
		a.Seek(own)
		a.Move(seen, c.port)
		offer := a.Offer(SendRecv)
		if !strings.Contains(string(offer), c.says) || strings.Count(string(offer), "a=rtcp:") != 1 {
			t.Errorf("%s: offered\n%s", name, offer)
		}
		answer, m, err := seeking(ICEAnswered).Answer(offer, SendRecv)
		if err != nil || m.ICE == nil || strings.Contains(string(answer), "ice-mismatch") {
			t.Errorf("%s: %v, answered\n%s", name, err, answer)
		}
		b := New(Config{Addr: host, ICE: ICEAnswered})
		b.Seek(own)
		b.Move(seen, c.port)
		other := seeking(ICEOffered)
		if answer, _, err = b.Answer(other.Offer(SendRecv), SendRecv); err != nil {
			t.Fatal(err)
		}
		if m, err = other.ReadAnswer(answer); err != nil || m.ICE == nil {
			t.Errorf("%s: %v, no ICE by\n%s", name, err, answer)
		}
	}
}

// TestMovedSessionIsPutBack: the candidates go with the address that stays.
func TestMovedSessionIsPutBack(t *testing.T) {
	a, b := seeking(ICEOffered), seeking(ICEAnswered)
	first, _ := searched(t, a, b)
	kept := a.Keep()
	at := netip.MustParseAddrPort("198.51.100.1:5000")
	a.Move(at, 0)
	a.Seek(append(ice.Candidates(ice.RTP, at, netip.AddrPort{}), ice.Candidates(ice.RTCP, netip.MustParseAddrPort("198.51.100.1:5001"), netip.AddrPort{})...))
	a.PutBack(kept)
	offer := string(a.Offer(SendRecv))
	if !strings.Contains(offer, " 198.51.100.1 5000 typ host") || strings.Contains(offer, "192.0.2.1 4000 typ") || strings.Contains(offer, "a=ice-ufrag:"+first.ICE.Ours.Name) {
		t.Errorf("offered\n%s", offer)
	}
	kept = a.Keep()
	a.PutBack(kept)
	if again := string(a.Offer(SendRecv)); again[strings.Index(again, "a=ice-ufrag"):] != offer[strings.Index(offer, "a=ice-ufrag"):] {
		t.Errorf("without a move there is another search:\n%s", again)
	}
}
