package sdp

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/sip/encryption"
)

// certificateOf stands for a certificate; n tells them apart.
func certificateOf(n byte) []byte { return slices.Repeat([]byte{n}, 100) }

func printOf(n byte) string { return "a=fingerprint:" + FingerprintOf(certificateOf(n)).String() }

// shaker is a phone with a certificate.
func shaker(e Encryption) *Session {
	return New(Config{Addr: ours, ID: 7, Encryption: e, Fingerprint: FingerprintOf(certificateOf(1))})
}

// TestTwoPhonesWithCertificates: whatever two phones want and offer, in whatever order, both encrypt by keys that fit, or make a handshake that one
// begins and the other answers, or are in clear; and that stays so through all offers.
func TestTwoPhonesWithCertificates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var phone [2]*Session
		var wants [2]Encryption
		for i := range phone {
			wants[i] = rapid.SampledFrom(policies()).Draw(t, "encryption")
			c := Config{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)}), 4000), Encryption: wants[i]}
			c.By = encryption.By(rapid.SampledFrom(encryption.Ways()).Draw(t, "by"))
			if rapid.Bool().Draw(t, "certificate") {
				c.Fingerprint = FingerprintOf(certificateOf(byte(i)))
			}
			phone[i] = New(c)
		}
		var keys [2]*Keys
		var shakes [2]*DTLS
		agreed := false
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			i := rapid.IntRange(0, 1).Draw(t, "offerer")
			for range rapid.IntRange(0, 3).Draw(t, "insists") {
				phone[i].Insist()
			}
			ma, mb, errB, errA := talk(phone[i], phone[1-i], drawDirection(t, "offered"), drawDirection(t, "wish"))
			if err := errors.Join(errB, errA); err != nil {
				if agreed {
					t.Fatalf("what was agreed is refused: %v", err)
				}
				if !errors.Is(err, ErrSecureOnly) && !errors.Is(err, ErrCrypto) && !errors.Is(err, ErrNotSecure) {
					t.Fatalf("refused for %v", err)
				}
				continue
			}
			fits(t, ma.Secure, mb.Secure)
			if (ma.DTLS == nil) != (mb.DTLS == nil) || ma.DTLS != nil && (ma.DTLS.Client == mb.DTLS.Client || ma.Secure != nil) {
				t.Fatalf("handshakes %+v and %+v", ma.DTLS, mb.DTLS)
			}
			if ma.DTLS != nil && (!ma.DTLS.Vouches(certificateOf(byte(1-i))) || !mb.DTLS.Vouches(certificateOf(byte(i)))) {
				t.Fatal("the certificates are not theirs")
			}
			encrypted := ma.Secure != nil || ma.DTLS != nil
			if !encrypted && slices.Contains(wants[:], EncryptionRequired) || encrypted && slices.Contains(wants[:], EncryptionNever) {
				t.Fatalf("%v and %v came to %v, %v", wants[0], wants[1], ma.Secure, ma.DTLS)
			}
			var nowKeys [2]*Keys
			var nowShakes [2]*DTLS
			nowKeys[i], nowKeys[1-i], nowShakes[i], nowShakes[1-i] = ma.Secure, mb.Secure, ma.DTLS, mb.DTLS
			for n := range 2 {
				if agreed && (!nowKeys[n].Same(keys[n]) || !nowShakes[n].Same(shakes[n])) {
					t.Fatal("the encryption has changed")
				}
			}
			keys, shakes, agreed = nowKeys, nowShakes, true
		}
	})
}

// Each form in which DTLS is offered is answered in kind, with our fingerprint and the role that fits.
func TestAnswerToDTLS(t *testing.T) {
	for _, proto := range []string{"UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF", "RTP/SAVPF", "RTP/SAVP", "RTP/AVP"} {
		for setup, role := range map[string]string{"actpass": "active", "passive": "active", "active": "passive", "ACTIVE": "passive"} {
			body, m, err := shaker(EncryptionOffered).Answer(peer("m=audio 6000 "+proto+" 0", "a=setup:"+setup, printOf(2)), SendRecv)
			if err != nil {
				t.Fatal(proto, err)
			}
			text := string(body)
			if !strings.Contains(text, "m=audio 40000 "+proto+" 0") || !strings.Contains(text, printOf(1)+"\r\n") || !strings.Contains(text, "a=setup:"+role+"\r\n") {
				t.Errorf("%s, %s is answered with\n%s", proto, setup, text)
			}
			if m.DTLS.Client != (role == "active") || !m.DTLS.Vouches(certificateOf(2)) || m.DTLS.Vouches(certificateOf(3)) {
				t.Errorf("agreed %+v", m.DTLS)
			}
		}
	}
}

