package sdp

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestForksAnswerOneByOne: two phones ring at the callee's; the second one is picked up.
func TestForksAnswerOneByOne(t *testing.T) {
	s := newSession()
	s.Offer(SendRecv)
	for _, port := range []string{"6000", "7000", "7000"} {
		m, err := s.ReadAnswer(peer("m=audio " + port + " RTP/AVP 8"))
		if err != nil || m.Port == 0 || m.Send.PayloadType != 8 {
			t.Fatalf("answer from %s: %+v, %v", port, m, err)
		}
	}
}

// TestHoldKeepsTheSession: a call that came with video, under numbers of the caller's, is held by us. The offer that says so
// has the same lines, the same numbers, the codec in use first, and says it as the next version (RFC 3264 §8).
func TestHoldKeepsTheSession(t *testing.T) {
	s := newSession()
	first, _, err := s.Answer(peer("m=video 6002 RTP/AVPF 31", "m=audio 6000 RTP/AVPF 8 96", "a=rtpmap:96 telephone-event/8000", "a=rtcp-mux"), SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	a, h := strict(t, first), strict(t, s.Offer(SendOnly))
	if h.Origin.SessionID != a.Origin.SessionID || h.Origin.SessionVersion != a.Origin.SessionVersion+1 {
		t.Errorf("o= went from %s to %s", a.Origin.String(), h.Origin.String())
	}
	var got []string
	for _, l := range h.MediaDescriptions {
		got = append(got, l.MediaName.String())
	}
	if diff := cmp.Diff([]string{"video 0 RTP/AVPF 31", "audio 40000 RTP/AVPF 8 0 96"}, got); diff != "" {
		t.Error(diff)
	}
	for _, key := range []string{"sendonly", "rtcp-mux"} {
		if _, ok := h.MediaDescriptions[1].Attribute(key); !ok {
			t.Errorf("the hold does not say %s", key)
		}
	}
	m, err := s.ReadAnswer(peer("m=video 0 RTP/AVPF 31", "m=audio 6000 RTP/AVPF 8 96", "a=rtpmap:96 telephone-event/8000", "a=recvonly"))
	if err != nil || m.Direction != SendOnly || m.RemoteHold || m.DTMFReceive != 96 {
		t.Errorf("after our hold: %+v, %v", m, err)
	}
}

// TestNumbersStayBound: telephone-event was 101 in our offer; the peer's later offer uses 101 for another codec of ours and
// 96 for telephone-event. In our direction 101 stays what it was (RFC 3264 §8.3.2), and 96 comes to be a second number of it.
func TestNumbersStayBound(t *testing.T) {
	s := newSession()
	s.Offer(SendRecv)
	_, m, err := s.Answer(peer("m=audio 6000 RTP/AVP 101 96", "a=rtpmap:101 PCMA/8000", "a=rtpmap:96 telephone-event/8000"), SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	if m.Send.PayloadType != 101 || m.Receive[0].PayloadType != 8 || m.DTMFSend != 96 || m.DTMFReceive != 96 {
		t.Errorf("send %d, receive %d, dtmf %d/%d", m.Send.PayloadType, m.Receive[0].PayloadType, m.DTMFSend, m.DTMFReceive)
	}
}

// TestKeysUnderTheOffersNumber: a re-INVITE has another number for the keys. The answer, and our own offers from then on, have it
// too (RFC 3264 §6.1).
func TestKeysUnderTheOffersNumber(t *testing.T) {
	s := newSession()
	answer := func(offer ...string) Media {
		t.Helper()
		_, m, err := s.Answer(peer(offer...), SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, pt := range []uint8{101, 96, 101, 110} {
		n := strconv.Itoa(int(pt))
		m := answer("m=audio 6000 RTP/AVP 0 "+n, "a=rtpmap:"+n+" Telephone-Event/8000")
		if m.DTMFSend != pt || m.DTMFReceive != pt {
			t.Errorf("offered %d, keys go as %d and come as %d", pt, m.DTMFSend, m.DTMFReceive)
		}
		d := strict(t, s.Offer(SendOnly))
		if got := strings.Join(d.MediaDescriptions[0].MediaName.Formats, " "); got != "0 8 "+n {
			t.Errorf("after %d we offer %s", pt, got)
		}
	}
}

func TestNumberInUseIsReplaced(t *testing.T) {
	opus := Codec{Name: "opus", ClockRate: 48000, Channels: 2, Type: 96}
	g722 := Codec{Name: "G722", ClockRate: 8000, Type: 96} // a clash by our own table
	s := New(Config{Addr: ours, Codecs: []Codec{opus, g722}})
	d := strict(t, s.Offer(SendRecv))
	if diff := cmp.Diff([]string{"96", "97", "101"}, d.MediaDescriptions[0].MediaName.Formats); diff != "" {
		t.Error(diff)
	}
	if v, _ := d.MediaDescriptions[0].Attribute("rtpmap"); v != "96 opus/48000/2" {
		t.Errorf("a=rtpmap:%s", v)
	}
}

// TestLineInUseIsKept: the call runs on the second audio line; an offer that would take either one leaves it there.
func TestLineInUseIsKept(t *testing.T) {
	s := newSession()
	if _, _, err := s.Answer(peer("m=audio 6010 RTP/SAVP 0", "m=audio 6000 RTP/AVP 0"), SendRecv); err != nil {
		t.Fatal(err)
	}
	_, m, err := s.Answer(peer("m=audio 6010 RTP/AVP 0", "m=audio 6000 RTP/AVP 0"), SendRecv)
	if err != nil || m.Port != 6000 {
		t.Errorf("now on port %d, %v", m.Port, err)
	}
}

// TestFailedOfferChangesNothing: a re-INVITE we cannot follow leaves the call as it is.
func TestFailedOfferChangesNothing(t *testing.T) {
	s := newSession()
	before, _, _ := s.Answer(peer("m=audio 6000 RTP/AVP 8"), SendRecv)
	if _, _, err := s.Answer(peer("m=image 6000 udptl t38"), SendRecv); !errors.Is(err, ErrNoAudio) {
		t.Fatal(err)
	}
	after, m, err := s.Answer(peer("m=audio 6000 RTP/AVP 8"), SendRecv)
	if err != nil || string(before) != string(after) || m.Send.Name != "PCMA" {
		t.Errorf("%v\n%s%s", err, before, after)
	}
}

func TestAddr(t *testing.T) {
	for name, c := range map[string]struct {
		m    Media
		rtp  string
		rtcp string
	}{
		"plain":  {Media{Host: "192.0.2.1", Port: 10, RTCPHost: "192.0.2.2", RTCPPort: 11}, "192.0.2.1:10", "192.0.2.2:11"},
		"mapped": {Media{Host: "::ffff:192.0.2.1", Port: 10, RTCPHost: "::1", RTCPPort: 11}, "192.0.2.1:10", "[::1]:11"},
		"mux":    {Media{Host: "192.0.2.1", Port: 10, RTCPMux: true}, "192.0.2.1:10", "192.0.2.1:10"},
		"a name": {Media{Host: "pbx.example", Port: 10, RTCPHost: "pbx.example", RTCPPort: 11}, "invalid AddrPort", "invalid AddrPort"},
	} {
		rtp, okRTP := c.m.Addr()
		rtcp, okRTCP := c.m.RTCPAddr()
		if rtp.String() != c.rtp || rtcp.String() != c.rtcp || okRTP != rtp.IsValid() || okRTCP != rtcp.IsValid() {
			t.Errorf("%s: %s %t, %s %t", name, rtp, okRTP, rtcp, okRTCP)
		}
	}
}
