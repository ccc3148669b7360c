package sdp

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/test/interop"
)

// drawCodecs is some codecs in some order, so that two phones need not know the same.
func drawCodecs(t *rapid.T, label string) []Codec {
	all := []Codec{
		PCMU, PCMA,
		{Name: "G722", ClockRate: 8000, Type: 9},
		{Name: "opus", ClockRate: 48000, Channels: 2, Type: 111, Fmtp: "useinbandfec=1"},
		{Name: "speex", ClockRate: 16000, Type: 101}, // where others have telephone-event
	}
	perm := rapid.Permutation(all).Draw(t, label)
	return perm[:rapid.IntRange(1, len(perm)).Draw(t, label+" known")]
}

func drawDirection(t *rapid.T, label string) Direction {
	return rapid.SampledFrom([]Direction{Inactive, SendOnly, RecvOnly, SendRecv}).Draw(t, label)
}

// TestTwoPhonesAgree: whatever two phones of ours know and wish for, offer after offer in either direction, both come to
// the same codec, to numbers the other one listens on, and to directions that fit together; or they have no codec in common.
func TestTwoPhonesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := [2][]Codec{drawCodecs(t, "a"), drawCodecs(t, "b")}
		var phone [2]*Session
		for i := range phone {
			addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)}), uint16(2*rapid.IntRange(512, 32767).Draw(t, "port")))
			phone[i] = New(Config{Addr: addr, Codecs: known[i], NoDTMF: rapid.Bool().Draw(t, "no dtmf")})
		}
		common := slices.ContainsFunc(known[0], func(c Codec) bool { return slices.ContainsFunc(known[1], c.is) })
		for round := range rapid.IntRange(1, 5).Draw(t, "rounds") {
			i := rapid.IntRange(0, 1).Draw(t, "offerer")
			a, b := phone[i], phone[1-i]
			offerDir, wish := drawDirection(t, "offered"), drawDirection(t, "wish")
			offer := a.Offer(offerDir)
			answer, mb, err := b.Answer(offer, wish)
			if !common {
				if !errors.Is(err, ErrNoCommonCodec) {
					t.Fatalf("round %d: %v for phones without a common codec", round, err)
				}
				return
			}
			if err != nil {
				t.Fatalf("round %d: our own offer is refused: %v\n%s", round, err, offer)
			}
			ma, err := a.ReadAnswer(answer)
			if err != nil {
				t.Fatalf("round %d: our own answer is refused: %v\n%s", round, err, answer)
			}
			if !ma.Send.is(mb.Send.Codec) {
				t.Fatalf("codecs %s and %s", ma.Send.Name, mb.Send.Name)
			}
			if ma.Direction != mb.Direction.reversed() {
				t.Fatalf("directions %s and %s", ma.Direction, mb.Direction)
			}
			if ma.Direction&^offerDir != 0 || mb.Direction&^wish != 0 {
				t.Fatalf("more than was wished: %s of %s, %s of %s", ma.Direction, offerDir, mb.Direction, wish)
			}
			listens := func(m, other Media) {
				if !slices.ContainsFunc(other.Receive, func(f Format) bool { return f.PayloadType == m.Send.PayloadType && f.is(m.Send.Codec) }) {
					t.Fatalf("sends %s as %d, but the other listens for %v", m.Send.Name, m.Send.PayloadType, other.Receive)
				}
				if m.DTMFSend != other.DTMFReceive {
					t.Fatalf("sends keys as %d, but the other listens on %d", m.DTMFSend, other.DTMFReceive)
				}
			}
			listens(ma, mb)
			listens(mb, ma)
			strict(t, offer)
			strict(t, answer)
		}
	})
}

