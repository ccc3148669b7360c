package media

import (
	"context"
	"errors"
	"net/netip"

	"linecard/sip/sdp"
)

// What a session's packets are encrypted with: the keys that offer and answer have named, or those of a handshake. Until a handshake is over
// nothing is sent and nothing is heard; one that fails leaves it at that, and the owner of the session ends the call.

// securing is guarded by Session.securing.
type securing struct {
	shakes  [parts]*handshake
	renewed [parts]*handshake // that the peer has begun once more; the keys of the ones before still hold
	kind    string            // how packets are encrypted, for a person
	over    bool              // the session is closed
}

// Encryption says how packets are encrypted now: "SDES AES-128"; "" in clear, and while a handshake goes on.
func (s *Session) Encryption() string {
	s.securing.Lock()
	defer s.securing.Unlock()
	return s.secured.kind
}

// Unsecured says why there are no keys, as [Options].OnSecured does; nil while a handshake goes on. Who was told of one asks whether that
// still holds: a later agreement may have begun another.
func (s *Session) Unsecured() error {
	s.securing.Lock()
	defer s.securing.Unlock()
	for of, h := range s.secured.shakes {
		if h != nil && ends(part(of), h.failed) {
			return h.failed
		}
	}
	return nil
}

// ends reports whether a failure is one of the call: a call without reports is a call; one with somebody in between is none.
func ends(of part, failed error) bool {
	return failed != nil && (of == forRTP || errors.Is(failed, ErrFingerprint))
}

// secure changes what packets are encrypted with. begin starts what handshakes that needs, once the peer's address is set.
func (s *Session) secure(p Params) (begin func(), err error) {
	s.securing.Lock()
	defer s.securing.Unlock()
	if p.DTLS == nil {
		s.stopShakes()
		s.secured.kind = p.Secure.String()
		return func() {}, s.encrypt(p.Secure)
	}
	if s.certificate == nil {
		return nil, ErrHandshake
	}
	var fresh []*handshake
	if h := s.secured.shakes[forRTP]; h == nil || h.failed != nil || !h.agreed.Same(p.DTLS) {
		s.stopShakes()
		s.secured.kind = ""
		if err := s.encrypt(shut); err != nil {
			return nil, err
		}
		fresh = append(fresh, s.shake(forRTP, p.DTLS))
	}
	// Reports on the RTP port have its keys; on a port of their own they have a handshake of their own (RFC 5764 §3).
	h := s.secured.shakes[forRTCP]
	switch {
	case p.RTCPMux:
		s.stopShake(forRTCP)
		err = s.report.encrypt(keysOf(s.secured.shakes[forRTP]))
	case h == nil || h.failed != nil:
		fresh = append(fresh, s.shake(forRTCP, p.DTLS))
		err = s.report.encrypt(shut)
	}
	// One that cannot come about yet, since the call began on hold, is waited for.
	hurry := !p.Early && p.Direction != sdp.Inactive && !p.Remote.Addr().IsUnspecified()
	return func() { s.begin(fresh, hurry) }, err
}

// keysOf are the keys of a handshake, or what keeps everything shut until there are some.
func keysOf(h *handshake) *sdp.Keys {
	if h == nil || h.keys == nil {
		return shut
	}
	return h.keys
}

func (s *Session) shake(of part, agreed *sdp.DTLS) *handshake {
	s.stopShake(of)
	h := newHandshake(s, of, agreed)
	s.secured.shakes[of] = h
	s.shaking[of].Store(h) // what arrives from here on waits for it
	return h
}

// begin runs handshakes. In a hurry they have to end in time, and so have those that run.
func (s *Session) begin(fresh []*handshake, hurry bool) {
	s.securing.Lock()
	defer s.securing.Unlock()
	for _, h := range s.secured.shakes {
		if h != nil && h.keys == nil && h.failed == nil {
			h.expect(hurry)
		}
	}
	for _, h := range fresh {
		if s.secured.over || s.secured.shakes[h.part] != h {
			continue
		}
		s.start(h)
	}
}

