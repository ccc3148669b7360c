package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// peer is a registrar that accepts everybody, and all the callers. It speaks SIP over UDP as text, on one socket.
type peer struct {
	sock   stamped
	silent atomic.Bool // answers nothing, like an unreachable registrar
	ended  chan struct{}

	mu       sync.Mutex
	contact  string         // Contact of the phone that registered last
	phone    netip.AddrPort // the source address of its REGISTER
	registry chan message   // REGISTERs that were answered 200
	calls    map[string]*call
}

// call is a call that the peer placed.
type call struct {
	peer   *peer
	id     string
	uri    string
	branch string
	from   string
	to     string // the To header, with the tag once it is known
	remote string // the phone's Contact
	seq    int

	sent     time.Time // when the INVITE was sent
	response chan message
	request  chan message // BYE and other requests from the phone, already answered with 200
}

// listenPeer opens the peer on a port of loopback; 0 means any free one.
func listenPeer(port int) (*peer, error) {
	sock, err := listenStamped(port)
	if err != nil {
		return nil, err
	}
	p := &peer{sock: sock, ended: make(chan struct{}), registry: make(chan message, 100), calls: map[string]*call{}}
	go p.read()
	return p, nil
}

func (p *peer) close() {
	p.sock.Close()
	<-p.ended
}

func (p *peer) read() {
	defer close(p.ended)
	buf, control := make([]byte, 65536), make([]byte, 256)
	for {
		n, at, from, err := p.sock.next(buf, control)
		if err != nil {
			return
		}
		if p.silent.Load() {
			continue
		}
		if m, ok := parse(buf[:n], at, from); ok {
			p.take(m)
		}
	}
}

func (p *peer) take(m message) {
	p.mu.Lock()
	c := p.calls[m.get("call-id")]
	p.mu.Unlock()
	switch {
	case m.status() != 0:
		if c != nil {
			c.response <- m
		}
	case m.method() == "REGISTER":
		p.register(m)
	case m.method() == "ACK":
	default:
		p.send(m.answer(200, "OK", "peer"), m.from)
		if c != nil {
			c.request <- m
		}
	}
}

func (p *peer) register(m message) {
	expires := m.get("expires")
	if _, after, ok := strings.Cut(m.get("contact"), ";expires="); ok {
		expires, _, _ = strings.Cut(after, ";")
	}
	lines := []string{"Expires: " + expires}
	if expires != "0" {
		lines = append(lines, fmt.Sprintf("Contact: <%s>;expires=%s", m.contact(), expires))
	}
	p.mu.Lock()
	p.contact, p.phone = m.contact(), m.from
	p.mu.Unlock()
	if expires != "0" {
		select {
		case p.registry <- m: // before the phone can know, so that a caller of registered finds it
		default: // the buffer holds a hundred; more are not needed
		}
	}
	p.send(m.answer(200, "OK", "registrar", lines...), m.from)
}

func (p *peer) send(raw []byte, to netip.AddrPort) {
	// An error shows as a missing answer.
	_, _ = p.sock.WriteToUDPAddrPort(raw, to)
}

// registered waits for a REGISTER that arrived after the time and was answered.
func (p *peer) registered(ctx context.Context, after time.Time) (message, error) {
	for {
		select {
		case m := <-p.registry:
			if m.at.After(after) {
				return m, nil
			}
		case <-ctx.Done():
			return message{}, fmt.Errorf("no REGISTER came: %w", context.Cause(ctx))
		}
	}
}

// ring sends an INVITE from the number to the phone that registered last, with audio at rtp.
func (p *peer) ring(number, name string, rtp netip.AddrPort) *call {
	return p.invite(number, name, fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 0 101\r\n"+
		"a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n", rtp.Port()))
}

