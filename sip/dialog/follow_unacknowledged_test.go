package dialog_test

import (
	"net/netip"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// The address is gone before the ACK of a call that was just answered is here, and the ACK goes there. The call is offered again by the new address
// all the same, and whoever takes that offer has our 200: it is not repeated any more, and the call goes on.
func TestACallFollowsWhoseACKIsLost(t *testing.T) {
	c, l, again := offeredUnacknowledged(t)
	a, p := l.a, c.Peer
	p.ReplyTagged(again, "200 OK", "peer", contact(p, "caller"), sdp("recvonly"))
	p.Await("ACK")
	for range 5 {
		a.forward(time.Second)
	}
	p.Still(50 * time.Millisecond)
	c.Bye()
	l.ends(dialog.HungUpThere)
}

// The ACK was only late: it is no answer to the offer that is on its way, and the call goes on.
func TestACallFollowsWhoseACKIsLate(t *testing.T) {
	c, l, again := offeredUnacknowledged(t)
	a, p := l.a, c.Peer
	c.Send("ACK", "", "")
	p.ReplyTagged(again, "491 Request Pending", "peer", "", "")
	p.Await("ACK")
	a.forward(2 * time.Second)
	p.ReplyTagged(p.Await("INVITE"), "200 OK", "peer", contact(p, "caller"), sdp("recvonly"))
	p.Await("ACK")
	c.Bye()
	l.hears("ended")
}

// A call that is hung up before its ACK has come ends when the offer is taken: there is no other word that the 200 is there.
func TestACallIsHungUpWhoseACKIsLost(t *testing.T) {
	c, l, again := offeredUnacknowledged(t)
	p := c.Peer
	l.hangup()
	p.ReplyTagged(again, "200 OK", "peer", contact(p, "caller"), sdp("recvonly"))
	p.Reply(p.Await("BYE"), "200 OK", "")
	l.ends(dialog.HungUpHere)
}

// offeredUnacknowledged is a call that is answered and not acknowledged, and its offer from an address that this machine has since.
func offeredUnacknowledged(t *testing.T) (c *siptest.Caller, l *leg, again siptest.Message) {
	t.Helper()
	p := siptest.NewPeer(t)
	a := newAgent(t, p, stillClock)
	c, l = a.called(p)
	l.accept()
	p.Await("SIP/2.0 200")
	a.do(func() { a.ua.Renumber(netip.MustParseAddr("127.0.0.2")) })
	a.forward(time.Second)
	l.hears("moved")
	a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
	return c, l, p.Await("INVITE")
}
