package sip_test

import (
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/internal/siptest"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// comesBy gives the phone's account a way to come to keys.
func comesBy(by encryption.By) func(*setup) {
	return func(c *setup) { c.Account.EncryptionBy = string(by) }
}

// fingerprintIn is the line about a certificate in a session description, "" without one.
func fingerprintIn(body string) string {
	return regexp.MustCompile(`a=fingerprint:[^\r\n]*`).FindString(body)
}

// A caller offers DTLS: both hear each other once the handshake is over, the desk is told, and a hold and a resume by either side keep it.
func TestDTLSCallIsTakenAndHeld(t *testing.T) {
	for _, by := range encryption.Ways() { // what the other side offers is taken, whatever we would offer
		t.Run(by, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, comesBy(encryption.By(by)), func(c *setup) { c.Audio = mirror{newClock(t)} })
			f := newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS)
			c := p.Call("<sip:ada@example.com>")
			c.Send("INVITE", "", string(f.sdp.Offer(sdp.SendRecv)))
			c.Learn(p.Await("SIP/2.0 180"))
			id := next[sip.CallIncoming](ph).ID
			ph.must(ph.Answer(id))
			ok := c.Answered()
			f.agree(f.sdp.ReadAnswer([]byte(ok.Body())))
			if e := next[sip.CallEncryption](ph); e.Kind != "DTLS AES-128" {
				t.Errorf("encrypted %q", e.Kind)
			}
			f.hears(true)
			for _, held := range []bool{true, false} {
				if held {
					ph.must(ph.Hold(id))
				} else {
					ph.must(ph.Resume(id))
				}
				m := p.Await("INVITE ")
				if f.answer(p, m); fingerprintIn(m.Body()) != fingerprintIn(ok.Body()) || !strings.Contains(m.Body(), " UDP/TLS/RTP/SAVP ") {
					t.Errorf("held: %v: offered\n%s", held, m.Body())
				}
				hold(ph, id, held)
				f.hears(!held)
			}
			c.Send("INVITE", "", string(f.sdp.Offer(sdp.SendRecv)))
			again := c.Answered()
			f.agree(f.sdp.ReadAnswer([]byte(again.Body())))
			f.hears(true)
			if e, told := within[sip.CallEncryption](ph, 50_000_000); told {
				t.Errorf("told again: %+v", e)
			}
		})
	}
}

// What is offered when the agent dials, by the account's settings, first and after each refusal.
func TestOffersByTheWayToKeys(t *testing.T) {
	const plain, open, sdes, dtls = "RTP/AVP", "RTP/AVP with", "RTP/SAVP", "UDP/TLS/RTP/SAVP"
	for _, c := range []struct {
		policy sdp.Encryption
		by     encryption.By
		want   []string
	}{
		{sdp.EncryptionNever, encryption.Both, []string{plain}},
		{sdp.EncryptionOffered, encryption.Both, []string{plain, sdes, dtls}},
		{sdp.EncryptionOffered, encryption.SDES, []string{plain, sdes}},
		{sdp.EncryptionOffered, encryption.DTLS, []string{plain, dtls}},
		{sdp.EncryptionPreferred, "", []string{open + " crypto fingerprint", sdes, dtls}},
		{sdp.EncryptionPreferred, encryption.SDES, []string{open + " crypto", sdes}},
		{sdp.EncryptionPreferred, encryption.DTLS, []string{open + " fingerprint", dtls}},
		{sdp.EncryptionRequired, encryption.Both, []string{sdes, dtls}},
		{sdp.EncryptionRequired, encryption.SDES, []string{sdes}},
		{sdp.EncryptionRequired, encryption.DTLS, []string{dtls}},
	} {
		t.Run(string(c.policy)+" "+string(c.by), func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(c.policy), comesBy(c.by))
			_, err := ph.Dial("123")
			ph.must(err)
			for _, want := range c.want {
				m := p.Await("INVITE")
				p.Reply(m, "488 Not Acceptable Here", "")
				p.Await("ACK")
				got := regexp.MustCompile(`m=audio \d+ (\S+)`).FindStringSubmatch(m.Body())[1]
				if got == plain && (cryptoIn(m.Body()) != "" || fingerprintIn(m.Body()) != "") {
					got = open
					if cryptoIn(m.Body()) != "" {
						got += " crypto"
					}
					if fingerprintIn(m.Body()) != "" {
						got += " fingerprint"
					}
				}
				if got != want {
					t.Errorf("offered %s, want %s", got, want)
				}
			}
			next[sip.CallEnded](ph)
		})
	}
}

// The agent calls a side that takes DTLS alone, and one that chooses it: both hear each other.
func TestDialedByDTLS(t *testing.T) {
	for name, policy := range map[string]sdp.Encryption{"chosen": sdp.EncryptionPreferred, "demanded": sdp.EncryptionRequired} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(policy), comesBy(encryption.DTLS), func(c *setup) { c.Audio = mirror{newClock(t)} })
			id, err := ph.Dial("123")
			ph.must(err)
			f := newFarEnd(t, sdp.EncryptionOffered, encryption.DTLS)
			f.answer(p, p.Await("INVITE"))
			next[sip.CallAnswered](ph)
			if e := next[sip.CallEncryption](ph); e.Kind != "DTLS AES-128" {
				t.Errorf("encrypted %q", e.Kind)
			}
			f.hears(true)
			ph.must(ph.Hangup(id))
			p.Reply(p.Await("BYE"), "200 OK", "")
			if e := next[sip.CallEnded](ph); !e.Text.IsZero() {
				t.Errorf("ended %+v", e)
			}
		})
	}
}

