package sdp

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/test/interop"
)

func phoneThat(e Encryption) *Session { return New(Config{Addr: ours, ID: 7, Encryption: e}) }

func policies() []Encryption {
	return []Encryption{EncryptionNever, EncryptionOffered, EncryptionPreferred, EncryptionRequired}
}

// talk is an offer of a's that b answers.
func talk(a, b *Session, offered, wished Direction) (ma, mb Media, errB, errA error) {
	answer, mb, errB := b.Answer(a.Offer(offered), wished)
	if errB != nil {
		return Media{}, Media{}, errB, nil
	}
	ma, errA = a.ReadAnswer(answer)
	return ma, mb, nil, errA
}

// fits holds that both encrypt alike: what one sends with, the other opens with.
func fits(t interface{ Fatalf(string, ...any) }, a, b *Keys) {
	switch {
	case (a == nil) != (b == nil):
		t.Fatalf("one side encrypts: %v, the other: %v", a, b)
	case a == nil:
	case a.Suite != b.Suite || !slices.Equal(a.Theirs, []MasterKey{b.Ours}) || !slices.Equal(b.Theirs, []MasterKey{a.Ours}):
		t.Fatalf("the keys do not fit together")
	case a.Ours == b.Ours:
		t.Fatalf("both encrypt with the same key")
	}
}

func TestPolicies(t *testing.T) {
	const in, clear, refused = "in", "clear", "refused"
	all := policies()
	want := [][]string{ // by the one who offers, then by the one who answers, in the order of policies
		{clear, clear, clear, refused},
		{clear, clear, clear, refused},
		{clear, in, in, in},
		{refused, in, in, in},
	}
	for i, a := range all {
		for j, b := range all {
			ma, mb, errB, errA := talk(phoneThat(a), phoneThat(b), SendRecv, SendRecv)
			got := clear
			switch {
			case errB != nil || errA != nil:
				got = refused
			case ma.Secure != nil:
				got = in
			}
			if got != want[i][j] {
				t.Errorf("%s offers to %s: %s, want %s (%v, %v)", a, b, got, want[i][j], errB, errA)
			}
			fits(t, ma.Secure, mb.Secure)
		}
	}
}

// TestPoliciesOverACall: whatever two phones want of encryption, offer after offer in either direction, both are encrypted with keys that fit,
// or both are in clear, or there is a reason; and the keys stay what they were from the first agreement on.
func TestPoliciesOverACall(t *testing.T) {
	interop.Proves(t, "S4.4")
	rapid.Check(t, func(t *rapid.T) {
		var phone [2]*Session
		var wants [2]Encryption
		for i := range phone {
			wants[i] = rapid.SampledFrom(policies()).Draw(t, "encryption")
			addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)}), 4000)
			phone[i] = New(Config{Addr: addr, Encryption: wants[i]})
		}
		var kept [2]*Keys
		agreed := false
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			i := rapid.IntRange(0, 1).Draw(t, "offerer")
			if !agreed && rapid.Bool().Draw(t, "insists") {
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
			if ma.Secure == nil && slices.Contains(wants[:], EncryptionRequired) || ma.Secure != nil && slices.Contains(wants[:], EncryptionNever) {
				t.Fatalf("%v and %v came to %v", wants[0], wants[1], ma.Secure)
			}
			now := [2]*Keys{}
			now[i], now[1-i] = ma.Secure, mb.Secure
			if agreed && (!now[0].Same(kept[0]) || !now[1].Same(kept[1])) {
				t.Fatal("the keys have changed")
			}
			kept, agreed = now, true
		}
	})
}

