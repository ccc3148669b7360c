package sip_test

import (
	"context"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
)

const offerHead = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"

// A caller whose audio we cannot speak is told so at once: nobody runs for a phone that will be dead. For the agent it is a
// missed call with its reason.
func TestCallsRefusedForTheirAudioAreMissed(t *testing.T) {
	sip.SetTriedAgain(t, 0)
	for name, tc := range map[string]struct{ media, code string }{
		"SRTP only":   {"m=audio 4000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\n", "sip.ended.encrypted-caller"},
		"DTLS-SRTP":   {"m=audio 4000 UDP/TLS/RTP/SAVPF 0\na=fingerprint:sha-256 00\n", "sip.ended.encrypted-caller"},
		"G.722 only":  {"m=audio 4000 RTP/AVP 9 101\na=rtpmap:101 telephone-event/8000\n", "sip.ended.no-codec-caller"},
		"G.729 only":  {"m=audio 4000 RTP/AVP 18\n", "sip.ended.no-codec-caller"},
		"a fax":       {"m=image 4000 udptl t38\n", "sip.ended.no-audio-caller"},
		"a video":     {"m=audio 0 RTP/AVP 0\nm=video 4000 RTP/AVP 31\n", "sip.ended.no-audio-caller"},
		"a multicast": {"m=audio 4000 RTP/AVP 0\nc=IN IP4 224.2.1.1/127\n", "sip.ended.no-audio-caller"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			p.Call("\"Ada\" <sip:+14155550144@example.com>").Send("INVITE", "", offerHead+tc.media)
			p.Await("SIP/2.0 488")
			in := next[sip.CallIncoming](ph)
			if !in.Refused || in.Party.Name != "Ada" || in.Party.User != "+14155550144" {
				t.Errorf("incoming %+v", in)
			}
			if e := next[sip.CallEnded](ph); e.ID != in.ID || e.Reason != sip.EndFailed || e.Code != 488 || !e.Text.Is(fault.Code(tc.code)) {
				t.Errorf("ended %+v", e)
			}
			ring(ph, p)
		})
	}
}

// A phone system that offers the same call again as it can be taken has missed nobody; what is no offer at all is no call.
func TestCallsRefusedThatAreNotMissed(t *testing.T) {
	sip.SetTriedAgain(t, 50*time.Millisecond)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c := p.Call("<sip:+14155550144@example.com>")
	c.Send("INVITE", "", offerHead+"m=audio 4000 RTP/SAVP 0\n")
	p.Await("SIP/2.0 488")
	c.Send("ACK", "", "")
	c = p.Call("<sip:+14155550144@example.com>")
	c.Ringing()
	p.Call("<sip:bob@example.com>").Send("INVITE", "", "this is no session description\n")
	p.Await("SIP/2.0 400")
	if e := next[sip.CallIncoming](ph); e.Refused {
		t.Errorf("incoming %+v", e)
	}
	if e, ok := within[sip.CallIncoming](ph, 200*time.Millisecond); ok {
		t.Errorf("told of %+v", e)
	}
}

// The app ends before such a call is told: it is told all the same, since the history has it from nobody else.
func TestARefusedCallIsToldWhenThePhoneCloses(t *testing.T) {
	sip.SetTriedAgain(t, time.Hour)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	p.Call("<sip:+14155550144@example.com>").Send("INVITE", "", offerHead+"m=audio 4000 RTP/SAVP 0\n")
	p.Await("SIP/2.0 488")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ph.must(ph.Close(ctx))
	in := next[sip.CallIncoming](ph)
	if e := next[sip.CallEnded](ph); !in.Refused || e.ID != in.ID || e.Reason != sip.EndFailed {
		t.Errorf("told %+v, ended %+v", in, e)
	}
}

// The refusal of our call names encryption when it was that, however the other side says so.
func TestCallsRefusedForEncryption(t *testing.T) {
	for name, tc := range map[string]struct {
		status, extra, body string
		encrypted           bool
	}{
		"in its phrase":     {"488 SRTP Required", "", "", true},
		"in a warning":      {"488 Not Acceptable Here", "Warning: 304 pbx \"Encryption is mandatory\"\n", "", true},
		"in a reason":       {"606 Not Acceptable", "Reason: SIP;cause=488;text=\"Secure media required\"\n", "", true},
		"by its own offer":  {"488 Not Acceptable Here", "", offerHead + "m=audio 4000 RTP/SAVP 0\n", true},
		"an unknown reason": {"488 Not Acceptable Here", "", "", false},
		"another codec":     {"488 Not Acceptable Here", "", offerHead + "m=audio 4000 RTP/AVP 9\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			_, err := ph.Dial("123")
			ph.must(err)
			p.ReplyTagged(p.Await("INVITE"), tc.status, "peer", tc.extra, tc.body)
			if tc.encrypted || tc.body == "" { // it is offered as that, which is refused too
				p.Await("ACK")
				p.ReplyTagged(p.Await("INVITE"), tc.status, "peer", tc.extra, tc.body)
			}
			if e := next[sip.CallEnded](ph); e.Reason != sip.EndFailed || e.Text.Is("sip.ended.encrypted") != tc.encrypted {
				t.Errorf("ended %+v", e)
			}
		})
	}
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, err := ph.Dial("123")
	ph.must(err)
	p.ReplyTagged(p.Await("INVITE"), "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", offerHead+"m=audio 4000 RTP/SAVP 0\n")
	p.Reply(p.Await("BYE"), "200 OK", "")
	if e := next[sip.CallEnded](ph); !e.Text.Is("sip.ended.encrypted-answer") {
		t.Errorf("ended %+v", e)
	}
}
