package media

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"linecard/sip/sdp"
	"linecard/test/interop"
)

// relay passes datagrams between two sides, and loses those that drop says.
type relay struct {
	conn [2]*net.UDPConn // a's counterpart, and b's
	to   [2]netip.AddrPort
	wg   sync.WaitGroup
}

func newRelay(t testing.TB, a, b netip.AddrPort, drop func(fromA bool, data []byte) bool) *relay {
	t.Helper()
	r := &relay{to: [2]netip.AddrPort{b, a}}
	for i := range r.conn {
		c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
		if err != nil {
			t.Fatal(err)
		}
		r.conn[i] = c
	}
	for i := range r.conn {
		r.wg.Go(func() {
			buf := make([]byte, 2048)
			for {
				n, err := r.conn[i].Read(buf)
				if err != nil {
					return
				}
				if !drop(i == 0, buf[:n]) {
					_, _ = r.conn[1-i].WriteToUDPAddrPort(buf[:n], r.to[i])
				}
			}
		})
	}
	t.Cleanup(func() {
		_ = r.conn[0].Close()
		_ = r.conn[1].Close()
		r.wg.Wait()
	})
	return r
}

// by has a side send by one of the relay's ports.
func (r *relay) by(i int) func(*Params) {
	return func(p *Params) {
		p.Port = local(r.conn[i]).Port()
		p.RTCPPort = p.Port
	}
}

// Each flight of the handshake is lost once, and it comes to its end all the same.
func TestLostHandshakePackets(t *testing.T) {
	t.Parallel()
	for lost := range 4 {
		a, b := newShaker(t), newShaker(t)
		ma, mb := agree(t, a, b)
		var mu sync.Mutex
		seen := map[string]bool{}
		turns := [2]int{}
		r := newRelay(t, a.socket.Addr(), b.socket.Addr(), func(fromA bool, data []byte) bool {
			mu.Lock()
			defer mu.Unlock()
			side := 0
			if fromA {
				side = 1
			}
			if !isDTLS(data) || seen[string(data)] {
				return false
			}
			seen[string(data)] = true
			turns[side]++
			return turns[side]%4 == lost
		})
		b.follow(mb, r.by(1))
		a.follow(ma, r.by(0))
		mustHear(t, a, b)
	}
}

// Somebody in the middle shows another certificate to both: nobody hears or says anything, and both are told.
func TestManInTheMiddle(t *testing.T) {
	interop.Proves(t, "S4.5")
	a, b := newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b)
	forA, forB := newShaker(t), newShaker(t)
	// Who is in between speaks to each as if it were the other, with another certificate, and takes any that is shown.
	between := func(middle *shaker, victim *shaker, client bool) {
		theirs := *ma.DTLS
		theirs.Client, theirs.Prints = client, []sdp.Fingerprint{victim.cert.Fingerprint()}
		m := mb
		m.Port, m.RTCPPort, m.DTLS = victim.socket.Addr().Port(), victim.socket.Addr().Port(), &theirs
		middle.follow(m)
	}
	between(forA, a, !ma.DTLS.Client)
	between(forB, b, !mb.DTLS.Client)
	a.follow(ma, func(p *Params) { p.Port = forA.socket.Addr().Port() })
	b.follow(mb, func(p *Params) { p.Port = forB.socket.Addr().Port() })
	for _, s := range []*shaker{a, b} {
		if e := s.secured(); !errors.Is(e.err, ErrFingerprint) || e.kind != "" {
			t.Errorf("told %+v", e)
		}
		speak(s.session, 50)
		if st := s.session.Stats(); st.PacketsSent != 0 || st.PacketsReceived != 0 {
			t.Errorf("%+v", st)
		}
	}
	for _, s := range []*shaker{forA, forB} {
		if st := s.session.Stats(); st.PacketsReceived != 0 || len(s.put) != 0 {
			t.Errorf("who is in between hears: %+v", st)
		}
	}
}

// A stranger on the peer's machine shakes hands first, with a certificate of its own: the call is not ended for it, and the peer is heard.
func TestStrangerShakesHandsFirst(t *testing.T) {
	a, b, stranger := newShaker(t), newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b) // b begins
	a.follow(ma)
	theirs := *mb.DTLS
	m := mb
	m.DTLS = &theirs
	stranger.patience = time.Second
	stranger.follow(m)
	if e := stranger.secured(); e.err == nil {
		t.Fatalf("the stranger is told %+v", e)
	}
	b.follow(mb)
	mustHear(t, a, b)
}

// A certificate that our own check breaks on is a failure of the handshake, not the end of the phone.
func TestCheckThatBreaks(t *testing.T) {
	h := &handshake{} // nothing was agreed
	if err := h.vouched([][]byte{{1}}); !errors.Is(err, ErrHandshake) {
		t.Error(err)
	}
}

// A call is hung up at any moment of a handshake, while others are made: nothing is left, and nothing is told afterwards.
func TestHangUpDuringHandshakes(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 12 {
		a, b := newShaker(t), newShaker(t)
		ma, mb := agree(t, a, b)
		wg.Go(func() {
			b.follow(mb)
			a.follow(ma)
			for range i {
				a.follow(ma) // and agreements cross it
				speak(a.session, 1)
			}
			if i%3 == 0 {
				_ = a.secured()
			}
			_ = a.session.Close()
			_ = b.session.Close()
		})
	}
	wg.Wait()
}

// Rubbish on the port, from the peer's address and from others, does not keep two phones from their handshake.
func TestRubbishDuringTheHandshake(t *testing.T) {
	a, b := newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b)
	stranger := open(t)
	noise := [][]byte{
		{22},
		{22, 254, 253},
		slices.Repeat([]byte{22}, 60),
		{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 4, 1, 0, 0, 0},
		{63, 0},
		{20, 254, 253, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1},
		{21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 2, 40}, // "handshake failure"
	}
	throw := func() {
		for _, n := range noise {
			for _, to := range []*shaker{a, b} {
				_, _ = stranger.rtp.WriteToUDPAddrPort(n, to.socket.Addr())
			}
		}
	}
	throw()
	b.follow(mb)
	throw()
	a.follow(ma)
	mustHear(t, a, b)
	throw()
	drain(a.put)
	speak(b.session, 2)
	await(t, a.put)
}

// An agreement on a handshake by who has no certificate is refused, not gone on with in clear.
func TestNoCertificate(t *testing.T) {
	a, b := newShaker(t), newShaker(t)
	ma, _ := agree(t, a, b)
	if _, err := NewSession(a.socket, Params{Media: ma}, Options{}); !errors.Is(err, ErrHandshake) {
		t.Error(err)
	}
}