// A fingerprint of the session counts for its lines; that of a line more than that of the session; the strongest hash more than the others.
func TestWhichFingerprintCounts(t *testing.T) {
	sha1 := "a=fingerprint:SHA-1 " + strings.TrimSuffix(strings.Repeat("AB:", 20), ":")
	line := "m=audio 6000 UDP/TLS/RTP/SAVP 0"
	for name, c := range map[string]struct {
		said []string
		want []byte // of the certificates that are vouched for; nil where the offer is refused
	}{
		"the session's":          {[]string{"a=setup:actpass", printOf(2), line}, []byte{2}},
		"the line's":             {[]string{"a=setup:actpass", printOf(2), line, printOf(3)}, []byte{3}},
		"two":                    {[]string{line, "a=setup:actpass", printOf(2), printOf(3)}, []byte{2, 3}},
		"SHA-1 beside":           {[]string{line, "a=setup:actpass", sha1, printOf(2)}, []byte{2}},
		"SHA-1 alone":            {[]string{line, "a=setup:actpass", sha1}, nil},
		"broken":                 {[]string{line, "a=setup:actpass", "a=fingerprint:sha-256 x"}, nil},
		"in small letters":       {[]string{line, "a=setup:actpass", strings.ToLower(printOf(2))}, []byte{2}},
		"of another hash's size": {[]string{line, "a=setup:actpass", strings.Replace(printOf(2), "sha-256", "sha-512", 1)}, nil},
	} {
		_, m, err := shaker(EncryptionOffered).Answer(peer(c.said...), SendRecv)
		if c.want == nil {
			if !errors.Is(err, ErrCrypto) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for n := byte(2); n < 4; n++ {
			if m.DTLS.Vouches(certificateOf(n)) != slices.Contains(c.want, n) {
				t.Errorf("%s: of certificate %d: %+v", name, n, m.DTLS)
			}
		}
	}
}

// A plain offer with a fingerprint that cannot be believed is answered in clear, which is told; where encryption is required it is refused.
func TestPlainOfferWithAWeakFingerprint(t *testing.T) {
	sha1 := "a=fingerprint:SHA-1 " + strings.TrimSuffix(strings.Repeat("AB:", 20), ":")
	plain, weak := "m=audio 6000 RTP/AVP 0", []string{"m=audio 6000 RTP/AVP 0", "a=setup:actpass", sha1}
	for _, policy := range []Encryption{EncryptionOffered, EncryptionPreferred, EncryptionNever} {
		_, m, err := shaker(policy).Answer(peer(weak...), SendRecv)
		if err != nil || m.DTLS != nil || m.Secure != nil || m.Unbelieved != (policy != EncryptionNever) {
			t.Errorf("%s: %+v, %v", policy, m, err)
		}
		if _, m, err = shaker(policy).Answer(peer(plain), SendRecv); err != nil || m.Unbelieved {
			t.Errorf("%s: without one: %+v, %v", policy, m, err)
		}
	}
	if _, _, err := shaker(EncryptionRequired).Answer(peer(weak...), SendRecv); !errors.Is(err, ErrNotSecure) {
		t.Errorf("required: %v", err)
	}
}

// Another fingerprint, another role or another tls-id is another handshake; anything else is the same.
func TestWhatMakesAnotherHandshake(t *testing.T) {
	offer := func(more ...string) []byte {
		return peer(append([]string{"m=audio 6000 UDP/TLS/RTP/SAVP 0"}, more...)...)
	}
	first := []string{printOf(2), "a=setup:passive", "a=tls-id:1"}
	for name, c := range map[string]struct {
		again []string
		same  bool
	}{
		"the same":          {first, true},
		"actpass":           {[]string{printOf(2), "a=setup:actpass", "a=tls-id:1"}, true},
		"held":              {append([]string{"a=sendonly"}, first...), true},
		"another print":     {[]string{printOf(3), "a=setup:passive", "a=tls-id:1"}, false},
		"the other role":    {[]string{printOf(2), "a=setup:active", "a=tls-id:1"}, false},
		"another handshake": {[]string{printOf(2), "a=setup:passive", "a=tls-id:2"}, false},
	} {
		s := shaker(EncryptionOffered)
		_, before, err := s.Answer(offer(first...), SendRecv)
		if err != nil {
			t.Fatal(err)
		}
		_, after, err := s.Answer(offer(c.again...), SendRecv)
		if err != nil || after.DTLS.Same(before.DTLS) != c.same {
			t.Errorf("%s: %v, %+v", name, err, after.DTLS)
		}
	}
}

// Without a certificate of our own there is no DTLS.
func TestNoCertificate(t *testing.T) {
	_, _, err := newSession().Answer(peer("m=audio 6000 UDP/TLS/RTP/SAVP 0", printOf(2), "a=setup:actpass"), SendRecv)
	if !errors.Is(err, ErrCrypto) {
		t.Error(err)
	}
}

// FuzzDTLS throws anything at a phone with a certificate, as an offer and as an answer.
func FuzzDTLS(f *testing.F) {
	seeds(f)
	f.Add(peer("m=audio 6000 UDP/TLS/RTP/SAVPF 0", printOf(2), "a=setup:actpass", "a=tls-id:x", "a=rtcp-mux"))
	f.Add(peer(printOf(2), "a=setup:active", "m=audio 6000 RTP/AVP 0"))
	f.Fuzz(func(t *testing.T, said []byte) {
		s := shaker(EncryptionPreferred)
		for range 2 {
			body, m, err := s.Answer(said, SendRecv)
			if err != nil {
				break
			}
			mustAnswer(t, said, body, m)
			if m.DTLS != nil && (len(m.DTLS.Prints) == 0 || m.Secure != nil) {
				t.Fatalf("agreed on %+v", m)
			}
		}
		s = shaker(EncryptionRequired)
		s.Insist()
		s.Offer(SendRecv)
		if m, err := s.ReadAnswer(said); err == nil && m.DTLS == nil {
			t.Fatalf("agreed on %+v", m)
		}
	})
}
