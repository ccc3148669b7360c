package siptest

import (
	"net/netip"
	"testing"
	"time"
)

// A test that was kept from the processor for a moment finds the phone's repetitions in its way. It never sees them.
func TestRepetitionsArePassedOver(t *testing.T) {
	p, phone := NewPeer(t), NewPeer(t)
	to := netip.MustParseAddrPort(p.Addr())
	say := func(lines ...string) {
		for _, l := range lines {
			phone.Send(to, l+" sip:b@x SIP/2.0\n\n")
		}
	}
	say("INVITE", "INVITE", "INVITE", "ACK", "INVITE", "ACK", "BYE")
	p.Recv("INVITE")
	p.Recv("ACK")
	p.Await("BYE")
	say("INVITE", "BYE")
	p.Repeat("BYE")
	say("INVITE")
	if m, ok := p.Within(20*time.Millisecond, "INVITE"); ok {
		t.Errorf("got %q again", m.Start())
	}
	say("INVITE", "ACK")
	p.Quiet(20 * time.Millisecond)
}

// A phone that was kept from answering says 100 first. A test that waits for the answer gets the answer.
func TestTryingIsPassedOver(t *testing.T) {
	p, phone := NewPeer(t), NewPeer(t)
	to := netip.MustParseAddrPort(p.Addr())
	for _, status := range []string{"100 Trying", "180 Ringing", "100 Trying", "200 OK"} {
		phone.Send(to, "SIP/2.0 "+status+"\n\n")
	}
	p.Recv("SIP/2.0 180")
	p.Recv("SIP/2.0 200")
}
