package dialog

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
)

// A program that has used up its descriptors accepts no connection for a moment. Once it has some again the server's connection is taken,
// and only a listener that is closed ends.
func TestAFailedAcceptIsTriedAgain(t *testing.T) {
	was := acceptAgain
	acceptAgain = time.Millisecond
	t.Cleanup(func() { acceptAgain = was })
	tcp, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ua := &UA{log: slog.New(slog.DiscardHandler), ctx: ctx}
	ua.trusted.Store(&trusted{addrs: map[netip.Addr]bool{netip.MustParseAddr("127.0.0.1"): true}})
	failures := 3
	l := &listener{TCPListener: tcp, ua: ua, open: make(map[netip.AddrPort]*accepted)}
	l.accept = func() (*net.TCPConn, error) {
		if failures--; failures >= 0 {
			return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
		}
		return tcp.AcceptTCP()
	}
	server, err := net.Dial("tcp4", tcp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	_ = tcp.Close()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed listener says %v", err)
	}
	failures = 1 << 30
	stop()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a phone that is closed says %v", err)
	}
}
