package dialog_test

import (
	"net/netip"
	"strings"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// follow has the agent call whom its other side asked for.
func (l *leg) follow() *leg {
	n := &leg{a: l.a, heard: make(chan heard, 1000)}
	l.a.do(func() {
		n.Call = l.asked.Follow(n)
		n.InviteReferred(func(netip.Addr) ([]byte, error) { return []byte(sdp("sendrecv")), nil })
	})
	return n
}

// notified waits for the NOTIFY of a status and answers it.
func notified(t *testing.T, p *siptest.Peer, status, state string) siptest.Message {
	t.Helper()
	n := p.Await("NOTIFY")
	if got := strings.TrimSpace(n.Body()); got != "SIP/2.0 "+status {
		t.Errorf("told %q, want %q", got, status)
	}
	if got := n.Header("Subscription-State"); !strings.HasPrefix(got, state) {
		t.Errorf("state %q of %q, want %q", got, status, state)
	}
	if got := n.Header("Event"); !strings.HasPrefix(got, "refer") || n.Header("Contact") == "" || n.Header("Content-Type") != "message/sipfrag;version=2.0" {
		t.Errorf("NOTIFY of %q\n%s", got, n.Text)
	}
	p.Reply(n, "200 OK", "")
	return n
}

// The other side sends us on: the call that it asks for is placed as it says, and it hears how that goes.
func TestReferred(t *testing.T) {
	interop.Proves(t, "S3.7")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	c.Send("REFER", "Refer-To: <sip:2050@"+p.Addr()+"?Replaces=abc%40host%3Bto-tag%3D1%3Bfrom-tag%3D2&Subject=hello>\nReferred-By: <sip:bob@example.com>\n", "")
	accepted := p.Await("SIP/2.0 202")
	if accepted.Header("Contact") == "" {
		t.Error("202 without Contact")
	}
	if h := l.hears("referred"); h.sdp != "2050@" {
		t.Errorf("asked for %q", h.sdp)
	}
	notified(t, p, "100 Trying", "active")
	n := l.follow()
	invite := p.Await("INVITE")
	if got := invite.Start(); !strings.HasPrefix(got, "INVITE sip:2050@"+p.Addr()+" ") {
		t.Errorf("called %q", got)
	}
	for header, want := range map[string]string{"Replaces": "abc@host;to-tag=1;from-tag=2", "Require": "replaces", "Referred-By": "<sip:bob@example.com>", "Subject": ""} {
		if got := invite.Header(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	p.ReplyTagged(invite, "180 Ringing", "x", contact(p, "x"), "")
	notified(t, p, "180 Ringing", "active")
	p.ReplyTagged(invite, "180 Ringing", "x", contact(p, "x"), "") // PBXs repeat it
	p.ReplyTagged(invite, "200 OK", "x", contact(p, "x"), sdp("sendrecv"))
	notified(t, p, "200 OK", "terminated")
	c.Bye()
	l.ends(dialog.HungUpThere)
	n.hangup()
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// A target that does not answer, or not so, is told as it is; so is an agent who does not want to.
func TestReferredInVain(t *testing.T) {
	for _, status := range []string{"486 Busy Here", "404 Not Found", "603 Decline"} {
		t.Run(status, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			c, l := a.talks(p)
			c.Send("REFER", "Refer-To: sip:2050@"+p.Addr()+"\n", "")
			notified(t, p, "100 Trying", "active")
			n := l.follow()
			p.Reply(p.Await("INVITE"), status, "")
			notified(t, p, status, "terminated")
			n.ends(dialog.Rejected)
			c.Send("REFER", "Refer-To: <sip:2051@"+p.Addr()+">\n", "") // and once more
			if event := notified(t, p, "100 Trying", "active").Header("Event"); !strings.Contains(event, "id=") {
				t.Errorf("the second is told as %q", event)
			}
			a.do(func() { l.asked.Refuse() })
			notified(t, p, "603 Decline", "terminated")
			a.do(func() {
				if a.ua.Calls() != 1 {
					t.Errorf("%d calls", a.ua.Calls())
				}
			})
		})
	}
}

// What a REFER is refused with. The call goes on.
func TestReferRefused(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	for _, r := range []struct{ headers, want string }{
		{"", "400"},
		{"Refer-To: <sip:1@h>\nRefer-To: <sip:2@h>\n", "400"},
		{"Refer-To: <sip:1@h\n", "400"},
		{"Refer-To: <mailto:ada@example.com>\n", "416"},
		{"Refer-To: <tel:x%40[::ffff:c633:6401]>\n", "416"},
		{"Refer-To: <tel:reception>\n", "416"},
		{"Refer-To: <tel:>\n", "416"},
		{"Refer-To: <sip:1@h;method=BYE>\n", "603"},
		{"Refer-To: <sip:1@h?Replaces=nonsense>\n", "400"},
	} {
		c.Send("REFER", r.headers, "")
		if m := p.Await("SIP/2.0 "); m.Status() != r.want {
			t.Errorf("%q is answered %q, want %s", r.headers, m.Start(), r.want)
		}
	}
	a.do(func() { l.refuse = 603 })
	c.Send("REFER", "Refer-To: <sip:1@h>\n", "")
	p.Await("SIP/2.0 603")
	a.do(func() { l.refuse = 0 })
	c.Send("REFER", "Refer-To: <sip:1@h>\n", "")
	notified(t, p, "100 Trying", "active")
	c.Send("REFER", "Refer-To: <sip:2@h>\n", "")
	p.Await("SIP/2.0 491")
	c.Bye()
}

// What is called is what the agent hears of, whatever else the address says.
func TestReferredThereAlone(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	for _, r := range []struct{ to, told, called string }{
		{"sip:2060@127.0.0.1:9;maddr=203.0.113.9;transport=tcp", "2060@", "sip:2060@" + p.Addr()},
		{"tel:+1-415-555-0132;phone-context=example.com", "+14155550132@", "sip:+14155550132@" + p.Addr()},
		{"sip:2060;x=1:secret@localhost:" + p.Addr()[len("127.0.0.1:"):] + ";maddr=127.0.0.1", "2060;x=1@localhost", ""},
	} {
		c.Send("REFER", "Refer-To: <"+r.to+">\n", "")
		notified(t, p, "100 Trying", "active")
		if h := l.hears("referred"); h.sdp != r.told {
			t.Errorf("%s is told as %q", r.to, h.sdp)
		}
		if r.called == "" { // elsewhere, where nobody listens
			a.do(func() { l.asked.Refuse() })
			notified(t, p, "603 Decline", "terminated")
			continue
		}
		n := l.follow()
		invite := p.Await("INVITE")
		if got := invite.Start(); got != "INVITE "+r.called+" SIP/2.0" {
			t.Errorf("%s is called by %q", r.to, got)
		}
		p.Reply(invite, "486 Busy Here", "")
		notified(t, p, "486 Busy Here", "terminated")
		n.ends(dialog.Rejected)
	}
	c.Bye()
}

// RFC 4488: whoever wants to hear nothing hears nothing.
func TestReferredSilently(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	c.Send("REFER", "Require: norefersub\nRefer-Sub: false\nRefer-To: <sip:2050@"+p.Addr()+">\n", "")
	if m := p.Await("SIP/2.0 202"); m.Header("Refer-Sub") != "false" {
		t.Errorf("answered\n%s", m.Text)
	}
	l.hears("referred")
	n := l.follow()
	p.ReplyTagged(p.Recv("INVITE"), "200 OK", "x", contact(p, "x"), sdp("sendrecv"))
	n.hears("answered")
	p.Recv("ACK")
	c.Send("BYE", "", "")
	p.Recv("SIP/2.0 200")
}

// The other side hangs up before anything has become of its wish: it hears no more, and the call that it asked for goes on.
func TestReferredAndHungUp(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	c.Send("REFER", "Refer-To: <sip:2050@"+p.Addr()+">\n", "")
	notified(t, p, "100 Trying", "active")
	n := l.follow()
	invite := p.Await("INVITE")
	c.Bye()
	l.ends(dialog.HungUpThere)
	p.ReplyTagged(invite, "200 OK", "x", contact(p, "x"), sdp("sendrecv"))
	p.Recv("ACK")
	n.hears("answered")
}

// A REFER crosses our BYE: there is no call any more that anybody could be sent on from.
func TestReferCrossesBye(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	l.hangup()
	bye := p.Await("BYE")
	c.Send("REFER", "Refer-To: <sip:2050@"+p.Addr()+">\n", "")
	p.Await("SIP/2.0 481")
	p.Reply(bye, "200 OK", "")
}

// Nobody has the phone call by a request that belongs to no call.
func TestReferOutsideACall(t *testing.T) {
	interop.Proves(t, "S8.5")
	p := siptest.NewPeer(t)
	newAgent(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Send("REFER", "Refer-To: <sip:900@example.com>\nContact: <sip:bob@"+p.Addr()+">\n", "")
	p.Await("SIP/2.0 403")
}
