package dialog_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

const requires = "Require: 100rel\nSupported: 100rel\n"

// ringsReliably has the peer call, and waits for the 180, whose number it gives.
func ringsReliably(t *testing.T, p *siptest.Peer, c *siptest.Caller, extra, offer string) (ringing siptest.Message, rack string) {
	t.Helper()
	c.Send("INVITE", extra, offer)
	ringing = c.Learn(p.Recv("SIP/2.0 180"))
	n, err := strconv.Atoi(ringing.Header("RSeq"))
	if err != nil || n < 1 || ringing.Header("Require") != "100rel" {
		t.Fatalf("not reliable:\n%s", ringing.Text)
	}
	return ringing, fmt.Sprintf("RAck: %d %d INVITE\n", n, c.Seq)
}

// RFC 3262 §3: a caller who requires it has the 180 repeated until the PRACK is here. A PRACK of anything else is told so.
func TestTheRingingIsAcknowledged(t *testing.T) {
	interop.Proves(t, "S2.10")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	ringing, rack := ringsReliably(t, p, c, requires, sdp("sendrecv"))
	if ringing.Body() != "" || ringing.Tag("To") == "" || ringing.URI("Contact") == "" {
		t.Errorf("180:\n%s", ringing.Text)
	}
	l := a.rings()
	p.Repeat("SIP/2.0 180")
	p.Repeat("SIP/2.0 180")
	for _, wrong := range []string{"", "RAck: 1 1\n", "RAck: 0 1 INVITE\n", "RAck: x y INVITE\n", strings.Replace(rack, "INVITE", "UPDATE", 1), strings.Replace(rack, " 1 INVITE", " 9 INVITE", 1), strings.Replace(rack, "RAck: ", "RAck: 1", 1)} {
		invited := c.Seq
		c.Send("PRACK", wrong, "")
		if m := p.Recv("SIP/2.0"); m.Status() != "481" {
			t.Errorf("PRACK of %q: %s (INVITE %d)", wrong, m.Start(), invited)
		}
	}
	c.Send("PRACK", rack, "")
	p.Recv("SIP/2.0 200")
	c.Send("PRACK", rack, "") // it is not waited for any more
	p.Recv("SIP/2.0 481")
	l.accept()
	ok := p.Recv("SIP/2.0 200")
	if ok.Body() == "" || ok.Header("Require") != "" {
		t.Errorf("200:\n%s", ok.Text)
	}
	// The ACK has the number of the INVITE.
	p.Send(c.To, strings.Replace(c.Text("ACK", "", ""), fmt.Sprintf("CSeq: %d ACK", c.Seq), "CSeq: 1 ACK", 1))
	c.Bye()
	l.ends(dialog.HungUpThere)
}

// A 180 that nobody asked to be reliable is as ever, unless the account wants it where the caller can do it.
func TestWhenTheRingingIsReliable(t *testing.T) {
	for _, tc := range []struct {
		wanted bool
		extra  string
		want   string
	}{
		{false, "", ""},
		{false, "Supported: 100rel\n", ""},
		{true, "", ""},
		{true, "Supported: timer\n", ""},
		{true, "k: timer, 100REL\n", "100rel"},
		{false, "Require: timer,100rel\n", "100rel"},
	} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p, func(c *dialog.Config) { c.Account.ReliableRinging = tc.wanted })
		c := p.Call("<sip:bob@example.com>")
		c.Send("INVITE", tc.extra, sdp("sendrecv"))
		m := c.Learn(p.Recv("SIP/2.0 180"))
		if m.Header("Require") != tc.want || (m.Header("RSeq") != "") != (tc.want != "") {
			t.Errorf("%+v:\n%s", tc, m.Text)
		}
		// A 180 without a description does not hold up the answer.
		a.rings().accept()
		c.Answered()
		c.Bye()
	}
	p := siptest.NewPeer(t)
	newAgent(t, p)
	p.Call("<sip:bob@example.com>").Send("INVITE", "Require: 100rel, precondition\n", sdp("sendrecv"))
	if m := p.Recv("SIP/2.0 420"); m.Header("Unsupported") != "precondition" {
		t.Errorf("Unsupported %q", m.Header("Unsupported"))
	}
}

