package dialog_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// A call that came by a connection which is lost while it rings is answered, refused, cancelled and ended all the same: by one that is made to
// where its sender listens, or by the one that its sender has made (RFC 3261 §18.2.2).
func TestRingingOutlivesItsConnection(t *testing.T) {
	for name, from := range map[string]string{"the server's call": "127.0.0.1", "a direct call": "127.0.0.66"} {
		t.Run(name, func(t *testing.T) {
			ring := func(t *testing.T) (a *agent, c *siptest.Caller, l *leg, port *net.TCPListener, was *wire) {
				p := siptest.NewPeer(t)
				a = newAgent(t, p, func(c *dialog.Config) { c.Account.Trust.Direct = true })
				port = tcpPort(t, from)
				c, was = p.Call("<sip:bob@example.com>"), wireTo(t, from, a.ua.LocalAddr())
				was.send(over(c.Text("INVITE", "", sdp("sendrecv")), port.Addr().String()))
				c.Learn(was.recv("SIP/2.0 180"))
				l = a.rings()
				was.cut(a)
				return a, c, l, port, was
			}
			t.Run("answered", func(t *testing.T) {
				_, c, l, port, _ := ring(t)
				l.accept()
				w := accepted(t, port)
				if ok := w.recv("SIP/2.0 200"); ok.Tag("To") != c.ToTag || !strings.Contains(ok.Body(), "m=audio") {
					t.Errorf("answered\n%s", ok.Text)
				}
				w.send(over(c.Text("ACK", "", ""), port.Addr().String()))
				w.send(over(c.Text("BYE", "", ""), port.Addr().String()))
				w.recv("SIP/2.0 200")
				l.ends(dialog.HungUpThere)
			})
			t.Run("declined", func(t *testing.T) {
				_, c, l, port, _ := ring(t)
				l.reject(486)
				w := accepted(t, port)
				w.recv("SIP/2.0 486")
				w.send(over(c.Text("ACK", "", ""), port.Addr().String()))
				l.ends(dialog.HungUpHere)
			})
			for name, method := range map[string]string{"given up": "CANCEL", "ended early": "BYE"} {
				t.Run(name+" by another connection", func(t *testing.T) {
					a, c, l, port, _ := ring(t)
					port.Close()
					w := wireTo(t, from, a.ua.LocalAddr())
					w.send(over(c.Text(method, "", ""), port.Addr().String()))
					w.recv("SIP/2.0 200")
					w.recv("SIP/2.0 487")
					l.ends(dialog.Cancelled)
				})
			}
			t.Run("the INVITE comes again by another connection", func(t *testing.T) {
				a, c, l, port, _ := ring(t)
				port.Close()
				invite := c.Text("CANCEL", "", "") // for its Via
				w := wireTo(t, from, a.ua.LocalAddr())
				w.send(over(strings.ReplaceAll(invite, "CANCEL", "INVITE"), port.Addr().String()))
				w.recv("SIP/2.0 180")
				l.accept()
				w.recv("SIP/2.0 200")
				w.send(over(c.Text("ACK", "", ""), port.Addr().String()))
				w.send(over(c.Text("BYE", "", ""), port.Addr().String()))
				w.recv("SIP/2.0 200")
				l.ends(dialog.HungUpThere)
			})
			t.Run("nobody is there", func(t *testing.T) {
				a, _, l, port, _ := ring(t)
				port.Close()
				l.accept()
				a.forward(40 * time.Second)
				l.ends(dialog.Unacknowledged)
			})
		})
	}
}

// A server that is told 404 and has closed its connection is not called back by it when it is a stranger's.
func TestNobodyIsCalledBackForARefusal(t *testing.T) {
	p := siptest.NewPeer(t)
	busy := false
	a := newAgent(t, p, func(c *dialog.Config) {
		c.Account.Trust.Direct = true
		incoming := c.Incoming
		c.Incoming = func(call *dialog.Call) {
			if busy {
				call.Reject(486)
				return
			}
			incoming(call)
		}
	})
	a.ua.LetCrowdsIn()
	port := tcpPort(t, "127.0.0.66")
	c := p.Call("<sip:bob@example.com>")
	c.URI = "sip:nobody@" + c.To.String()
	for range 20 {
		w := wireTo(t, "127.0.0.66", a.ua.LocalAddr())
		w.send(over(c.Text("INVITE", "", sdp("sendrecv")), port.Addr().String()))
		_ = w.c.SetLinger(0)
		w.c.Close()
	}
	eventually(t, func() bool { // until the phone has seen that they are gone: only so many of a stranger are served
		w := wireTo(t, "127.0.0.66", a.ua.LocalAddr())
		defer w.cut(a)
		_, _ = io.WriteString(w.c, siptest.CRLF(over(c.Text("INFO", "", ""), port.Addr().String())))
		_, err := w.in.ReadString('\n')
		return err == nil
	})
	a.do(func() { busy = true })
	for range 20 {
		c := p.Call("<sip:bob@example.com>")
		w := wireTo(t, "127.0.0.66", a.ua.LocalAddr())
		w.send(over(c.Text("INVITE", "", sdp("sendrecv")), port.Addr().String()))
		w.recv("SIP/2.0 486")
		w.cut(a)
		w = wireTo(t, "127.0.0.66", a.ua.LocalAddr())
		w.send(over(c.Text("INFO", "", ""), port.Addr().String()))
		w.recv("SIP/2.0 481")
		w.cut(a)
	}
	a.forward(10 * time.Second)
	a.do(func() { busy = false })
	_, l := a.called(p) // all that came before is dealt with
	l.reject(486)
	_ = port.SetDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := port.Accept(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("called back: %v", err)
	}
}

