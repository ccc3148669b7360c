package media

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/sip/sdp"
)

// shaker is one side of a call that is encrypted by DTLS.
type shaker struct {
	t       testing.TB
	sdp     *sdp.Session
	socket  *Socket
	cert    *Certificate
	session *Session
	put     chan struct{}
	told    chan told
	pressed chan string

	patience time.Duration
}

type told struct {
	kind string
	err  error
}

func newShaker(t testing.TB) *shaker {
	t.Helper()
	cert, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	s := &shaker{t: t, cert: cert, socket: open(t), put: make(chan struct{}, 4096), told: make(chan told, 16), pressed: make(chan string, 16)}
	s.sdp = sdp.New(sdp.Config{Addr: s.socket.Addr(), Encryption: sdp.EncryptionRequired, By: "dtls", Fingerprint: cert.Fingerprint()})
	t.Cleanup(func() {
		if s.session != nil {
			_ = s.session.Close()
		}
	})
	return s
}

// follow has the media follow an agreement; change alters it first.
func (s *shaker) follow(m sdp.Media, change ...func(*Params)) {
	s.t.Helper()
	p := Params{Media: m}
	for _, c := range change {
		c(&p)
	}
	var err error
	if s.session == nil {
		o := tapped(s.put)
		o.reportEvery, o.patience = 20*time.Millisecond, s.patience
		o.OnDTMF = func(digit string) { s.pressed <- digit }
		o.Certificate, o.OnSecured = s.cert, func(kind string, err error) { s.told <- told{kind, err} }
		s.session, err = NewSession(s.socket, p, o)
	} else {
		err = s.session.Update(p)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// secured is how a handshake ended.
func (s *shaker) secured() told {
	s.t.Helper()
	select {
	case e := <-s.told:
		return e
	case <-time.After(30 * time.Second):
		s.t.Fatal("the handshake does not end")
		return told{}
	}
}

// agree is an offer of a's that b answers.
func agree(t testing.TB, a, b *shaker) (ma, mb sdp.Media) {
	t.Helper()
	answer, mb, err := b.sdp.Answer(a.sdp.Offer(sdp.SendRecv), sdp.SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	ma, err = a.sdp.ReadAnswer(answer)
	if err != nil {
		t.Fatal(err)
	}
	return ma, mb
}

// shaken is two sides that hear each other.
func shaken(t testing.TB) (a, b *shaker) {
	t.Helper()
	a, b = newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b)
	b.follow(mb)
	a.follow(ma)
	mustHear(t, a, b)
	return a, b
}

// mustHear holds that a handshake ends well, and that both hear each other after it.
func mustHear(t testing.TB, a, b *shaker) {
	t.Helper()
	for _, s := range []*shaker{a, b} {
		if e := s.secured(); e.err != nil || e.kind != "DTLS AES-128" || s.session.Encryption() != e.kind {
			t.Fatalf("told %+v", e)
		}
	}
	for _, s := range []*shaker{a, b} {
		drain(s.put)
	}
	eventually(t, "sound", func() bool {
		speak(a.session, 2)
		speak(b.session, 2)
		return len(a.put) > 0 && len(b.put) > 0
	})
}

func drain[T any](c chan T) {
	for len(c) > 0 {
		<-c
	}
}

// Two phones with certificates of their own shake hands, hear each other and read each other's reports, on one port or on two.
func TestHandshake(t *testing.T) {
	for _, mux := range []bool{true, false} {
		a, b := newShaker(t), newShaker(t)
		ma, mb := agree(t, a, b)
		if !ma.RTCPMux || !mb.RTCPMux {
			t.Error("reports are not on the port of the sound")
		}
		apart := func(p *Params) {
			if !mux {
				p.RTCPMux, p.RTCPPort = false, p.Port+1
			}
		}
		b.follow(mb, apart)
		a.follow(ma, apart)
		mustHear(t, a, b)
		eventually(t, "reports", func() bool {
			speak(a.session, 2)
			speak(b.session, 2)
			return a.session.Stats().RoundTrip > 0 && b.session.Stats().RoundTrip > 0
		})
	}
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("no ", what)
		}
	}
}

// Nothing is sent and nothing is played before the handshake is over, and nothing in clear after it.
func TestSilentUntilTheHandshake(t *testing.T) {
	a, b := newShaker(t), newShaker(t)
	ma, _ := agree(t, a, b)
	a.follow(ma) // b does not answer
	speak(a.session, 100)
	a.session.report.send(time.Now(), false)
	plain := func(seq uint16) {
		data, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, SequenceNumber: seq}, Payload: make([]byte, 160)}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.socket.rtp.WriteToUDPAddrPort(data, a.socket.Addr()); err != nil {
			t.Fatal(err)
		}
	}
	for i := range uint16(10) {
		plain(i)
	}
	eventually(t, "packet that is refused", func() bool { return a.session.Stats().PacketsRefused == 10 })
	if st := a.session.Stats(); st.PacketsSent != 0 || st.PacketsDropped != 0 || st.PacketsReceived != 0 || a.session.Encryption() != "" {
		t.Errorf("%+v", st)
	}
}

