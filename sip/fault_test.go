package sip_test

import (
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// A bug met while a call comes in costs that call: the caller is refused, the desk told, and the next call rings.
func TestFaultEndsTheCall(t *testing.T) {
	p := siptest.NewPeer(t)
	first := true
	ph := newPhone(t, p, func(c *setup) {
		c.BeforeRinging = func(_ sip.CallIncoming, proceed func()) {
			if first {
				first = false
				panic("bug")
			}
			proceed()
		}
	})
	p.Call("<sip:b@example.com>").Invite()
	p.Await("SIP/2.0 500")
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndFailed || e.Text == "" {
		t.Errorf("ended %+v", e)
	}
	ring(ph, p)
}
