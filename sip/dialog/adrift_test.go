package dialog_test

import (
	"crypto/tls"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
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

// A call is sent on, and waits for the agent's word while this machine gets another address. Its INVITE has been answered: nothing is lost, and the next
// one leaves from the new address.
func TestACallThatWaitsAtAnAddressThatIsGone(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	a.ua.SetAddresses(func() ([]net.Addr, error) { return []net.Addr{&net.IPNet{IP: net.IPv4(127, 0, 0, 2)}}, nil })
	l := a.dial("2050")
	ask := dialog.WhenAsked
	a.do(func() { l.onward = &ask })
	p.ReplyTagged(p.Recv("INVITE"), "302 Moved Temporarily", "far", contact(p, "2060"), "")
	p.Recv("ACK")
	l.hears("sent on")
	a.do(func() { a.ua.Renumber(netip.MustParseAddr("127.0.0.2")) })
	a.forward(3 * time.Second)
	l.hears("moved")
	a.do(l.GoOn)
	invite := p.Await("INVITE sip:2060@")
	if at := invite.URI("Contact"); !strings.Contains(at, "@127.0.0.2:") {
		t.Errorf("it is reached at %s", at)
	}
	p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
	p.Await("ACK")
	l.hears("answered")
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

// A NAT that gives another port than the one the INVITE came from does not let the answer in. Where the INVITE came from is what its own answers
// say: what the registrar knew before may have been old.
func TestACallThatRingsBehindAnotherPort(t *testing.T) {
	at := func(port uint16) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr("203.0.113.5"), port) }
	for name, tc := range map[string]struct {
		before, seen, after uint16 // 0 is none
		moved               bool
	}{
		"the NAT has let go of it":      {1024, 1024, 2048, true},
		"learned by the first REGISTER": {0, 1024, 2048, true},
		"the INVITE came by the new one": {
			before: 1024, seen: 2048, after: 2048,
		},
		"another one for each message, as yet": {before: 1024, seen: 2048},
		"the INVITE's answers do not say":      {before: 1024, after: 2048},
		"a NAT that is learned of":             {seen: 1024, after: 1024},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			public := func(port uint16) {
				if port != 0 {
					a.do(func() { a.ua.SetPublic(at(port)) })
				}
			}
			public(tc.before)
			l := a.dial("100")
			invite := p.Recv("INVITE")
			rings := siptest.Response(invite, "180 Ringing", "far", contact(p, "far"), "")
			if tc.seen != 0 {
				rings = strings.Replace(rings, ";rport", ";received=203.0.113.5;rport="+strconv.Itoa(int(tc.seen)), 1)
			}
			p.Send(invite.From, rings)
			l.hears("progress")
			public(tc.after)
			a.forward(2 * time.Second)
			if tc.moved {
				l.ends(dialog.Moved)
				p.Reply(p.Await("CANCEL"), "200 OK", "")
				return
			}
			p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
			l.answered()
		})
	}
}

// answered waits until the call is answered, passing over what was heard before.
func (l *leg) answered() {
	l.a.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case h := <-l.heard:
			switch h.what {
			case "answered":
				return
			case "ended":
				l.a.t.Fatalf("ended %+v", h.end)
			}
		case <-deadline:
			l.a.t.Fatal("never answered")
		}
	}
}

// behindNAT takes a REGISTER as one from behind a NAT.
func behindNAT(p *siptest.Peer, m siptest.Message) bool {
	all := m.Headers("Contact")
	text := siptest.Response(m, "200 OK", "r", "Contact: "+all[len(all)-1]+"\n", "")
	p.Send(m.From, strings.Replace(text, ";rport", ";received=203.0.113.5;rport=1024", 1))
	return true
}

// A call makes the connection to its server again, and the registrar tells of the NAT only while the phone rings: the connection is the one that
// the call went by, and the answer comes by it.
func TestACallThatRingsAsItsConnectionIsRegistered(t *testing.T) {
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	var later atomic.Bool
	held := make(chan siptest.Message, 10)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		if later.Load() {
			held <- m
			return true
		}
		return behindNAT(p, m)
	})
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	later.Store(true)
	a.do(func() { a.ua.Drop(f.Addr()) })
	l := a.dial("100")
	invite := p.Await("INVITE")
	p.ReplyTagged(invite, "180 Ringing", "far", contact(p, "far"), "")
	l.hears("progress")
	late := arrives(t, held)
	later.Store(false)
	behindNAT(p, late)
	a.registered()
	a.forward(2 * time.Second)
	p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
	l.answered()
}

// A cable is plugged in beside the radio, and the registration goes on by another connection: by TLS, and by TCP behind a NAT, the answer cannot come
// but by the one before. Without a NAT the server can make a TCP connection to us, and the phone rings on.
func TestACallThatRingsByAConnectionThatIsClosed(t *testing.T) {
	for name, tc := range map[string]struct{ tls, nat, moved bool }{
		"TLS": {true, false, true}, "TLS behind a NAT": {true, true, true}, "TCP behind a NAT": {false, true, true}, "TCP": {false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			ca := siptest.NewAuthority(t, "Example CA")
			var config *tls.Config
			if tc.tls {
				config = ca.Issue([]string{"127.0.0.1"}).Server()
			}
			p := siptest.NewPeer(t)
			f := siptest.NewFront(t, p, config)
			a := newAgent(t, p, overTLS(f.Addr(), ca), func(c *dialog.Config) {
				if !tc.tls {
					c.Account.Transport = "tcp"
				}
			})
			a.ua.SetAddresses(func() ([]net.Addr, error) {
				return []net.Addr{&net.IPNet{IP: net.IPv4(127, 0, 0, 2)}, &net.IPNet{IP: net.IPv4(127, 0, 0, 1)}}, nil
			})
			l := a.dial("100")
			invite := p.Await("INVITE")
			rings := siptest.Response(invite, "180 Ringing", "far", contact(p, "far"), "")
			if tc.nat {
				rings = strings.Replace(rings, ";rport", ";received=203.0.113.5;rport=1024", 1)
			}
			p.Send(invite.From, rings)
			l.hears("progress")
			a.do(func() { a.ua.Renumber(netip.MustParseAddr("127.0.0.2")) })
			if tc.moved {
				l.ends(dialog.Moved)
			} else {
				a.registered() // by another connection
				a.forward(2 * time.Second)
				for len(l.heard) > 0 {
					if h := <-l.heard; h.what == "ended" {
						t.Errorf("heard %+v", h)
					}
				}
				l.hangup()
			}
			cancel := p.Await("CANCEL")
			if cancel.Branch() != invite.Branch() {
				t.Errorf("cancelled\n%s", cancel.Text)
			}
			p.Reply(cancel, "200 OK", "")
		})
	}
}
