package sip_test

import (
	"bytes"
	"log/slog"
	"math"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/internal/siptest"
	"linecard/sip/media"
	"linecard/sip/sdp"
	"linecard/test/interop"
)

// encrypts gives the phone's account a policy.
func encrypts(policy sdp.Encryption) func(*setup) {
	return func(c *setup) { c.Account.Encryption = string(policy) }
}

// mirror is the sound of a test that says what it hears.
type mirror struct{ *clock }

func (m mirror) Attach(p sip.Port) func() { return m.clock.Attach(echoing{p}) }

// echoing gives a port's speaker to its microphone.
type echoing struct{ sip.Port }

func (e echoing) WriteMicrophone([]int16) {}

func (e echoing) ReadSpeaker(pcm []int16) {
	e.Port.ReadSpeaker(pcm)
	e.Port.WriteMicrophone(pcm)
}

// farEnd is the other side of an encrypted call with sound of its own: a tone, and what it hears.
type farEnd struct {
	t      testing.TB
	sdp    *sdp.Session
	socket *media.Socket
	audio  *media.Session
	cert   *media.Certificate // of its handshakes
}

// newFarEnd comes to keys by SDES, or by the ways that are given.
func newFarEnd(t testing.TB, policy sdp.Encryption, by ...encryption.By) *farEnd {
	t.Helper()
	socket, err := media.Listen(netip.MustParseAddr("127.0.0.1"), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := sdp.Config{Addr: socket.Addr(), RTCPPort: socket.RTCPAddr().Port(), Codecs: media.Codecs(), Encryption: policy, By: encryption.SDES}
	f := &farEnd{t: t, socket: socket}
	for _, way := range by {
		if f.cert, err = media.NewCertificate(); err != nil {
			t.Fatal(err)
		}
		c.By, c.Fingerprint = way, f.cert.Fingerprint()
	}
	f.sdp = sdp.New(c)
	t.Cleanup(func() {
		if f.audio != nil {
			_ = f.audio.Close()
		} else {
			_ = socket.Close()
		}
	})
	return f
}

// agree has the media follow an agreement.
func (f *farEnd) agree(m sdp.Media, err error) {
	f.t.Helper()
	switch {
	case err != nil:
		f.t.Fatal(err)
	case f.audio == nil:
		f.audio, err = media.NewSession(f.socket, media.Params{Media: m}, media.Options{Certificate: f.cert})
	default:
		err = f.audio.Update(media.Params{Media: m})
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// answer answers an offer of the phone's, and returns what it said of its keys.
func (f *farEnd) answer(p *siptest.Peer, m siptest.Message) string {
	f.t.Helper()
	body, agreed, err := f.sdp.Answer([]byte(m.Body()), sdp.SendRecv)
	f.agree(agreed, err)
	p.ReplyTagged(m, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", string(body))
	p.Await("ACK")
	return cryptoIn(m.Body())
}

// hears reports whether the far end hears its own tone, which the phone sends back, or silence: 300 ms of either.
func (f *farEnd) hears(tone bool) {
	f.t.Helper()
	what := "silence"
	if tone {
		what = "its tone"
	}
	pcm, phase, run := make([]int16, media.BlockSize), 0, 0
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	eventually(f.t, what, func() bool {
		for range 2 {
			<-tick.C
			for i := range pcm {
				pcm[i] = int16(8000 * math.Sin(float64(phase)*2*math.Pi*440/media.SampleRate))
				phase++
			}
			f.audio.WriteMicrophone(pcm)
			f.audio.ReadSpeaker(pcm)
			sum := 0.0
			for _, v := range pcm {
				sum += float64(v) * float64(v)
			}
			level := math.Sqrt(sum / float64(len(pcm)))
			if run++; tone != (level > 3000 && level < 8000) {
				run = 0
			}
		}
		return run >= 30
	})
}

// cryptoIn is the first line about encryption in a session description, "" without one.
func cryptoIn(body string) string {
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "a=crypto:") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// A caller offers encryption, in a form that takes no other or in one that leaves the choice: both hear each other, the desk knows how the call is
// encrypted, and a hold and a resume keep the keys.
func TestEncryptedCallIsTakenAndHeld(t *testing.T) {
	interop.Proves(t, "S3.3")
	for _, policy := range []sdp.Encryption{sdp.EncryptionRequired, sdp.EncryptionPreferred} {
		t.Run(string(policy), func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(c *setup) { c.Audio = mirror{newClock(t)} })
			f := newFarEnd(t, policy)
			c := p.Call("<sip:ada@example.com>")
			c.Send("INVITE", "", string(f.sdp.Offer(sdp.SendRecv)))
			c.Learn(p.Await("SIP/2.0 180"))
			ph.must(ph.Answer(next[sip.CallIncoming](ph).ID))
			ok := c.Answered()
			f.agree(f.sdp.ReadAnswer([]byte(ok.Body())))
			e := next[sip.CallEncryption](ph)
			if e.Kind != "SDES AES-128" {
				t.Errorf("encrypted %q", e.Kind)
			}
			next[sip.CallAnswered](ph)
			f.hears(true)
			key := cryptoIn(ok.Body())
			for _, held := range []bool{true, false} {
				if held {
					ph.must(ph.Hold(e.ID))
				} else {
					ph.must(ph.Resume(e.ID))
				}
				m := p.Await("INVITE ")
				if again := f.answer(p, m); again == "" || strings.Fields(again)[2] != strings.Fields(key)[2] {
					t.Errorf("held: %v: the key has changed", held)
				}
				hold(ph, e.ID, held)
				f.hears(!held)
			}
			if e, ok := within[sip.CallEncryption](ph, 50*time.Millisecond); ok {
				t.Errorf("told again: %+v", e)
			}
		})
	}
}

// What is offered when the agent dials, by the account's policy.
func TestOffersByPolicy(t *testing.T) {
	for policy, want := range map[sdp.Encryption]struct {
		proto  string
		crypto bool
	}{
		"": {"RTP/AVP", false}, sdp.EncryptionNever: {"RTP/AVP", false}, sdp.EncryptionOffered: {"RTP/AVP", false},
		sdp.EncryptionPreferred: {"RTP/AVP", true}, sdp.EncryptionRequired: {"RTP/SAVP", true},
	} {
		t.Run(string(policy), func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(policy))
			_, err := ph.Dial("123")
			ph.must(err)
			m := p.Await("INVITE")
			if body := m.Body(); !strings.Contains(body, " "+want.proto+" ") || (cryptoIn(body) != "") != want.crypto {
				t.Errorf("offered:\n%s", body)
			}
			p.Reply(m, "486 Busy Here", "")
			next[sip.CallEnded](ph)
		})
	}
}

