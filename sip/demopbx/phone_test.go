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

// message is a SIP message, its headers by lower-case name.
type message struct {
	start   string
	headers map[string][]string
	body    string
}

func (m message) get(name string) string {
	if v := m.headers[strings.ToLower(name)]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (m message) code() int {
	if !strings.HasPrefix(m.start, "SIP/2.0 ") {
		return 0
	}
	n, _ := strconv.Atoi(m.start[8:11])
	return n
}

func (m message) method() string {
	method, _, _ := strings.Cut(m.start, " ")
	return method
}

func (m message) tag(name string) string {
	_, tag, _ := strings.Cut(m.get(name), ";tag=")
	return tag
}

// patience is how long a test waits for what must come.
const patience = 5 * time.Second

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

func readMessage(r *bufio.Reader) (message, error) {
	m := message{headers: map[string][]string{}}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return m, err
		}
		line = strings.TrimRight(line, "\r\n")
		if m.start == "" {
			m.start = line
			continue
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		m.headers[name] = append(m.headers[name], strings.TrimSpace(value))
	}
	n, _ := strconv.Atoi(m.get("Content-Length"))
	body := make([]byte, n)
	_, err := io.ReadFull(r, body)
	m.body = string(body)
	return m, err
}

var serial atomic.Int64

// raw sends a message.
func (p *phone) raw(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.conn, text); err != nil {
		p.t.Fatal(err)
	}
}

// leg is one dialog as the phone sees it.
type leg struct {
	p             *phone
	callID        string
	local, remote string // From and To of our requests
	target        string
	branch        string // of the last request
	cseq          int
	invite        message // theirs, on calls that came in
}

func (p *phone) contact() string {
	return fmt.Sprintf("<sip:%s@%s;transport=%s>", p.user, p.conn.LocalAddr(), p.transport)
}

func (p *phone) newLeg(to string) *leg {
	n := serial.Add(1)
	return &leg{
		p: p, callID: fmt.Sprintf("call%d@phone", n), target: "sip:" + to + "@" + p.pbx,
		local: fmt.Sprintf("<sip:%s@%s>;tag=p%d", p.user, p.pbx, n), remote: "<sip:" + to + "@" + p.pbx + ">",
	}
}

// send sends a request in the leg, with a new branch; extra headers as whole lines.
func (l *leg) send(method, body string, extra ...string) {
	l.p.t.Helper()
	if method != "ACK" && method != "CANCEL" {
		l.cseq++
	}
	if method != "CANCEL" {
		l.branch = fmt.Sprintf("z9hG4bKp%d", serial.Add(1))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\r\nVia: SIP/2.0/%s %s;rport;branch=%s\r\nMax-Forwards: 70\r\n", method, l.target,
		strings.ToUpper(l.p.transport), l.p.conn.LocalAddr(), l.branch)
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n", l.local, l.remote, l.callID, l.cseq, method)
	for _, h := range extra {
		b.WriteString(h + "\r\n")
	}
	if !strings.Contains(strings.Join(extra, ""), "Contact:") {
		fmt.Fprintf(&b, "Contact: %s\r\n", l.p.contact())
	}
	if body != "" && method != "NOTIFY" {
		b.WriteString("Content-Type: application/sdp\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	l.p.raw(b.String())
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

// expectFinal returns the final response to the leg's last request.
func (l *leg) expectFinal(method string) message {
	l.p.t.Helper()
	return l.p.expect("final response to "+method, func(m message) bool {
		return m.code() >= 200 && m.get("CSeq") == fmt.Sprintf("%d %s", l.cseq, method) && m.get("Call-ID") == l.callID
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

// invite calls a number, answering the challenge; the INVITE that counts is on its way when it returns.
func (p *phone) invite(number string) *leg {
	p.t.Helper()
	l := p.newLeg(number)
	l.send("INVITE", p.sdp("sendrecv"))
	challenged := l.expectFinal("INVITE")
	if challenged.code() != 407 {
		p.t.Fatalf("INVITE without credentials: %s, want 407", challenged.start)
	}
	l.ackFailure(challenged)
	l.send("INVITE", p.sdp("sendrecv"), p.credentials(challenged, "INVITE", l.target))
	return l
}

// ackFailure acknowledges a refusal: same branch, To as it came (RFC 3261 §17.1.1.3).
func (l *leg) ackFailure(res message) {
	l.p.raw(fmt.Sprintf("ACK %s SIP/2.0\r\nVia: SIP/2.0/%s %s;rport;branch=%s\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d ACK\r\nContent-Length: 0\r\n\r\n",
		l.target, strings.ToUpper(l.p.transport), l.p.conn.LocalAddr(), l.branch, l.local, res.get("To"), l.callID, l.cseq))
}

// established takes a 200 and acknowledges it.
func (l *leg) established(ok message) {
	l.remote = ok.get("To")
	l.target = uriOf(ok.get("Contact"))
	l.send("ACK", "")
}

// answer takes a call of the PBX: 180, 200, and waits for the ACK.
func (p *phone) answer(invite message) *leg {
	p.t.Helper()
	tag := fmt.Sprintf("a%d", serial.Add(1))
	p.reply(invite, 180, "Ringing", tag, "")
	p.reply(invite, 200, "OK", tag, p.sdp("sendrecv"))
	p.expectRequest("ACK")
	return &leg{
		p: p, callID: invite.get("Call-ID"), local: invite.get("To") + ";tag=" + tag, remote: invite.get("From"),
		target: uriOf(invite.get("Contact")), cseq: 100, invite: invite,
	}
}

// bye hangs up, and waits until the PBX has taken it.
func (l *leg) bye() {
	l.p.t.Helper()
	l.send("BYE", "")
	l.expectFinal("BYE")
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
