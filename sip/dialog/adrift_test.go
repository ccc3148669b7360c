package dialog_test

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// This machine has another address while the phone that was called rings. The answer goes to where the INVITE came from, so that nobody would
// ever hear of it: the call is cancelled, and ends.
func TestACallThatRingsAtAnAddressThatIsGone(t *testing.T) {
	for _, status := range []string{"180 Ringing", "183 Session Progress", "100 Trying"} {
		t.Run(status, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			a.ua.SetAddresses(func() ([]net.Addr, error) { return []net.Addr{&net.IPNet{IP: net.IPv4(127, 0, 0, 2)}}, nil })
			l := a.dial("100")
			invite := p.Recv("INVITE")
			p.ReplyTagged(invite, status, "far", contact(p, "far"), "")
			if status != "100 Trying" {
				l.hears("progress")
			}
			a.do(func() { a.ua.Renumber(netip.MustParseAddr("127.0.0.2")) })
			if e := l.ends(dialog.Moved); e.Code != 0 {
				t.Errorf("end %+v", e)
			}
			cancel := p.Recv("CANCEL")
			if cancel.Branch() != invite.Branch() {
				t.Errorf("cancelled\n%s", cancel.Text)
			}
			p.Reply(cancel, "200 OK", "")
			p.ReplyTagged(invite, "487 Request Terminated", "far", "", "")
			p.Recv("ACK")
		})
	}
}

// The address of the INVITE is still one of this machine, as when a cable is plugged in beside the radio: the answer arrives.
func TestACallThatRingsAtAnAddressThatIsStillOurs(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	a.ua.SetAddresses(func() ([]net.Addr, error) {
		return []net.Addr{&net.IPNet{IP: net.IPv4(127, 0, 0, 2)}, &net.IPNet{IP: net.IPv4(127, 0, 0, 1)}}, nil
	})
	l := a.dial("100")
	invite := p.Recv("INVITE")
	p.ReplyTagged(invite, "180 Ringing", "far", contact(p, "far"), "")
	l.hears("progress")
	a.do(func() { a.ua.Renumber(netip.MustParseAddr("127.0.0.2")) })
	l.hears("moved")
	a.forward(3 * time.Second)
	p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
	p.Await("ACK")
	l.hears("answered")
	// Then the address is gone too: a call that is answered is told of the new one.
	a.ua.SetAddresses(func() ([]net.Addr, error) { return nil, nil })
	a.forward(3 * time.Second)
	a.do(l.Hangup)
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// A NAT that gives another port than the one the INVITE came from does not let the answer in. One that the registrar told of first while the
// call rang had been there before.
func TestACallThatRingsBehindAnotherPort(t *testing.T) {
	for _, before := range []bool{false, true} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p)
		if before {
			a.do(func() { a.ua.SetPublic(netip.MustParseAddrPort("203.0.113.5:1024")) })
		}
		l := a.dial("100")
		invite := p.Recv("INVITE")
		p.ReplyTagged(invite, "180 Ringing", "far", contact(p, "far"), "")
		l.hears("progress")
		a.do(func() { a.ua.SetPublic(netip.MustParseAddrPort("203.0.113.5:2048")) })
		a.forward(2 * time.Second)
		if before {
			l.ends(dialog.Moved)
			p.Reply(p.Await("CANCEL"), "200 OK", "")
			continue
		}
		p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
		p.Await("ACK")
	}
}
