// Package siptest is the other end of the line for tests: a SIP peer that sends exactly the bytes a test writes, and
// hands over exactly the bytes it got. It knows no transactions and repeats nothing, so that a test can do what no
// proper stack would: answer twice, cross a CANCEL, lose an ACK.
//
// What a phone sends because the machine was too busy to answer in time is passed over, be it the same message again or a
// 100 that it puts in between: what comes next is the next new message, however slow the test is. A test that waits for a
// repetition says so, with [Peer.Repeat], and one that allows none with [Peer.Still].
package siptest

import (
	"errors"
	"fmt"
	"hash/maphash"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/test/wait"
)

// Patience is how long a test waits for what must come: generous, because only a test that fails waits that long.
const Patience = wait.Patience

// Peer is a UDP socket that speaks SIP by hand. As long as Registrar is not changed it answers each REGISTER 200, as a
// registrar without password does, and the test does not see it.
type Peer struct {
	t     testing.TB
	conn  *net.UDPConn
	in    chan Message
	front string // host:port of the Front that callers are reached by; "" for none

	mu        sync.Mutex
	registrar func(*Peer, Message) bool
	phone     netip.AddrPort // where the last REGISTER came from
	contact   string         // and the URI it bound
	bound     chan struct{}
	pings     chan string // keepalives
}

// NewPeer opens a peer on a free port of 127.0.0.1. It is closed when the test ends.
func NewPeer(t testing.TB) *Peer {
	t.Helper()
	return NewPeerAt(t, "127.0.0.1")
}

// NewPeerAt opens a peer on a free port of an address.
func NewPeerAt(t testing.TB, ip string) *Peer {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(ip)})
	if err != nil {
		t.Fatal(err)
	}
	p := &Peer{t: t, conn: conn, in: make(chan Message, 10000), registrar: Accept, bound: make(chan struct{}, 1000), pings: make(chan string, 100)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.read()
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		select {
		case <-done:
		case <-time.After(Patience):
			t.Error("siptest: the test's registrar never returns")
		}
	})
	return p
}

// T is the test the peer belongs to.
func (p *Peer) T() testing.TB { return p.t }

// Addr is the peer's host:port.
func (p *Peer) Addr() string { return p.conn.LocalAddr().String() }

// Front is the host:port of the [Front] before the peer.
func (p *Peer) Front() string { return p.front }

// Registrar sets what becomes of REGISTERs: f answers one and returns true, or returns false to have the test Recv it. It is called for
// those that a busy machine repeats, too, and must not wait.
func (p *Peer) Registrar(f func(*Peer, Message) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.registrar = f
}

// Accept is a registrar that takes every binding as it is asked for.
func Accept(p *Peer, m Message) bool {
	p.Reply(m, "200 OK", "Contact: "+m.Header("Contact")+"\n")
	return true
}

// Silent is a registrar that is not there.
func Silent(*Peer, Message) bool { return true }

func (p *Peer) read() {
	buf := make([]byte, 65535)
	seed, seen := maphash.MakeSeed(), make(map[uint64]bool)
	for {
		n, from, err := p.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if n <= 4 {
			select {
			case p.pings <- string(buf[:n]):
			default: // nobody counts them
			}
			continue
		}
		m := Message{Text: string(buf[:n]), From: from, At: time.Now()}
		if m.Method() == "REGISTER" {
			p.mu.Lock()
			p.phone, p.contact = from, m.URI("Contact")
			f := p.registrar
			p.mu.Unlock()
			handled := f(p, m)
			select {
			case p.bound <- struct{}{}:
			default:
			}
			if handled {
				continue
			}
		}
		sum := maphash.String(seed, m.Text)
		m.Repeated = seen[sum]
		seen[sum] = true
		p.in <- m
	}
}

// Keepalive waits for the next keepalive, a datagram without a message, and returns it; "" when none comes in time.
func (p *Peer) Keepalive(within time.Duration) string {
	select {
	case ping := <-p.pings:
		return ping
	case <-time.After(within):
		return ""
	}
}

// WaitRegister waits for the next REGISTER to have been dealt with.
func (p *Peer) WaitRegister() {
	p.t.Helper()
	select {
	case <-p.bound:
	case <-time.After(Patience):
		p.t.Fatal("siptest: no REGISTER came")
	}
}

// Phone is where the last REGISTER came from, and the URI it bound.
func (p *Peer) Phone() (netip.AddrPort, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.phone, p.contact
}

// Recv waits for the next new message and fails the test unless its start line begins with one of want; none takes any. It
// passes over a 100, which a phone adds by itself when it is kept from answering for a fifth of a second.
func (p *Peer) Recv(want ...string) Message {
	p.t.Helper()
	m, ok := p.within(Patience, func(m Message) bool { return !m.Repeated && !m.begins("SIP/2.0 100 ") })
	if !ok {
		p.t.Fatalf("siptest: no message came, want %q", want)
	}
	if len(want) > 0 && !slices.ContainsFunc(want, m.begins) {
		p.t.Fatalf("siptest: got %q, want %q\n%s", m.Start(), want, m.Text)
	}
	return m
}

