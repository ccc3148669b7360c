package dialog_test

import (
	"net/netip"
	"strings"
	"testing"

	"linecard/inorder"
	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// panics is an agent whose queue reports the panics of its steps.
func panics(t *testing.T, p *siptest.Peer, change ...func(*dialog.Config)) (*agent, chan error) {
	said := make(chan error, 100)
	queue := inorder.Functions(func(err error) { said <- err })
	return newAgent(t, p, append(change, func(c *dialog.Config) { c.Queue = queue })...), said
}

// reported checks that the queue reported one panic, with the place it came from.
func reported(t *testing.T, said chan error) {
	t.Helper()
	if err := arrives(t, said); !strings.Contains(err.Error(), "guard_test.go") {
		t.Errorf("reported without its place: %v", err)
	}
	if len(said) > 0 {
		t.Errorf("and again: %v", <-said)
	}
}

// A call that is up and meets a bug is hung up on both sides; the next call is as good as ever.
func TestPanicEndsTheCall(t *testing.T) {
	p := siptest.NewPeer(t)
	a, said := panics(t, p)
	c, l := a.talks(p)
	a.do(func() { l.answer = func([]byte) ([]byte, int) { panic("bug") } })
	c.Send("INVITE", "", sdp("sendonly"))
	p.Reply(p.Await("BYE"), "200 OK", "")
	l.ends(dialog.Fault)
	reported(t, said)
	if _, next := a.talks(p); next == nil {
		t.Error("no further call")
	}
}

// A call that meets a bug while it comes in is refused, so that the caller does not wait in vain.
func TestPanicWhileACallComesIn(t *testing.T) {
	p := siptest.NewPeer(t)
	left := false
	a, said := panics(t, p, func(c *dialog.Config) { c.Incoming = func(*dialog.Call) { panic("bug") } })
	p.Call("<sip:bob@example.com>").Invite()
	p.Await("SIP/2.0 500")
	reported(t, said)
	a.do(func() { left = a.ua.Calls() > 0 })
	if left {
		t.Error("the call is still there")
	}
}

// A call that meets a bug while it is dialed is cancelled.
func TestPanicWhileDialing(t *testing.T) {
	p := siptest.NewPeer(t)
	a, said := panics(t, p)
	l := &leg{a: a, heard: make(chan heard, 1000)}
	a.do(func() {
		l.Call = a.ua.NewCall(panicking{l})
		l.Invite("100", func(netip.Addr) ([]byte, error) { return []byte(sdp("sendrecv")), nil })
	})
	invite := p.Await("INVITE")
	p.Reply(invite, "180 Ringing", "")
	p.Reply(p.Await("CANCEL"), "200 OK", "")
	p.Reply(invite, "487 Request Terminated", "")
	p.Await("ACK")
	l.ends(dialog.Fault)
	reported(t, said)
}

// panicking is a handler with a bug in Progress.
type panicking struct{ *leg }

func (panicking) Progress(int, []byte) { panic("bug") }
