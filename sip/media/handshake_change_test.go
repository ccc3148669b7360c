package media

import (
	"errors"
	"slices"
	"testing"

	"linecard/sip/sdp"
)

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
	bad := slices.Repeat([]byte{1}, 100)
	copy(bad, []byte{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 87})
	if _, err := b.socket.rtp.WriteToUDPAddrPort(bad, a.socket.Addr()); err != nil { // a question of which nothing comes
		t.Fatal(err)
	}
	drain(a.put)
	speak(b.session, 2)
	await(t, a.put)
	beginAgain(t, a, b)
}

// beginAgain has b begin another handshake with a, which comes to other keys.
func beginAgain(t *testing.T, a, b *shaker) {
	t.Helper()
	keys := func() any {
		a.session.recv.mu.Lock()
		defer a.session.recv.mu.Unlock()
		return a.session.recv.opens
	}
	before := keys()
	b.session.securing.Lock()
	b.session.stopShakes()
	b.session.start(b.session.shake(forRTP, &sdp.DTLS{Client: true, Prints: []sdp.Fingerprint{a.cert.Fingerprint()}}))
	b.session.securing.Unlock()
	mustHear(t, a, b)
	if keys() == before {
		t.Error("the keys are the same")
	}
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
	if stranger := open(t); h.beginsAgain(question, stranger.Addr()) {
		t.Error("a stranger begins once more")
	}
	beginAgain(t, a, b)
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
