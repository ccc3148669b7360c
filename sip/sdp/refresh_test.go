package sdp

import (
	"strings"
	"testing"
)

// A refresh offers what was agreed last, whatever was offered in vain since. Its answer tells whether the peer holds, unless it was held
// already: who was offered nothing takes nothing.
func TestRefresh(t *testing.T) {
	s := newSession()
	s.Offer(SendRecv)
	if _, err := s.ReadAnswer(peer("m=audio 5000 RTP/AVP 0", "a=sendrecv")); err != nil {
		t.Fatal(err)
	}
	s.Offer(SendOnly) // refused
	m, err := s.ReadRefresh(peer("m=audio 5002 RTP/AVP 0", "a=sendrecv"))
	if err != nil || m.Direction != SendRecv || m.RemoteHold || m.Port != 5002 {
		t.Errorf("refreshed: %v, held %v, port %d, %v", m.Direction, m.RemoteHold, m.Port, err)
	}
	if _, _, err := s.Answer(peer("m=audio 5002 RTP/AVP 0", "a=sendonly"), SendRecv); err != nil {
		t.Fatal(err)
	}
	m, err = s.ReadRefresh(peer("m=audio 5002 RTP/AVP 0", "a=sendonly"))
	if err != nil || m.Direction != RecvOnly || !m.RemoteHold {
		t.Errorf("a held session refreshed: %v, held %v, %v", m.Direction, m.RemoteHold, err)
	}
}

// What was agreed stays what it was while something else is offered.
func TestOfferLeavesWhatWasAgreed(t *testing.T) {
	s := newSession()
	_, m, err := s.Answer(peer("m=audio 5000 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000"), SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	before := m.Receive[0]
	s.Offer(SendOnly)
	if m.Receive[0] != before {
		t.Errorf("the codec agreed was %v, and is %v", before, m.Receive[0])
	}
}

// Keys that the other side did not take, at first or later in a call that was encrypted, are not in a refresh of the session.
func TestRefreshRepeatsNoKeyThatWasNotTaken(t *testing.T) {
	for name, before := range map[string]func(*Session){
		"never encrypted": func(*Session) {},
		"encrypted before": func(s *Session) {
			answer, _, err := phoneThat(EncryptionOffered).Answer(s.Offer(SendRecv), SendRecv)
			if err == nil {
				_, err = s.ReadAnswer(answer)
			}
			if err != nil || s.Plain() != nil {
				t.Fatalf("not encrypted: %v", err)
			}
		},
	} {
		s := phoneThat(EncryptionPreferred)
		before(s)
		offer := s.Offer(SendOnly)
		if !strings.Contains(string(offer), "a=crypto") {
			t.Fatalf("%s: no key is offered:\n%s", name, offer)
		}
		m, err := s.ReadAnswer(peer("m=audio 5002 RTP/AVP 0", "a=recvonly"))
		if err != nil || m.Secure != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again := string(s.Plain())
		if strings.Contains(again, "a=crypto") || !strings.Contains(again, "RTP/AVP ") || !strings.Contains(again, "a=sendonly") || !strings.Contains(again, "a=rtpmap:0 PCMU") {
			t.Errorf("%s: the refresh says\n%s", name, again)
		}
		if s.Plain() != nil {
			t.Errorf("%s: said again", name)
		}
		if m, err = s.ReadRefresh(peer("m=audio 5004 RTP/AVP 0", "a=recvonly")); err != nil || m.Port != 5004 || m.Secure != nil {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
		// Another offer in the clear is no news.
		if after := string(s.Offer(SendOnly)); strings.Contains(after, "a=crypto") {
			t.Errorf("%s: then offered\n%s", name, after)
		}
	}
}
