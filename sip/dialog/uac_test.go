package dialog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// S1: queues and forking proxies send provisional answers without end.
func TestProvisionalAnswersWithoutLimit(t *testing.T) {
	interop.Proves(t, "S2.2")
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	for range 40 {
		p.Reply(invite, "180 Ringing", contact(p, "b"))
	}
	for range 40 {
		if h := l.hears("progress"); h.code != 180 {
			t.Fatalf("progress %d", h.code)
		}
	}
	p.ReplyTagged(invite, "200 OK", "peer", contact(p, "b"), sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
}

// S2: the 200 crosses our CANCEL. The callee has answered, and gets an ACK and a BYE.
func TestCancelCrosses200(t *testing.T) {
	interop.Proves(t, "S2.3")
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	p.Reply(invite, "180 Ringing", contact(p, "b"))
	l.hears("progress")
	l.hangup()
	l.ends(dialog.HungUpHere)
	cancel := p.Recv("CANCEL")
	if cancel.Branch() != invite.Branch() || cancel.Header("CSeq") != "1 CANCEL" {
		t.Errorf("CANCEL does not match its INVITE:\n%s", cancel.Text)
	}
	p.Reply(cancel, "200 OK", "")
	p.ReplyTagged(invite, "200 OK", "peer", contact(p, "b"), sdp("sendrecv"))
	ack := p.Recv("ACK")
	if ack.Header("CSeq") != "1 ACK" || ack.Tag("To") != "peer" {
		t.Errorf("ACK:\n%s", ack.Text)
	}
	p.Reply(p.Recv("BYE"), "200 OK", "")
}

// RFC 3261 §9.1: no CANCEL before a provisional answer; it follows the first one.
func TestCancelWaitsForProvisional(t *testing.T) {
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	l.hangup()
	l.ends(dialog.HungUpHere)
	p.Repeat("INVITE") // T1 is over
	p.Reply(invite, "100 Trying", "")
	p.Reply(p.Await("CANCEL"), "200 OK", "")
	p.Reply(invite, "487 Request Terminated", "")
	p.Await("ACK")
	p.Quiet(200 * time.Millisecond)
}

// S3: a second fork answers too. Each 2xx gets the ACK of its own leg, and the extra leg is hung up.
func TestSecondForkIsAcknowledgedAndHungUp(t *testing.T) {
	interop.Proves(t, "S2.3")
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	p.ReplyTagged(invite, "180 Ringing", "f1", contact(p, "b1"), "")
	p.ReplyTagged(invite, "180 Ringing", "f2", contact(p, "b2"), "")
	p.ReplyTagged(invite, "200 OK", "f1", contact(p, "b1"), sdp("sendrecv"))
	if ack := p.Recv("ACK"); ack.Tag("To") != "f1" || !strings.HasPrefix(ack.Start(), "ACK sip:b1@") {
		t.Errorf("first ACK:\n%s", ack.Text)
	}
	p.ReplyTagged(invite, "200 OK", "f2", contact(p, "b2"), sdp("sendrecv"))
	if ack := p.Recv("ACK"); ack.Tag("To") != "f2" || !strings.HasPrefix(ack.Start(), "ACK sip:b2@") {
		t.Errorf("second ACK:\n%s", ack.Text)
	}
	bye := p.Recv("BYE sip:b2@")
	if bye.Tag("To") != "f2" {
		t.Errorf("BYE:\n%s", bye.Text)
	}
	p.Reply(bye, "200 OK", "")
	l.hears("progress")
	l.hears("progress")
	l.hears("answered")
	// Both repeat their 200: both get their ACK again, and nobody a second BYE.
	p.ReplyTagged(invite, "200 OK", "f1", contact(p, "b1"), sdp("sendrecv"))
	if ack := p.Recv("ACK"); ack.Tag("To") != "f1" {
		t.Errorf("repeated ACK of f1:\n%s", ack.Text)
	}
	p.ReplyTagged(invite, "200 OK", "f2", contact(p, "b2"), sdp("sendrecv"))
	if ack := p.Recv("ACK"); ack.Tag("To") != "f2" {
		t.Errorf("repeated ACK of f2:\n%s", ack.Text)
	}
	p.Still(200 * time.Millisecond)
	l.hangup()
	if bye := p.Recv("BYE sip:b1@"); bye.Tag("To") != "f1" {
		t.Errorf("BYE:\n%s", bye.Text)
	}
}

// S6, S10, S11: with an outbound proxy every request goes to it, from our one socket, with the Route once. The callee's
// Contact cannot be reached at all.
func TestRequestsStayOnTheRoute(t *testing.T) {
	interop.Proves(t, "S2.13")
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) {
		c.Account.Server, c.Account.Proxy = "pbx.invalid", p.Addr()
	})
	l := a.dial("100")
	check := func(m siptest.Message, routes int) siptest.Message {
		t.Helper()
		if m.From != a.ua.LocalAddr() {
			t.Errorf("%s left from %v, not from our socket %v", m.Method(), m.From, a.ua.LocalAddr())
		}
		if n := len(m.Headers("Route")); n != routes {
			t.Errorf("%s has %d Route headers, want %d", m.Method(), n, routes)
		}
		return m
	}
	far := "Contact: <sip:b@192.0.2.99:5099>\n"
	rr := fmt.Sprintf("Record-Route: <sip:%s;lr>\n", p.Addr())
	invite := check(p.Recv("INVITE sip:100@pbx.invalid"), 1)
	p.Reply(invite, "180 Ringing", rr+far)
	l.hears("progress")
	p.ReplyTagged(invite, "200 OK", "peer", rr+far, sdp("sendrecv"))
	check(p.Recv("ACK sip:b@192.0.2.99:5099"), 1)
	l.hears("answered")
	a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
	re := check(p.Recv("INVITE sip:b@192.0.2.99:5099"), 1)
	p.ReplyTagged(re, "200 OK", "peer", rr+far, sdp("recvonly"))
	check(p.Recv("ACK sip:b@192.0.2.99:5099"), 1)
	l.hangup()
	p.Reply(check(p.Recv("BYE sip:b@192.0.2.99:5099"), 1), "200 OK", "")

	second := a.dial("101")
	invite = check(p.Recv("INVITE"), 1)
	p.Reply(invite, "180 Ringing", rr+far)
	second.hears("progress")
	second.hangup()
	p.Reply(check(p.Recv("CANCEL"), 1), "200 OK", "")
	p.Reply(invite, "487 Request Terminated", "")
	check(p.Recv("ACK"), 1)
}