// TestAnyOffer: any offer of encryption ends in an answer that holds, or in a reason.
func TestAnyOffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy := rapid.SampledFrom(policies()).Draw(t, "encryption")
		var said []string
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			said = append(said, "m=audio 6000 "+rapid.SampledFrom([]string{"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP"}).Draw(t, "proto")+" 0")
			for range rapid.IntRange(0, 3).Draw(t, "keys") {
				said = append(said, "a=crypto:"+rapid.SampledFrom([]string{
					"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30, "2 AES_256_CM_HMAC_SHA1_80 inline:" + key46 + "|2^31",
					"3 AES_CM_128_HMAC_SHA1_80 inline:x", "4 F8_128_HMAC_SHA1_80 inline:" + key30, "nonsense",
				}).Draw(t, "crypto"))
			}
		}
		offer := peer(said...)
		s := phoneThat(policy)
		body, m, err := s.Answer(offer, SendRecv)
		if err != nil {
			if !errors.Is(err, ErrSecureOnly) && !errors.Is(err, ErrCrypto) && !errors.Is(err, ErrNotSecure) {
				t.Fatalf("refused for %v", err)
			}
			return
		}
		mustAnswer(t, offer, body, m)
		strict(t, body)
		if m.Secure == nil && policy == EncryptionRequired || m.Secure != nil && policy == EncryptionNever {
			t.Fatalf("%s came to %v", policy, m.Secure)
		}
		if n := strings.Count(string(body), "a=crypto:"); n != 0 && m.Secure == nil || n != 1 && m.Secure != nil {
			t.Fatalf("%d lines about encryption for %v", n, m.Secure)
		}
	})
}

// An answer has the offer's profile and tag, and the offer's first cipher that we know.
func TestAnswerInKind(t *testing.T) {
	for _, proto := range []string{"RTP/SAVP", "RTP/SAVPF", "RTP/AVP", "RTP/AVPF"} {
		body, m, err := newSession().Answer(peer("m=audio 6000 "+proto+" 0", "a=crypto:5 F8_128_HMAC_SHA1_80 inline:"+key30,
			"a=crypto:7 AES_CM_256_HMAC_SHA1_80 inline:"+key46, "a=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:"+key30), SendRecv)
		if err != nil {
			t.Fatal(proto, err)
		}
		if !strings.Contains(string(body), "m=audio 40000 "+proto+" 0") || !strings.Contains(string(body), "a=crypto:7 AES_CM_256_HMAC_SHA1_80 inline:") {
			t.Errorf("%s is answered with\n%s", proto, body)
		}
		if m.Secure.String() != "SDES AES-256" {
			t.Errorf("%s: %s", proto, m.Secure)
		}
	}
}

// Of an encrypted and a plain stream the encrypted one is taken, wherever it is; without encryption the plain one.
func TestEncryptedStreamFirst(t *testing.T) {
	crypto := "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key30
	offer := peer("m=audio 6000 RTP/AVP 0", "m=audio 6010 RTP/SAVP 0", crypto)
	if _, m, err := newSession().Answer(offer, SendRecv); err != nil || m.Port != 6010 || m.Secure == nil {
		t.Errorf("port %d, %v, %v", m.Port, m.Secure, err)
	}
	if _, m, err := phoneThat(EncryptionNever).Answer(offer, SendRecv); err != nil || m.Port != 6000 || m.Secure != nil {
		t.Errorf("never: port %d, %v, %v", m.Port, m.Secure, err)
	}
}

