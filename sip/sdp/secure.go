package sdp

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"linecard/sip/encryption"
)

// Encryption is whether the audio is encrypted, as SRTP with keys by SDES or by DTLS. The zero value stands for EncryptionOffered.
type Encryption = encryption.Policy

// The policies.
const (
	EncryptionNever     = encryption.Never
	EncryptionOffered   = encryption.Offered
	EncryptionPreferred = encryption.Preferred
	EncryptionRequired  = encryption.Required
)

// The form of an offer that leaves the choice is RTP/AVP with a=crypto or a=fingerprint lines (RFC 8643, "opportunistic"). A side that does not encrypt sees a
// plain offer and skips lines that it does not know; Asterisk takes the keys with media_encryption=sdes, with or without
// media_encryption_optimistic, and goes on in clear with media_encryption=no; baresip takes it, and offers the very same with
// mediaenc=srtp. RTP/SAVP is refused by every side that has encryption turned off, and of two m= lines many take the first, whatever it
// is. Who takes RTP/SAVP or UDP/TLS/RTP/SAVP alone, as Asterisk does with media_encryption=dtls, refuses the open form with a 488: then the
// same call is offered once more as that, see Session.Insist. Where the form has keys, that Asterisk answers and refuses the audio alone: then that is offered
// inside the call, see Session.InsistInside.

// Keys are how the audio is encrypted in a session. Those by SDES stay what they are until one side names others.
type Keys struct {
	Suite  Suite
	By     encryption.By // how they were come to; "" means SDES
	Ours   MasterKey     // we encrypt with it
	Theirs []MasterKey   // and decrypt with these: one, or several that packets name
}

// Same reports whether nothing has changed.
func (k *Keys) Same(o *Keys) bool {
	if k == nil || o == nil {
		return k == o
	}
	return k.Suite == o.Suite && k.By == o.By && k.Ours == o.Ours && slices.Equal(k.Theirs, o.Theirs)
}

// String says how, for a person: "SDES AES-128"; "" for nil, which is in clear.
func (k *Keys) String() string {
	if k == nil {
		return ""
	}
	return strings.ToUpper(string(cmp.Or(k.By, encryption.SDES))) + " " + k.Suite.Said
}

// has tells whether key is among keys, by whatever name.
func has(keys []MasterKey, key MasterKey) bool {
	return slices.ContainsFunc(keys, func(k MasterKey) bool { return k.secret == key.secret })
}

// newKey draws a key.
func newKey(s Suite) MasterKey {
	b := make([]byte, s.Key+s.Salt)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return MasterKey{secret: string(b)}
}

// The profiles of RTP that we speak, those with feedback (RFC 4585, RFC 5124) too: an answer has the offer's (RFC 3264 §6.1).
func plainProfile(proto string) bool  { return proto == "RTP/AVP" || proto == "RTP/AVPF" }
func secureProfile(proto string) bool { return proto == "RTP/SAVP" || proto == "RTP/SAVPF" }

// demandsSecurity tells whether a profile is one of encrypted audio, of any kind.
func demandsSecurity(proto string) bool { return strings.Contains(proto, "SAVP") }

// terms are what one of our descriptions says of encryption.
type terms struct {
	cryptos []cryptoLine
	setup   string // of a handshake; "" without one
}

// none reports whether they are those of audio in clear.
func (t terms) none() bool { return len(t.cryptos) == 0 && t.setup == "" }

// attributes are the terms as they are written.
func (s *Session) attributes(t terms) (out []attribute) {
	for _, c := range t.cryptos {
		out = append(out, c.attribute())
	}
	if t.setup != "" {
		out = append(out, attribute{"fingerprint", s.cfg.Fingerprint.String()}, attribute{"setup", t.setup})
	}
	return out
}

// forms are the ways in which we offer encrypted audio and no other, one after the other. SDES is first, since that is what most phone
// systems know; its profile is not the one that most of those with DTLS take.
func (s *Session) forms() (out []encryption.By) {
	if s.cfg.By != encryption.DTLS || !s.canShake() {
		out = append(out, encryption.SDES)
	}
	if s.cfg.By != encryption.SDES && s.canShake() {
		out = append(out, encryption.DTLS)
	}
	return out
}

