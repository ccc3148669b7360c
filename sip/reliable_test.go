package sip_test

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/wait"
)

// A caller who requires 100rel and leaves the offer to the phone gets it with the ringing and answers it by PRACK; the sound is there as
// soon as the call is answered, whichever comes first.
func TestTheOfferRingsAndTheCallTalks(t *testing.T) {
	for _, quick := range []bool{false, true} { // the agent answers before the PRACK is here
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		far := listenRTP(t)
		far.echo()
		c := p.Call("<sip:bob@example.com>")
		c.Send("INVITE", "Require: 100rel\nSupported: 100rel\n", "")
		ringing := c.Learn(p.Await("SIP/2.0 180"))
		if !strings.Contains(ringing.Body(), "m=audio ") {
			t.Fatalf("no offer rings:\n%s", ringing.Text)
		}
		id := next[sip.CallIncoming](ph).ID
		if quick {
			ph.must(ph.Answer(id))
		}
		c.Send("PRACK", "RAck: "+ringing.Header("RSeq")+" 1 INVITE\n", siptest.SDP(far.port, "sendrecv"))
		p.Await("SIP/2.0 200")
		if !quick {
			ph.must(ph.Answer(id))
		}
		if e := next[sip.CallAnswered](ph); e.Codec != "PCMU" {
			t.Errorf("answered %+v", e)
		}
		if m := p.Await("SIP/2.0 200"); m.Body() != "" {
			t.Errorf("offered again:\n%s", m.Text)
		}
		p.Send(c.To, strings.Replace(c.Text("ACK", "", ""), fmt.Sprintf("CSeq: %d ACK", c.Seq), "CSeq: 1 ACK", 1))
		eventually(t, "audio both ways", func() bool {
			s, err := ph.Stats(id)
			return err == nil && s.PacketsReceived > 10
		})
		ph.must(ph.Hold(id)) // and the session goes on as any other
		hold := p.Await("INVITE")
		if !strings.Contains(hold.Body(), "a=sendonly") {
			t.Errorf("the hold:\n%s", hold.Text)
		}
		p.ReplyTagged(hold, "200 OK", "", "", siptest.SDP(far.port, "recvonly"))
		p.Await("ACK")
		c.Seq += 10
		c.Bye()
		if e := next[sip.CallEnded](ph); e.Reason != sip.EndRemote {
			t.Errorf("ended %+v", e)
		}
	}
}

// What plays before the answer moves to another machine by UPDATE, once a reliable answer has settled the session. The 200 that repeats
// the first description changes nothing.
func TestEarlySoundMoves(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	announcement, person := listenRTP(t), listenRTP(t)
	person.echo()
	id, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	from := "Contact: <sip:b@" + p.Addr() + ">\nRequire: 100rel\nRSeq: 1\n"
	p.ReplyTagged(invite, "183 Session Progress", "far", from, siptest.SDP(announcement.port, "sendrecv"))
	p.Reply(p.Await("PRACK"), "200 OK", "")
	if e := next[sip.CallProgress](ph); !e.EarlyMedia {
		t.Errorf("%+v", e)
	}
	updateEarly(p, invite, "far", siptest.SDP(person.port, "sendrecv"))
	if m := p.Await("SIP/2.0 200"); !strings.Contains(m.Body(), "m=audio ") {
		t.Errorf("the UPDATE gets\n%s", m.Text)
	}
	eventually(t, "sound of the other machine", func() bool {
		s, err := ph.Stats(id)
		return err == nil && s.PacketsReceived > 10
	})
	p.ReplyTagged(invite, "200 OK", "far", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(announcement.port, "sendrecv"))
	p.Await("ACK")
	next[sip.CallAnswered](ph)
	before, err := ph.Stats(id)
	ph.must(err)
	eventually(t, "sound after the answer", func() bool {
		s, err := ph.Stats(id)
		return err == nil && s.PacketsReceived > before.PacketsReceived+10
	})
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// updateEarly is an UPDATE of a phone that rings, with a new offer.
func updateEarly(p *siptest.Peer, invite siptest.Message, tag, body string) {
	p.Send(invite.From, fmt.Sprintf("UPDATE %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKearly%s;rport\nMax-Forwards: 70\nFrom: %s;tag=%s\nTo: %s\nCall-ID: %s\nCSeq: 1 UPDATE\n"+
		"Contact: <sip:b@%[2]s>\nContent-Type: application/sdp\nContent-Length: %[8]d\n\n%[9]s",
		invite.URI("Contact"), p.Addr(), tag, invite.Header("To"), tag, invite.Header("From"), invite.Header("Call-ID"), len(siptest.CRLF(body)), body))
}

// What one phone changes by UPDATE before the answer is between that phone and us: another one that answers, here or where the call is sent
// on to, has our offer as it was at first, and may choose a codec that the first one had left out.
func TestAnotherPhoneAnswersThanTheOneThatChangedTheSession(t *testing.T) {
	for _, sentOn := range []bool{false, true} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		announcement, person := listenRTP(t), listenRTP(t)
		person.echo()
		id, err := ph.Dial("123")
		ph.must(err)
		invite := p.Await("INVITE")
		from := "Contact: <sip:b@" + p.Addr() + ">\n"
		p.ReplyTagged(invite, "183 Session Progress", "far", from+"Require: 100rel\nRSeq: 1\n", siptest.SDP(announcement.port, "sendrecv"))
		p.Reply(p.Await("PRACK"), "200 OK", "")
		updateEarly(p, invite, "far", siptest.SDP(announcement.port, "sendonly"))
		p.Await("SIP/2.0 200")
		pcma := strings.NewReplacer("AVP 0 ", "AVP 8 ", "rtpmap:0 PCMU", "rtpmap:8 PCMA")
		if sentOn {
			p.ReplyTagged(invite, "302 Moved Temporarily", "far", "Contact: <sip:124@127.0.0.1>\n", "")
			again := p.Await("INVITE")
			// With ports of its own: what the first phone had agreed to with us went with it.
			own := regexp.MustCompile(`(?m)^(o=|m=audio \d+|a=rtcp:).*?( RTP.*)?$`)
			if first, then := own.ReplaceAllString(invite.Body(), "$2"), own.ReplaceAllString(again.Body(), "$2"); then != first {
				t.Errorf("offered first\n%s\nthen\n%s", invite.Body(), again.Body())
			}
			invite = again
		} else { // a second phone plays something, too: the sound stays with the first one
			p.ReplyTagged(invite, "183 Session Progress", "other", from, pcma.Replace(siptest.SDP(person.port, "sendrecv")))
		}
		p.ReplyTagged(invite, "200 OK", "other", from, pcma.Replace(siptest.SDP(person.port, "sendrecv")))
		p.Await("ACK")
		if e := next[sip.CallAnswered](ph); e.Codec != "PCMA" {
			t.Errorf("answered %+v", e)
		}
		eventually(t, "sound of the one who answered", func() bool {
			s, err := ph.Stats(id)
			return err == nil && s.PacketsReceived > 10
		})
		ph.must(ph.Hangup(id))
		p.Reply(p.Await("BYE"), "200 OK", "")
	}
}

