package dialog_test

import (
	"crypto/tls"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// deaf is a connection on which nothing comes back any more once it is told so, and which stays open: its packets go into a
// firewall that has forgotten it.
type deaf struct {
	net.Conn
	dead  *atomic.Bool
	pongs chan struct{} // gets one for each ping that is answered; nil: none is
}

func (d deaf) Write(b []byte) (int, error) {
	if d.dead.Load() {
		return len(b), nil
	}
	return d.Conn.Write(b)
}

func (d deaf) Read(b []byte) (int, error) {
	n, err := d.Conn.Read(b)
	if d.pongs != nil && strings.HasSuffix(string(b[:n]), keepalive) && strings.TrimSpace(string(b[:n])) == "" {
		_, _ = d.Write([]byte("\r\n"))
		d.pongs <- struct{}{}
	}
	return n, err
}

// deafServer is a registrar over TCP, or with a config TLS, whose first connection can be made deaf.
func deafServer(t *testing.T, pongs chan struct{}, config ...*tls.Config) (addr string, dead *atomic.Bool, connections chan net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	dead, connections = &atomic.Bool{}, make(chan net.Conn, 100)
	go func() {
		mine := dead
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			connections <- conn
			for _, c := range config {
				conn = tls.Server(conn, c)
			}
			go registrar(deaf{conn, mine, pongs})
			mine = &atomic.Bool{} // the next ones live
		}
	}()
	return l.Addr().String(), dead, connections
}

// deafAgent is an agent that has registered by a connection which can be made deaf.
type deafAgent struct {
	*agent
	dead        *atomic.Bool
	pongs       chan struct{}
	connections chan net.Conn // those after the first
}

func newDeafAgent(t *testing.T, secure bool) deafAgent {
	t.Helper()
	var config []*tls.Config
	ca := siptest.NewAuthority(t, "Example CA")
	if secure {
		config = append(config, ca.Issue([]string{"127.0.0.1"}).Server())
	}
	d := deafAgent{pongs: make(chan struct{}, 10000)}
	var at string
	at, d.dead, d.connections = deafServer(t, d.pongs, config...)
	d.agent = startAgent(t, siptest.NewPeer(t), overTLS(at, ca), func(c *dialog.Config) {
		if !secure {
			c.Account.Transport = "tcp"
		}
	})
	d.registered()
	arrives(t, d.connections)
	return d
}

// A connection that died without a word is not used again: the REGISTER after the one that was not answered goes out on a
// new one.
func TestSilentConnection(t *testing.T) {
	t.Parallel()
	at, dead, connections := deafServer(t, nil)
	a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) { c.Account.Server, c.Account.Transport = at, "tcp" })
	a.registered()
	arrives(t, connections)
	dead.Store(true)
	a.do(a.ua.Look) // as the refresh does
	a.soon(dialog.Unreachable)
	a.soon(dialog.Registered)
	select {
	case <-connections:
	case <-time.After(patience):
		t.Error("no new connection")
	}
}

// Where the server answers pings, the first that it does not answer tells.
func TestPingWithoutAnswer(t *testing.T) {
	interop.Proves(t, "S1.12")
	pongs := make(chan struct{}, 10000)
	at, dead, connections := deafServer(t, pongs)
	a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) {
		c.Account.Server, c.Account.Transport, c.Account.Keepalive = at, "tcp", 30*time.Millisecond
	})
	a.registered()
	arrives(t, connections)
	for range 5 {
		arrives(t, pongs)
	}
	select {
	case <-connections:
		t.Fatal("a connection that lives is given up")
	default:
	}
	dead.Store(true)
	a.soon(dialog.Registered)
	select {
	case <-connections:
	case <-time.After(patience):
		t.Error("no new connection")
	}
}

// A server that never answers pings, as many do not, is not given up for it.
func TestPingsNeverAnswered(t *testing.T) {
	at, _, connections := deafServer(t, nil)
	a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) {
		c.Account.Server, c.Account.Transport, c.Account.Keepalive = at, "tcp", 20*time.Millisecond
	})
	a.registered()
	arrives(t, connections)
	for range 11 { // longer than a server that answers pings has time for it (§4.4.1), and shorter than until the next REGISTER, which does get an answer
		a.forward(time.Second)
	}
	if len(connections) > 0 {
		t.Error("the connection was given up")
	}
}

// One address of the server asks for an hour's patience; the other one is well.
func TestRetryAfterOfOneAddress(t *testing.T) {
	for _, status := range []string{"503 Service Unavailable", "500 Server Internal Error"} {
		t.Run(status, func(t *testing.T) {
			busy, well := siptest.NewPeer(t), siptest.NewPeer(t)
			asked := make(chan siptest.Message, 100)
			busy.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
				asked <- m
				p.Reply(m, status, "Retry-After: 3600\n")
				return true
			})
			a := atBoth(t, busy, well)
			a.registered()
			if st := a.ready(); st.State != dialog.Registered {
				t.Errorf("%+v", st)
			}
			for range 3 {
				a.do(a.ua.Look)
				a.registered()
			}
			if n := len(asked); n != 1 {
				t.Errorf("the address that asked to wait was asked %d times", n)
			}
			a.dial("100")
			well.Await("INVITE")
		})
	}
}

// When all have asked to wait, the one that asked for less is tried first, when its time is over.
func TestRetryAfterOfAllAddresses(t *testing.T) {
	interop.Proves(t, "S1.6")
	var peers []*siptest.Peer
	for _, after := range []string{"3600", "100"} {
		p := siptest.NewPeer(t)
		p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
			p.Reply(m, "503 Service Unavailable", "Retry-After: "+after+"\n")
			return true
		})
		peers = append(peers, p)
	}
	a := atBoth(t, peers[0], peers[1])
	for {
		st := a.state(dialog.Unreachable)
		wait := time.Until(st.RetryAt)
		if wait < 2*time.Second {
			continue // after the first
		}
		if wait > 100*time.Second || wait < 60*time.Second {
			t.Errorf("tried again in %v", wait)
		}
		return
	}
}

// atBoth is an agent whose server's name has two addresses.
func atBoth(t *testing.T, first, second *siptest.Peer) *agent {
	t.Helper()
	var srv []*net.SRV
	for _, p := range []*siptest.Peer{first, second} {
		srv = append(srv, &net.SRV{Target: "sip.example.", Port: netip.MustParseAddrPort(p.Addr()).Port()})
	}
	return startAgent(t, first, func(c *dialog.Config) { c.Account.Server, c.Resolver = "pbx.example", names{srv: srv} })
}

func (a *agent) ready() (st dialog.Status) {
	a.do(func() { st = a.ua.Registration() })
	return st
}
