package dialog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// changed is how a change of the session ended.
type changed struct {
	answer string
	err    error
}

// changes has the call offer a hold, until it is under way, and gives the INVITE.
func (l *leg) changes(p *siptest.Peer, offer func() []byte) (siptest.Message, chan changed) {
	l.a.t.Helper()
	done := make(chan changed, 10)
	eventually(l.a.t, func() bool { // the ACK is on its way
		l.a.do(func() {
			l.Reinvite(offer, func(answer []byte, err error) { done <- changed{string(answer), err} })
		})
		select {
		case c := <-done:
			return !errors.Is(c.err, dialog.ErrPending)
		default:
			return true
		}
	})
	return p.Await("INVITE"), done
}

func (l *leg) await(done chan changed) changed {
	l.a.t.Helper()
	select {
	case c := <-done:
		return c
	case <-time.After(patience):
		l.a.t.Fatal("the change of the session never ends")
		return changed{}
	}
}

// A proxy says 100 and nothing more. The change is cancelled, and the session can be changed again.
func TestChangeThatHasNoFinalAnswerIsCancelled(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	invite, done := l.changes(p, hold)
	p.Reply(invite, "100 Trying", "")
	c.There()
	a.forward(longest())
	cancel := p.Await("CANCEL")
	p.Reply(cancel, "200 OK", "")
	p.Reply(invite, "487 Request Terminated", "")
	p.Await("ACK")
	var refused *dialog.RefusedError
	if change := l.await(done); !errors.As(change.err, &refused) || refused.Code != 487 {
		t.Errorf("the change ended with %v", change.err)
	}
	invite, done = l.changes(p, hold)
	p.ReplyTagged(invite, "200 OK", "", contact(p, "b"), sdp("recvonly"))
	p.Await("ACK")
	if change := l.await(done); change.err != nil || change.answer != sdp("recvonly") {
		t.Errorf("the next one: %q, %v", change.answer, change.err)
	}
}

// Neither the change nor its CANCEL has a final answer: the call goes on when the other side is heard, and is over when it is not.
func TestChangeThatIsNotEvenCancelled(t *testing.T) {
	for name, alive := range map[string]bool{"heard": true, "not heard": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			_, l := a.talks(p)
			a.do(func() { l.alive = alive })
			invite, done := l.changes(p, hold)
			p.Reply(invite, "183 Session Progress", "")
			p.Await("CANCEL")
			if !alive {
				p.Await("BYE")
				l.ends(dialog.Gone)
				return
			}
			if c := l.await(done); c.err == nil {
				t.Error("the change succeeded")
			}
			invite, done = l.changes(p, hold)
			p.ReplyTagged(invite, "200 OK", "", contact(p, "b"), sdp("recvonly"))
			p.Await("ACK")
			if c := l.await(done); c.err != nil {
				t.Errorf("the next one: %v", c.err)
			}
		})
	}
}

// While the pause after a 491 lasts, the other side changes the session. Before its ACK is here no INVITE goes out (RFC 3261 §14.1).
func TestGlareIsNotTriedAgainBeforeTheACK(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p, stillClock)
	c, l := a.talks(p)
	invite, done := l.changes(p, hold)
	p.Reply(invite, "491 Request Pending", "")
	p.Await("ACK")
	c.Send("INVITE", "", sdp("sendrecv"))
	p.Await("SIP/2.0 200")
	a.forward(time.Second) // the pause is over
	if got := l.await(done); !errors.Is(got.err, dialog.ErrPending) {
		t.Errorf("the change ended with %v", got.err)
	}
	if m, ok := p.Within(10*time.Millisecond, "INVITE"); ok {
		t.Errorf("went out\n%s", m.Text)
	}
	c.Send("ACK", "", "")
}

// What is not wanted any more when its turn comes is not sent.
func TestChangeThatIsNotWantedAnyMore(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	_, l := a.talks(p)
	asked := 0
	invite, done := l.changes(p, func() []byte {
		if asked++; asked > 1 {
			return nil
		}
		return hold()
	})
	p.Reply(invite, "491 Request Pending", "")
	p.Await("ACK")
	if c := l.await(done); !errors.Is(c.err, dialog.ErrUnneeded) {
		t.Errorf("the change ended with %v", c.err)
	}
	if m, ok := p.Within(10*time.Millisecond, "INVITE"); ok {
		t.Errorf("went out\n%s", m.Text)
	}
}

// The answer to a session refresh is told: it may change the other side's half of the session.
func TestAnswerToARefreshIsTold(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	p.ReplyTagged(p.Recv("INVITE"), "200 OK", "peer", contact(p, "b")+"Session-Expires: 1;refresher=uac\n", sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	m := p.Recv("INVITE")
	p.ReplyTagged(m, "200 OK", "", contact(p, "b"), sdp("sendonly"))
	p.Recv("ACK")
	if h := l.hears("refreshed"); !strings.Contains(h.sdp, "a=sendonly") {
		t.Errorf("told %q", h.sdp)
	}
}
