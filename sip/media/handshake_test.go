package media

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/sip/sdp"
	"linecard/test/interop"
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
	hear(t, a, b)
}

// hear waits until both hear each other.
func hear(t testing.TB, a, b *shaker) {
	t.Helper()
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
	interop.Proves(t, "S4.5")
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
	late, tick := time.After(30*time.Second), time.NewTicker(5*time.Millisecond) // counts of packets tell nobody that they change
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
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
