package dialog_test

import (
	"crypto/tls"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// byTCP has an account reach its server by TCP.
func byTCP(at string) func(*dialog.Config) {
	return func(c *dialog.Config) { c.Account.Server, c.Account.Transport = at, "tcp" }
}

// The TCP connection of an answered call is lost, as a NAT or a server that restarts does it. A phone system that sends to where its phones come
// from would go on to the port before, and its BYE be lost: it hears of the new connection from the call, by the new connection, and once.
func TestACallFollowsItsConnection(t *testing.T) {
	for name, talks := range map[string]func(*agent, *siptest.Peer) *leg{
		"a call that came in": func(a *agent, p *siptest.Peer) *leg {
			c, l := a.talks(p)
			c.There() // its ACK has come
			return l
		},
		"a call that was placed": func(a *agent, p *siptest.Peer) *leg {
			l := a.dial("100")
			p.ReplyTagged(p.Await("INVITE"), "200 OK", "far", contact(p, "far")+"Record-Route: <sip:"+p.Front()+";transport=tcp;lr>\n", sdp("sendrecv"))
			p.Await("ACK")
			l.answered()
			return l
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			f := siptest.NewFront(t, p, nil)
			a := newAgent(t, p, byTCP(f.Addr()))
			l := talks(a, p)
			a.forward(2 * time.Second) // nothing has changed
			if n := len(l.heard); n > 0 {
				t.Fatalf("heard %+v", <-l.heard)
			}
			before, _ := p.Phone()
			f.Cut()
			a.soon(dialog.Registered)
			now, _ := p.Phone()
			l.hears("moved")
			a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
			again := p.Await("INVITE")
			if again.From != now || now == before {
				t.Errorf("told by the connection of %v, registered by %v, before that by %v", again.From, now, before)
			}
			p.ReplyTagged(again, "200 OK", "peer", contact(p, "b"), sdp("recvonly"))
			p.Await("ACK")
			a.forward(3 * time.Second)
			if n := len(l.heard); n > 0 {
				t.Errorf("heard %+v", <-l.heard)
			}
		})
	}
}

// A server that has made the connection itself can make another one: nothing has to be told when it closes the one before, as Kamailio does with
// those that rest.
func TestACallByAConnectionOfTheServers(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	port := tcpPort(t, "127.0.0.1")
	c, w := p.Call("<sip:bob@example.com>"), wireTo(t, "127.0.0.1", a.ua.LocalAddr())
	w.send(over(c.Text("INVITE", "", sdp("sendrecv")), port.Addr().String()))
	c.Learn(w.recv("SIP/2.0 180"))
	l := a.rings()
	l.accept()
	w.recv("SIP/2.0 200")
	w.send(over(c.Text("ACK", "", ""), port.Addr().String()))
	w.send(over(c.Text("OPTIONS", "", ""), port.Addr().String()))
	w.recv("SIP/2.0 200") // the ACK has come
	a.forward(2 * time.Second)
	w.cut(a)
	a.forward(3 * time.Second)
	if n := len(l.heard); n > 0 {
		t.Errorf("heard %+v", <-l.heard)
	}
}

// The connection is lost while a re-INVITE waits for its answer: it is sent again by the new one, as the answer cannot come by the one before. Where
// it was another 32 seconds would be lost, and the call with them.
func TestAPendingOfferFollowsTheConnection(t *testing.T) {
	for _, secured := range []bool{false, true} {
		t.Run(map[bool]string{false: "tcp", true: "tls"}[secured], func(t *testing.T) {
			p := siptest.NewPeer(t)
			ca := siptest.NewAuthority(t, "Example CA")
			var config *tls.Config
			if secured {
				config = ca.Issue([]string{"127.0.0.1"}).Server()
			}
			f := siptest.NewFront(t, p, config)
			a := newAgent(t, p, overTLS(f.Addr(), ca), func(c *dialog.Config) {
				if !secured {
					c.Account.Transport = "tcp"
				}
			})
			c, l := a.talks(p)
			c.There() // its ACK has come
			done := make(chan error, 10)
			a.do(func() { l.Reinvite(hold, func(_ []byte, err error) { done <- err }) })
			first := p.Await("INVITE")
			f.Cut()
			again := p.Repeat("INVITE")
			if now, _ := p.Phone(); again.From != now || again.From == first.From || again.Branch() != first.Branch() {
				t.Errorf("sent again by the connection of %v, registered by %v, before that by %v\n%s", again.From, now, first.From, again.Text)
			}
			p.ReplyTagged(again, "200 OK", "peer", contact(p, "b"), sdp("recvonly"))
			p.Await("ACK")
			l.hears("moved")
			if err := arrives(t, done); err != nil {
				t.Error(err)
			}
		})
	}
}
