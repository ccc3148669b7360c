package media

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/dtls/v3"

	"linecard/sip/sdp"
	"linecard/test/wait"
)

// questions sends a fresh question to begin a handshake from a socket each time it is called, and nothing more of that handshake.
func questions(t *testing.T, from *net.UDPConn, to netip.AddrPort) func() {
	t.Helper()
	cert, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		here, there := net.Pipe() // keeps the borders of what is written
		c, err := dtls.ClientWithOptions(packets{here}, nowhere, dtls.WithCertificates(cert.tls), dtls.WithInsecureSkipVerify(true),
			dtls.WithSRTPProtectionProfiles(agreeing...), dtls.WithLoggerFactory(unlogged))
		if err != nil {
			t.Error(err)
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			_ = c.HandshakeContext(ctx)
			_ = c.Close()
			close(done)
		}()
		buf := make([]byte, 2048)
		_ = there.SetReadDeadline(time.Now().Add(wait.Patience))
		n, err := there.Read(buf)
		if err != nil || asks(buf[:n]) == "" {
			t.Errorf("no question: %v", err)
		}
		_, _ = from.WriteToUDPAddrPort(buf[:n], to)
		cancel()
		_ = there.Close()
		_ = here.Close()
		<-done
	}
}

// packets is a pipe as a socket.
type packets struct{ net.Conn }

func (p packets) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := p.Read(b)
	return n, nowhere, err
}
func (p packets) WriteTo(b []byte, _ net.Addr) (int, error) { return p.Write(b) }

// elsewhere has signalling name another port of the peer's machine than its datagrams come from.
func elsewhere(t *testing.T) func(*Params) {
	port := open(t).Addr().Port()
	return func(p *Params) { p.Port, p.RTCPPort = port, port }
}

// Somebody on the peer's machine asks to begin, and says nothing more. Whoever asks next is answered in turn, be it the peer at the address that
// signalling named, at once, or from another, behind a NAT.
func TestStrangerHoldsTheHandshake(t *testing.T) {
	t.Parallel()
	for name, named := range map[string]bool{"named": true, "unnamed": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, b, stranger := newShaker(t), newShaker(t), open(t)
			ma, mb := agree(t, a, b) // b begins
			var change []func(*Params)
			if !named {
				change = append(change, elsewhere(t))
			}
			a.follow(ma, change...)
			ask := questions(t, stranger.rtp, a.socket.Addr())
			ask()
			answered(t, stranger)
			b.follow(mb)
			mustHear(t, a, b)
		})
	}
}

// The same with many who ask again and again: the peer has its turn all the same.
func TestStrangersHoldTheHandshakeAgainAndAgain(t *testing.T) {
	t.Parallel()
	a, b := newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b)
	a.follow(ma, elsewhere(t))
	stop := make(chan struct{})
	var asking sync.WaitGroup
	defer asking.Wait()
	defer close(stop)
	for range 3 {
		stranger := open(t)
		ask := questions(t, stranger.rtp, a.socket.Addr())
		ask()
		asking.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					ask()
				}
			}
		})
	}
	b.follow(mb)
	mustHear(t, a, b)
}

// answered waits until a side has an answer on its port.
func answered(t *testing.T, s *Socket) {
	t.Helper()
	_ = s.rtp.SetReadDeadline(time.Now().Add(wait.Patience))
	if _, err := s.rtp.Read(make([]byte, 2048)); err != nil {
		t.Fatal(err)
	}
}

// What waits for its turn is bounded, and so is how long anybody keeps the others waiting.
func TestTurnsAreBounded(t *testing.T) {
	a, b := newShaker(t), newShaker(t)
	ma, _ := agree(t, a, b)
	a.follow(ma, func(p *Params) { p.Early = true })
	h := a.session.shaking[forRTP].Load()
	question := make([]byte, 80)
	copy(question, []byte{message, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 67, 1})
	for port := range uint16(1000) {
		h.take(question, netip.AddrPortFrom(loopback, 1024+port))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.waiting) > mostWaiting {
		t.Errorf("%d wait", len(h.waiting))
	}
}

// asking is a handshake that is waited for and has not begun, and the question of a port to begin it, which is another one each time.
func asking(t *testing.T) (h *handshake, ask func(port uint16)) {
	a, b := newShaker(t), newShaker(t)
	ma, _ := agree(t, a, b)
	a.follow(ma, func(p *Params) { p.Early = true }, elsewhere(t))
	h = newHandshake(a.session, forRTP, &sdp.DTLS{})
	t.Cleanup(func() {
		h.endTurns()
		h.giveUp()
	})
	return h, func(port uint16) {
		question := make([]byte, 80)
		copy(question, []byte{message, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 67, 1})
		h.take(question, netip.AddrPortFrom(loopback, port))
	}
}

// next ends the turn, and is the port that has the next one.
func (h *handshake) next() uint16 {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pass()
	return h.from.Port()
}

// Strangers ask from more ports than can wait, and again before the peer does each time. Each has a turn, and no second one before the peer has its own.
func TestMoreStrangersThanCanWait(t *testing.T) {
	const strangers, peer = 3 * mostWaiting, 5000
	h, ask := asking(t)
	had := map[uint16]int{}
	for turn := 0; ; turn++ {
		for range 3 {
			for port := range uint16(strangers) {
				ask(1024 + port)
			}
		}
		ask(peer)
		port := h.next()
		if port == peer {
			return
		}
		if had[port]++; had[port] > 1 || turn > strangers {
			t.Fatalf("port %d has had %d turns of %d, and the peer none", port, had[port], turn)
		}
	}
}

// A machine that has had a turn waits behind one that has had none, from whichever port it asks.
func TestTurnsGoByMachine(t *testing.T) {
	h, _ := asking(t)
	h.mu.Lock()
	defer h.mu.Unlock()
	stranger, peer := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	h.begins(netip.AddrPortFrom(stranger, 1))
	for port := range uint16(100) {
		h.waiting = append(h.waiting, question{from: netip.AddrPortFrom(stranger, 2+port)})
	}
	h.waiting = append(h.waiting, question{from: netip.AddrPortFrom(peer, 1)})
	if h.order(); h.waiting[0].from.Addr() != peer {
		t.Errorf("%v is next", h.waiting[0].from)
	}
}

// The peer has gone on with the handshake after our answer, and lost a datagram: it sends that again and does not ask to begin again, so that its turn
// is not over when a stranger asks. A turn is not long for ever, and not everybody's is.
func TestWhoGoesOnHasALongerTurn(t *testing.T) {
	h, ask := asking(t)
	goOn := []byte{message, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 11}
	after := func(d time.Duration) (port uint16) {
		h.mu.Lock()
		h.since = time.Now().Add(-d)
		h.mu.Unlock()
		h.timeUp()
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.from.Port()
	}
	ask(1)
	for port := uint16(1); port <= mostLonger; port++ {
		h.take(goOn, netip.AddrPortFrom(loopback, port))
		ask(port + 1)
		if got := after(turnTime + time.Second); got != port {
			t.Fatalf("the turn of %d is cut off for %d", port, got)
		}
		if got := after(longTurn); got != port+1 {
			t.Fatalf("the turn is that of %d still", got)
		}
	}
	h.take(goOn, netip.AddrPortFrom(loopback, mostLonger+1))
	ask(9)
	if got := after(turnTime); got != 9 {
		t.Errorf("the turn is that of %d still", got)
	}
}
