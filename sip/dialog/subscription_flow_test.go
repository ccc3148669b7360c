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
)

// A notification that says nothing of its life leaves the subscription the one that was granted: it is neither given up as if none had come
// nor asked for anew, and is refreshed in time.
func TestNotificationsWithoutExpires(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watch("dialog", "2042")
	sub := p.Recv("SUBSCRIBE")
	p.ReplyTagged(sub, "200 OK", "n", "Expires: 12\n", "")
	notify(p, sub, 1, "n", "active", "", "busy")
	p.Recv("SIP/2.0 200")
	w.hears(told{true, "busy", 0})
	a.forward(longest() + 100*time.Millisecond)
	notify(p, sub, 2, "n", "active", "", "free")
	p.Recv("SIP/2.0 200") // and no SUBSCRIBE
	w.hears(told{true, "free", 0})
	a.forward(8 * time.Second)
	if again := p.Recv("SUBSCRIBE"); again.Header("Call-ID") != sub.Header("Call-ID") || again.Tag("To") != "n" {
		t.Errorf("not refreshed, but\n%s", again.Text)
	}
}

// A notifier that never tells its whole state so that it can be used is not asked for it each second: each time is twice as far from the one before.
func TestWholeStateIsAskedForEverMoreRarely(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watch("dialog", "2042")
	sub := granted(p, 600, "part")
	w.hears(told{true, "part", 0})
	for i := range 4 {
		from := a.clock.Now()
		a.do(w.Refresh)
		a.do(w.Refresh)
		var again siptest.Message
		pause := 5 * time.Millisecond
		for found := false; !found; pause += pause / 10 { // ever longer: a busy machine sees it late
			if pause > patience/4 {
				t.Fatal("never asked again")
			}
			a.forward(250 * time.Millisecond)
			again, found = p.Within(pause, "SUBSCRIBE")
		}
		if waited, want := a.clock.Now().Sub(from), time.Second<<i; waited < want {
			t.Errorf("asked after %v, want %v at least", waited, want)
		}
		p.Reply(again, "200 OK", "Expires: 600\n")
		notify(p, sub, i+2, "n", "active", "", "part")
		p.Recv("SIP/2.0 200")
		w.hears(told{true, "part", 0})
	}
}

// Whoever calls are taken from, beside the server, is no server: the state is the account's own server's to tell.
func TestNotificationsOfATrustedAddressThatIsNotTheServers(t *testing.T) {
	p, edge := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.9")
	a := newAgent(t, p, func(c *dialog.Config) {
		c.Account.Trust.From = []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")}
	})
	w := a.watch("dialog", "2042")
	sub := granted(p, 600, "busy")
	w.hears(told{true, "busy", 0})
	edge.Send(sub.From, notifyText(edge, sub, 50, "n", "active", "", "free"))
	edge.Recv("SIP/2.0 403")
	notify(p, sub, 2, "n", "active", "", "ringing")
	p.Recv("SIP/2.0 200")
	w.hears(told{true, "ringing", 0})
}

// tcpPeer is the server's end of a connection by which everything is registered. SUBSCRIBEs are the test's.
type tcpPeer struct {
	net.Conn
	subscribes chan siptest.Message
}

func tcpServer(t *testing.T) (addr string, connections chan *tcpPeer) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	connections = make(chan *tcpPeer, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c := &tcpPeer{conn, make(chan siptest.Message, 100)}
			connections <- c
			go func() {
				for m := range messagesOf(conn) {
					switch m.Method() {
					case "REGISTER":
						fmt.Fprint(conn, siptest.CRLF(siptest.Response(m, "200 OK", "r", "Contact: "+m.Header("Contact")+"\n", "")))
					case "SUBSCRIBE":
						c.subscribes <- m
					}
				}
			}()
		}
	}()
	return l.Addr().String(), connections
}

// tells grants the subscription that is asked for by the connection, and tells a state.
func (c *tcpPeer) tells(t *testing.T, body string) (sub siptest.Message) {
	t.Helper()
	select {
	case sub = <-c.subscribes:
	case <-time.After(patience):
		t.Fatal("no SUBSCRIBE comes by the connection")
	}
	at := c.LocalAddr().String()
	fmt.Fprint(c, siptest.CRLF(siptest.Response(sub, "200 OK", "n", "Expires: 600\nContact: <sip:x@"+at+">\n", "")))
	fmt.Fprint(c, siptest.CRLF(fmt.Sprintf("NOTIFY %s SIP/2.0\nVia: SIP/2.0/TCP %s;branch=z9hG4bKt%d\nMax-Forwards: 70\nFrom: <sip:x@example.com>;tag=n\nTo: %s\n"+
		"Call-ID: %s\nCSeq: 1 NOTIFY\nContact: <sip:x@%s>\nSubscription-State: active;expires=600\nEvent: dialog\nContent-Type: text/plain\nContent-Length: %d\n\n%s",
		sub.URI("Contact"), at, notifies.Add(1), sub.Header("From"), sub.Header("Call-ID"), at, len(body), body)))
	return sub
}

// A connection that is made again is another way to the phone, though its addresses are the same: the subscriptions are made anew on it, and what is
// told by it is heard.
func TestSubscriptionsFollowTheConnection(t *testing.T) {
	at, connections := tcpServer(t)
	a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) { c.Account.Server, c.Account.Transport = at, "tcp" })
	w := a.watch("dialog", "2042")
	a.registered()
	first := arrives(t, connections)
	sub := first.tells(t, "busy")
	w.hears(told{true, "busy", 0})
	_ = first.Close()
	a.soon(dialog.Registered)
	second := arrives(t, connections)
	defer second.Close()
	again := second.tells(t, "free")
	w.hears(told{true, "free", 0})
	if again.Header("Call-ID") == sub.Header("Call-ID") || strings.Contains(again.Header("To"), "tag=") {
		t.Errorf("not a new subscription:\n%s", again.Text)
	}
}

// A server that closes each connection after an answer gets no SUBSCRIBE by each of the next ones at once.
func TestSubscriptionsWaitForAConnectionThatLasts(t *testing.T) {
	at, connections := tcpServer(t)
	a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) { c.Account.Server, c.Account.Transport = at, "tcp" })
	a.watch("dialog", "2042")
	a.registered()
	first := arrives(t, connections)
	arrives(t, first.subscribes)
	_ = first.Close()
	began, asked := a.clock.Now(), 1
	for open := map[*tcpPeer]bool{}; a.clock.Now().Sub(began) < 30*time.Second; {
		a.forward(200 * time.Millisecond)
		select {
		case c := <-connections:
			open[c] = true
		case <-time.After(5 * time.Millisecond):
		}
		for c := range open {
			select {
			case <-c.subscribes:
				asked++
				_ = c.Close()
				delete(open, c)
			default:
			}
		}
	}
	if asked > 8 {
		t.Errorf("asked %d times in 30 s", asked)
	}
}
