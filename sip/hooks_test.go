package sip_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/wait"
)

// slowDesk is a phone whose calls wait for the desk for as long as the test takes. What the desk is to let go on comes by the channel.
func slowDesk(t *testing.T) (ph *phone, p *siptest.Peer, proceeds chan func()) {
	t.Helper()
	t.Cleanup(sip.WaitForDesk(time.Hour, time.Hour)) // restored when the phone is closed
	p = siptest.NewPeer(t)
	proceeds = make(chan func(), 10)
	ph = newPhone(t, p, func(c *setup) {
		c.BeforeRinging = func(_ sip.CallIncoming, proceed func()) { proceeds <- proceed }
		c.BeforeInvite = func(_ sip.CallDialing, proceed func()) { proceeds <- proceed }
	})
	return ph, p, proceeds
}

// The 180 goes out once the call is kept, and not before.
func TestRingingWaitsForTheDesk(t *testing.T) {
	ph, p, proceeds := slowDesk(t)
	c := p.Call("<sip:b@example.com>")
	c.Invite()
	proceed := wait.For(t, proceeds)
	next[sip.CallIncoming](ph)
	if m, ok := p.Within(30*time.Millisecond, "SIP/2.0 180"); ok {
		t.Errorf("rings before it was kept:\n%s", m.Text)
	}
	proceed()
	proceed() // twice does no harm
	p.Await("SIP/2.0 180")
}

// Who answers, declines or leaves before the 180 does so without it.
func TestBeforeTheDeskHasKeptIt(t *testing.T) {
	for name, tc := range map[string]struct {
		do   func(ph *phone, id string) error
		want string
	}{
		"answered": {func(ph *phone, id string) error { return ph.Answer(id) }, "200"},
		"declined": {func(ph *phone, id string) error { return ph.Decline(id) }, "486"},
		"removed":  {func(ph *phone, _ string) error { return ph.SetAccounts(nil) }, "480"},
	} {
		t.Run(name, func(t *testing.T) {
			ph, p, proceeds := slowDesk(t)
			c := p.Call("<sip:b@example.com>")
			c.Invite()
			proceed := wait.For(t, proceeds)
			ph.must(tc.do(ph, next[sip.CallIncoming](ph).ID))
			proceed()
			for m := p.Recv("SIP/2.0"); m.Status() != tc.want; m = p.Recv("SIP/2.0") {
				if m.Status() != "100" {
					t.Fatalf("answered %s", m.Start())
				}
			}
		})
	}
}

// A desk that does not get round to it does not keep the phone from ringing.
func TestRingingDoesNotWaitLong(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.BeforeRinging = func(sip.CallIncoming, func()) {} })
	c, id := ring(ph, p)
	ph.must(ph.Answer(id))
	c.Answered()
}

// A caller who gives up before the 180 gets 487 and no 180, and the call is missed.
func TestCancelBeforeTheDeskHasKeptIt(t *testing.T) {
	ph, p, proceeds := slowDesk(t)
	c := p.Call("<sip:b@example.com>")
	c.Invite()
	proceed := wait.For(t, proceeds)
	c.Send("CANCEL", "", "")
	in := next[sip.CallIncoming](ph)
	if e := next[sip.CallEnded](ph); e.ID != in.ID || e.Reason != sip.EndCancelled {
		t.Errorf("ended %+v", e)
	}
	proceed() // late
	p.Await("SIP/2.0 487")
	c.Send("ACK", "", "")
	ph.must(ph.SetDND(true)) // the queue has got past it
	if m, ok := p.Within(50*time.Millisecond, "SIP/2.0 180"); ok {
		t.Errorf("answered after its end:\n%s", m.Text)
	}
}

// The INVITE leaves, and Dial returns the call's id, once the call is kept.
func TestInviteWaitsForTheDesk(t *testing.T) {
	ph, p, proceeds := slowDesk(t)
	ids := make(chan string, 1)
	go func() {
		id, err := ph.Dial("500")
		if err != nil {
			t.Error(err)
		}
		ids <- id
	}()
	proceed := wait.For(t, proceeds)
	id := next[sip.CallDialing](ph).ID
	if m, ok := p.Within(30*time.Millisecond, "INVITE"); ok || len(ids) > 0 {
		t.Errorf("the call went out before it was kept:\n%s", m.Text)
	}
	proceed()
	proceed() // twice does no harm
	p.Await("INVITE sip:500@")
	if got := wait.For(t, ids); got != id {
		t.Errorf("dialed %q, told %q", got, id)
	}
}

// The desk is asked to keep a call before it is told of it.
func TestTheDeskKeepsADialedCallFirst(t *testing.T) {
	p := siptest.NewPeer(t)
	told := make(chan struct{})
	var early atomic.Bool
	ph := newPhone(t, p, func(c *setup) {
		events := c.Events
		c.Events = func(e sip.Event) {
			if _, ok := e.(sip.CallDialing); ok {
				close(told)
			}
			events(e)
		}
		c.BeforeInvite = func(_ sip.CallDialing, proceed func()) {
			select {
			case <-told:
				early.Store(true)
			case <-time.After(20 * time.Millisecond): // it must not come while this is asked
			}
			proceed()
		}
	})
	_, err := ph.Dial("500")
	ph.must(err)
	next[sip.CallDialing](ph)
	if early.Load() {
		t.Error("the desk was told first")
	}
}

// A hang-up before the INVITE leaves ends the call, and nothing goes out.
func TestHangUpBeforeTheInvite(t *testing.T) {
	ph, p, proceeds := slowDesk(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = ph.Dial("500")
	}()
	id := next[sip.CallDialing](ph).ID
	ph.must(ph.Hangup(id))
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndCancelled {
		t.Errorf("ended %+v", e)
	}
	wait.For(t, done) // the call is over: there is nothing to wait for
	wait.For(t, proceeds)()
	if _, err := ph.Stats(id); !errors.Is(err, sip.ErrNoCall) {
		t.Errorf("the call is still there: %v", err)
	}
	if m, ok := p.Within(50*time.Millisecond, "INVITE"); ok {
		t.Errorf("an INVITE went out:\n%s", m.Text)
	}
}

// A disk that hangs does not keep the phone from dialing.
func TestInviteDoesNotWaitLong(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.BeforeInvite = func(sip.CallDialing, func()) {} })
	_, err := ph.Dial("500")
	ph.must(err)
	p.Await("INVITE sip:500@")
}