// order is that of our offers, each after the one before was refused: "" leaves the choice to the other side, or is in clear.
func (s *Session) order() []encryption.By {
	ways := s.forms()
	switch both := len(ways) == 2; {
	case s.cfg.Encryption == EncryptionNever:
		return []encryption.By{""}
	case s.cfg.Encryption == EncryptionRequired:
		return ways
	case both && s.shakesFirst():
		return []encryption.By{encryption.DTLS, "", encryption.SDES}
	case both && s.unheard:
		slices.Reverse(ways)
	}
	return append([]encryption.By{""}, ways...)
}

// shakesFirst reports whether the first form is a handshake alone, since the other side has taken that before.
func (s *Session) shakesFirst() bool {
	return s.cfg.ShakeFirst && s.cfg.Encryption == EncryptionPreferred
}

// ShakesFirst reports whether that is our next offer.
func (s *Session) ShakesFirst() bool { return s.shakesFirst() && len(s.order()) == 3 && s.place() == 0 }

// place is that of our next offer in the order.
func (s *Session) place() int { return s.insisted - s.before }

// Insist has the next offer ask for encrypted audio and take nothing else, as an answer to a refusal that said so; once more, in another
// form; all over again in the profiles with feedback. false means that the offer would be no other one, or that our side does not want that.
func (s *Session) Insist() bool {
	if s.place()+1 >= len(s.order()) || s.last != nil {
		return false
	}
	s.insisted++
	return true
}

// InsistInside is Insist after an answer that has refused the audio: an offer for inside the call. Asterisk answers so with media_encryption=dtls, where the
// open form has keys beside the fingerprint; so a handshake is asked for first.
func (s *Session) InsistInside() bool {
	s.unheard = s.unheard || s.place() == 0
	return s.Insist()
}

// Feedback has the next offers be in the profiles with feedback (RFC 4585, RFC 5124), and begin with the first form again: a side that is set to
// those, as Asterisk with use_avpf=yes, refuses any other. What they allow need not be used. false means that the offer would be no other one.
func (s *Session) Feedback() bool {
	if s.feedback || s.last != nil {
		return false
	}
	s.feedback, s.before = true, s.insisted
	return true
}

// secureOffer is the profile of our next offer, and what it says of encryption. A session that has come to an agreement offers that
// again, with the same key or certificate.
func (s *Session) secureOffer() (proto string, t terms) {
	way := s.order()[s.place()]
	switch {
	case s.last != nil && s.last.Secure != nil:
		k := s.last.Secure
		return "RTP/SAVP", terms{cryptos: []cryptoLine{{tag: "1", name: k.Suite.Name, suite: k.Suite, keys: []MasterKey{k.Ours}}}}
	case s.last != nil && s.last.DTLS != nil, way == encryption.DTLS:
		return "UDP/TLS/RTP/SAVP", terms{setup: setupEither} // an offer leaves the roles open, always (RFC 8842 §5.5)
	case way == encryption.SDES:
		return "RTP/SAVP", s.openTerms() // where both are possible a side with DTLS alone, as baresip, answers by that
	case s.cfg.Encryption != EncryptionPreferred || s.last != nil:
		return "RTP/AVP", terms{}
	}
	return "RTP/AVP", s.openTerms()
}

// openTerms are those of an offer that leaves the way to the keys to the other side.
func (s *Session) openTerms() (t terms) {
	for _, way := range s.forms() {
		if way == encryption.SDES {
			t.cryptos = ourCryptos()
		} else {
			t.setup = setupEither
		}
	}
	return t
}

// ourCryptos are the ciphers that we offer, each with a key of its own.
func ourCryptos() (lines []cryptoLine) {
	for i, suite := range offeredSuites {
		lines = append(lines, cryptoLine{tag: strconv.Itoa(i + 1), name: suite.Name, suite: suite, keys: []MasterKey{newKey(suite)}})
	}
	return lines
}

// taken is how an offered line is encrypted: in one of two ways, or not at all.
type taken struct {
	crypto *cryptoLine
	dtls   *DTLS
}

