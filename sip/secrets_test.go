package sip_test

import (
	"bytes"
	"log/slog"
	"math"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"

	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/ice"
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

// secretIn are the secrets that a message may have: keys and passwords of sound, digests, and passwords in addresses.
var secretIn = []*regexp.Regexp{
	regexp.MustCompile(`inline:([A-Za-z0-9+/=]+)`),
	regexp.MustCompile(`a=ice-pwd:(\S+)`),
	regexp.MustCompile(`response="([0-9a-f]+)"`),
	regexp.MustCompile(`sip:[^@\s:<>]+:([^@\s<>]+)@`),
}

const (
	secretPassword = "correct-horse-battery"
	secretName     = "Ada Lovelace"
	secretCard     = "4929123412341234" // that is typed in a call
	ofSecretCaller = "\"" + secretName + "\" <sip:ada:tr0ub4dor@example.com>"
)

// secrets are a log of all levels, and what the messages of a test have in them that it may not have.
type secrets struct {
	log everything
	mu  sync.Mutex
	all []string
}

// watch has a phone log here.
func (s *secrets) watch(c *setup) {
	c.Account.Password = secretPassword
	c.Log = slog.New(slog.NewJSONHandler(&s.log, &slog.HandlerOptions{Level: slog.Level(math.MinInt)}))
}

// of takes the secrets of a message.
func (s *secrets) of(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range secretIn {
		for _, found := range in.FindAllStringSubmatch(text, -1) {
			s.all = append(s.all, found[1])
		}
	}
	return text
}

// untold fails if a secret is in the log, which has to have a call, or if there were fewer than some.
func (s *secrets) untold(t *testing.T, call string, least int) {
	t.Helper()
	text := s.log.String()
	if !strings.Contains(text, call) {
		t.Errorf("there is no log: %q", text)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) < least {
		t.Errorf("only %d secrets were in the messages", len(s.all))
	}
	for _, secret := range append(s.all, secretPassword, secretName, secretCard) {
		if i := strings.Index(text, secret); i >= 0 {
			t.Errorf("%q is in the log: …%s", secret, text[max(0, i-200):min(len(text), i+60)])
		}
	}
}

// Nothing that a message keeps secret is in the log at any level: passwords, digests, keys of either side, whether they are taken, wrong or refused;
// and nobody's name.
func TestNoSecretIsLogged(t *testing.T) {
	sip.SetTriedAgain(t, 0)
	challenge := " Digest realm=\"r\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c0\", qop=\"auth\"\n"
	var kept secrets
	p := siptest.NewPeer(t)
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		if kept.of(m.Header("Authorization")) == "" {
			p.Reply(m, "401 Unauthorized", "WWW-Authenticate:"+challenge)
			return true
		}
		return siptest.Accept(p, m)
	})
	ph := newPhone(t, p, encrypts(sdp.EncryptionRequired), comesBy(encryption.SDES), kept.watch)
	from := kept.of(ofSecretCaller)

	// a call that is taken, held and hung up
	f, c := newFarEnd(t, sdp.EncryptionRequired), p.Call(from)
	c.Send("INVITE", "", kept.of(string(f.sdp.Offer(sdp.SendRecv))))
	c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	f.agree(f.sdp.ReadAnswer([]byte(kept.of(c.Answered().Body()))))
	next[sip.CallAnswered](ph)
	ph.must(ph.SendDTMF(id, secretCard))
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
	kept.untold(t, id, 10)
}

// Likewise of calls by DTLS that look for their way by ICE: the passwords of both sides, whether the way is found, looked for again or cannot be read.
func TestNoSecretOfAWayIsLogged(t *testing.T) {
	sip.SetTriedAgain(t, 0)
	var kept secrets
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, encrypts(sdp.EncryptionRequired), comesBy(encryption.DTLS), kept.watch, func(c *setup) { c.Account.ICE = sip.ICEOffer })

	// a dialed call whose way is found, that is held, and whose way is lost: it is looked for once more
	id, err := ph.Dial("123,," + secretCard)
	ph.must(err)
	f := newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS)
	f.sdp.Seek(append(ice.Candidates(ice.RTP, f.socket.Addr(), netip.AddrPort{}), ice.Candidates(ice.RTCP, f.socket.RTCPAddr(), netip.AddrPort{})...))
	answer := func(re siptest.Message) {
		t.Helper()
		kept.of(re.Body())
		body, agreed, err := f.sdp.Answer([]byte(re.Body()), sdp.SendRecv)
		f.agree(agreed, err)
		p.ReplyTagged(re, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", kept.of(string(body)))
		p.Await("ACK")
	}
	answer(p.Await("INVITE"))
	next[sip.CallEncryption](ph)
	ph.must(ph.Hold(id))
	answer(p.Await("INVITE "))
	hold(ph, id, true)
	ph.WayFound(id)
	ph.WayLost(id)
	answer(p.Await("INVITE "))
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
	next[sip.CallEnded](ph)

	// calls whose ways cannot be read, and that have no keys either
	for _, way := range []string{
		"a=ice-ufrag:abcd\na=ice-pwd:tooshort\na=candidate:1 1 UDP 1 127.0.0.1 4000 typ host\n",
		"a=ice-ufrag:abcd\na=ice-pwd:" + strings.Repeat("p", 300) + "\na=candidate:1 1\n",
		"a=ice-pwd:p4ssw0rd-without-a-name-beside-it\n",
	} {
		p.Call(kept.of(ofSecretCaller)).Send("INVITE", "", kept.of(offerHead+"m=audio 4000 UDP/TLS/RTP/SAVP 0\n"+way))
		p.Await("SIP/2.0 488")
		next[sip.CallEnded](ph)
	}

	ph.must(ph.SetAccount(sip.Account{}))
	kept.untold(t, id, 12)
}