// The other side shows another certificate than the one in its session description: the call is ended with the reason, whoever called.
func TestAnotherCertificateEndsTheCall(t *testing.T) {
	for _, inbound := range []bool{true, false} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, encrypts(sdp.EncryptionRequired), comesBy(encryption.DTLS))
		f, other := newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS), newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS)
		f.cert = other.cert
		if inbound {
			c := p.Call("<sip:ada@example.com>")
			c.Send("INVITE", "", string(f.sdp.Offer(sdp.SendRecv)))
			c.Learn(p.Await("SIP/2.0 180"))
			ph.must(ph.Answer(next[sip.CallIncoming](ph).ID))
			f.agree(f.sdp.ReadAnswer([]byte(c.Answered().Body())))
		} else {
			_, err := ph.Dial("123")
			ph.must(err)
			f.answer(p, p.Await("INVITE"))
		}
		p.Reply(p.Await("BYE"), "200 OK", "")
		if e := next[sip.CallEnded](ph); e.Reason != sip.EndFailed || !e.Text.Is("sip.ended.fingerprint") || e.Stats.PacketsSent != 0 || e.Stats.PacketsReceived != 0 {
			t.Errorf("ended %+v", e)
		}
	}
}

// Offers of DTLS that cannot be taken are refused, with the reason for the agent.
func TestDTLSThatIsRefused(t *testing.T) {
	sip.SetTriedAgain(t, 0)
	const head = offerHead + "m=audio 4000 UDP/TLS/RTP/SAVPF 0\na=setup:actpass\n"
	sha256 := "a=fingerprint:sha-256 " + strings.TrimSuffix(strings.Repeat("AB:", 32), ":") + "\n"
	for name, c := range map[string]struct {
		policy sdp.Encryption
		offer  string
		code   string
	}{
		"none":          {sdp.EncryptionRequired, head, "sip.ended.encrypted-caller"},
		"SHA-1":         {sdp.EncryptionRequired, head + "a=fingerprint:sha-1 " + strings.TrimSuffix(strings.Repeat("AB:", 20), ":") + "\n", "sip.ended.encrypted-caller"},
		"too short":     {sdp.EncryptionOffered, head + "a=fingerprint:sha-256 AB:CD\n", "sip.ended.encrypted-caller"},
		"nobody begins": {sdp.EncryptionOffered, strings.Replace(head, "actpass", "holdconn", 1) + sha256, "sip.ended.encrypted-caller"},
		"off":           {sdp.EncryptionNever, head + sha256, "sip.ended.encryption-off-caller"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, encrypts(c.policy))
			p.Call("<sip:ada@example.com>").Send("INVITE", "", c.offer)
			p.Await("SIP/2.0 488")
			next[sip.CallIncoming](ph)
			if e := next[sip.CallEnded](ph); string(e.Text.Code) != c.code {
				t.Errorf("ended %+v", e)
			}
		})
	}
}

// The failure of a handshake is told as another one has taken its place: the call goes on.
func TestStaleFailureEndsNoCall(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, encrypts(sdp.EncryptionRequired), comesBy(encryption.DTLS), func(c *setup) { c.Audio = mirror{newClock(t)} })
	id, err := ph.Dial("123")
	ph.must(err)
	f := newFarEnd(t, sdp.EncryptionOffered, encryption.DTLS)
	f.answer(p, p.Await("INVITE"))
	next[sip.CallEncryption](ph)
	for _, stale := range []error{media.ErrHandshake, media.ErrFingerprint} {
		if !ph.Secured(id, stale) {
			t.Fatal("no call")
		}
	}
	f.hears(true)
	if _, up := ph.StateOf(id); !up {
		t.Error("the call is over")
	}
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
	if e := next[sip.CallEnded](ph); !e.Text.IsZero() {
		t.Errorf("ended %+v", e)
	}
}

// A plain offer with SHA-1 alone is taken in clear, and the log says why.
func TestWeakFingerprintIsLogged(t *testing.T) {
	log := &guardedLog{}
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Log = slog.New(slog.NewTextHandler(log, nil)) })
	c := p.Call("<sip:ada@example.com>")
	c.Send("INVITE", "", offerHead+"m=audio 4000 RTP/AVP 0\na=setup:actpass\na=fingerprint:sha-1 "+strings.TrimSuffix(strings.Repeat("AB:", 20), ":")+"\n")
	c.Learn(p.Await("SIP/2.0 180"))
	ph.must(ph.Answer(next[sip.CallIncoming](ph).ID))
	c.Answered()
	next[sip.CallAnswered](ph)
	if !log.has("cannot be believed") {
		t.Error("the log says nothing")
	}
	c.Bye()
	next[sip.CallEnded](ph)
}

// An account that is set wrongly says so.
func TestUnknownWayToKeys(t *testing.T) {
	a := sip.Account{Server: "pbx.example.com", User: "2041", EncryptionBy: "zrtp"}
	if err := a.Check(); err == nil || !strings.Contains(err.Error(), "encryption-by") {
		t.Error(err)
	}
}