// A side that takes encrypted calls alone refuses an offer that is none for it: the same call is offered once more, and talks encrypted.
func TestDialedAgainEncrypted(t *testing.T) {
	for name, tc := range map[string]struct {
		policy sdp.Encryption
		status string
	}{
		"where it said why":         {sdp.EncryptionOffered, "415 SRTP Required"},
		"where it said nothing":     {sdp.EncryptionOffered, "488 Not Acceptable Here"},
		"where it may have been it": {sdp.EncryptionPreferred, "488 Not Acceptable Here"},
		"from everywhere":           {sdp.EncryptionPreferred, "606 Encryption required"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(tc.policy), func(c *setup) { c.Audio = mirror{newClock(t)} })
			_, err := ph.Dial("123")
			ph.must(err)
			first := p.Await("INVITE")
			p.Reply(first, tc.status, "")
			p.Await("ACK")
			second := p.Await("INVITE")
			if second.Header("Call-ID") != first.Header("Call-ID") || second.Header("CSeq") == first.Header("CSeq") {
				t.Error("it is another call, or no new INVITE")
			}
			f := newFarEnd(t, sdp.EncryptionRequired)
			f.answer(p, second)
			if e := next[sip.CallEncryption](ph); e.Kind != "SDES AES-128" {
				t.Errorf("encrypted %q", e.Kind)
			}
			next[sip.CallAnswered](ph)
			f.hears(true)
		})
	}
}

// A call that comes to nothing over its encryption says so, and what would help.
func TestCallsThatFailOverEncryption(t *testing.T) {
	sip.SetTriedAgain(t, 0)
	clear := siptest.SDP(4000, "sendrecv")
	encrypted := offerHead + "m=audio 4000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\n"
	for name, tc := range map[string]struct {
		policy sdp.Encryption
		offer  string
		code   fault.Code
	}{
		"in clear, required": {sdp.EncryptionRequired, clear, "sip.ended.clear-caller"},
		"encrypted, off":     {sdp.EncryptionNever, encrypted, "sip.ended.encryption-off-caller"},
		"by DTLS":            {sdp.EncryptionRequired, offerHead + "m=audio 4000 UDP/TLS/RTP/SAVPF 0\n", "sip.ended.encrypted-caller"},
	} {
		t.Run("a caller's, "+name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(tc.policy))
			p.Call("<sip:ada@example.com>").Send("INVITE", "", tc.offer)
			p.Await("SIP/2.0 488")
			in := next[sip.CallIncoming](ph)
			if e := next[sip.CallEnded](ph); !in.Refused || e.ID != in.ID || !e.Text.Is(tc.code) {
				t.Errorf("%+v, %+v", in, e)
			}
		})
	}
	for name, tc := range map[string]struct {
		policy sdp.Encryption
		status string
		body   string
		code   fault.Code
	}{
		"refused, required":               {sdp.EncryptionRequired, "488 Not Acceptable Here", "", "sip.ended.clear"},
		"refused, off":                    {sdp.EncryptionNever, "488 SRTP required", "", "sip.ended.encryption-off"},
		"answered in clear, required":     {sdp.EncryptionRequired, "200 OK", clear, "sip.ended.clear-answer"},
		"answered without a key we know":  {sdp.EncryptionRequired, "200 OK", offerHead + "m=audio 4000 RTP/SAVP 0\n", "sip.ended.encrypted-answer"},
		"answered encrypted, and unasked": {sdp.EncryptionOffered, "200 OK", encrypted, "sip.ended.encrypted-answer"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(tc.policy), comesBy(encryption.SDES))
			_, err := ph.Dial("123")
			ph.must(err)
			p.ReplyTagged(p.Await("INVITE"), tc.status, "peer", "Contact: <sip:b@"+p.Addr()+">\n", tc.body)
			switch {
			case strings.HasPrefix(tc.status, "200"):
				p.Reply(p.Await("BYE"), "200 OK", "")
			case tc.code == "sip.ended.clear": // it may be the profile
				p.Await("ACK")
				p.Reply(p.Await("INVITE"), tc.status, "")
			}
			if e := next[sip.CallEnded](ph); e.Reason != sip.EndFailed || !e.Text.Is(tc.code) {
				t.Errorf("ended %+v", e)
			}
		})
	}
}