// Keys that are pressed before the handshake is over are not lost.
func TestKeysWaitForTheHandshake(t *testing.T) {
	a, b := newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b)
	a.follow(ma)
	if err := a.session.SendDTMF("5", func(string) {}); err != nil {
		t.Fatal(err)
	}
	speak(a.session, 50)
	b.follow(mb)
	mustHear(t, a, b)
	eventually(t, "key", func() bool {
		speak(a.session, 2)
		return len(b.pressed) > 0
	})
}

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
	a, b := newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b)
	forA, forB := newShaker(t), newShaker(t)
	// He speaks to each as if it were the other: with a certificate of his own, and any that is shown will do.
	between := func(his *shaker, victim *shaker, client bool) {
		theirs := *ma.DTLS
		theirs.Client, theirs.Prints = client, []sdp.Fingerprint{victim.cert.Fingerprint()}
		m := mb
		m.Port, m.RTCPPort, m.DTLS = victim.socket.Addr().Port(), victim.socket.Addr().Port(), &theirs
		his.follow(m)
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
			t.Errorf("he hears: %+v", st)
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

// Hold, resume, refresh and a move offer the same again: no handshake is made, and the count of packets goes on.
func TestHoldKeepsTheHandshake(t *testing.T) {
	a, b := shaken(t)
	seal, opens := a.session.send.seal, a.session.recv.opens
	for i, held := range []bool{true, false, true, false} {
		hold := func(p *Params) { p.Held = held }
		if i%2 == 0 {
			ma, mb := agree(t, a, b)
			a.follow(ma, hold)
			b.follow(mb)
		} else { // and by the other side's offer
			mb, ma := agree(t, b, a)
			a.follow(ma, hold)
			b.follow(mb)
		}
	}
	if a.session.send.seal != seal || a.session.recv.opens != opens || len(a.told)+len(b.told) != 0 {
		t.Error("there was another handshake")
	}
	drain(b.put)
	speak(a.session, 2)
	await(t, b.put)
}

// The call goes over to another phone: its certificate is another one, so that there is another handshake, and who was there before is not heard.
func TestAnotherCertificateInMidCall(t *testing.T) {
	a, b := shaken(t)
	c := newShaker(t)
	ma, mc := agree(t, a, c)
	c.follow(mc)
	a.follow(ma)
	drain(a.told)
	mustHear(t, a, c)
	refused := a.session.Stats().PacketsRefused
	speak(b.session, 20)
	eventually(t, "packet that is refused", func() bool { return a.session.Stats().PacketsRefused == refused+10 })
}

// The peer begins a handshake once more without a word in its description, as Asterisk does after each re-INVITE: the keys that there are hold
// until it is over, also where nothing comes of it.
func TestPeerBeginsOnceMore(t *testing.T) {
	a, b := shaken(t) // b begins
	opens := a.session.recv.opens
	bad := slices.Repeat([]byte{1}, 100)
	copy(bad, []byte{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 87})
	if _, err := b.socket.rtp.WriteToUDPAddrPort(bad, a.socket.Addr()); err != nil { // a question of which nothing comes
		t.Fatal(err)
	}
	drain(a.put)
	speak(b.session, 2)
	await(t, a.put)
	beginAgain(a, b)
	mustHear(t, a, b)
	a.session.recv.mu.Lock()
	defer a.session.recv.mu.Unlock()
	if a.session.recv.opens == opens {
		t.Error("the keys are the same")
	}
}

// A certificate that our own check breaks on is a failure of the handshake, not the end of the phone.
func TestCheckThatBreaks(t *testing.T) {
	h := &handshake{} // nothing was agreed
	if err := h.vouched([][]byte{{1}}); !errors.Is(err, ErrHandshake) {
		t.Error(err)
	}
}

// beginAgain has b begin another handshake with a.
func beginAgain(a, b *shaker) {
	b.session.securing.Lock()
	defer b.session.securing.Unlock()
	b.session.stopShakes()
	b.session.start(b.session.shake(forRTP, &sdp.DTLS{Client: true, Prints: []sdp.Fingerprint{a.cert.Fingerprint()}}))
}

// So does one behind a NAT, that comes from another port than the named one; and nobody else can.
func TestPeerBehindNATBeginsOnceMore(t *testing.T) {
	a, b := newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b) // b begins
	nat := newRelay(t, a.socket.Addr(), b.socket.Addr(), func(bool, []byte) bool { return false })
	unseen := open(t)
	a.follow(ma, func(p *Params) { p.Port, p.RTCPPort = unseen.Addr().Port(), unseen.Addr().Port() })
	b.follow(mb, nat.by(1))
	mustHear(t, a, b)
	question := make([]byte, 100)
	copy(question, []byte{message, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 87, 1})
	h := a.session.shaking[forRTP].Load()
	if stranger := open(t); h.anew(question, stranger.Addr()) {
		t.Error("a stranger begins anew")
	}
	opens := a.session.recv.opens
	beginAgain(a, b)
	mustHear(t, a, b)
	a.session.recv.mu.Lock()
	defer a.session.recv.mu.Unlock()
	if a.session.recv.opens == opens {
		t.Error("the keys are the same")
	}
}

// A handshake that fails is no handshake: the same offer again makes another one.
func TestHandshakeAfterOneThatFailed(t *testing.T) {
	a, b := newShaker(t), newShaker(t)
	ma, mb := agree(t, a, b)
	wrong := *ma.DTLS
	wrong.Prints = []sdp.Fingerprint{a.cert.Fingerprint()}
	b.follow(mb)
	a.follow(ma, func(p *Params) { p.DTLS = &wrong })
	if e := a.secured(); !errors.Is(e.err, ErrFingerprint) {
		t.Fatalf("told %+v", e)
	}
	if err := a.session.Unsecured(); !errors.Is(err, ErrFingerprint) {
		t.Errorf("unsecured: %v", err)
	}
	a.follow(ma) // b is still trying
	if err := a.session.Unsecured(); err != nil {
		t.Errorf("unsecured: %v", err)
	}
	mustHear(t, a, b)
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
