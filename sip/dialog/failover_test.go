package dialog_test

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// pair is an agent that is registered at the first of two servers behind one name.
func pair(t *testing.T) (a *agent, first, second *siptest.Peer) {
	t.Helper()
	first, second = siptest.NewPeer(t), siptest.NewPeer(t)
	var srv []*net.SRV
	for _, p := range []*siptest.Peer{first, second} {
		srv = append(srv, &net.SRV{Target: "sip.example.", Port: netip.MustParseAddrPort(p.Addr()).Port()})
	}
	a = startAgent(t, first, func(c *dialog.Config) { c.Account.Server, c.Resolver = "pbx.example", names{srv: srv} })
	a.registered()
	return a, first, second
}

func TestCallFailsOverAt503(t *testing.T) {
	interop.Proves(t, "S1.7")
	a, first, second := pair(t)
	registered := make(chan siptest.Message, 1000)
	first.Registrar(func(p *siptest.Peer, m siptest.Message) bool { registered <- m; return siptest.Accept(p, m) })
	l := a.dial("100")
	one := first.Recv("INVITE")
	first.Reply(one, "503 Service Unavailable", "")
	first.Recv("ACK")
	two := second.Recv("INVITE")
	if one.Branch() == two.Branch() || one.Header("Call-ID") != two.Header("Call-ID") {
		t.Errorf("sent on as\n%s", two.Text)
	}
	// It is challenged, and the answer goes to the same server.
	second.Reply(two, "407 Proxy Authentication Required", "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\n")
	second.Recv("ACK")
	second.ReplyTagged(second.Recv("INVITE"), "200 OK", "far", contact(second, "b"), sdp("sendrecv"))
	second.Recv("ACK")
	l.hears("answered")
	select {
	case <-registered: // the registration has looked
	case <-time.After(patience):
		t.Error("the registration does not look whether the server is well")
	}
	l.hangup()
	second.Reply(second.Recv("BYE"), "200 OK", "")
	first.Quiet(50 * time.Millisecond)
}

// The first server says nothing; should it have got the INVITE all the same, its phone stops ringing, and a call that it
// answers is hung up.
func TestCallFailsOverAtSilence(t *testing.T) {
	interop.Proves(t, "S1.7")
	a, first, second := pair(t)
	first.Registrar(siptest.Silent)
	l := a.dial("100")
	one := first.Recv("INVITE")
	second.ReplyTagged(second.Recv("INVITE"), "200 OK", "far", contact(second, "b"), sdp("sendrecv"))
	second.Recv("ACK")
	l.hears("answered")
	first.ReplyTagged(one, "180 Ringing", "late", contact(first, "late"), "")
	first.Reply(first.Await("CANCEL"), "200 OK", "")
	answer := func() { // it crosses the CANCEL
		first.ReplyTagged(one, "200 OK", "late", contact(first, "late"), sdp("sendrecv"))
		if ack := first.Await("ACK"); ack.Tag("To") != "late" {
			t.Errorf("ACK\n%s", ack.Text)
		}
	}
	answer()
	bye := first.Await("BYE sip:late@")
	answer()
	first.Reply(bye, "200 OK", "")
	a.do(func() {
		if n := a.ua.Calls(); n != 1 {
			t.Errorf("%d calls", n)
		}
	})
	a.soon(dialog.Unreachable) // the registration has looked, and takes the other server
	a.soon(dialog.Registered)
	a.dial("101")
	second.Await("INVITE sip:101@")
}

// Who hangs up while the first server says nothing does not call by the second one.
func TestGivenUpBeforeTheFailover(t *testing.T) {
	a, first, second := pair(t)
	l := a.dial("100")
	one := first.Recv("INVITE")
	l.hangup()
	l.ends(dialog.HungUpHere)
	if m, ok := second.Within(500*time.Millisecond, "INVITE"); ok {
		t.Errorf("called all the same:\n%s", m.Text)
	}
	first.Reply(one, "180 Ringing", "")
	first.Reply(first.Await("CANCEL"), "200 OK", "")
	first.Reply(one, "503 Service Unavailable", "")
	first.Await("ACK")
	if m, ok := second.Within(200*time.Millisecond, "INVITE"); ok {
		t.Errorf("called all the same:\n%s", m.Text)
	}
}

// A 503 after a phone rang, and one of the last server, are the end of the call.
func TestNoFailover(t *testing.T) {
	t.Run("after ringing", func(t *testing.T) {
		a, first, second := pair(t)
		l := a.dial("100")
		one := first.Recv("INVITE")
		first.Reply(one, "180 Ringing", "")
		first.Reply(one, "503 Service Unavailable", "")
		if e := l.ends(dialog.Rejected); e.Code != 503 {
			t.Errorf("%+v", e)
		}
		if m, ok := second.Within(200*time.Millisecond, "INVITE"); ok {
			t.Errorf("a second phone rings:\n%s", m.Text)
		}
	})
	t.Run("the last one", func(t *testing.T) {
		a, first, second := pair(t)
		l := a.dial("100")
		first.Reply(first.Recv("INVITE"), "503 Service Unavailable", "")
		second.Reply(second.Recv("INVITE"), "503 Service Unavailable", "")
		if e := l.ends(dialog.Rejected); e.Code != 503 {
			t.Errorf("%+v", e)
		}
	})
}

// A server that cannot be reached any more, over TCP.
func TestCallFailsOverWhenUnreachable(t *testing.T) {
	var srv []*net.SRV
	invites := make(chan int, 10)
	for i := range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		srv = append(srv, &net.SRV{Target: "sip.example.", Port: netip.MustParseAddrPort(l.Addr().String()).Port()})
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				if i == 0 {
					_ = l.Close()
					registrar(&once{Conn: conn})
					return
				}
				registrar(sniffing{conn, func(text string) {
					if strings.HasPrefix(text, "INVITE ") {
						invites <- i
					}
				}})
			}
		}()
	}
	a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) {
		c.Account.Server, c.Account.Transport, c.Resolver = "pbx.example", "tcp", names{srv: srv}
	})
	a.registered()
	a.dial("100")
	select {
	case <-invites:
	case <-time.After(patience):
		t.Error("the call did not go to the second server")
	}
}

// sniffing is a connection that tells what is read of it.
type sniffing struct {
	net.Conn
	tell func(string)
}

func (s sniffing) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.tell(string(b[:n]))
	return n, err
}