// A call that was agreed as encrypted is not led into the clear where the account requires encryption; where it does not, the lock goes.
func TestEncryptionIsTakenAway(t *testing.T) {
	for _, policy := range []sdp.Encryption{sdp.EncryptionRequired, sdp.EncryptionOffered} {
		t.Run(string(policy), func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(policy))
			f := newFarEnd(t, sdp.EncryptionRequired)
			c := p.Call("<sip:ada@example.com>")
			c.Send("INVITE", "", string(f.sdp.Offer(sdp.SendRecv)))
			c.Learn(p.Await("SIP/2.0 180"))
			ph.must(ph.Answer(next[sip.CallIncoming](ph).ID))
			c.Answered()
			next[sip.CallEncryption](ph)
			c.Invite()
			if policy == sdp.EncryptionRequired {
				p.Await("SIP/2.0 488")
				c.Send("ACK", "", "")
				return
			}
			c.Answered()
			if e := next[sip.CallEncryption](ph); e.Kind != "" || !e.Lost {
				t.Errorf("still %q", e.Kind)
			}
		})
	}
}

// An account that is set wrongly says so.
func TestUnknownEncryption(t *testing.T) {
	a := sip.Account{Server: "pbx.example.com", User: "2041", Encryption: "always"}
	if err := a.Check(); err == nil || !fault.Of(err).Is("sip.account.encryption") {
		t.Error(err)
	}
}

// guardedLog is a log that several goroutines write.
type guardedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (g *guardedLog) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.Write(b)
}

func (g *guardedLog) has(text string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return strings.Contains(g.text.String(), text)
}

// The keys of a call are in no log at any level, neither in that of a call that works nor in what is said of descriptions and messages that
// cannot be read.
func TestKeysAreInNoLog(t *testing.T) {
	sip.SetTriedAgain(t, 0)
	log := &guardedLog{}
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) {
		c.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug - 100}))
	})
	f := newFarEnd(t, sdp.EncryptionRequired)
	offer := string(f.sdp.Offer(sdp.SendRecv))
	c := p.Call("<sip:ada@example.com>")
	c.Send("INVITE", "", offer)
	c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	answer := c.Answered().Body()
	next[sip.CallAnswered](ph)
	secret := strings.TrimPrefix(strings.Fields(cryptoIn(offer))[2], "inline:")
	ours := strings.TrimPrefix(strings.Fields(cryptoIn(answer))[2], "inline:")
	broken := []string{ // of re-INVITEs and INVITEs
		strings.ReplaceAll(offer, "a=crypto", "crypto"), strings.ReplaceAll(offer, " inline:", "\ninline:"),
		strings.ReplaceAll(offer, "inline:", "inline:x"), cryptoIn(offer), strings.ReplaceAll(offer, "m=audio", "m=audio x "+secret),
		"v=0\nm=" + secret + "\n",
	}
	for _, body := range broken {
		c.Send("INVITE", "", body)
		m := p.Await("SIP/2.0 ")
		for strings.HasPrefix(m.Status(), "1") || m.Header("CSeq") == "" {
			m = p.Await("SIP/2.0 ")
		}
		c.Send("ACK", "", "")
		p.Call("<sip:eve@example.com>").Send("INVITE", "", body)
	}
	p.Send(c.To, cryptoIn(offer)+"\n\n")                                                             // a stream that is out of step
	p.Send(c.To, "INVITE "+secret+" SIP/2.0\nContent-Length: "+secret+"\nVia: "+secret+"\n\n"+offer) // and worse
	c.Bye()
	next[sip.CallEnded](ph)
	for _, key := range []string{secret, ours} {
		for n := 12; n+12 <= len(key); n += 4 { // no part of it either
			if part := key[n : n+12]; log.has(part) {
				t.Fatalf("the log has a part of a key: %s\n%s", part, log.text.String())
			}
		}
	}
	if !log.has("call answered") {
		t.Error("there is no log")
	}
}
