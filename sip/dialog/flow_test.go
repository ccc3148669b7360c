package dialog_test

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// By default the sockets are open on every interface; each message names the address it leaves from all the same.
func TestEveryInterface(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) { c.Listen = "" })
	from, uri := p.Phone()
	if from.Addr() != netip.MustParseAddr("127.0.0.1") || uri != "sip:2041@"+from.String() {
		t.Errorf("registered %s from %v", uri, from)
	}
	c := p.Call("<sip:bob@example.com>")
	if m := c.Ringing(); m.URI("Contact") != uri {
		t.Errorf("180 has Contact %s", m.URI("Contact"))
	}
	l := a.rings()
	a.do(func() {
		if l.LocalIP() != from.Addr() {
			t.Errorf("audio would come from %v", l.LocalIP())
		}
	})
	l.accept()
	c.Answered()
	l.hangup()
	if bye := p.Await("BYE"); bye.From != from {
		t.Errorf("BYE left from %v, not %v", bye.From, from)
	}
}

// IPv6 all the way: brackets in URIs, Via and Contact, answers and the BYE to the right place.
func TestIPv6(t *testing.T) {
	interop.Proves(t, "S1.19")
	p := siptest.NewPeerAt(t, "::1")
	a := newAgent(t, p, func(c *dialog.Config) { c.Listen = "::1" })
	from, uri := p.Phone()
	if uri != "sip:2041@"+from.String() {
		t.Errorf("registered %s from %v", uri, from)
	}
	c := p.Call("<sip:bob@[2001:db8::7]>")
	c.Ringing()
	l := a.rings()
	l.accept()
	c.Answered()
	l.hangup()
	p.Reply(p.Await("BYE"), "200 OK", "")

	out := a.dial("100")
	invite := p.Await("INVITE sip:100@[::1]")
	if via := invite.Header("Via"); !strings.HasPrefix(via, "SIP/2.0/UDP [::1]:") {
		t.Errorf("Via %q", via)
	}
	p.ReplyTagged(invite, "200 OK", "peer", contact(p, "b")+"Record-Route: <sip:"+p.Addr()+";lr>\n", sdp("sendrecv"))
	p.Await("ACK")
	out.hears("answered")
	out.hangup()
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// Behind a NAT the Contact names the address the registrar saw, and the one it cannot reach is taken back.
func TestContactBehindNAT(t *testing.T) {
	interop.Proves(t, "S1.11")
	p := siptest.NewPeer(t)
	seen := make(chan siptest.Message, 1000)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		seen <- m
		via := strings.Replace(m.Header("Via"), ";rport", ";received=203.0.113.5;rport=40000", 1)
		text := strings.Replace(siptest.Response(m, "200 OK", "r", "Contact: "+m.Headers("Contact")[len(m.Headers("Contact"))-1]+"\n", ""), m.Header("Via"), via, 1)
		p.Send(m.From, text)
		return true
	})
	newAgent(t, p)
	private := arrives(t, seen).URI("Contact")
	second := arrives(t, seen).Headers("Contact")
	if len(second) != 2 || !strings.Contains(second[0], private) || !strings.Contains(second[0], "expires=0") ||
		!strings.Contains(second[1], "<sip:2041@203.0.113.5:40000>") {
		t.Errorf("second REGISTER has Contacts %q", second)
	}
	c := p.Call("<sip:bob@example.com>")
	c.URI = private
	if m := c.Ringing(); m.URI("Contact") != "sip:2041@203.0.113.5:40000" {
		t.Errorf("180 has Contact %s", m.URI("Contact"))
	}
}

// Where direct calls are accepted a stranger is let in, a crowd of them is not, and our server is never turned away.
func TestStrangersAreLimited(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.Trust.Direct = true })
	to, _ := p.Phone()
	stranger, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	begin := time.Now()
	for i := range 200 {
		text := fmt.Sprintf("OPTIONS sip:2041@x SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-%d;rport\nMax-Forwards: 70\nFrom: <sip:x@y>;tag=1\n"+
			"To: <sip:2041@z>\nCall-ID: s%d\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n", stranger.LocalAddr(), i, i)
		if _, err := stranger.WriteToUDPAddrPort([]byte(siptest.CRLF(text)), to); err != nil {
			t.Fatal(err)
		}
	}
	answers := 0
	buf := make([]byte, 4096)
	for {
		wait := 300 * time.Millisecond
		if answers < 20 { // these must come
			wait = patience
		}
		stranger.SetReadDeadline(time.Now().Add(wait))
		if _, _, err := stranger.ReadFromUDP(buf); err != nil {
			break
		}
		answers++
	}
	if limit := 60 + int(20*time.Since(begin).Seconds()) + 1; answers < 20 || answers > limit { // 60 at once, 20 a second
		t.Errorf("%d of 200 answered, want at most %d", answers, limit)
	}
	for range 100 {
		p.Call("<sip:bob@example.com>").Ringing()
		a.rings().reject(486)
		p.Await("SIP/2.0 486")
	}
}

// A TCP connection that is lost is noticed, although sipgo tells nobody: until the phone registers again no call comes.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.2")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	connections := make(chan net.Conn, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			connections <- conn
			go registrar(conn)
		}
	}()
	at := netip.MustParseAddrPort(l.Addr().String())
	a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) {
		c.Account.Server, c.Account.Transport = at.String(), "tcp"
	})
	a.registered()
	arrives(t, connections).Close()
	lost := time.Now()
	a.registered()
	if took := time.Since(lost); took > siptest.Patience/2 {
		t.Errorf("registered again after %v", took)
	}
	defer arrives(t, connections).Close()
}

// registrar accepts whatever is registered over a connection.
func registrar(conn net.Conn) {
	for m := range messagesOf(conn) {
		fmt.Fprint(conn, siptest.CRLF(siptest.Response(m, "200 OK", "r", "Contact: "+m.Header("Contact")+"\n", "")))
	}
}

// messagesOf reads the messages that come by a connection, without their bodies, until it is closed.
func messagesOf(conn net.Conn) iter.Seq[siptest.Message] {
	return func(yield func(siptest.Message) bool) {
		in := bufio.NewReader(conn)
		for {
			var head strings.Builder
			length := 0
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if strings.TrimSpace(line) == "" && head.Len() == 0 {
					continue // keep-alive
				}
				head.WriteString(line)
				if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
					length, _ = strconv.Atoi(strings.TrimSpace(n))
				}
				if line == "\r\n" {
					break
				}
			}
			if _, err := io.CopyN(io.Discard, in, int64(length)); err != nil || !yield(siptest.Message{Text: head.String()}) {
				return
			}
		}
	}
}
