package dialog_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// saying has a peer take each REGISTER, with further lines, and tells of it.
func saying(p *siptest.Peer, further string) chan siptest.Message {
	got := make(chan siptest.Message, 100)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		select {
		case got <- m:
		default:
		}
		all := m.Headers("Contact")
		p.Reply(m, "200 OK", "Contact: "+all[len(all)-1]+"\n"+further)
		return true
	})
	return got
}

// offersOutbound fails unless a REGISTER offers Outbound for its own binding, or none at all.
func offersOutbound(t *testing.T, m siptest.Message, want bool) {
	t.Helper()
	all := m.Headers("Contact")
	if got := strings.Contains(all[len(all)-1], ";reg-id=1"); got != want {
		t.Errorf("Contact %q", all)
	}
	if got := strings.Contains(m.Header("Supported"), "outbound"); got != want {
		t.Errorf("Supported %q", m.Header("Supported"))
	}
	for _, old := range all[:len(all)-1] {
		if strings.Contains(old, "reg-id") || !strings.Contains(old, "expires=0") {
			t.Errorf("the binding before is taken back by %q", old)
		}
	}
}

// A registrar that does Outbound gets the reg-id again on a new connection, for the new binding alone; is pinged as often as it says; and has calls come
// by the connection.
func TestOutbound(t *testing.T) {
	interop.Proves(t, "S1.18")
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	got := saying(p, "Require: outbound\nFlow-Timer: 8\n")
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	offersOutbound(t, arrives(t, got), true)
	l := a.dial("100")
	invite := p.Await("INVITE")
	if c := invite.Header("Contact"); !strings.Contains(c, ";ob>") {
		t.Errorf("dialed with the Contact %q", c)
	}
	p.Reply(invite, "486 Busy Here", "")
	l.ends(dialog.Rejected)
	a.forward(9 * time.Second)
	if ping := p.Keepalive(patience); ping != keepalive {
		t.Errorf("pinged with %q", ping)
	}
	f.Cut()
	a.soon(dialog.Registered)
	again := arrives(t, got)
	offersOutbound(t, again, true)
	if n := len(again.Headers("Contact")); n != 2 {
		t.Errorf("%d Contacts", n)
	}
}

// One that has not granted it, or that wants no ping, is asked nothing further.
func TestOutboundThatIsNotGranted(t *testing.T) {
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, nil)
	got := saying(p, "")
	a := newAgent(t, p, byTCP(f.Addr()))
	offersOutbound(t, arrives(t, got), true)
	a.dial("100")
	if c := p.Await("INVITE").Header("Contact"); strings.Contains(c, ";ob") {
		t.Errorf("dialed with the Contact %q", c)
	}
}

// A hop on the way cannot do it: the phone registers without, and keeps to that.
func TestOutboundThatTheFirstHopCannot(t *testing.T) {
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, nil)
	got := make(chan siptest.Message, 100)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		got <- m
		if strings.Contains(m.Header("Contact"), "reg-id") {
			p.Reply(m, "439 First Hop Lacks Outbound Support", "")
			return true
		}
		return siptest.Accept(p, m)
	})
	a := newAgent(t, p, byTCP(f.Addr()))
	offersOutbound(t, arrives(t, got), true)
	offersOutbound(t, arrives(t, got), false)
	a.do(a.ua.Look)
	a.registered()
	offersOutbound(t, arrives(t, got), false)
}

// By UDP it is said to a registrar that requires it, and the keepalive is then the one of RFC 5626 §4.4.2.
func TestOutboundThatIsRequired(t *testing.T) {
	p := siptest.NewPeer(t)
	got := make(chan siptest.Message, 100)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		got <- m
		if !strings.Contains(m.Header("Contact"), "reg-id") {
			p.Reply(m, "421 Extension Required", "Require: outbound\n")
			return true
		}
		p.Reply(m, "200 OK", "Contact: "+m.Header("Contact")+"\nRequire: outbound\nFlow-Timer: 10\n")
		return true
	})
	a := newAgent(t, p)
	offersOutbound(t, arrives(t, got), false)
	offersOutbound(t, arrives(t, got), true)
	a.forward(11 * time.Second)
	ping := p.Await("\x00\x01\x00\x08\x21\x12\xa4\x42")
	p.SendRaw(ping.From, []byte("\x01\x01\x00\x00\x21\x12\xa4\x42"+ping.Text[8:20])) // and its answer is no message
	p.Call("<sip:bob@example.com>").Ringing()
}