// TestEveryLineIsAnswered: an offer with any mix of streams gets as many lines back, of the same kinds in the same order,
// with at most one of them accepted.
func TestEveryLineIsAnswered(t *testing.T) {
	interop.Proves(t, "S2.6")
	interop.Proves(t, "S4.9")
	rapid.Check(t, func(t *rapid.T) {
		var said []string
		n := rapid.IntRange(1, 8).Draw(t, "lines")
		for range n {
			kind := rapid.SampledFrom([]string{"audio", "video", "text", "message", "application", "image"}).Draw(t, "kind")
			proto := rapid.SampledFrom([]string{"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "UDP/TLS/RTP/SAVPF", "udptl"}).Draw(t, "proto")
			port := rapid.SampledFrom([]int{0, 9, 6000, 65535}).Draw(t, "port")
			pt := rapid.SampledFrom([]string{"0", "8", "0 8 18", "18", "111", "t38", "*"}).Draw(t, "formats")
			said = append(said, fmt.Sprintf("m=%s %d %s %s", kind, port, proto, pt))
			if rapid.Bool().Draw(t, "attribute") {
				said = append(said, "a="+drawDirection(t, "direction").String())
			}
		}
		offer := peer(said...)
		body, m, err := newSession().Answer(offer, SendRecv)
		if err != nil {
			return
		}
		mustAnswer(t, offer, body, m)
	})
}

// mustAnswer holds what is true of every answer.
func mustAnswer(t interface{ Fatalf(string, ...any) }, offer, body []byte, m Media) {
	o, err := parse(offer)
	if err != nil {
		t.Fatalf("an answer to something unreadable: %v", err)
	}
	a, err := parse(body)
	if err != nil {
		t.Fatalf("our answer is unreadable: %v\n%q", err, body)
	}
	if len(a.media) != len(o.media) {
		t.Fatalf("%d lines for %d", len(a.media), len(o.media))
	}
	accepted := 0
	for i := range a.media {
		if a.media[i].kind != o.media[i].kind || a.media[i].proto != o.media[i].proto {
			t.Fatalf("line %d: %s %s for %s %s", i, a.media[i].kind, a.media[i].proto, o.media[i].kind, o.media[i].proto)
		}
		if a.media[i].port != 0 {
			accepted++
		}
	}
	if accepted != 1 || m.Port == 0 || len(m.Receive) == 0 || m.Host == "" {
		t.Fatalf("%d lines accepted, agreed on %+v", accepted, m)
	}
	if strings.Count(string(body), "\r\n") != strings.Count(string(body), "\n") || strings.Count(string(body), "\r") != strings.Count(string(body), "\n") {
		t.Fatalf("a line of the offer broke out of its place: %q", body)
	}
}

func seeds(f *testing.F) {
	for _, s := range [][]byte{
		newSession().Offer(SendRecv),
		peer("m=audio 6000 RTP/AVP 0 8 101", "a=rtpmap:101 telephone-event/8000", "a=sendonly", "a=rtcp:7000 IN IP4 192.0.2.3"),
		peer("m=audio 6010 RTP/SAVP 0", "a=crypto:1 x", "m=audio 6000/2 RTP/AVPF 98", "a=rtpmap:98 pcma/8000/1", "c=IN IP4 0.0.0.0", "m=video 0 RTP/AVP 31"),
		lines("v=0", "o=bob x y IN IP6 ::1", "s=", "c=IN IP6 ff02::1/127", "t=0 0", "m=audio 65535 RTP/AVP 0", "a=ptime:20.0", "a=maxptime:5"),
		[]byte("v=0\nm=audio 1 RTP/AVP 0"),
	} {
		f.Add(s)
	}
}

// FuzzAnswer throws anything at a phone as an offer, and the same once more as the re-INVITE.
func FuzzAnswer(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, offer []byte) {
		s := newSession()
		for range 2 {
			body, m, err := s.Answer(offer, SendRecv)
			if err != nil {
				return
			}
			mustAnswer(t, offer, body, m)
			s.Offer(SendOnly)
		}
	})
}

// FuzzReadAnswer throws anything at a phone as an answer.
func FuzzReadAnswer(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, answer []byte) {
		s := newSession()
		s.Offer(SendRecv)
		m, err := s.ReadAnswer(answer)
		if err == nil && (m.Port == 0 || m.Host == "" || len(m.Receive) == 0 || m.Ptime < minPtime || m.Send.Name == "") {
			t.Fatalf("agreed on %+v", m)
		}
	})
}