// Strangers who call, give up their connection and say that they listen somewhere are not called back by more connections than they may make
// themselves, and those do not stay.
func TestCallingBackHasALimit(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.Trust.Direct = true })
	a.ua.LetCrowdsIn()
	call := func(ip string) *net.TCPListener {
		port, w, c := tcpPort(t, ip), wireTo(t, ip, a.ua.LocalAddr()), p.Call("<sip:bob@example.com>")
		w.send(over(c.Text("INVITE", "Expires: 1\n", sdp("sendrecv")), port.Addr().String()))
		w.recv("SIP/2.0 180")
		w.cut(a)
		return port
	}
	var ports []*net.TCPListener
	for i := range 40 {
		ports = append(ports, call(fmt.Sprintf("127.0.0.%d", 60+i%8)))
	}
	a.forward(1100 * time.Millisecond)
	for range 40 {
		a.rings().ends(dialog.NobodyAnswered)
	}
	open := 0
	for _, port := range ports {
		_ = port.SetDeadline(time.Now().Add(20 * time.Millisecond))
		for {
			c, err := port.Accept()
			if err != nil {
				break
			}
			t.Cleanup(func() { c.Close() })
			open++
		}
	}
	if open == 0 || open > 16 {
		t.Errorf("%d connections were made to strangers, want at most 16", open)
	}
}

// A connection that was made to a stranger is closed when nobody calls by it.
func TestCallingBackIsShort(t *testing.T) {
	dialog.UninvitedLife(t, time.Hour)
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.Trust.Direct = true })
	port, w, c := tcpPort(t, "127.0.0.66"), wireTo(t, "127.0.0.66", a.ua.LocalAddr()), p.Call("<sip:bob@example.com>")
	w.send(over(c.Text("INVITE", "", sdp("sendrecv")), port.Addr().String()))
	w.recv("SIP/2.0 180")
	w.cut(a)
	a.rings().reject(486)
	back := accepted(t, port)
	back.recv("SIP/2.0 486")
	back.send("\n\n")
	a.ua.UninvitedLife(50 * time.Millisecond)
	if !back.closedWithin(patience) {
		t.Error("it stays")
	}
}

// The server is registered at by TCP, and its connection is lost while a call rings. The answer goes by the next one.
func TestRingingOutlivesTheRegistrationsConnection(t *testing.T) {
	p := siptest.NewPeer(t)
	port := tcpPort(t, "127.0.0.1")
	a := startAgent(t, p, func(c *dialog.Config) { c.Account.Server, c.Account.Transport = port.Addr().String(), "tcp" })
	w := accepted(t, port)
	bind := func(w *wire) siptest.Message {
		m := w.recv("REGISTER")
		w.send(siptest.Response(m, "200 OK", "r", "Contact: "+m.Header("Contact")+"\n", ""))
		return m
	}
	m := bind(w)
	a.registered()
	c := &siptest.Caller{Peer: p, URI: m.URI("Contact"), Name: "<sip:bob@example.com>", CallID: "by-tcp", FromTag: "1"}
	for _, answered := range []bool{true, false} {
		c.CallID, c.ToTag = fmt.Sprint("by-tcp-", answered), ""
		w.send(over(c.Text("INVITE", "", sdp("sendrecv")), "127.0.0.1:9")) // where nobody listens
		c.Learn(w.recv("SIP/2.0 180"))
		l := a.rings()
		_ = w.c.SetLinger(0)
		w.c.Close()
		eventually(t, func() (gone bool) {
			a.do(func() { gone = !a.ua.Connected(port.Addr().String()) })
			return gone
		})
		if answered {
			l.accept()
			w = accepted(t, port)
			w.recv("SIP/2.0 200")
			w.send(over(c.Text("ACK", "", ""), "127.0.0.1:9"))
			w.send(over(c.Text("BYE", "", ""), "127.0.0.1:9"))
			w.recv("SIP/2.0 200")
			l.ends(dialog.HungUpThere)
			continue
		}
		l.reject(486)
		w = accepted(t, port)
		w.recv("SIP/2.0 486")
		w.send(over(c.Text("ACK", "", ""), "127.0.0.1:9"))
		l.ends(dialog.HungUpHere)
	}
	go func() { // for the phone's leave
		for {
			if _, err := w.in.ReadByte(); err != nil {
				return
			}
		}
	}()
}

