package demopbx_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/icholy/digest"
	"github.com/pion/rtp"
)

// phone is a SIP phone made of nothing but text and sockets, so that the PBX is not tested by the library it is made with.
type phone struct {
	t          *testing.T
	user, pass string
	pbx        string
	transport  string
	conn       net.Conn
	inbox      chan message
	rtp        *net.UDPConn
	cseq       int
}

// patience is how long a test waits for what must come: generous, because only a test that fails waits that long.
const patience = 20 * time.Second

func newPhone(t *testing.T, pbx, transport, user, pass string) *phone {
	t.Helper()
	conn, err := net.Dial(transport, pbx)
	if err != nil {
		t.Fatal(err)
	}
	audio, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{t: t, user: user, pass: pass, pbx: pbx, transport: transport, conn: conn, rtp: audio, inbox: make(chan message, 200)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.read()
	}()
	t.Cleanup(func() {
		conn.Close()
		audio.Close()
		<-done
	})
	return p
}

// read parses what comes: a datagram or, on TCP, a header block and Content-Length bytes.
func (p *phone) read() {
	if p.transport == "udp" {
		buffer := make([]byte, 65535)
		for {
			n, err := p.conn.Read(buffer)
			if err != nil {
				return
			}
			if m, err := readMessage(bufio.NewReader(bytes.NewReader(buffer[:n]))); err == nil {
				p.inbox <- m
			}
		}
	}
	r := bufio.NewReader(p.conn)
	for {
		m, err := readMessage(r)
		if err != nil {
			return
		}
		p.inbox <- m
	}
}

var serial atomic.Int64

// raw sends a message.
func (p *phone) raw(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.conn, text); err != nil {
		p.t.Fatal(err)
	}
}

func (p *phone) contact() string {
	return fmt.Sprintf("<sip:%s@%s;transport=%s>", p.user, p.conn.LocalAddr(), p.transport)
}

// reply answers a request of the PBX.
func (p *phone) reply(req message, code int, reason, tag, body string, extra ...string) {
	p.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "SIP/2.0 %d %s\r\n", code, reason)
	for _, via := range req.headers["via"] {
		b.WriteString("Via: " + via + "\r\n")
	}
	to := req.get("To")
	if tag != "" && !strings.Contains(to, ";tag=") {
		to += ";tag=" + tag
	}
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\nContact: %s\r\n", req.get("From"), to, req.get("Call-ID"), req.get("CSeq"), p.contact())
	for _, h := range extra {
		b.WriteString(h + "\r\n")
	}
	if body != "" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	p.raw(b.String())
}

// expect waits for a message that matches, answering nothing and passing over the others.
func (p *phone) expect(what string, match func(message) bool) message {
	p.t.Helper()
	deadline := time.After(patience)
	var seen []string
	for {
		select {
		case m := <-p.inbox:
			if match(m) {
				return m
			}
			seen = append(seen, m.start)
		case <-deadline:
			p.t.Fatalf("%s: no %s came, only %q", p.user, what, seen)
		}
	}
}

func (p *phone) expectCode(code int, method string) message {
	p.t.Helper()
	return p.expect(fmt.Sprintf("%d to %s", code, method), func(m message) bool {
		return m.code() == code && strings.HasSuffix(m.get("CSeq"), method)
	})
}

func (p *phone) expectRequest(method string) message {
	p.t.Helper()
	return p.expect(method, func(m message) bool { return m.method() == method })
}

// credentials answers a challenge with the phone's password.
func (p *phone) credentials(challenged message, method, uri string) string {
	p.t.Helper()
	name, challenge := "Authorization", challenged.get("WWW-Authenticate")
	if challenge == "" {
		name, challenge = "Proxy-Authorization", challenged.get("Proxy-Authenticate")
	}
	chal, err := digest.ParseChallenge(challenge)
	if err != nil {
		p.t.Fatalf("challenge %q: %v", challenge, err)
	}
	cred, err := digest.Digest(chal, digest.Options{Method: method, URI: uri, Username: p.user, Password: p.pass, Count: 1})
	if err != nil {
		p.t.Fatal(err)
	}
	return name + ": " + cred.String()
}

// register registers (or, with 0, unregisters) and returns the final response.
func (p *phone) register(expires int) message {
	p.t.Helper()
	l := &leg{
		p: p, callID: "reg-" + p.user + p.conn.LocalAddr().String(), target: "sip:" + p.pbx,
		local: "<sip:" + p.user + "@" + p.pbx + ">;tag=r", remote: "<sip:" + p.user + "@" + p.pbx + ">", cseq: p.cseq,
	}
	defer func() { p.cseq = l.cseq }()
	expiry := fmt.Sprintf("Expires: %d", expires)
	l.send("REGISTER", "", expiry)
	first := l.expectFinal("REGISTER")
	if first.code() != 401 {
		return first
	}
	l.send("REGISTER", "", expiry, p.credentials(first, "REGISTER", l.target))
	return l.expectFinal("REGISTER")
}

// sdp is the phone's own: PCMU and keys at its RTP socket.
func (p *phone) sdp(direction string) string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0 101\r\n"+
		"a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=%s\r\n", p.rtp.LocalAddr().(*net.UDPAddr).Port, direction)
}

func uriOf(address string) string {
	_, uri, _ := strings.Cut(address, "<")
	uri, _, _ = strings.Cut(uri, ">")
	return uri
}

// audioPort is where an SDP wants the audio.
func audioPort(body string) *net.UDPAddr {
	for line := range strings.SplitSeq(body, "\r\n") {
		if rest, ok := strings.CutPrefix(line, "m=audio "); ok {
			port, _ := strconv.Atoi(strings.Fields(rest)[0])
			return &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
		}
	}
	return nil
}

// talk sends one packet of audio.
func (p *phone) talk(to *net.UDPAddr, payloadType uint8, seq uint16, timestamp uint32, payload []byte) {
	p.t.Helper()
	raw, err := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: payloadType, SequenceNumber: seq, Timestamp: timestamp, SSRC: 7}, Payload: payload}).Marshal()
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.rtp.WriteToUDP(raw, to); err != nil {
		p.t.Fatal(err)
	}
}

// hears reads n packets of audio, or as many as come before d is over.
func (p *phone) hears(n int, d time.Duration) []rtp.Packet {
	p.t.Helper()
	var got []rtp.Packet
	buffer := make([]byte, 1500)
	_ = p.rtp.SetReadDeadline(time.Now().Add(d))
	for len(got) < n {
		size, err := p.rtp.Read(buffer)
		if err != nil {
			break
		}
		var packet rtp.Packet
		if err := packet.Unmarshal(bytes.Clone(buffer[:size])); err != nil {
			p.t.Fatalf("not RTP: %v", err)
		}
		got = append(got, packet)
	}
	return got
}
