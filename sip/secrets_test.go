package sip_test

import (
	"bytes"
	"log/slog"
	"math"
	"regexp"
	"strings"
	"sync"
	"testing"

	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/internal/siptest"
	"linecard/sip/sdp"
)

// everything is a log of all levels.
type everything struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (e *everything) Write(b []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.text.Write(b)
}

func (e *everything) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.text.String()
}

var (
	keyIn    = regexp.MustCompile(`inline:([A-Za-z0-9+/=]+)`)
	digestIn = regexp.MustCompile(`response="([0-9a-f]+)"`)
)

// secrets are what the messages of a test have in them that no log may have.
type secrets struct {
	mu  sync.Mutex
	all []string
}

// of takes the keys and the digests of a message.
func (s *secrets) of(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range []*regexp.Regexp{keyIn, digestIn} {
		for _, found := range in.FindAllStringSubmatch(text, -1) {
			s.all = append(s.all, found[1])
		}
	}
	return text
}

// Nothing that a message keeps secret is in the log at any level: passwords, digests, keys of either side, whether they are taken, wrong or refused;
// and nobody's name.
func TestNoSecretIsLogged(t *testing.T) {
	sip.SetTriedAgain(t, 0)
	const password, name = "correct-horse-battery", "Ada Lovelace"
	challenge := " Digest realm=\"r\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c0\", qop=\"auth\"\n"
	var log everything
	var kept secrets
	p := siptest.NewPeer(t)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		if kept.of(m.Header("Authorization")) == "" {
			p.Reply(m, "401 Unauthorized", "WWW-Authenticate:"+challenge)
			return true
		}
		return siptest.Accept(p, m)
	})
	ph := newPhone(t, p, encrypts(sdp.EncryptionRequired), comesBy(encryption.SDES), func(c *setup) {
		c.Account.Password = password
		c.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.Level(math.MinInt)}))
	})
	from := "\"" + name + "\" <sip:ada@example.com>"

	// a call that is taken, held and hung up
	f, c := newFarEnd(t, sdp.EncryptionRequired), p.Call(from)
	c.Send("INVITE", "", kept.of(string(f.sdp.Offer(sdp.SendRecv))))
	c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	f.agree(f.sdp.ReadAnswer([]byte(kept.of(c.Answered().Body()))))
	next[sip.CallAnswered](ph)
	ph.must(ph.Hold(id))
	kept.of(f.answer(p, p.Await("INVITE ")))
	hold(ph, id, true)
	c.Bye()
	next[sip.CallEnded](ph)

	// calls whose keys are wrong
	for _, crypto := range []string{
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewky",                                                 // too short
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSo%%",                                // no base64
		"a=crypto:1 F8_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm",                                     // a suite that the phone does not support
		"a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0 inline:AAAAAAAAAAAAAAAAAAAAAA==", // torn
	} {
		p.Call(from).Send("INVITE", "", kept.of(offerHead+"m=audio 4000 RTP/SAVP 0\n"+crypto+"\n"))
		p.Await("SIP/2.0 488")
		next[sip.CallEnded](ph)
	}

	// a dialed call that asks for the password, and is answered with a wrong key
	_, err := ph.Dial("123")
	ph.must(err)
	m := p.Await("INVITE")
	kept.of(m.Body())
	p.Reply(m, "407 Proxy Authentication Required", "Proxy-Authenticate:"+challenge)
	p.Await("ACK")
	m = p.Await("INVITE")
	kept.of(m.Header("Proxy-Authorization"))
	p.ReplyTagged(m, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", kept.of(offerHead+"m=audio 4000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d3Jvbmc=\n"))
	p.Reply(p.Await("BYE"), "200 OK", "")
	next[sip.CallEnded](ph)

	// a message that is none, with a digest of ours in it
	p.Send(c.To, "INVITE sip:2041@ SIP/9\nAuthorization: "+kept.of("Digest username=\"2041\", response=\"0123456789abcdef0123456789abcdef\"")+"\n\n")
	c = p.Call(from)
	c.Invite()
	p.Await("SIP/2.0 488") // what came before it is read
	next[sip.CallEnded](ph)

	ph.must(ph.SetAccount(sip.Account{}))
	text := log.String()
	if !strings.Contains(text, id) {
		t.Errorf("there is no log: %q", text)
	}
	kept.mu.Lock()
	defer kept.mu.Unlock()
	if len(kept.all) < 10 {
		t.Errorf("only %d secrets were in the messages", len(kept.all))
	}
	for _, secret := range append(kept.all, password, name) {
		if i := strings.Index(text, secret); i >= 0 {
			t.Errorf("%q is in the log: …%s", secret, text[max(0, i-200):min(len(text), i+60)])
		}
	}
}
