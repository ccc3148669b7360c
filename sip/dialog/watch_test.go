package dialog_test

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// The address of the machine changes: the registrar is told, the old binding is taken back, and every call that is up hears
// of it, so that its other side can be told too.
func TestAddressChange(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	_, old := p.Phone()
	_, first := a.talks(p)
	_, second := a.talks(p)
	registers := make(chan siptest.Message, 100)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		select {
		case registers <- m:
		default:
		}
		return siptest.Accept(p, m)
	})
	a.do(func() { a.ua.Renumber(netip.MustParseAddr("127.0.0.2")) })
	for _, l := range []*leg{first, second} {
		l.hears("moved")
		a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
		again := p.Recv("INVITE")
		if c := again.URI("Contact"); !strings.Contains(c, "@127.0.0.2:") {
			t.Errorf("the call is told of %s", c)
		}
		p.ReplyTagged(again, "200 OK", "peer", contact(p, "b"), sdp("recvonly"))
		p.Recv("ACK")
	}
	list := arrives(t, registers).Headers("Contact")
	if len(list) != 2 || !strings.Contains(list[0], old) || !strings.Contains(list[0], "expires=0") || !strings.Contains(list[1], "127.0.0.2") {
		t.Errorf("registered %q", list)
	}
}

// A change of the address has an account tried again that is only tried now and then: the other network may let it in.
func TestAddressChangeAfterARefusal(t *testing.T) {
	p := siptest.NewPeer(t)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool { p.Reply(m, "403 Forbidden", ""); return true })
	a := startAgent(t, p)
	a.state(dialog.Refused)
	p.Registrar(siptest.Accept)
	a.do(func() { a.ua.Renumber(netip.MustParseAddr("127.0.0.2")) })
	a.registered()
}

// A registrar that closes each TCP connection after its 200 is not asked every few seconds.
func TestConnectionClosedAfterEachAnswer(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			registrar(&once{Conn: conn})
			asked <- struct{}{}
		}
	}()
	defer l.Close()
	a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) {
		c.Account.Server, c.Account.Transport = l.Addr().String(), "tcp"
	})
	a.registered()
	arrives(t, asked)
	for again, end := false, time.Now().Add(patience); !again; { // a connection that is lost for the first time is made again at once
		select {
		case <-asked:
			again = true
		case <-time.After(10 * time.Millisecond):
			a.forward(500 * time.Millisecond)
		}
		if time.Now().After(end) {
			t.Fatal("not made again")
		}
	}
	a.registered()
	for range 20 {
		a.forward(500 * time.Millisecond)
		a.do(func() {})
	}
	if n := len(asked); n > 1 {
		t.Errorf("%d REGISTERs in 12 s", n+2)
	}
}

// once is a connection that closes after what is written first.
type once struct{ net.Conn }

func (o *once) Write(b []byte) (int, error) {
	defer o.Close()
	return o.Conn.Write(b)
}

// A connection that lasted is made again at once each time it is lost, however often.
func TestConnectionLostAgain(t *testing.T) {
	dialog.SteadyFlow(t, 0)
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	for range 3 {
		f.Cut()
		a.registered()
	}
}

// A call that makes the server's connection again before the phone has seen that it was lost has the phone registered on the new
// one, so that calls come in.
func TestConnectionRemadeByACall(t *testing.T) {
	t.Parallel()
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	registers := make(chan siptest.Message, 1000)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool { registers <- m; return siptest.Accept(p, m) })
	l := &leg{a: a, heard: make(chan heard, 1000)}
	a.do(func() {
		a.ua.Drop(f.Addr())
		l.Call = a.ua.NewCall(l)
		l.Invite("2050", func(netip.Addr) ([]byte, error) { return []byte(sdp("sendrecv")), nil })
	})
	p.Reply(p.Await("INVITE"), "486 Busy Here", "")
	l.ends(dialog.Rejected)
	a.registered()
	contacts := arrives(t, registers).Headers("Contact")
	var own netip.AddrPort
	a.do(func() { own = a.ua.FlowTo(f.Addr()) })
	if len(contacts) != 2 || !strings.Contains(contacts[0], "expires=0") || !strings.Contains(contacts[1], own.String()) {
		t.Errorf("bound %q, the connection is %s", contacts, own)
	}
}
