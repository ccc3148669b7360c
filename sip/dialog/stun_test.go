package dialog_test

import (
	"strings"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// A registrar that does not say where a REGISTER came from: the Contact names what the STUN server sees of the same socket.
func TestContactBySTUN(t *testing.T) {
	interop.Proves(t, "S4.7")
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	seen := make(chan siptest.Message, 10)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		seen <- m
		p.Reply(m, "200 OK", "Contact: "+m.Headers("Contact")[len(m.Headers("Contact"))-1]+"\n")
		return true
	})
	newAgent(t, p, func(c *dialog.Config) { c.Account.STUN = server.Addr() })
	first := arrives(t, seen)
	want := "<sip:2041@" + siptest.Translated(first.From).String()
	if from := server.Asked(); from != first.From {
		t.Errorf("asked from %v, registered from %v", from, first.From)
	}
	second := arrives(t, seen).Headers("Contact")
	if len(second) != 2 || !strings.Contains(second[0], "expires=0") || !strings.Contains(second[1], want) {
		t.Errorf("second REGISTER has Contacts %q, want %s", second, want)
	}
}

// What the registrar says of the address counts: the STUN server is not asked.
func TestRegistrarBeforeSTUN(t *testing.T) {
	p, server := siptest.NewPeer(t), siptest.NewSTUN(t)
	seen := make(chan siptest.Message, 10)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		seen <- m
		text := siptest.Response(m, "200 OK", "r", "Contact: "+m.Headers("Contact")[len(m.Headers("Contact"))-1]+"\n", "")
		p.Send(m.From, strings.Replace(text, ";rport", ";received=203.0.113.5;rport=40000", 1))
		return true
	})
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.STUN = server.Addr() })
	arrives(t, seen)
	if c := arrives(t, seen).Headers("Contact"); len(c) != 2 || !strings.Contains(c[1], "203.0.113.5:40000") {
		t.Errorf("Contacts %q", c)
	}
	a.do(a.ua.Look)
	if c := arrives(t, seen).Headers("Contact"); len(c) != 1 || !strings.Contains(c[0], "203.0.113.5:40000") {
		t.Errorf("Contacts %q", c)
	}
	if server.WasAsked() {
		t.Error("the STUN server was asked")
	}
}
