package dialog_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// keepalive is what RFC 5626 §4.4.1 sends to keep a flow open.
const keepalive = "\r\n\r\n"

// Keepalives reach the registrar over UDP for as long as the account is registered, and no longer.
func TestKeepaliveOverUDP(t *testing.T) {
	interop.Proves(t, "S1.12")
	p := siptest.NewPeer(t)
	a := startAgent(t, p, func(c *dialog.Config) { c.Account.Keepalive = 20 * time.Millisecond })
	a.registered()
	for range 3 {
		if got := p.Keepalive(patience); got != keepalive {
			t.Fatalf("keepalive %q", got)
		}
	}
	left := make(chan struct{})
	a.do(func() { a.ua.SignOff(func() { close(left) }) })
	arrives(t, left)
	for p.Keepalive(50*time.Millisecond) != "" { // those on the way
	}
	if got := p.Keepalive(100 * time.Millisecond); got != "" {
		t.Errorf("keepalive %q after the account had left", got)
	}
}

// Over TCP keepalives come on the connection of the registration, between its messages.
func TestKeepaliveOverTCP(t *testing.T) {
	interop.Proves(t, "S1.12")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	pings := make(chan string, 10000)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		registrar(listening{conn, pings})
	}()
	a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) {
		c.Account.Server, c.Account.Transport, c.Account.Keepalive = l.Addr().String(), "tcp", 20*time.Millisecond
	})
	a.registered()
	var got string
	deadline := time.After(patience)
	for !strings.HasPrefix(got, keepalive+keepalive) {
		select {
		case more := <-pings:
			got += more
		case <-deadline:
			t.Fatalf("keepalives %q", got)
		}
	}
}

// listening is a connection that tells what is read of it between messages.
type listening struct {
	net.Conn
	pings chan string
}

func (l listening) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	if got := string(b[:n]); strings.TrimSpace(got) == "" {
		l.pings <- got
	}
	return n, err
}
