package media

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/pion/dtls/v3"
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
