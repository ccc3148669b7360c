package sip_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/internal/siptest"
	"linecard/sip/sdp"
)

// A side that is set to RTP with feedback (RTP/AVPF), as Asterisk with use_avpf=yes, refuses every other profile. It is offered that, and at once
// where the refusal says so; later offers have it too.
func TestDialedAgainWithFeedback(t *testing.T) {
	for name, tc := range map[string]struct {
		policy              sdp.Encryption
		status, extra, body string
		refused             int // how often, until it is offered
		proto               string
	}{
		"it says nothing":           {sdp.EncryptionOffered, "488 Not Acceptable Here", "", "", 3, "RTP/AVPF"},
		"encryption is off":         {sdp.EncryptionNever, "488 Not Acceptable Here", "", "", 1, "RTP/AVPF"},
		"encryption is required":    {sdp.EncryptionRequired, "488 Not Acceptable Here", "", "", 2, "RTP/SAVPF"},
		"in a warning":              {sdp.EncryptionOffered, "488 Not Acceptable Here", "Warning: 302 pbx \"RTP/AVPF wanted\"\n", "", 1, "RTP/AVPF"},
		"by its own offer":          {sdp.EncryptionOffered, "488 Not Acceptable Here", "", offerHead + "m=audio 4000 RTP/AVPF 0\n", 1, "RTP/AVPF"},
		"by one that is encrypted":  {sdp.EncryptionRequired, "606 Not Acceptable", "", offerHead + "m=audio 4000 RTP/SAVPF 0\n", 1, "RTP/SAVPF"},
		"keys are preferred":        {sdp.EncryptionPreferred, "488 RTP/AVPF only", "", "", 1, "RTP/AVPF"},
		"not by 606 without a word": {sdp.EncryptionOffered, "606 Not Acceptable", "", "", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(tc.policy))
			id, err := ph.Dial("123")
			ph.must(err)
			m := p.Await("INVITE")
			for range tc.refused {
				if strings.Contains(m.Body(), "AVPF") {
					t.Fatalf("offered\n%s", m.Body())
				}
				p.ReplyTagged(m, tc.status, "peer", tc.extra, tc.body)
				p.Await("ACK")
				m = p.Await("INVITE")
			}
			if tc.proto == "" {
				p.ReplyTagged(m, tc.status, "peer", tc.extra, tc.body)
				next[sip.CallEnded](ph)
				return
			}
			if !strings.Contains(m.Body(), " "+tc.proto+" ") {
				t.Fatalf("offered\n%s", m.Body())
			}
			far := sdp.New(sdp.Config{Addr: netip.MustParseAddrPort("127.0.0.1:4000"), Encryption: sdp.EncryptionOffered, By: encryption.SDES})
			take := func(m siptest.Message) {
				t.Helper()
				answer, _, err := far.Answer([]byte(m.Body()), sdp.SendRecv)
				if err != nil {
					t.Fatalf("%v:\n%s", err, m.Body())
				}
				p.ReplyTagged(m, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", string(answer))
				p.Await("ACK")
			}
			take(m)
			next[sip.CallAnswered](ph)
			ph.must(ph.Hold(id))
			m = p.Await("INVITE")
			if !strings.Contains(m.Body(), " "+tc.proto+" ") {
				t.Errorf("held by\n%s", m.Body())
			}
			take(m)
			hold(ph, id, true)
		})
	}
}

// Nobody is called without end.
func TestFeedbackIsOfferedOnce(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, err := ph.Dial("123")
	ph.must(err)
	for range 4 {
		p.Reply(p.Await("INVITE"), "488 RTP/AVPF and SRTP wanted", "")
		p.Await("ACK")
	}
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndFailed {
		t.Errorf("ended %+v", e)
	}
}

// Nothing is said of what would be taken: each profile is offered in turn, those with feedback too, and those that are encrypted among them.
func TestEveryProfileIsOffered(t *testing.T) {
	for policy, want := range map[sdp.Encryption][]string{
		sdp.EncryptionOffered:  {"RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVP", "RTP/AVPF", "RTP/SAVPF", "UDP/TLS/RTP/SAVPF"},
		sdp.EncryptionRequired: {"RTP/SAVP", "UDP/TLS/RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVPF"},
		sdp.EncryptionNever:    {"RTP/AVP", "RTP/AVPF"},
	} {
		t.Run(string(policy), func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(policy))
			_, err := ph.Dial("123")
			ph.must(err)
			for _, proto := range want {
				m := p.Await("INVITE")
				if !strings.Contains(m.Body(), " "+proto+" ") {
					t.Errorf("offered, and not by %s:\n%s", proto, m.Body())
				}
				p.Reply(m, "488 Not Acceptable Here", "")
				p.Await("ACK")
			}
			next[sip.CallEnded](ph)
		})
	}
}

// A phone that has rung and then says 488 is not rung again, unless it says what it wants.
func TestARefusalAfterRinging(t *testing.T) {
	for status, again := range map[string]bool{"488 Not Acceptable Here": false, "488 RTP/AVPF wanted": true, "488 SRTP Required": true} {
		t.Run(status, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(sdp.EncryptionOffered))
			id, err := ph.Dial("123")
			ph.must(err)
			m := p.Await("INVITE")
			p.ReplyTagged(m, "180 Ringing", "peer", "Contact: <sip:b@"+p.Addr()+">\n", "")
			p.Reply(m, status, "")
			p.Await("ACK")
			if again {
				m = p.Await("INVITE")
				ph.must(ph.Hangup(id))
				p.Reply(m, "486 Busy Here", "")
			}
			next[sip.CallEnded](ph)
			if m, ok := p.Within(50*time.Millisecond, "INVITE"); ok {
				t.Errorf("rung again:\n%s", m.Text)
			}
		})
	}
}