// A call that the agent takes before the caller has confirmed the ringing rings on until then: hung up in between it is declined, and was never
// answered. An answer in the PRACK that is of no use is told to whoever answers, with the reason.
func TestACallIsNotAnsweredBeforeThePRACK(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "Require: 100rel\nSupported: 100rel\n", "")
	c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	ph.must(ph.Answer(id)) // once more does nothing
	if err := ph.Hold(id); !errors.Is(err, sip.ErrNotTalking) {
		t.Errorf("held: %v", err)
	}
	ph.must(ph.Hangup(id))
	for ended := false; !ended; {
		switch e := wait.For(ph.t, ph.events).(type) {
		case sip.CallAnswered:
			t.Error("told as answered")
		case sip.CallEnded:
			if ended = true; e.Reason != sip.EndDeclined {
				t.Errorf("ended %+v", e)
			}
		}
	}
	p.Await("SIP/2.0 486")
	c.Send("ACK", "", "")

	c = p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "Require: 100rel\nSupported: 100rel\n", "")
	ringing := c.Learn(p.Await("SIP/2.0 180"))
	id = next[sip.CallIncoming](ph).ID
	c.Send("PRACK", "RAck: "+ringing.Header("RSeq")+" 1 INVITE\n", offerHead+"m=audio 4000 RTP/AVP 18\n")
	p.Await("SIP/2.0 200")
	var why *fault.Error
	if err := ph.Answer(id); !errors.As(err, &why) || why.Fault.IsZero() {
		t.Errorf("answered without sound: %v", err)
	}
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndFailed || !reflect.DeepEqual(e.Text, why.Fault) {
		t.Errorf("ended %+v, told %v", e, why)
	}
	p.Await("SIP/2.0 200")
	p.Send(c.To, strings.Replace(c.Text("ACK", "", ""), fmt.Sprintf("CSeq: %d ACK", c.Seq), "CSeq: 1 ACK", 1))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// The agent takes a call, and dials another before the caller has confirmed that the first one rings: it is on hold once it is answered.
func TestACallIsDialedBeforeThePRACK(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	far := listenRTP(t)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "Require: 100rel\nSupported: 100rel\n", "")
	ringing := c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	_, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	c.Send("PRACK", "RAck: "+ringing.Header("RSeq")+" 1 INVITE\n", siptest.SDP(far.port, "sendrecv"))
	p.Await("SIP/2.0 200 OK")
	next[sip.CallAnswered](ph)
	if e := next[sip.CallHold](ph); e.ID != id || !e.Local {
		t.Errorf("%+v", e)
	}
	p.Send(c.To, strings.Replace(c.Text("ACK", "", ""), fmt.Sprintf("CSeq: %d ACK", c.Seq), "CSeq: 1 ACK", 1))
	hold := p.Await("INVITE")
	if !strings.Contains(hold.Body(), "a=sendonly") || hold.Header("Call-ID") == invite.Header("Call-ID") {
		t.Errorf("the hold:\n%s", hold.Text)
	}
	p.ReplyTagged(hold, "200 OK", "", "", siptest.SDP(far.port, "recvonly"))
	p.Await("ACK")
	p.ReplyTagged(invite, "486 Busy Here", "busy", "", "")
	p.Await("ACK")
	resume := p.Await("INVITE")
	p.ReplyTagged(resume, "200 OK", "", "", siptest.SDP(far.port, "sendrecv"))
	p.Await("ACK")
	c.Seq += 10
	c.Bye()
	next[sip.CallEnded](ph)
}