// RFC 3261 §12.2.1.1: a route without lr is a strict router.
func TestStrictRouter(t *testing.T) {
	interop.Proves(t, "S2.13")
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	p.ReplyTagged(invite, "200 OK", "peer", fmt.Sprintf("Record-Route: <sip:%s>\nContact: <sip:b@192.0.2.99>\n", p.Addr()), sdp("sendrecv"))
	ack := p.Recv("ACK sip:" + p.Addr())
	if got := ack.URI("Route"); got != "sip:b@192.0.2.99" {
		t.Errorf("Route %q, want the target", got)
	}
	l.hears("answered")
}

// S9: an INVITE larger than an Ethernet frame still leaves by UDP.
func TestLargeInvite(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.DisplayName = strings.Repeat("long name ", 200) })
	a.dial("100")
	if n := len(p.Recv("INVITE").Text); n < 1500 {
		t.Errorf("the INVITE has %d octets: this tests nothing", n)
	}
}

// S15: responses may overtake each other; a 180 after the 200 changes nothing.
func TestRingingAfterAnswer(t *testing.T) {
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	p.ReplyTagged(invite, "200 OK", "peer", contact(p, "b"), sdp("sendrecv"))
	p.Reply(invite, "180 Ringing", contact(p, "b"))
	p.Recv("ACK")
	l.hears("answered")
	l.hangup()
	p.Reply(p.Recv("BYE"), "200 OK", "")
	l.hears("ended")
}

// The order the wire had is the order the handler sees, however fast messages follow each other.
func TestResponsesInOrder(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	for range 50 {
		l := a.dial("100")
		invite := p.Await("INVITE")
		for code := 180; code < 184; code++ {
			p.Reply(invite, fmt.Sprintf("%d Progress", code), contact(p, "b"))
		}
		p.ReplyTagged(invite, "200 OK", "peer", contact(p, "b"), sdp("sendrecv"))
		for code := 180; code < 184; code++ {
			if h := l.hears("progress"); h.code != code {
				t.Fatalf("heard %d, want %d", h.code, code)
			}
		}
		l.hears("answered")
		l.hangup()
		p.Reply(p.Await("BYE"), "200 OK", "")
	}
}

// A final refusal that is repeated, because our ACK was lost, is acknowledged again at once.
func TestRepeatedRefusalIsAcknowledged(t *testing.T) {
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	for range 2 { // the first ACK is sipgo's, the others are ours
		p.Reply(invite, "486 Busy Here", "")
		if ack := p.Recv("ACK"); ack.Branch() != invite.Branch() || ack.Tag("To") != "peer" {
			t.Errorf("ACK:\n%s", ack.Text)
		}
	}
	p.Reply(invite, "486 Busy Here", "")
	p.Repeat("ACK")
	if e := l.ends(dialog.Rejected); e.Code != 486 {
		t.Errorf("end %+v", e)
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	l.ends(dialog.NoResponse) // Timer B
}

// A 3xx inside our domain is followed; one that leads elsewhere is not: it would be a call we did not dial.
func TestRedirect(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	l := a.dial("100")
	invite := p.Recv("INVITE sip:100@")
	p.Reply(invite, "302 Moved Temporarily", contact(p, "200"))
	p.Recv("ACK")
	next := p.Recv("INVITE sip:200@")
	if next.Header("Call-ID") != invite.Header("Call-ID") || next.Header("CSeq") != "2 INVITE" {
		t.Errorf("redirected INVITE:\n%s", next.Text)
	}
	p.Reply(next, "302 Moved Temporarily", "Contact: <sip:0900666@toll.example.com>\n")
	p.Recv("ACK")
	if e := l.ends(dialog.Rejected); e.Code != 302 {
		t.Errorf("end %+v", e)
	}
}
