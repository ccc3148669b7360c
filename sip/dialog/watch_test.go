package dialog_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// The address of the machine changes: the registrar is told, the old binding is taken back, and every call that is up hears
// of it, so that its other side can be told too.
func TestAddressChange(t *testing.T) {
	interop.Proves(t, "S1.13")
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
	ca := siptest.NewAuthority(t, "Example CA")
	p := siptest.NewPeer(t)
	f := siptest.NewFront(t, p, ca.Issue([]string{"127.0.0.1"}).Server())
	a := newAgent(t, p, overTLS(f.Addr(), ca))
	for range 3 {
		a.forward(time.Minute + time.Second)
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

// A laptop wakes, and the other end has given the connection up meanwhile without its hearing of that: the phone registers by another one at once,
// and waits for no answer by the one before.
func TestWakingByAConnectionThatIsDead(t *testing.T) {
	interop.Proves(t, "S1.13")
	for name, secure := range map[string]bool{"TLS": true, "TCP": false} {
		t.Run(name, func(t *testing.T) {
			a := newDeafAgent(t, secure)
			a.dead.Store(true)
			a.clock.Sleep(time.Minute)
			a.forward(time.Second)
			arrives(t, a.connections)
			a.registered()
		})
	}
}

// A nap of some seconds has the server asked, and is slept through by a connection that lives.
func TestANap(t *testing.T) {
	a := newDeafAgent(t, true)
	for range 2 {
		a.clock.Sleep(4 * time.Second)
		a.forward(time.Second)
		arrives(t, a.pongs)
		a.do(a.ua.Look)
		a.registered() // the answer to the ping has come before that
		a.forward(3 * time.Second)
	}
	if len(a.connections) > 0 {
		t.Fatal("a connection that lives is given up")
	}
	a.dead.Store(true)
	a.clock.Sleep(4 * time.Second)
	a.forward(3 * time.Second)
	arrives(t, a.connections)
	a.registered()
}

// There is no way to the server for a quarter of an hour, and then there is one again, from the same address: the phone registers within three
// seconds, and needs not wait for the end of its pause. The same after a refusal, whose pause is longer.
func TestBackAtTheSameAddress(t *testing.T) {
	interop.Proves(t, "S1.13")
	for name, answer := range map[string]func(*siptest.Peer, siptest.Message) bool{
		"silence":   siptest.Silent,
		"a refusal": func(p *siptest.Peer, m siptest.Message) bool { p.Reply(m, "403 Forbidden", ""); return true },
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p, stillClock)
			p.Registrar(answer)
			way := func(ok bool) {
				a.ua.SetWay(func(netip.AddrPort) (netip.Addr, bool) { return netip.MustParseAddr("127.0.0.1"), ok })
			}
			way(false)
			for range 15 * 60 {
				a.forward(time.Second)
			}
			a.paused(4 * time.Second)
			for len(a.states) > 0 { // those of the outage
				<-a.states
			}
			p.Registrar(siptest.Accept)
			way(true)
			a.forward(2 * time.Second)
			a.registered()
		})
	}
}

// The name of the server is looked up in vain where there is no network at all; once there is one, it is looked up again, and soon also when the
// name service takes a moment longer.
func TestBackWithoutHavingFoundTheServer(t *testing.T) {
	p := siptest.NewPeer(t)
	z := &zone{a: map[string]string{}}
	way := func(ok bool) func(netip.AddrPort) (netip.Addr, bool) {
		return func(netip.AddrPort) (netip.Addr, bool) { return netip.MustParseAddr("127.0.0.1"), ok }
	}
	a := startAgent(t, p, stillClock, func(c *dialog.Config) {
		c.Resolver, c.Account.Server = z, fmt.Sprintf("pbx.example.com:%d", netip.MustParseAddrPort(p.Addr()).Port())
	})
	a.ua.SetWay(way(false))
	a.state(dialog.Unreachable)
	for range 15 * 60 {
		a.forward(time.Second)
	}
	a.paused(4 * time.Second)
	for len(a.states) > 0 { // those of the outage
		<-a.states
	}
	a.ua.SetWay(way(true))
	a.forward(time.Second)
	a.state(dialog.Unreachable)
	a.paused(0)
	z.set(func() { z.a["ip4 pbx.example.com"] = "127.0.0.1" })
	a.forward(time.Second)
	a.registered()
}

// A server that says for a long time that nobody listens is asked every few seconds all the same: it costs nothing, and it may be back any time.
func TestBackAfterALongRefusalOfConnections(t *testing.T) {
	port := tcpPort(t, "127.0.0.1")
	at := port.Addr().String()
	port.Close()
	a := startAgent(t, siptest.NewPeer(t), stillClock, byTCP(at))
	began := a.clock.Now()
	for a.clock.Now().Sub(began) < 15*time.Minute {
		st := a.state(dialog.Unreachable)
		if wait := st.RetryAt.Sub(a.clock.Now()); wait > 3*time.Second {
			t.Fatalf("asked again in %v", wait)
		}
		a.forwardTo(st.RetryAt)
	}
}

// stillClock has the agent's time stand still but for what a test sets it forward.
func stillClock(c *dialog.Config) { c.Clock = siptest.NewStillClock() }

// paused has the time pass until the next REGISTER is due in more than a while. Where that is nothing, it must be due within two seconds.
func (a *agent) paused(least time.Duration) {
	a.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		var st dialog.Status
		a.do(func() { st = a.ua.Registration() })
		wait := st.RetryAt.Sub(a.clock.Now())
		if least == 0 && wait > 2*time.Second {
			a.t.Fatalf("tried again in %v", wait)
		}
		if least == 0 || wait > least {
			return
		}
		for len(a.states) > 0 { // those before
			<-a.states
		}
		a.forward(max(0, wait))
		for waits := true; waits; {
			select {
			case s := <-a.states:
				waits = s.State != dialog.Unreachable && s.State != dialog.Refused
			case <-time.After(5 * time.Millisecond): // for what is on its way
				a.forward(200 * time.Millisecond)
			}
		}
	}
	a.t.Fatal("the pause never became long")
}