func (t taken) encrypted() bool { return t.crypto != nil || t.dtls != nil }

// take decides about the encryption of an offered audio line.
func (s *Session) take(d description, line mediaLine) (taken, error) {
	usable, _ := line.cryptos()
	shake := s.offeredHandshake(d, line)
	if handshakeProfile(line.proto) {
		usable = nil
	}
	demanded := demandsSecurity(line.proto)
	switch never := s.cfg.Encryption == EncryptionNever; {
	case never && demanded:
		return taken{}, ErrSecureOnly
	case never:
		return taken{}, nil
	case demanded && !secureProfile(line.proto) && !handshakeProfile(line.proto):
		return taken{}, ErrCrypto
	case shake != nil && (len(usable) == 0 || s.ratherShakes()):
		return taken{dtls: shake}, nil
	case len(usable) > 0:
		return taken{crypto: &usable[0]}, nil // the offer's order is that of its preference (RFC 4568 §5.1.1)
	case demanded:
		return taken{}, ErrCrypto
	case s.cfg.Encryption == EncryptionRequired:
		return taken{}, ErrNotSecure
	}
	return taken{}, nil
}

// Handshakes reports whether what was agreed last gets its keys by a handshake.
func (s *Session) Handshakes() bool { return s.last != nil && s.last.DTLS != nil }

// ratherShakes chooses where an offer has both: what is in use stays, and a handshake gives no key away to whoever reads the signalling.
func (s *Session) ratherShakes() bool {
	if s.last != nil && (s.last.Secure != nil || s.last.DTLS != nil) {
		return s.last.DTLS != nil
	}
	return s.cfg.By != encryption.SDES
}

// answerTo is the keys by which an offered line is taken, and what our answer says of encryption.
func (s *Session) answerTo(offered taken) (*Keys, terms) {
	switch {
	case offered.dtls != nil:
		return nil, terms{setup: offered.dtls.role()}
	case offered.crypto == nil:
		return nil, terms{}
	}
	k := &Keys{Suite: offered.crypto.suite, Theirs: offered.crypto.keys}
	// The key stays as long as its cipher: another one would have to be followed by the other side for nothing.
	// One that the other side takes for its own is never used again.
	if s.last != nil && s.last.Secure != nil && s.last.Secure.Suite == k.Suite && !has(k.Theirs, s.last.Secure.Ours) {
		k.Ours = s.last.Secure.Ours
	} else {
		k.Ours = newKey(k.Suite)
	}
	return k, terms{cryptos: []cryptoLine{{tag: offered.crypto.tag, name: offered.crypto.name, suite: k.Suite, keys: []MasterKey{k.Ours}}}}
}

// answered is what an answer to our offer agrees to: keys, or a handshake; neither for audio in clear.
func (s *Session) answered(d description, line mediaLine) (*Keys, *DTLS, error) {
	if s.terms.none() {
		if demandsSecurity(line.proto) {
			return nil, nil, ErrSecureOnly
		}
		return nil, nil, nil // keys that nobody asked for
	}
	usable, said := line.cryptos()
	if s.terms.setup != "" {
		if h := s.answeredHandshake(d, line); h != nil {
			return nil, h, nil
		}
		_, printed := d.prints(line)
		said = said || printed
	}
	for _, theirs := range usable {
		// One suite is in one line of ours, so that its name is enough where the tag is wrong.
		i := slices.IndexFunc(s.terms.cryptos, func(ours cryptoLine) bool { return ours.suite == theirs.suite })
		if i < 0 {
			continue
		}
		ours := s.terms.cryptos[i].keys[0]
		if has(theirs.keys, ours) {
			return nil, nil, ErrCrypto // our own key sent back: both would encrypt with one key, which gives the audio away
		}
		return &Keys{Suite: theirs.suite, Ours: ours, Theirs: theirs.keys}, nil, nil
	}
	if said || demandsSecurity(line.proto) {
		return nil, nil, ErrCrypto
	}
	if s.secureOnly {
		return nil, nil, ErrNotSecure
	}
	return nil, nil, nil
}
