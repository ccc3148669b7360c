package dialog_test

import (
	"bufio"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecard/sip/internal/siptest"
)

// wire is a TCP connection that speaks SIP by hand.
type wire struct {
	t  *testing.T
	c  *net.TCPConn
	in *bufio.Reader
}

func newWire(t *testing.T, c net.Conn) *wire {
	t.Helper()
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return &wire{t, c.(*net.TCPConn), bufio.NewReader(c)}
}

// wireTo makes a connection to a phone from an address.
func wireTo(t *testing.T, from string, to netip.AddrPort) *wire {
	t.Helper()
	c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}).DialContext(t.Context(), "tcp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	return newWire(t, c)
}

// tcpPort listens as a server does.
func tcpPort(t *testing.T, ip string) *net.TCPListener {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// accepted waits for a connection of the phone's.
func accepted(t *testing.T, l *net.TCPListener) *wire {
	t.Helper()
	_ = l.SetDeadline(time.Now().Add(patience))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return newWire(t, c)
}

func (w *wire) send(text string) {
	w.t.Helper()
	if _, err := io.WriteString(w.c, siptest.CRLF(text)); err != nil {
		w.t.Fatal(err)
	}
}

// recv waits for a message that begins with want, and passes over others, as a 180 that is repeated.
func (w *wire) recv(want string) siptest.Message {
	w.t.Helper()
	for {
		var b strings.Builder
		length := 0
		for !strings.HasSuffix(b.String(), "\r\n\r\n") {
			line, err := w.in.ReadString('\n')
			if err != nil {
				w.t.Fatalf("%q did not come: %v", want, err)
			}
			b.WriteString(line)
			if name, value, _ := strings.Cut(line, ":"); name == "Content-Length" {
				length, _ = strconv.Atoi(strings.TrimSpace(value))
			}
		}
		body := make([]byte, length)
		_, _ = io.ReadFull(w.in, body)
		if m := (siptest.Message{Text: b.String() + string(body)}); strings.HasPrefix(m.Start(), want) {
			return m
		}
	}
}

// cut loses the connection, and waits until the phone has seen it.
func (w *wire) cut(a *agent) {
	w.t.Helper()
	_ = w.c.SetLinger(0)
	_ = w.c.Close()
	eventually(w.t, func() (gone bool) {
		a.do(func() { gone = !a.ua.Connected(w.c.LocalAddr().String()) })
		return gone
	})
}

// over is a message as it goes by TCP, of a sender that listens at an address.
func over(text string, sentBy string) string {
	before, rest, _ := strings.Cut(text, "Via: SIP/2.0/UDP ")
	_, rest, _ = strings.Cut(rest, ";")
	return before + "Via: SIP/2.0/TCP " + sentBy + ";" + rest
}
