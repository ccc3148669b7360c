package sip_test

import (
	"context"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
	"linecard/test/wait"
)

const offerHead = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"

// A caller whose audio we cannot speak is told so at once: nobody runs for a phone that will be dead. For the agent it is a
// missed call with its reason.
func TestCallsRefusedForTheirAudioAreMissed(t *testing.T) {
	interop.Proves(t, "S2.16")
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

// A phone system that offers the same call again as it can be taken has missed nobody.
func TestCallsRefusedThatAreNotMissed(t *testing.T) {
	sip.SetTriedAgain(t, time.Minute)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c := p.Call("<sip:+14155550144@example.com>")
	c.Send("INVITE", "", offerHead+"m=audio 4000 RTP/SAVP 0\n")
	p.Await("SIP/2.0 488")
	c.Send("ACK", "", "")
	c = p.Call("<sip:+14155550144@example.com>")
	c.Ringing()
	if e := next[sip.CallIncoming](ph); e.Refused {
		t.Errorf("incoming %+v", e)
	}
	ph.forward(time.Minute)
	nothingMissed(ph, p)
}

// nothingMissed fails if a call is told before one that comes now.
func nothingMissed(ph *phone, p *siptest.Peer) {
	ph.t.Helper()
	p.Call("<sip:last@example.com>").Ringing()
	if e := next[sip.CallIncoming](ph); e.Party.User != "last" {
		ph.t.Errorf("told of %+v", e)
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

// A call that can only be refused and comes while the phone closes is missed like any other.
func TestAnUnfitCallThatComesAsThePhoneCloses(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	ph.BeginToClose()
	p.Call("<sip:+14155550144@example.com>").Send("INVITE", "Require: gruu\n", siptest.SDP(4000, "sendrecv"))
	p.Await("SIP/2.0 480")
	in := next[sip.CallIncoming](ph)
	if e := next[sip.CallEnded](ph); e.ID != in.ID || e.Reason != sip.EndCancelled || e.Code != 480 {
		t.Errorf("told %+v, ended %+v", in, e)
	}
}

// A call that never rings is refused once the desk has kept it, with the reason, and not before; and it is refused also where the desk
// does not get round to it.
func TestRefusingWaitsForTheDesk(t *testing.T) {
	type kept struct {
		e       sip.CallIncoming
		why     fault.Fault
		proceed func()
	}
	for name, tc := range map[string]struct {
		dnd        bool
		media      string
		answer     string
		code       fault.Code
		calledLate bool // the desk never says that it has kept the call
	}{
		"do not disturb":            {dnd: true, media: "m=audio 4000 RTP/AVP 0\n", answer: "486", code: "sip.ended.do-not-disturb"},
		"encrypted":                 {media: "m=audio 4000 RTP/SAVP 0\n", answer: "488", code: "sip.ended.encrypted-caller"},
		"busy, the disk hangs":      {dnd: true, media: "m=audio 4000 RTP/AVP 0\n", answer: "486", code: "sip.ended.do-not-disturb", calledLate: true},
		"encrypted, the disk hangs": {media: "m=audio 4000 RTP/SAVP 0\n", answer: "488", code: "sip.ended.encrypted-caller", calledLate: true},
	} {
		t.Run(name, func(t *testing.T) {
			sip.SetTriedAgain(t, 0)
			most := time.Hour
			if tc.calledLate {
				most = time.Millisecond
			}
			t.Cleanup(sip.WaitForDesk(most, time.Hour))
			p := siptest.NewPeer(t)
			asked := make(chan kept, 10)
			ph := newPhone(t, p, func(c *setup) {
				c.BeforeRefusing = func(e sip.CallIncoming, why fault.Fault, proceed func()) { asked <- kept{e, why, proceed} }
			})
			ph.must(ph.SetDND(tc.dnd))
			p.Call("<sip:+14155550144@example.com>").Send("INVITE", "", offerHead+tc.media)
			k := wait.For(t, asked)
			if !k.e.Refused || k.e.Party.User != "+14155550144" || !k.why.Is(tc.code) {
				t.Errorf("kept %+v for %v", k.e, k.why)
			}
			if !tc.calledLate {
				if m, ok := p.Within(30*time.Millisecond, "SIP/2.0 4"); ok {
					t.Errorf("refused before it was kept:\n%s", m.Text)
				}
				k.proceed()
				k.proceed() // twice does no harm
			}
			p.Await("SIP/2.0 " + tc.answer)
			in := next[sip.CallIncoming](ph)
			if e := next[sip.CallEnded](ph); in.ID != k.e.ID || e.ID != in.ID || !e.Text.Is(tc.code) {
				t.Errorf("told %+v, ended %+v", in, e)
			}
		})
	}
}

// A call that was kept as refused, and comes again as it can be taken, is taken back; also when that one is over within the second.
func TestARefusedCallThatComesAgainIsTakenBack(t *testing.T) {
	sip.SetTriedAgain(t, time.Minute)
	p := siptest.NewPeer(t)
	kept := make(chan string, 10)
	ph := newPhone(t, p, func(c *setup) {
		c.BeforeRefusing = func(e sip.CallIncoming, _ fault.Fault, proceed func()) {
			kept <- e.ID
			proceed()
		}
	})
	c := p.Call("<sip:+14155550144@example.com>")
	c.Send("INVITE", "", offerHead+"m=audio 4000 RTP/SAVP 0\n")
	p.Await("SIP/2.0 488")
	c.Send("ACK", "", "")
	c = p.Call("<sip:+14155550144@example.com>")
	c.Ringing()
	if e, id := next[sip.CallTakenBack](ph), wait.For(t, kept); e.ID != id {
		t.Errorf("kept %s, taken back %+v", id, e)
	}
	in := next[sip.CallIncoming](ph)
	ph.must(ph.Decline(in.ID))
	if e := next[sip.CallEnded](ph); e.ID != in.ID {
		t.Errorf("ended %+v", e)
	}
	ph.forward(time.Minute)
	nothingMissed(ph, p)
}

// Another caller who withholds the number, or somebody who calls another number of ours, is not the refused one again.
func TestARefusedCallIsNotTakenForAnother(t *testing.T) {
	for name, from := range map[string]string{"withheld": "<sip:anonymous@anonymous.invalid>", "another caller": "<sip:+14155550145@example.com>"} {
		t.Run(name, func(t *testing.T) {
			sip.SetTriedAgain(t, time.Minute)
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			refused := "<sip:+14155550144@example.com>"
			if name == "withheld" {
				refused = from
			}
			c := p.Call(refused)
			c.Send("INVITE", "", offerHead+"m=audio 4000 RTP/SAVP 0\n")
			p.Await("SIP/2.0 488")
			c.Send("ACK", "", "")
			p.Call(from).Ringing()
			if e := next[sip.CallIncoming](ph); e.Refused {
				t.Errorf("first told of %+v", e)
			}
			ph.forward(time.Minute)
			if e := next[sip.CallIncoming](ph); !e.Refused {
				t.Errorf("then told of %+v", e)
			}
		})
	}
}

// The caller gives up while the desk keeps the call: it is missed all the same, and not answered a second time.
func TestTheCallerGivesUpWhileTheRefusalWaits(t *testing.T) {
	t.Cleanup(sip.WaitForDesk(time.Hour, time.Hour))
	p := siptest.NewPeer(t)
	proceeds := make(chan func(), 10)
	ph := newPhone(t, p, func(c *setup) {
		c.BeforeRefusing = func(_ sip.CallIncoming, _ fault.Fault, proceed func()) { proceeds <- proceed }
	})
	ph.must(ph.SetDND(true))
	c := p.Call("<sip:+14155550144@example.com>")
	c.Invite()
	proceed := wait.For(t, proceeds)
	c.Send("CANCEL", "", "")
	p.Await("SIP/2.0 487")
	proceed()
	in := next[sip.CallIncoming](ph)
	if e := next[sip.CallEnded](ph); !in.Refused || e.ID != in.ID || e.Reason != sip.EndBusy {
		t.Errorf("told %+v, ended %+v", in, e)
	}
	ph.must(ph.SetDND(false)) // the queue has got past it
	if m, ok := p.Within(30*time.Millisecond, "SIP/2.0 486"); ok {
		t.Errorf("answered after its end:\n%s", m.Text)
	}
}

// The refusal of our call names encryption when it was that, however the other side says so.
func TestCallsRefusedForEncryption(t *testing.T) {
	interop.Proves(t, "S2.16")
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
			ph := newPhone(t, p, comesBy(encryption.SDES))
			_, err := ph.Dial("123")
			ph.must(err)
			p.ReplyTagged(p.Await("INVITE"), tc.status, "peer", tc.extra, tc.body)
			if tc.encrypted || tc.body == "" { // it is offered as that, which is refused too
				p.Await("ACK")
				p.ReplyTagged(p.Await("INVITE"), tc.status, "peer", tc.extra, tc.body)
			}
			if name == "an unknown reason" { // it may be the profile, too
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
