package siptest

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Front is a TLS port, or without a config one of TCP, in front of a [Peer]: what comes by a connection goes to the peer as datagrams, from an address that stands
// for the connection, and what the peer sends there goes back. So a peer speaks by TLS as it does by UDP.
type Front struct {
	t      testing.TB
	peer   *Peer
	config *tls.Config
	l      net.Listener
	wait   sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
	met   []tls.ConnectionState // of each connection whose handshake was done
	heard int                   // octets of SIP
	dial  func(ctx context.Context, network, address string) (net.Conn, error)
}

// NewFront opens the port on a free one of the peer's address, or at the one given. It is closed when the test ends.
func NewFront(t testing.TB, p *Peer, config *tls.Config, at ...string) *Front {
	t.Helper()
	host, _, _ := net.SplitHostPort(p.Addr())
	addr := net.JoinHostPort(host, "0")
	if len(at) > 0 {
		addr = at[0]
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	f := &Front{t: t, peer: p, config: config, l: l}
	p.front = f.Addr()
	f.wait.Go(f.accept)
	t.Cleanup(f.Close)
	return f
}

// Addr is the port's host:port.
func (f *Front) Addr() string { return f.l.Addr().String() }

// Close closes the port and what goes by it.
func (f *Front) Close() {
	_ = f.l.Close()
	f.Cut()
	f.wait.Wait()
}

// Dial has the peer reached by dial, as from another network.
func (f *Front) Dial(dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dial = dial
}

func (f *Front) dialer() func(ctx context.Context, network, address string) (net.Conn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dial == nil {
		return new(net.Dialer).DialContext
	}
	return f.dial
}

// Cut closes the connections there are.
func (f *Front) Cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		_ = c.Close()
	}
	f.conns = nil
}

// Met is how each handshake ended that was done, in their order.
func (f *Front) Met() []tls.ConnectionState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]tls.ConnectionState(nil), f.met...)
}

// Heard is how many octets of SIP have come.
func (f *Front) Heard() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.heard
}

func (f *Front) accept() {
	for {
		tcp, err := f.l.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.conns = append(f.conns, tcp)
		f.mu.Unlock()
		f.wait.Go(func() { f.serve(tcp) })
	}
}

func (f *Front) serve(tcp net.Conn) {
	defer tcp.Close()
	c := tcp
	if f.config != nil {
		secured := tls.Server(tcp, f.config)
		if err := secured.HandshakeContext(f.t.Context()); err != nil {
			return
		}
		f.mu.Lock()
		f.met = append(f.met, secured.ConnectionState())
		f.mu.Unlock()
		c = secured
	}
	udp, err := f.dialer()(f.t.Context(), "udp", f.peer.Addr())
	if err != nil {
		return
	}
	defer udp.Close()
	f.wait.Go(func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := udp.Read(buf)
			if err != nil {
				return
			}
			if _, err := c.Write(buf[:n]); err != nil {
				return
			}
		}
	})
	in := bufio.NewReader(counted{c, f})
	for {
		message, err := readMessage(in)
		if err != nil {
			return
		}
		_, _ = udp.Write(message)
	}
}

type counted struct {
	io.Reader
	f *Front
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.f.mu.Lock()
	c.f.heard += n
	c.f.mu.Unlock()
	return n, err
}

// readMessage reads one message of a stream, or a ping.
func readMessage(in *bufio.Reader) ([]byte, error) {
	if start, err := in.Peek(4); err == nil && string(start) == "\r\n\r\n" {
		_, _ = in.Discard(4)
		return []byte("\r\n\r\n"), nil
	}
	var head strings.Builder
	length := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		head.WriteString(line)
		if line == "\r\n" {
			break
		}
		if name, value, ok := strings.Cut(line, ":"); ok && textproto.CanonicalMIMEHeaderKey(name) == "Content-Length" {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, err
	}
	return append([]byte(head.String()), body...), nil
}