// invite is ring with any session description.
func (p *peer) invite(number, name, body string) *call {
	p.mu.Lock()
	uri, to := p.contact, p.phone
	p.mu.Unlock()
	host := p.sock.addr().String()
	c := &call{
		peer: p, id: fmt.Sprintf("%x@bench", rand.Uint64()), uri: uri, branch: fmt.Sprintf("z9hG4bK%x", rand.Uint64()),
		from: fmt.Sprintf("%q <sip:%s@%s>;tag=%x", name, number, host, rand.Uint32()),
		to:   fmt.Sprintf("<sip:2041@%s>", host), seq: 1,
		response: make(chan message, 100), request: make(chan message, 10),
	}
	p.mu.Lock()
	p.calls[c.id] = c
	p.mu.Unlock()
	raw := c.compose("INVITE", c.branch, "Contact: <sip:"+host+">\r\nContent-Type: application/sdp\r\n", body)
	c.sent = time.Now()
	p.send(raw, to)
	return c
}

func (c *call) compose(method, branch, extra, body string) []byte {
	return fmt.Appendf(nil, "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s;rport\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\n"+
		"Call-ID: %s\r\nCSeq: %d %s\r\n%sContent-Length: %d\r\n\r\n%s",
		method, c.uri, c.peer.sock.addr(), branch, c.from, c.to, c.id, c.seq, method, extra, len(body), body)
}

// until waits for a response to the method with at least that status.
func (c *call) until(ctx context.Context, method string, status int) (message, error) {
	for {
		select {
		case m := <-c.response:
			if m.method() == method && m.status() >= status {
				if contact := m.contact(); contact != "" {
					c.remote = contact
				}
				if m.method() == "INVITE" && m.status() > 100 {
					c.to = m.get("to")
				}
				return m, nil
			}
		case <-ctx.Done():
			return message{}, fmt.Errorf("no answer to %s: %w", method, context.Cause(ctx))
		}
	}
}

// ack acknowledges the final response to the INVITE.
func (c *call) ack(final message) {
	branch := c.branch
	if final.status() < 300 { // an ACK with its own transaction (RFC 3261 §13.2.2.4)
		branch, c.uri = fmt.Sprintf("z9hG4bK%x", rand.Uint64()), c.remote
	}
	c.peer.send(c.compose("ACK", branch, "", ""), final.from)
}

// rung waits for the 180, and cancels the call after a while. It returns the time until the 180.
func (c *call) rung(ctx context.Context, length time.Duration) (time.Duration, error) {
	ringing, err := c.until(ctx, "INVITE", 180)
	if err != nil {
		return 0, err
	}
	if ringing.status() != 180 {
		return 0, fmt.Errorf("the phone answered %s", ringing.start)
	}
	if err := pause(ctx, length); err != nil {
		return 0, err
	}
	return ringing.at.Sub(c.sent), c.cancel(ctx)
}

// cancel cancels the call and completes it up to the 487.
func (c *call) cancel(ctx context.Context) error {
	c.to = strings.SplitN(c.to, ";tag=", 2)[0]
	c.peer.mu.Lock()
	to := c.peer.phone
	c.peer.mu.Unlock()
	c.peer.send(c.compose("CANCEL", c.branch, "", ""), to)
	final, err := c.until(ctx, "INVITE", 200)
	if err != nil {
		return err
	}
	c.ack(final)
	c.forget()
	return nil
}

// bye hangs up and returns when.
func (c *call) bye(ctx context.Context) (sent time.Time, err error) {
	c.peer.mu.Lock()
	to := c.peer.phone
	c.peer.mu.Unlock()
	c.seq++
	raw := c.compose("BYE", fmt.Sprintf("z9hG4bK%x", rand.Uint64()), "", "")
	sent = time.Now()
	c.peer.send(raw, to)
	_, err = c.until(ctx, "BYE", 200)
	c.forget()
	return sent, err
}

func (c *call) forget() {
	c.peer.mu.Lock()
	defer c.peer.mu.Unlock()
	delete(c.peer.calls, c.id)
}
