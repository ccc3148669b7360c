package sdp

import "testing"

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
