package sdp

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"

	"linecard/sip/encryption"
)

// Encryption is whether the audio is encrypted, as SRTP with keys by SDES. The zero value stands for EncryptionOffered.
type Encryption = encryption.Policy

// The policies.
const (
	EncryptionNever     = encryption.Never
	EncryptionOffered   = encryption.Offered
	EncryptionPreferred = encryption.Preferred
	EncryptionRequired  = encryption.Required
)

// The form of an offer that leaves the choice is RTP/AVP with a=crypto lines (RFC 8643, "opportunistic"). A side that does not encrypt sees a
// plain offer and skips lines that it does not know; Asterisk takes the keys with media_encryption=sdes, with or without
// media_encryption_optimistic, and goes on in clear with media_encryption=no; baresip takes it, and offers the very same with
// mediaenc=srtp. RTP/SAVP is refused by every side that has encryption turned off, and of two m= lines many take the first, whatever it
// is. Who takes RTP/SAVP alone refuses the open form with a 488: then the same call is offered once more as that, see Session.Insist.

// Keys are how the audio is encrypted in a session. They stay what they are until one side names others.
type Keys struct {
	Suite  Suite
	Ours   MasterKey   // we encrypt with it
	Theirs []MasterKey // and decrypt with these: one, or several that packets name
}

// Same reports whether nothing has changed.
func (k *Keys) Same(o *Keys) bool {
	if k == nil || o == nil {
		return k == o
	}
	return k.Suite == o.Suite && k.Ours == o.Ours && slices.Equal(k.Theirs, o.Theirs)
}

// String says how, for a person: "SDES AES-128"; "" for nil, which is in clear.
func (k *Keys) String() string {
	if k == nil {
		return ""
	}
	return "SDES " + k.Suite.Said
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

// Insist has the next offer ask for encrypted audio and take nothing else, as an answer to a refusal that said so. false means that
// the offer would be no other one, or that our side does not want that.
func (s *Session) Insist() bool {
	if s.insist || s.last != nil || s.cfg.Encryption == EncryptionNever || s.cfg.Encryption == EncryptionRequired {
		return false
	}
	s.insist = true
	return true
}

// secureOffer is the profile of our next offer, with the keys in it. A session that has come to an agreement offers that again, with
// the same key.
func (s *Session) secureOffer() (proto string, lines []cryptoLine) {
	switch {
	case s.last != nil && s.last.Secure != nil:
		k := s.last.Secure
		return "RTP/SAVP", []cryptoLine{{tag: "1", name: k.Suite.Name, suite: k.Suite, keys: []MasterKey{k.Ours}}}
	case s.cfg.Encryption == EncryptionRequired || s.insist:
		proto = "RTP/SAVP"
	case s.cfg.Encryption == EncryptionPreferred && s.last == nil:
		proto = "RTP/AVP"
	default:
		return "RTP/AVP", nil
	}
	for i, suite := range offeredSuites {
		lines = append(lines, cryptoLine{tag: strconv.Itoa(i + 1), name: suite.Name, suite: suite, keys: []MasterKey{newKey(suite)}})
	}
	return proto, lines
}

// take decides about the encryption of an offered audio line: the line of the offer's that is taken, nil for audio in clear.
func (s *Session) take(line mediaLine) (*cryptoLine, error) {
	usable, _ := line.cryptos()
	demanded := demandsSecurity(line.proto)
	switch never := s.cfg.Encryption == EncryptionNever; {
	case never && demanded:
		return nil, ErrSecureOnly
	case never:
		return nil, nil
	case demanded && !secureProfile(line.proto):
		return nil, ErrCrypto // DTLS
	case len(usable) > 0:
		return &usable[0], nil // the offer's order is that of its preference (RFC 4568 §5.1.1)
	case demanded:
		return nil, ErrCrypto
	case s.cfg.Encryption == EncryptionRequired:
		return nil, ErrNotSecure
	}
	return nil, nil
}

// answerTo is the keys by which an offered line is taken, and our line of the answer.
func (s *Session) answerTo(offered *cryptoLine) (*Keys, []cryptoLine) {
	if offered == nil {
		return nil, nil
	}
	k := &Keys{Suite: offered.suite, Theirs: offered.keys}
	// The key stays as long as its cipher: another one would have to be followed by the other side for nothing.
	// One that the other side takes for its own is never used again.
	if s.last != nil && s.last.Secure != nil && s.last.Secure.Suite == k.Suite && !has(k.Theirs, s.last.Secure.Ours) {
		k.Ours = s.last.Secure.Ours
	} else {
		k.Ours = newKey(k.Suite)
	}
	return k, []cryptoLine{{tag: offered.tag, name: offered.name, suite: k.Suite, keys: []MasterKey{k.Ours}}}
}

// answered is the keys that an answer to our offer agrees to; nil for audio in clear.
func (s *Session) answered(line mediaLine) (*Keys, error) {
	usable, said := line.cryptos()
	if len(s.cryptos) == 0 {
		if demandsSecurity(line.proto) {
			return nil, ErrSecureOnly
		}
		return nil, nil // keys that nobody asked for
	}
	for _, theirs := range usable {
		// One suite is in one line of ours, so that its name is enough where the tag is wrong.
		i := slices.IndexFunc(s.cryptos, func(ours cryptoLine) bool { return ours.suite == theirs.suite })
		if i < 0 {
			continue
		}
		ours := s.cryptos[i].keys[0]
		if has(theirs.keys, ours) {
			return nil, ErrCrypto // our own key sent back: both would encrypt with one key, which gives the audio away
		}
		return &Keys{Suite: theirs.suite, Ours: ours, Theirs: theirs.keys}, nil
	}
	if said || demandsSecurity(line.proto) {
		return nil, ErrCrypto
	}
	if s.secureOnly {
		return nil, ErrNotSecure
	}
	return nil, nil
}