// A call whose 180 is never acknowledged ends with a 5xx, after 64·T1.
func TestTheRingingIsNeverAcknowledged(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	_, rack := ringsReliably(t, p, c, requires, sdp("sendrecv"))
	l := a.rings()
	a.forward(longest())
	m := p.Recv("SIP/2.0")
	if m.Status() != "504" {
		t.Errorf("ended %s", m.Start())
	}
	c.Send("ACK", "", "")
	if e := l.ends(dialog.Unacknowledged); e.Code != 504 {
		t.Errorf("ended %+v", e)
	}
	c.Send("PRACK", rack, "")
	p.Await("SIP/2.0 481")
}

// The caller gives up, or is refused, while the 180 waits for its PRACK: nothing is repeated after that.
func TestTheRingingEndsBeforeItIsAcknowledged(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	ringsReliably(t, p, c, requires, sdp("sendrecv"))
	l := a.rings()
	c.Send("CANCEL", "", "")
	p.Await("SIP/2.0 200")
	p.Recv("SIP/2.0 487")
	l.ends(dialog.Cancelled)

	c = p.Call("<sip:bob@example.com>")
	ringsReliably(t, p, c, requires, sdp("sendrecv"))
	a.rings().reject(486)
	p.Await("SIP/2.0 486")
}

// A caller without an offer gets ours in the 180 and answers it in the PRACK; the 200 waits for that and repeats nothing (§5).
func TestTheOfferIsInTheRinging(t *testing.T) {
	for _, early := range []bool{true, false} { // the agent answers before the PRACK is here, or after
		p := siptest.NewPeer(t)
		a := newAgent(t, p)
		c := p.Call("<sip:bob@example.com>")
		ringing, rack := ringsReliably(t, p, c, requires, "")
		if ringing.Body() != sdp("recvonly") {
			t.Errorf("the 180 has no offer:\n%s", ringing.Text)
		}
		l := a.rings()
		l.hears("offer")
		if early {
			l.accept()
			p.Repeat("SIP/2.0 180") // and no 200
		}
		c.Send("UPDATE", "", sdp("sendonly"))
		p.Recv("SIP/2.0 491")
		c.Send("PRACK", rack, sdp("sendonly"))
		p.Recv("SIP/2.0 200")
		if !early {
			c.Send("UPDATE", "", sdp("sendonly"))
			p.Recv("SIP/2.0 504")
			l.accept()
		}
		ok := p.Recv("SIP/2.0 200")
		if ok.Body() != "" || !strings.Contains(ok.Header("CSeq"), "INVITE") {
			t.Errorf("200:\n%s", ok.Text)
		}
		if h := l.hears("answer"); h.sdp != sdp("sendonly") {
			t.Errorf("answer %q", h.sdp)
		}
		p.Send(c.To, strings.Replace(c.Text("ACK", "", ""), fmt.Sprintf("CSeq: %d ACK", c.Seq), "CSeq: 1 ACK", 1))
		c.Bye()
		l.ends(dialog.HungUpThere)
	}
}

// What is taken and hung up again, or given up by the caller, before the PRACK is here ends as a call that rang.
func TestACallIsHungUpBeforeThePRACK(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	_, rack := ringsReliably(t, p, c, requires, "")
	l := a.rings()
	l.accept()
	l.hangup()
	p.Recv("SIP/2.0 486")
	c.Send("ACK", "", "")
	l.ends(dialog.HungUpHere)
	c.Send("PRACK", rack, sdp("sendrecv"))
	p.Recv("SIP/2.0 481")
}

// An offer in a PRACK, where the one of the INVITE has no answer, is refused, and the 180 is acknowledged all the same: it is not repeated, and
// the call ends for no want of a PRACK.
func TestAnOfferInAPRACK(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	_, rack := ringsReliably(t, p, c, requires, sdp("sendrecv"))
	c.Send("PRACK", rack, sdp("sendonly"))
	p.Recv("SIP/2.0 488")
	c.Send("PRACK", rack, "")
	p.Recv("SIP/2.0 481") // it is not waited for any more
	l := a.rings()
	a.forward(longest())
	l.accept()
	c.Answered()
	c.Bye()
	l.ends(dialog.HungUpThere)
}
