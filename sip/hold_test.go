package sip_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// The other side still waits for the ACK of the offer before, which a proxy let the new one overtake: it asks for a moment,
// and gets it. The agent hears nothing of that.
func TestHoldIsTriedAgainWhenAskedTo(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	re := p.Await("INVITE sip:b@")
	p.ReplyTagged(re, "500 Server Internal Error", "", "Retry-After: 0\n", "")
	p.Await("ACK")
	session(t, p, "sendonly", "recvonly")
	ph.must(ph.Resume(id))
	session(t, p, "sendrecv", "sendrecv")
	hold(ph, id, false)
}

func TestHoldAndResume(t *testing.T) {
	interop.Proves(t, "S3.2")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	session(t, p, "sendonly", "recvonly")
	ph.must(ph.Resume(id))
	session(t, p, "sendrecv", "sendrecv")
	hold(ph, id, false)
}

// A PBX that refuses the hold does not make the customer hear the agent: the call is silent on our side. It never agreed to a
// hold, so the agent talks on at once with Resume, without asking it. It is asked once only.
func TestHoldRefused(t *testing.T) {
	for _, status := range []string{
		"403 Forbidden", "405 Method Not Allowed", "415 Unsupported Media Type", "422 Session Interval Too Small", "488 Not Acceptable Here",
		"500 Server Internal Error", "501 Not Implemented", "503 Service Unavailable", "606 Not Acceptable",
	} {
		t.Run(status, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			_, id := dial(ph, p, "123")
			for range 2 { // and once more from the beginning
				ph.must(ph.Hold(id))
				hold(ph, id, true)
				p.Reply(p.Await("INVITE sip:b@"), status, "")
				p.Await("ACK")
				p.Quiet(20 * time.Millisecond)
				ph.must(ph.Resume(id))
				hold(ph, id, false)
				p.Quiet(20 * time.Millisecond)
			}
			ph.must(ph.Hangup(id))
			p.Reply(p.Await("BYE"), "200 OK", "")
		})
	}
}

// After a refused resume the call is what both agreed: held. The agent is told, and may try again.
func TestResumeRefused(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	session(t, p, "sendonly", "recvonly")
	ph.must(ph.Resume(id))
	p.Reply(p.Await("INVITE sip:b@"), "488 Not Acceptable Here", "")
	p.Await("ACK")
	if h := next[sip.CallHold](ph); !h.Local || !h.Failed.Is("sip.resume-refused") {
		t.Errorf("resume refused: %+v", h)
	}
	ph.must(ph.Resume(id))
	session(t, p, "sendrecv", "sendrecv")
	hold(ph, id, false)
}

// A hold that nobody answers is resumed at once, and the call goes on as long as its sides hear each other.
func TestHoldUnanswered(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	far := listenRTP(t)
	far.echo()
	id, err := ph.Dial("123")
	ph.must(err)
	p.ReplyTagged(p.Await("INVITE"), "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(far.port, "sendrecv"))
	p.Await("ACK")
	next[sip.CallAnswered](ph)
	eventually(t, "the other side is heard", func() bool { s, err := ph.Stats(id); return err == nil && s.PacketsReceived > 0 })
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	p.Await("INVITE sip:b@")
	ph.must(ph.Resume(id))
	hold(ph, id, false)
	ph.forward(4 * time.Second) // 64·T1 is 3.2 s here
	if e, ok := within[sip.CallEnded](ph, 20*time.Millisecond); ok {
		t.Errorf("ended %+v", e)
	}
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// The agent who waits for a resume is told that the other side has not answered yet.
func TestResumeUnansweredIsTold(t *testing.T) {
	sip.SetWaitingFor(t, 0)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	session(t, p, "sendonly", "recvonly")
	ph.must(ph.Resume(id))
	re := p.Await("INVITE sip:b@")
	if h := next[sip.CallHold](ph); !h.Resuming || !h.Local {
		t.Errorf("while it waits: %+v", h)
	}
	accept(p, re, "sendrecv")
	p.Await("ACK")
	if h := next[sip.CallHold](ph); h.Resuming || h.Local {
		t.Errorf("once it is answered: %+v", h)
	}
}

// A hold that was refused is agreed to after all when the other side changes the session meanwhile: it is told of the end.
func TestHoldAgreedToLater(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	p.Reply(p.Await("INVITE sip:caller@"), "488 Not Acceptable Here", "")
	p.Await("ACK")
	c.Send("INVITE", "", siptest.SDP(4000, "sendrecv"))
	if m := p.Await("SIP/2.0 200"); !strings.Contains(m.Body(), "a=sendonly") {
		t.Errorf("answered\n%s", m.Body())
	}
	c.Send("ACK", "", "")
	ph.must(ph.Resume(id))
	re := p.Await("INVITE sip:caller@")
	if !strings.Contains(re.Body(), "a=sendrecv") {
		t.Errorf("offered\n%s", re.Body())
	}
	accept(p, re, "sendrecv")
	hold(ph, id, false)
}

// Held by the other side, in every way in which it is said.
func TestHeldByTheOtherSide(t *testing.T) {
	interop.Proves(t, "S3.2")
	talked := siptest.SDP(4000, "sendrecv")
	for name, offer := range map[string]string{
		"sendonly":  siptest.SDP(4000, "sendonly"),
		"inactive":  siptest.SDP(4000, "inactive"),
		"c=0.0.0.0": strings.ReplaceAll(talked, "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0"),
		"port 0":    siptest.SDP(0, "sendrecv"),
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c, _ := talk(ph, p)
			for range 2 {
				for _, held := range []bool{true, false} {
					body := talked
					if held {
						body = offer
					}
					c.Send("INVITE", "", body)
					m := p.Await("SIP/2.0 200")
					if zero := strings.Contains(m.Body(), "m=audio 0 "); zero != (held && name == "port 0") {
						t.Errorf("answered\n%s", m.Body())
					}
					c.Send("ACK", "", "")
					if h := next[sip.CallHold](ph); h.Remote != held || h.Local {
						t.Errorf("%s: %+v", name, h)
					}
				}
			}
			c.Bye()
		})
	}
}
