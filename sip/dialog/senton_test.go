package dialog_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// Where a call is sent on to is the handler's to say: each address is asked about in its turn, as it is called, and is passed over, called, or called once
// the handler says so.
func TestWhereACallIsSentOnIsAsked(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.4")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	moved := func(m siptest.Message, contacts string) {
		p.ReplyTagged(m, "302 Moved Temporarily", "t", "Contact: "+strings.ReplaceAll(contacts, "HOST", p.Addr())+"\n", "")
		p.Recv("ACK")
	}
	asked := func(l *leg, want string) {
		t.Helper()
		if h := l.hears("sent on"); h.sdp != want {
			t.Errorf("asked about %q, want %q", h.sdp, want)
		}
	}

	say := func(l *leg, o dialog.Onward) { a.do(func() { l.onward = &o }) }

	l := a.dial("2051")
	say(l, dialog.NotThere)
	moved(p.Recv("INVITE sip:2051@"), "<tel:+1-900-555-0123>;q=0.2, <sip:%2a72900@HOST;maddr=127.0.0.66>, <sip:x@elsewhere.example>, <sip:2051@HOST>")
	asked(l, "*72900@")
	asked(l, "+19005550123@")
	if e := l.ends(dialog.Rejected); e.Code != 302 || e.SentTo != (dialog.Redirect{User: "*72900"}) {
		t.Errorf("%+v", e)
	}

	l = a.dial("2051")
	say(l, dialog.NotThere)
	moved(p.Recv("INVITE sip:2051@"), "<sip:x%0a@elsewhere.example>")
	if e := l.ends(dialog.Rejected); e.SentTo != (dialog.Redirect{User: "x\n", Host: "elsewhere.example"}) { // cleaned by who reads it
		t.Errorf("%+v", e)
	}

	l = a.dial("2051")
	say(l, dialog.WhenAsked)
	moved(p.Recv("INVITE sip:2051@"), "<sip:2052@HOST>, <sip:2053@HOST>;q=0.5")
	asked(l, "2052@")
	p.Quiet(20 * time.Millisecond)
	a.do(l.GoOn)
	invite := p.Recv("INVITE sip:2052@")
	a.do(l.GoOn) // once is enough
	p.ReplyTagged(invite, "486 Busy Here", "u", "", "")
	p.Recv("ACK")
	asked(l, "2053@")
	a.do(l.GoOn)
	p.ReplyTagged(p.Recv("INVITE sip:2053@"), "200 OK", "v", contact(p, "b"), sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	l.hangup()
	p.Reply(p.Recv("BYE"), "200 OK", "")

	l = a.dial("2051")
	say(l, dialog.WhenAsked)
	moved(p.Recv("INVITE sip:2051@"), "<sip:2052@HOST>")
	asked(l, "2052@")
	l.hangup() // nothing is under way that could be cancelled
	l.ends(dialog.HungUpHere)
	a.do(l.GoOn)
	p.Quiet(20 * time.Millisecond)
	if n := calls(a); n != 0 {
		t.Errorf("%d calls are left", n)
	}
}

func calls(a *agent) (n int) {
	a.do(func() { n = a.ua.Calls() })
	return n
}
