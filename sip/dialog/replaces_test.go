package dialog_test

import (
	"fmt"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// naming is the Replaces line that names a call the peer placed.
func naming(c *siptest.Caller, extra string) string {
	return fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s%s\n", c.CallID, c.ToTag, c.FromTag, extra)
}

// RFC 3891 §3: what a call gets that is to take the place of another.
func TestReplaces(t *testing.T) {
	interop.Proves(t, "S3.8")
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.Lines = 20 })
	up, _ := a.talks(p)
	ringing, _ := a.called(p)
	for _, c := range []struct{ name, replaces, want string }{
		{"nobody", "Replaces: nobody@nowhere;to-tag=1;from-tag=2\n", "481"},
		{"another tag of the other side", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=other\n", up.CallID, up.ToTag), "481"},
		{"the tags exchanged", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\n", up.CallID, up.FromTag, up.ToTag), "481"},
		{"an answered call, early only", naming(up, ";early-only"), "486"},
		{"a call that rings here", naming(ringing, ""), "481"},
		{"two of them", naming(up, "") + naming(ringing, ""), "400"},
		{"no tags", "Replaces: " + up.CallID + "\n", "400"},
		{"a tag twice", naming(up, ";to-tag=2"), "400"},
	} {
		t.Run(c.name, func(t *testing.T) {
			by := p.Call("<sip:carol@example.com>")
			by.Send("INVITE", "Require: replaces\n"+c.replaces, sdp("sendrecv"))
			if m := by.Learn(p.Await("SIP/2.0 ")); m.Status() != c.want {
				t.Errorf("answered %q, want %s", m.Start(), c.want)
			}
			by.Send("ACK", "", "")
		})
	}
}

// An answered call is taken over by another, which is answered in its place.
func TestReplacesAnswered(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	up, l := a.talks(p)
	by := p.Call("<sip:carol@example.com>")
	by.Send("INVITE", "Require: replaces\n"+naming(up, ""), sdp("sendrecv"))
	by.Learn(p.Await("SIP/2.0 180"))
	n := a.rings()
	a.do(func() {
		if n.Replaces() != l.Call {
			t.Error("it is not told whose place it takes")
		}
		n.Accept([]byte(sdp("sendrecv")), func([]byte) {})
		l.Hangup()
	})
	by.Answered()
	bye := p.Await("BYE")
	p.Reply(bye, "200 OK", "")
	if bye.Header("Call-ID") != up.CallID {
		t.Error("another call was hung up")
	}
	l.ends(dialog.HungUpHere)
	a.do(func() {
		if a.ua.Calls() != 1 {
			t.Errorf("%d calls", a.ua.Calls())
		}
	})
}

// A call that we placed and that rings may be taken over, early only too: a pick-up. The one that rang is cancelled.
func TestReplacesEarly(t *testing.T) {
	interop.Proves(t, "S3.8")
	for _, extra := range []string{"", ";early-only"} {
		t.Run(extra, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			l := a.dial("2050")
			invite := p.Await("INVITE")
			p.ReplyTagged(invite, "180 Ringing", "fork", contact(p, "b"), "")
			l.hears("progress")
			by := p.Call("<sip:carol@example.com>")
			by.Send("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=fork%s\n", invite.Header("Call-ID"), invite.Tag("From"), extra), sdp("sendrecv"))
			by.Learn(p.Await("SIP/2.0 180"))
			n := a.rings()
			a.do(func() {
				n.Accept([]byte(sdp("sendrecv")), func([]byte) {})
				n.Replaces().Hangup()
			})
			cancel := p.Await("CANCEL")
			p.Reply(cancel, "200 OK", "")
			p.ReplyTagged(invite, "487 Request Terminated", "fork", "", "")
			l.ends(dialog.HungUpHere)
		})
	}
}

// Whoever calls directly takes nobody's call over.
func TestReplacesOfAStranger(t *testing.T) {
	interop.Proves(t, "S8.5")
	p, stranger := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.9")
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.Trust.Direct = true })
	up, _ := a.talks(p)
	to, uri := p.Phone()
	by := &siptest.Caller{Peer: stranger, To: to, URI: uri, Name: "<sip:mallory@example.com>", CallID: "stolen", FromTag: "m"}
	by.Send("INVITE", naming(up, ""), sdp("sendrecv"))
	by.Learn(stranger.Await("SIP/2.0 481"))
	by.Send("ACK", "", "")
	by.Send("REFER", "Refer-To: <sip:900@example.com>\n", "")
	stranger.Await("SIP/2.0 481") // of no call of its own
}

// RFC 5589 §7.1: we ask the first party to take our place in the call with the second.
func TestAttendedTransfer(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	second := a.dial("2050")
	invite := p.Await("INVITE")
	p.ReplyTagged(invite, "200 OK", "b-tag", contact(p, "b"), sdp("sendrecv"))
	second.hears("answered")
	told := make(chan string, 10)
	a.do(func() { l.ReferTo(second.Call, func(code int, err error) { told <- fmt.Sprint(code, err) }) })
	refer := p.Await("REFER")
	want := fmt.Sprintf("<sip:2050@%s?Replaces=%s%%3Bto-tag%%3Db-tag%%3Bfrom-tag%%3D%s>", p.Addr(), invite.Header("Call-ID"), invite.Tag("From"))
	if got := refer.Header("Refer-To"); got != want {
		t.Errorf("Refer-To %s\nwant     %s", got, want)
	}
	p.Reply(refer, "202 Accepted", "")
	c.Send("NOTIFY", "Event: refer\nSubscription-State: terminated;reason=noresource\nContent-Type: message/sipfrag\n", "SIP/2.0 200 OK")
	p.Await("SIP/2.0 200")
	for _, want := range []string{"100 <nil>", "200 <nil>"} {
		if got := arrives(t, told); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
}

// What comes late of a transfer that was given up says nothing of the next.
func TestLateNoticeOfFormerTransfer(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	told := make(chan string, 10)
	on := func(code int, err error) { told <- fmt.Sprint(code, err) }
	a.do(func() { l.Refer("2050", on) })
	first := p.Await("REFER")
	p.Reply(first, "603 Decline", "")
	arrives(t, told)
	a.do(func() { l.Refer("2051", on) })
	p.Reply(p.Await("REFER"), "202 Accepted", "")
	arrives(t, told)
	var seq int
	fmt.Sscan(first.Header("CSeq"), &seq)
	notify := func(id int, status string) {
		c.Send("NOTIFY", fmt.Sprintf("Event: refer;id=%d\nSubscription-State: terminated;reason=noresource\nContent-Type: message/sipfrag\n", id), "SIP/2.0 "+status)
	}
	notify(seq, "200 OK")
	p.Await("SIP/2.0 481")
	notify(seq+1, "486 Busy Here")
	p.Await("SIP/2.0 200")
	if got := arrives(t, told); got != "486 <nil>" {
		t.Errorf("told %q", got)
	}
}
