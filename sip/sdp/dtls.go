package sdp

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// DTLS-SRTP (RFC 5763): the keys come from a handshake on the path of the audio, and the description has the fingerprint of the certificate
// that is shown there:
//
//	m=audio 4000 UDP/TLS/RTP/SAVP 0
//	a=fingerprint:sha-256 4A:AD:B9:…
//	a=setup:actpass

// DTLS is what two sides have agreed about their handshake. It stays what it is until one side names another certificate or another role;
// then there is another handshake.
type DTLS struct {
	Client bool          // we begin it
	Prints []Fingerprint // the other side's certificate has one of these
	id     string        // by which the other side tells its handshakes apart (RFC 8842); "" where it does not
}

// Same reports whether a handshake that was made still holds.
func (d *DTLS) Same(o *DTLS) bool {
	if d == nil || o == nil {
		return d == o
	}
	return d.Client == o.Client && d.id == o.id && slices.Equal(d.Prints, o.Prints)
}

// Vouches reports whether a certificate, in DER, is the other side's.
func (d *DTLS) Vouches(certificate []byte) bool {
	return slices.ContainsFunc(d.Prints, func(f Fingerprint) bool { return f.of(certificate) })
}

// Fingerprint is the hash of a certificate (RFC 8122 §5).
type Fingerprint struct {
	hash string // its name, in lower case
	sum  string // its octets
}

// hashes are those that are believed, the strongest first. Certificates with one SHA-1 or MD5 can be made to order.
var hashes = []struct {
	name string
	of   func([]byte) []byte
	size int
}{
	{"sha-512", func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }, sha512.Size},
	{"sha-384", func(b []byte) []byte { s := sha512.Sum384(b); return s[:] }, sha512.Size384},
	{"sha-256", func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }, sha256.Size},
}

// FingerprintOf is that of our own certificate, in DER.
func FingerprintOf(certificate []byte) Fingerprint {
	sum := sha256.Sum256(certificate)
	return Fingerprint{"sha-256", string(sum[:])}
}

// String is how it is written: "sha-256 4A:AD:…".
func (f Fingerprint) String() string {
	pairs := make([]string, len(f.sum))
	for i := range len(f.sum) {
		pairs[i] = fmt.Sprintf("%02X", f.sum[i])
	}
	return f.hash + " " + strings.Join(pairs, ":")
}

func (f Fingerprint) of(certificate []byte) bool {
	for _, h := range hashes {
		if h.name == f.hash {
			return string(h.of(certificate)) == f.sum
		}
	}
	return false
}

// parseFingerprint reads the value of an a=fingerprint; ok is false where it cannot be believed.
func parseFingerprint(v string) (f Fingerprint, ok bool) {
	words := strings.Fields(v)
	if len(words) != 2 {
		return f, false
	}
	sum, err := hex.DecodeString(strings.ReplaceAll(words[1], ":", ""))
	if err != nil {
		return f, false
	}
	for _, h := range hashes {
		if strings.EqualFold(h.name, words[0]) && h.size == len(sum) {
			return Fingerprint{h.name, string(sum)}, true
		}
	}
	return f, false
}

// maxPrints is how many certificates one side may have. Those who renew theirs name two.
const maxPrints = 8

// prints are the fingerprints that hold for a line: its own, or the session's. Of several hashes the strongest counts (RFC 8122 §5.1).
// said tells whether there were any at all.
func (d description) prints(m mediaLine) (usable []Fingerprint, said bool) {
	of := m.attrs
	if _, own := m.attr("fingerprint"); !own {
		of = d.attrs
	}
	for _, a := range of {
		if a.key != "fingerprint" {
			continue
		}
		said = true
		if f, ok := parseFingerprint(a.value); ok && len(usable) < maxPrints {
			usable = append(usable, f)
		}
	}
	for _, h := range hashes {
		weaker := func(f Fingerprint) bool { return f.hash != h.name }
		if slices.ContainsFunc(usable, func(f Fingerprint) bool { return f.hash == h.name }) {
			return slices.DeleteFunc(usable, weaker), said
		}
	}
	return nil, said
}

// said is an attribute of a line or, where the line has none, of the session.
func (d description) said(m mediaLine, key string) string {
	if v, ok := m.attr(key); ok {
		return v
	}
	for _, a := range d.attrs {
		if a.key == key {
			return a.value
		}
	}
	return ""
}

// The words of a=setup (RFC 4145 §4).
const (
	setupActive  = "active"
	setupPassive = "passive"
	setupEither  = "actpass"
)

// handshakeProfile tells whether a profile is one of DTLS-SRTP (RFC 5764 §8).
func handshakeProfile(proto string) bool {
	return proto == "UDP/TLS/RTP/SAVP" || proto == "UDP/TLS/RTP/SAVPF"
}

// offeredHandshake is the handshake by which an offered line can be taken; nil where there is none.
func (s *Session) offeredHandshake(d description, m mediaLine) *DTLS {
	prints, _ := d.prints(m)
	if len(prints) == 0 || !s.canShake() {
		return nil
	}
	h := &DTLS{Prints: prints, id: d.said(m, "tls-id")}
	switch strings.ToLower(d.said(m, "setup")) {
	case setupEither:
		h.Client = true // who answers begins (RFC 5763 §5), and keeps to what it was
		if s.last != nil && s.last.DTLS != nil {
			h.Client = s.last.DTLS.Client
		}
	case setupPassive:
		h.Client = true
	case setupActive, "": // nothing said means active in an offer (RFC 4145 §4)
	default:
		return nil
	}
	return h
}

// answeredHandshake is what an answer to our offer says of the handshake.
func (s *Session) answeredHandshake(d description, m mediaLine) *DTLS {
	prints, _ := d.prints(m)
	if len(prints) == 0 {
		return nil
	}
	h := &DTLS{Prints: prints, id: d.said(m, "tls-id")}
	switch strings.ToLower(d.said(m, "setup")) {
	case setupActive:
	case setupPassive:
		h.Client = true
	case "", setupEither: // who names no role waits to be asked, or keeps to what it was
		h.Client = s.last == nil || s.last.DTLS == nil || s.last.DTLS.Client
	default:
		return nil
	}
	return h
}

// canShake tells whether we have a certificate.
func (s *Session) canShake() bool { return s.cfg.Fingerprint != Fingerprint{} }

// role is the word for our side of an agreed handshake.
func (d *DTLS) role() string {
	if d.Client {
		return setupActive
	}
	return setupPassive
}
