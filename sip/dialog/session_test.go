package dialog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
	"linecard/test/wait"
)

// A key or a transfer that the other side answers as if there were no call ends the call (RFC 3261 §12.2.1.2).
func TestForgottenCall(t *testing.T) {
	for _, method := range []string{"INFO", "REFER"} {
		for _, status := range []string{"481 Call/Transaction Does Not Exist", "408 Request Timeout"} {
			t.Run(method+" "+status[:3], func(t *testing.T) {
				p := siptest.NewPeer(t)
				a := newAgent(t, p)
				_, l := a.talks(p)
				answered := make(chan error, 10)
				a.do(func() {
					if method == "INFO" {
						l.Call.Info("application/dtmf-relay", []byte("Signal=1\r\n"), func(err error) { answered <- err })
						return
					}
					l.Refer("102", func(_ int, err error) { answered <- err })
				})
				p.Reply(p.Recv(method), status, "")
				if err := arrives(t, answered); err == nil {
					t.Error("it is taken for done")
				}
				p.Reply(p.Recv("BYE"), "200 OK", "")
				if e := l.ends(dialog.Gone); status[:3] != fmt.Sprint(e.Code) {
					t.Errorf("end %+v", e)
				}
			})
		}
	}
}

func TestHeldAndResumedByTheOtherSide(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	for _, method := range []string{"INVITE", "UPDATE"} {
		c.Send(method, "", sdp("sendonly"))
		m := p.Await("SIP/2.0 200")
		if method == "INVITE" {
			c.Send("ACK", "", "")
		}
		if h := l.hears("offer"); h.sdp != sdp("sendonly") {
			t.Errorf("%s: offer %q", method, h.sdp)
		}
		if m.Body() != sdp("recvonly") {
			t.Errorf("%s: answered %q", method, m.Body())
		}
	}
	c.Send("INVITE", "", "") // asks us to offer
	if m := p.Await("SIP/2.0 200"); m.Body() == "" {
		t.Error("no offer in the 200 to a re-INVITE without one")
	}
	l.hears("offer")
	c.Send("ACK", "", sdp("sendrecv"))
	l.hears("answer")

	a.do(func() { l.answer = func([]byte) ([]byte, int) { return nil, 488 } })
	c.Send("INVITE", "", sdp("sendrecv"))
	p.Await("SIP/2.0 488")
	c.Send("ACK", "", "")
	c.Bye() // a refused change leaves the call up
}

func TestChangeOfSessionOutOfTurn(t *testing.T) {
	interop.Proves(t, "S2.6")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.called(p)
	c.Send("INVITE", "", sdp("sendrecv")) // while the first one rings
	if m := p.Recv("SIP/2.0 500"); m.Header("Retry-After") == "" {
		t.Errorf("500 without Retry-After:\n%s", m.Text)
	}
	c.Seq = 1
	l.accept()
	c.Answered()
	eventually(t, func() bool {
		a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
		_, ok := p.Within(50*time.Millisecond, "INVITE")
		return ok
	})
	c.Seq = 10
	c.Send("INVITE", "", sdp("sendrecv")) // ours is unanswered
	p.Await("SIP/2.0 491")
	c.Send("ACK", "", "")
	c.Send("UPDATE", "", sdp("sendrecv"))
	p.Await("SIP/2.0 491")
	c.Seq = 2
	c.Send("INFO", "", "") // older than what we have seen
	p.Await("SIP/2.0 500")
}

// 491: both sides changed the session at once. We wait and try again (RFC 3261 §14.1).
func TestGlareIsTriedAgain(t *testing.T) {
	interop.Proves(t, "S2.6")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	_, l := a.talks(p)
	done := make(chan error, 1)
	eventually(t, func() bool { // the ACK is on its way
		ok := false
		a.do(func() {
			l.Reinvite(hold, func(_ []byte, err error) {
				if !errors.Is(err, dialog.ErrPending) {
					done <- err
				}
			})
		})
		if m, came := p.Within(100*time.Millisecond, "INVITE"); came {
			p.Reply(m, "491 Request Pending", "")
			ok = true
		}
		return ok
	})
	again := p.Await("INVITE")
	p.ReplyTagged(again, "200 OK", "", contact(p, "b"), sdp("recvonly"))
	p.Await("ACK")
	if err := arrives(t, done); err != nil {
		t.Error(err)
	}
}

func TestInfo(t *testing.T) {
	interop.Proves(t, "S3.10")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	c.Send("INFO", "Content-Type: application/dtmf-relay\n", "Signal=5\nDuration=160\n")
	p.Await("SIP/2.0 200")
	if h := l.hears("info"); !strings.HasPrefix(h.sdp, "Signal=5") {
		t.Errorf("info %q", h.sdp)
	}
	c.Send("INFO", "Content-Type: application/x-chess\n", "e4")
	if m := p.Await("SIP/2.0 415"); m.Header("Accept") == "" {
		t.Error("415 without Accept")
	}
	c.Send("INFO", "", "") // asks whether the call is there
	p.Await("SIP/2.0 200")
}

// RFC 3515: we refer, and are told how the call we asked for goes.
func TestBlindTransfer(t *testing.T) {
	interop.Proves(t, "S3.5")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	codes := make(chan string, 10)
	a.do(func() {
		l.Refer("2050", func(code int, err error) { codes <- fmt.Sprint(code, err) })
	})
	refer := p.Await("REFER")
	if got := refer.URI("Refer-To"); !strings.HasPrefix(got, "sip:2050@") {
		t.Errorf("Refer-To %q", got)
	}
	p.Reply(refer, "202 Accepted", "")
	frag := func(status, state string) {
		c.Send("NOTIFY", "Event: refer\nSubscription-State: "+state+"\nContent-Type: message/sipfrag\n", "SIP/2.0 "+status)
		p.Await("SIP/2.0 200")
	}
	frag("180 Ringing", "active;expires=60")
	frag("200 OK", "terminated;reason=noresource")
	for _, want := range []string{"100 <nil>", "180 <nil>", "200 <nil>"} {
		if got := arrives(t, codes); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	c.Send("NOTIFY", "Event: message-summary\nSubscription-State: active\n", "")
	p.Await("SIP/2.0 489")
}

// RFC 6665 §4.1.2.4, Timer N: whoever takes a REFER and is not heard of again has not transferred anybody.
func TestTransferWithoutNotice(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	told := make(chan string, 10)
	a.do(func() {
		l.Refer("2050", func(code int, err error) { told <- fmt.Sprint(code, err) })
	})
	p.Reply(p.Await("REFER"), "202 Accepted", "")
	for _, want := range []string{"100 <nil>", "0 no NOTIFY came"} {
		select {
		case got := <-told:
			if got != want {
				t.Errorf("told %q, want %q", got, want)
			}
		case <-time.After(patience):
			t.Fatalf("told nothing, want %q", want)
		}
		a.forward(longest())
	}
	c.Bye()
}

// arrives waits for what a channel tells; where nothing comes the test says so, and does not hang.
func arrives[T any](t testing.TB, told <-chan T) T {
	t.Helper()
	return wait.For(t, told)
}

// eventually polls what no event tells.
func eventually(t testing.TB, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatal("never happened")
}