// Repeat waits for a message that came before to come again, byte for byte, and fails the test when a new one comes first.
// Its start line begins with want.
func (p *Peer) Repeat(want string) Message {
	p.t.Helper()
	m, ok := p.within(Patience, func(m Message) bool { return !m.Repeated || m.begins(want) })
	if !ok {
		p.t.Fatalf("siptest: %q was not repeated", want)
	}
	if !m.Repeated {
		p.t.Fatalf("siptest: got %q, want %q again\n%s", m.Start(), want, m.Text)
	}
	return m
}

// Await reads messages until a new one begins with want, dropping the others.
func (p *Peer) Await(want string) Message {
	p.t.Helper()
	m, ok := p.Within(Patience, want)
	if !ok {
		p.t.Fatalf("siptest: %q did not come", want)
	}
	return m
}

// AwaitBoth is Await for two messages of which either may be the first: a proxy with several workers lets one overtake the other.
func (p *Peer) AwaitBoth(one, other string) (first, second Message) {
	p.t.Helper()
	first, ok := p.within(Patience, func(m Message) bool { return !m.Repeated && (m.begins(one) || m.begins(other)) })
	if !ok {
		p.t.Fatalf("siptest: neither %q nor %q came", one, other)
	}
	if first.begins(one) {
		return first, p.Await(other)
	}
	return p.Await(one), first
}

// Within reads messages until a new one begins with want, for at most d. It reports false when none did.
func (p *Peer) Within(d time.Duration, want string) (Message, bool) {
	return p.within(d, func(m Message) bool { return !m.Repeated && m.begins(want) })
}

// within reads messages until one is right, for at most d.
func (p *Peer) within(d time.Duration, right func(Message) bool) (Message, bool) {
	deadline := time.After(d)
	for {
		select {
		case m := <-p.in:
			if right(m) {
				return m, true
			}
		case <-deadline:
			return Message{}, false
		}
	}
}

// Quiet fails the test if a new message comes within d.
func (p *Peer) Quiet(d time.Duration) {
	p.t.Helper()
	p.quiet(d, func(m Message) bool { return !m.Repeated })
}

// Still fails the test if any message comes within d, a repeated one too. It is for what must not be repeated any more: the phone has to
// have what it is that stops it.
func (p *Peer) Still(d time.Duration) {
	p.t.Helper()
	p.quiet(d, func(Message) bool { return true })
}

func (p *Peer) quiet(d time.Duration, counts func(Message) bool) {
	p.t.Helper()
	if m, came := p.within(d, counts); came {
		p.t.Fatalf("siptest: unexpected %q\n%s", m.Start(), m.Text)
	}
}

// Send sends a text with its line ends made CRLF.
func (p *Peer) Send(to netip.AddrPort, text string) { p.SendRaw(to, []byte(CRLF(text))) }

// SendRaw sends bytes as they are.
func (p *Peer) SendRaw(to netip.AddrPort, data []byte) {
	// A registrar may answer the last REGISTER when the test is over.
	if _, err := p.conn.WriteToUDPAddrPort(data, to); err != nil && !errors.Is(err, net.ErrClosed) {
		p.t.Errorf("siptest: send: %v", err)
	}
}

// Reply answers a request. status is "180 Ringing"; extra is further header lines, each with its line end.
func (p *Peer) Reply(req Message, status, extra string) {
	p.ReplyTagged(req, status, "peer", extra, "")
}

// ReplyTagged answers a request as the fork with the To tag given, with a body.
func (p *Peer) ReplyTagged(req Message, status, tag, extra, body string) {
	p.Send(req.From, Response(req, status, tag, extra, body))
}

// Response builds an answer to a request. "" as tag leaves To as it is.
func Response(req Message, status, tag, extra, body string) string {
	to := req.Header("To")
	if tag != "" && !strings.Contains(to, "tag=") {
		to += ";tag=" + tag
	}
	var b strings.Builder
	b.WriteString("SIP/2.0 " + status + "\n")
	for _, v := range req.Headers("Via") {
		b.WriteString("Via: " + v + "\n")
	}
	fmt.Fprintf(&b, "From: %s\nTo: %s\nCall-ID: %s\nCSeq: %s\n%s", req.Header("From"), to, req.Header("Call-ID"), req.Header("CSeq"), extra)
	if body != "" && !strings.Contains(extra, "Content-Type") {
		b.WriteString("Content-Type: application/sdp\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\n\n%s", len(CRLF(body)), body)
	return b.String()
}

// CRLF makes all line ends CRLF.
func CRLF(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
}

// SDP is a session description that offers or answers PCMU on a port of 127.0.0.1, in a direction.
func SDP(port int, direction string) string {
	return fmt.Sprintf("v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio %d RTP/AVP 0 101\n"+
		"a=rtpmap:0 PCMU/8000\na=rtpmap:101 telephone-event/8000\na=%s\n", port, direction)
}