func (s *Session) start(h *handshake) {
	ctx, cancel := context.WithCancel(context.Background())
	h.cancel = cancel
	s.running.Add(1)
	s.done.Go(func() {
		defer s.running.Done()
		h.run(ctx)
	})
}

// renew is who takes a datagram: the handshake that there is or, where the peer begins once more, another one. Asterisk does so after each
// re-INVITE, without a word in its description. The keys that there are hold until the other one is over, whoever it is that asks.
func (s *Session) renew(h *handshake, data []byte, src netip.AddrPort) *handshake {
	s.securing.Lock()
	defer s.securing.Unlock()
	if n := s.secured.renewed[h.part]; n != nil {
		return n
	}
	if s.secured.over || s.secured.shakes[h.part] != h || h.keys == nil || h.agreed.Client || !h.beginsAgain(data, src) {
		return h
	}
	n := newHandshake(s, h.part, h.agreed)
	s.secured.renewed[h.part] = n
	n.expect(true)
	s.start(n)
	return n
}

func (s *Session) stopShakes() {
	for of := range parts {
		s.stopShake(of)
	}
}

func (s *Session) stopShake(of part) {
	s.shaking[of].Store(nil)
	for _, h := range []*handshake{s.secured.shakes[of], s.secured.renewed[of]} {
		if h != nil && h.cancel != nil {
			h.cancel()
		}
	}
	s.secured.shakes[of], s.secured.renewed[of] = nil, nil
}

// endShakes is the end of them all; they have said goodbye when it returns.
func (s *Session) endShakes() {
	s.securing.Lock()
	s.secured.over = true
	s.stopShakes()
	s.securing.Unlock()
	s.running.Wait()
}

// shaken is the end of a handshake.
func (s *Session) shaken(h *handshake, keys *sdp.Keys, err error) {
	s.securing.Lock()
	renewed := s.secured.renewed[h.part] == h
	switch {
	case s.secured.over || s.secured.shakes[h.part] != h && !renewed: // nobody waits for it any more
		s.securing.Unlock()
		return
	case renewed:
		s.secured.renewed[h.part] = nil
		if err != nil { // what held before holds
			s.securing.Unlock()
			s.log.Info("media: handshake not renewed", "reports", h.part == forRTCP, "err", err)
			return
		}
		s.secured.shakes[h.part].cancel()
		s.secured.shakes[h.part] = h
		s.shaking[h.part].Store(h)
	}
	if err == nil {
		err = s.keyed(h, keys)
	}
	h.failed = err
	if h.part == forRTP && err == nil {
		s.secured.kind = keys.String()
	}
	kind := s.secured.kind
	s.securing.Unlock()
	switch {
	case err != nil:
		s.log.Info("media: handshake failed", "reports", h.part == forRTCP, "err", err)
	case h.part == forRTP:
		s.send.first()
	}
	if s.onSecured != nil && (h.part == forRTP || ends(h.part, err)) {
		s.onSecured(kind, err)
	}
}

// keyed puts the keys of a handshake in place.
func (s *Session) keyed(h *handshake, keys *sdp.Keys) error {
	h.keys = keys
	if h.part == forRTCP {
		return s.report.encrypt(keys)
	}
	err := errors.Join(s.recv.decrypt(keys), s.send.encrypt(keys))
	if err == nil && s.secured.shakes[forRTCP] == nil {
		err = s.report.encrypt(keys)
	}
	return err
}

// shakes gives a datagram to the handshake of a port; false where it is none.
func (s *Session) shakes(of part, data []byte, src netip.AddrPort) bool {
	if !isDTLS(data) {
		return false
	}
	if h := s.shaking[of].Load(); h != nil {
		s.renew(h, data, src).take(data, src)
	}
	return true
}