// By TLS the answer goes by a new connection to the server, which has to prove who it is, and its Contact names that one.
func TestRingingOutlivesItsTLSConnection(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	for _, answered := range []bool{true, false} {
		p := siptest.NewPeer(t)
		f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
		a := newAgent(t, p, overTLS(f.Addr(), ca))
		p.WaitRegister()
		c := p.Call("<sip:bob@example.com>")
		ringing := c.Ringing()
		l := a.rings()
		f.Cut()
		eventually(t, func() (gone bool) {
			a.do(func() { gone = !a.ua.FlowTo(f.Addr()).IsValid() })
			return gone
		})
		if !answered {
			l.reject(486)
			p.Await("SIP/2.0 486")
			continue
		}
		l.accept()
		ok := p.Await("SIP/2.0 200")
		own := netip.AddrPort{}
		a.do(func() { own = a.ua.FlowTo(f.Addr()) })
		if was := ringing.URI("Contact"); ok.URI("Contact") == was || !strings.Contains(ok.URI("Contact"), own.String()) {
			t.Errorf("Contact %s after %s, by %v", ok.URI("Contact"), was, own)
		}
		p.WaitRegister()
		c.To, _ = p.Phone()
		c.Send("ACK", "", "")
		c.Send("BYE", "", "")
		p.Await("SIP/2.0 200")
		l.ends(dialog.HungUpThere)
	}
	// Whoever sits there instead is told nothing.
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	p.WaitRegister()
	p.Call("<sip:bob@example.com>").Ringing()
	l := a.rings()
	at := f.Addr()
	f.Close()
	thief := siptest.NewFront(t, siptest.NewPeer(t), siptest.NewAuthority(t, "Thief").Issue([]string{"127.0.0.1"}).Server(), at)
	l.accept()
	a.forward(40 * time.Second)
	l.ends(dialog.Unacknowledged)
	if n := thief.Heard(); n > 0 {
		t.Errorf("the thief has heard %d octets", n)
	}
}

// A 200 that is repeated by another TLS connection names that one, and what belongs to a call that came by TLS does not leave in the clear,
// whoever has sent something of it that way.
func TestATLSCallStaysWithTLS(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	ring := func() (*siptest.Peer, *siptest.Front, *agent, *siptest.Caller, *leg) {
		p := siptest.NewPeer(t)
		f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
		a := newAgent(t, p, overTLS(f.Addr(), ca))
		p.WaitRegister()
		c := p.Call("<sip:bob@example.com>")
		c.Ringing()
		return p, f, a, c, a.rings()
	}
	cut := func(f *siptest.Front, a *agent) {
		f.Cut()
		eventually(t, func() (gone bool) {
			a.do(func() { gone = !a.ua.FlowTo(f.Addr()).IsValid() })
			return gone
		})
	}
	p, f, a, c, l := ring()
	l.accept()
	was := p.Await("SIP/2.0 200")
	cut(f, a)
	a.do(a.ua.Look)
	p.WaitRegister()
	c.To, _ = p.Phone()
	c.Send("UPDATE", "", "")
	next := func(method string) siptest.Message {
		for {
			if m := p.Await("SIP/2.0 200"); strings.HasSuffix(m.Header("CSeq"), method) {
				return m
			}
		}
	}
	next("UPDATE")
	own := netip.AddrPort{}
	a.do(func() { own = a.ua.FlowTo(f.Addr()) })
	a.forward(time.Second)
	if is := next("INVITE").URI("Contact"); is == was.URI("Contact") || !strings.Contains(is, own.String()) {
		t.Errorf("Contact %s after %s, by %v", is, was.URI("Contact"), own)
	}
	c.Send("ACK", "", "")
	c.Send("BYE", "", "")
	l.ends(dialog.HungUpThere)

	p, f, a, c, l = ring()
	cut(f, a)
	w := wireTo(t, "127.0.0.1", a.ua.LocalAddr())
	w.send(over(c.Text("INFO", "", ""), "127.0.0.1:9"))
	w.recv("SIP/2.0 200")
	l.reject(486)
	p.Await("SIP/2.0 486")
}