// The other side gives new keys in mid-call: they hold from then on, and ours stays.
func TestNewKeysOfTheOtherSide(t *testing.T) {
	offer := func(key string) []byte {
		return peer("m=audio 6000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key)
	}
	s := newSession()
	_, before, err := s.Answer(offer(key30), SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	_, after, err := s.Answer(offer("X"+key30[1:]), SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	if after.Secure.Ours != before.Secure.Ours || slices.Equal(after.Secure.Theirs, before.Secure.Theirs) || after.Secure.Same(before.Secure) {
		t.Error("the keys are not those of the offer")
	}
	_, other, err := s.Answer(peer("m=audio 6000 RTP/SAVP 0", "a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:"+key46), SendRecv)
	if err != nil || other.Secure.Suite != AESCM256SHA80 || len(other.Secure.Ours.secret) != 46 {
		t.Errorf("another cipher: %v, %v", other.Secure, err)
	}
}

// Each of two phones that ring together names a key of its own; the one that answers holds.
func TestForksHaveTheirOwnKeys(t *testing.T) {
	a, b, c := phoneThat(EncryptionRequired), phoneThat(EncryptionRequired), phoneThat(EncryptionRequired)
	offer := a.Offer(SendRecv)
	early, _, err := b.Answer(offer, SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	final, mc, err := c.Answer(offer, SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.ReadAnswer(early); err != nil {
		t.Fatal(err)
	}
	ma, err := a.ReadAnswer(final)
	if err != nil {
		t.Fatal(err)
	}
	fits(t, ma.Secure, mc.Secure)
}

// Answers that would give the audio away, or that nobody could decrypt, are none.
func TestWrongAnswersToKeys(t *testing.T) {
	ownKey := func(offer []byte) string {
		for line := range strings.Lines(string(offer)) {
			if strings.HasPrefix(line, "a=crypto:1 ") {
				return strings.TrimSpace(line)
			}
		}
		t.Fatal("no key is offered")
		return ""
	}
	for name, c := range map[string]struct {
		policy Encryption
		answer func(offer []byte) []byte
		err    error
	}{
		"our own key": {EncryptionRequired, func(o []byte) []byte { return peer("m=audio 6000 RTP/SAVP 0", ownKey(o)) }, ErrCrypto},
		"a cipher not offered": {EncryptionPreferred, func([]byte) []byte {
			return peer("m=audio 6000 RTP/AVP 0", "a=crypto:1 AEAD_AES_128_GCM inline:"+key28)
		}, ErrCrypto},
		"a broken key": {EncryptionPreferred, func([]byte) []byte {
			return peer("m=audio 6000 RTP/AVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x")
		}, ErrCrypto},
		"none, though required": {EncryptionRequired, func([]byte) []byte { return peer("m=audio 6000 RTP/AVP 0") }, ErrNotSecure},
		"none, but its profile": {EncryptionPreferred, func([]byte) []byte { return peer("m=audio 6000 RTP/SAVP 0") }, ErrCrypto},
		"none, where it may be": {EncryptionPreferred, func([]byte) []byte { return peer("m=audio 6000 RTP/AVP 0") }, nil},
		"by the wrong tag": {EncryptionPreferred, func([]byte) []byte {
			return peer("m=audio 6000 RTP/AVP 0", "a=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:"+key30)
		}, nil},
		"unasked": {EncryptionOffered, func([]byte) []byte {
			return peer("m=audio 6000 RTP/AVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key30)
		}, nil},
	} {
		s := phoneThat(c.policy)
		if _, err := s.ReadAnswer(c.answer(s.Offer(SendRecv))); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", name, err, c.err)
		}
	}
}

// A call that was refused for its plain audio is offered once more with encrypted audio alone; a session that talks is not.
func TestInsist(t *testing.T) {
	for _, e := range policies() {
		s := phoneThat(e)
		s.Offer(SendRecv)
		can := e == EncryptionOffered || e == EncryptionPreferred
		if s.Insist() != can || s.Insist() {
			t.Errorf("%s: insists wrongly", e)
		}
		if offer := string(s.Offer(SendRecv)); can != (strings.Contains(offer, "RTP/SAVP") && e != EncryptionRequired) && can {
			t.Errorf("%s: offers\n%s", e, offer)
		}
	}
	s := phoneThat(EncryptionPreferred)
	if talk(s, newSession(), SendRecv, SendRecv); s.Insist() {
		t.Error("a session that talks insists")
	}
}

// A refresh of the session says the same again, and so do its keys.
func TestRefreshKeepsKeys(t *testing.T) {
	interop.Proves(t, "S3.3")
	a, b := phoneThat(EncryptionRequired), phoneThat(EncryptionOffered)
	offer := a.Offer(SendRecv)
	answer, _, _ := b.Answer(offer, SendRecv)
	before, err := a.ReadAnswer(answer)
	if err != nil {
		t.Fatal(err)
	}
	before2 := before.Secure
	answer, mb, err := b.Answer(offer, SendRecv)
	if err != nil {
		t.Fatal(err)
	}
	after, err := a.ReadRefresh(answer)
	if err != nil || !after.Secure.Same(before2) {
		t.Errorf("the keys have changed: %v", err)
	}
	fits(t, after.Secure, mb.Secure)
}
