package sip_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// notNow has an offer of the phone's wait, longer than a 491 would: that leaves the pause to chance.
func notNow(p *siptest.Peer, inside siptest.Message) {
	p.ReplyTagged(inside, "500 Server Internal Error", "peer", "Retry-After: 10\n", "")
	p.Await("ACK")
}

// noMore sees to it that the phone does not come back with what it had offered.
func noMore(p *siptest.Peer, ph *phone) {
	p.T().Helper()
	ph.forward(11 * time.Second)
	if m, ok := p.Within(20*time.Millisecond, "INVITE"); ok {
		p.T().Errorf("offered once more:\n%s", m.Text)
	}
}

// A phone system that is late with its sound answers without, and offers it by itself, sooner than the phone does once more: that is taken, and the call
// is talked. It is asked for nothing but the sound before.
func TestSoundThatTheOtherSideOffersItself(t *testing.T) {
	for _, by := range []string{"INVITE", "UPDATE"} {
		t.Run(by, func(t *testing.T) {
			p, ph := preferring(t)
			invite, id := offers(t, p, ph, openForm)
			mute(p, invite, "")
			inside := p.Await("INVITE sip:b@")
			sends(p, inside, by, 1, siptest.SDP(4008, "sendrecv"))
			p.Await("SIP/2.0 491")
			if by == "INVITE" {
				sends(p, inside, "ACK", 1, "")
			}
			notNow(p, inside)
			far := listenRTP(t)
			sends(p, inside, by, 2, siptest.SDP(far.port, "sendrecv"))
			if m := p.Await("SIP/2.0 "); m.Status() != "200" || !strings.Contains(m.Body(), "a=sendrecv") {
				t.Errorf("answered\n%s", m.Text)
			}
			if by == "INVITE" {
				sends(p, inside, "ACK", 2, "")
			}
			if e := next[sip.CallAnswered](ph); e.ID != id || e.Codec == "" {
				t.Errorf("answered %+v", e)
			}
			far.next()
			sends(p, inside, "INFO", 3, "") // by its answer the ACK has come
			p.Await("SIP/2.0 200")
			noMore(p, ph)
			sends(p, inside, "BYE", 4, "")
			p.Await("SIP/2.0 200")
			if e := next[sip.CallEnded](ph); e.Reason != sip.EndRemote || !e.Text.IsZero() {
				t.Errorf("ended %+v", e)
			}
			_, id = offers(t, p, ph, openForm)
			ph.must(ph.Hangup(id))
		})
	}
}

// What the other side offers is of no use, or it asks for an offer: the phone's own stays, and brings the sound.
func TestWhatTheOtherSideOffersIsOfNoUse(t *testing.T) {
	for name, c := range map[string]struct{ offer, status string }{
		"no sound":       {siptest.SDP(0, "sendrecv"), "488"},
		"no description": {"v=0\nnonsense", "400"},
		"no offer":       {"", "491"},
	} {
		t.Run(name, func(t *testing.T) {
			p, ph := preferring(t)
			invite, id := offers(t, p, ph, openForm)
			mute(p, invite, "")
			inside := p.Await("INVITE sip:b@")
			notNow(p, inside)
			sends(p, inside, "INVITE", 1, c.offer)
			if m := p.Await("SIP/2.0 "); m.Status() != c.status {
				t.Errorf("answered\n%s", m.Text)
			}
			sends(p, inside, "ACK", 1, "")
			ph.forward(11 * time.Second)
			again := p.Await("INVITE sip:b@")
			if got := offeredAs(again); got != shakeForm {
				t.Errorf("offered %s", got)
			}
			ph.must(ph.Hangup(id))
		})
	}
}

// The same from a caller whose call was answered by the phone's offer. How the call ends is not for the want of sound any more.
func TestSoundThatACallerOffersAfterAll(t *testing.T) {
	p, ph := preferring(t)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", "")
	c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	p.Await("SIP/2.0 200")
	c.Send("ACK", "", siptest.SDP(0, "sendrecv"))
	notNow(p, p.Await("INVITE sip:"))
	far := listenRTP(t)
	c.Send("INVITE", "", siptest.SDP(far.port, "sendrecv"))
	c.Answered()
	far.next()
	c.There()
	noMore(p, ph)
	c.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote || !e.Text.IsZero() {
		t.Errorf("ended %+v", e)
	}
}
