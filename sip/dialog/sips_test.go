package dialog_test

import (
	"strings"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// RFC 5630: a call to a sips: address, at an account whose server is reached by TLS: the address stays, and the Contact of everything in
// the call is one, too. A redirect does not take the promise away.
func TestASIPSAddressIsDialed(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	l := a.dial("sips:2050")
	first := p.Await("INVITE")
	if want := "INVITE sips:2050@" + f.Addr() + " "; !strings.HasPrefix(first.Start(), want) || !strings.HasPrefix(first.URI("Contact"), "sips:2041@") || !strings.HasPrefix(first.URI("To"), "sips:2050@") {
		t.Errorf("want %q\n%s", want, first.Text)
	}
	p.ReplyTagged(first, "302 Moved Temporarily", "t", "Contact: <sip:2051@127.0.0.1>\n", "")
	second := p.Await("INVITE")
	if !strings.HasPrefix(second.Start(), "INVITE sips:2051@") || !strings.HasPrefix(second.URI("Contact"), "sips:") {
		t.Errorf("sent on by\n%s", second.Text)
	}
	p.ReplyTagged(second, "200 OK", "far", "Contact: <sips:2051@"+f.Addr()+">\n", sdp("sendrecv"))
	p.Await("ACK sips:2051@")
	l.hears("answered")
	a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
	again := p.Await("INVITE sips:2051@")
	if !strings.HasPrefix(again.URI("Contact"), "sips:") {
		t.Errorf("the hold:\n%s", again.Text)
	}
	p.ReplyTagged(again, "200 OK", "", "", sdp("recvonly"))
	l.hangup()
	p.Reply(p.Await("BYE sips:2051@"), "200 OK", "")

	plain := a.dial("2052")
	if m := p.Await("INVITE sip:2052@"); !strings.HasPrefix(m.URI("Contact"), "sip:") {
		t.Errorf("a call without sips:\n%s", m.Text)
	}
	plain.hangup()
}

// A call that comes by a sips: address, ours or that of the last proxy, is answered from one (RFC 3261 §12.1.1).
func TestASIPSAddressRings(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	for _, tc := range []struct{ uri, extra, want string }{
		{"sips", "", "sips"}, {"sip", "", "sip"}, {"sip", "Record-Route: <sips:" + f.Addr() + ";lr>\n", "sips"}, {"sip", "Record-Route: <sip:" + f.Addr() + ";lr>\n", "sip"},
	} {
		c := p.Call("<sip:bob@example.com>")
		c.URI = tc.uri + strings.TrimPrefix(c.URI, "sip")
		c.Send("INVITE", tc.extra, sdp("sendrecv"))
		m := c.Learn(p.Await("SIP/2.0 180"))
		if !strings.HasPrefix(m.URI("Contact"), tc.want+":") {
			t.Errorf("%+v:\n%s", tc, m.Text)
		}
		a.rings().reject(486)
		p.Await("SIP/2.0 486")
	}
}

// A transfer keeps sips:, whichever side asks for it: what the other side wants called by TLS on the whole way is called so, and the party of
// a call that was dialed so is named so.
func TestATransferKeepsSIPS(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	c, l := a.talks(p)
	c.Send("REFER", "Refer-To: <SIPS:2050@"+f.Addr()+">\n", "")
	p.Await("SIP/2.0 202")
	l.hears("referred")
	notified(t, p, "100 Trying", "active")
	n := l.follow()
	invite := p.Await("INVITE sips:2050@" + f.Addr() + " ")
	if !strings.HasPrefix(invite.URI("Contact"), "sips:") {
		t.Errorf("called by\n%s", invite.Text)
	}
	p.ReplyTagged(invite, "200 OK", "x", "Contact: <sips:2050@"+f.Addr()+">\n", sdp("sendrecv"))
	notified(t, p, "200 OK", "terminated")
	n.hears("answered")
	a.do(func() { l.ReferTo(n.Call, func(int, error) {}) })
	refer := p.Await("REFER")
	if to := refer.Header("Refer-To"); !strings.HasPrefix(to, "<sips:2050@") {
		t.Errorf("Refer-To %s", to)
	}
	p.Reply(refer, "603 Decline", "")
	c.Bye()
	l.ends(dialog.HungUpThere)
	n.hangup()
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// In the clear nobody keeps what sips: promises: who asks for it is told so, and nobody is called.
func TestATransferBySIPSInTheClear(t *testing.T) {
	t.Parallel()
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	for _, to := range []string{"sips:2050@" + p.Addr(), "sips:2050@partner.example"} {
		c.Send("REFER", "Refer-To: <"+to+">\n", "")
		p.Await("SIP/2.0 416")
	}
	c.Bye()
	l.ends(dialog.HungUpThere)
}
