package sip_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/internal/siptest"
	"linecard/sip/sdp"
)

// mute answers a call, or an offer inside it, and refuses its sound.
func mute(p *siptest.Peer, invite siptest.Message, extra string) {
	p.T().Helper()
	p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n"+extra, siptest.SDP(0, "sendrecv"))
	p.Await("ACK")
}

// offeredAs is the form of an offer: its profile, and whether keys or a fingerprint are in it.
func offeredAs(m siptest.Message) (form string) {
	form = regexp.MustCompile(`m=audio \d+ (\S+)`).FindStringSubmatch(m.Body())[1]
	if cryptoIn(m.Body()) != "" {
		form += " crypto"
	}
	if fingerprintIn(m.Body()) != "" {
		form += " fingerprint"
	}
	return form
}

// The forms in which an account offers that encrypts when the other side can, and leaves the way to the keys to it.
const (
	openForm  = "RTP/AVP crypto fingerprint"
	sdesForm  = "RTP/SAVP crypto fingerprint"
	shakeForm = "UDP/TLS/RTP/SAVP fingerprint"
)

// preferring is a phone that is called back by a mirror, with an account that encrypts when the other side can.
func preferring(t *testing.T) (*siptest.Peer, *phone) {
	t.Helper()
	p := siptest.NewPeer(t)
	return p, newPhone(t, p, encrypts(sdp.EncryptionPreferred), comesBy(encryption.Both), func(c *setup) { c.Audio = mirror{newClock(t)} })
}

// offers dials, and waits for the offer of a form.
func offers(t *testing.T, p *siptest.Peer, ph *phone, form string) (siptest.Message, string) {
	t.Helper()
	id, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	if got := offeredAs(invite); got != form {
		t.Errorf("offered %s, want %s", got, form)
	}
	return invite, id
}

// over hangs up a call.
func over(p *siptest.Peer, ph *phone, id string) {
	ph.t.Helper()
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
	next[sip.CallEnded](ph)
}

// A phone system with DTLS alone answers the open form and refuses its sound: the same call is talked, encrypted, and the next ones ask for that
// first. Once that is refused there, they do not any more.
func TestSoundThatIsRefusedIsOfferedInside(t *testing.T) {
	p, ph := preferring(t)
	invite, id := offers(t, p, ph, openForm)
	mute(p, invite, "")
	inside := p.Await("INVITE sip:b@")
	if got := offeredAs(inside); got != shakeForm || inside.Header("Call-ID") != invite.Header("Call-ID") {
		t.Errorf("offered %s inside", got)
	}
	f := newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS)
	f.answer(p, inside)
	if e := next[sip.CallAnswered](ph); e.ID != id || e.Codec == "" {
		t.Errorf("answered %+v", e)
	}
	if e := next[sip.CallEncryption](ph); e.Kind != "DTLS AES-128" {
		t.Errorf("encrypted %q", e.Kind)
	}
	f.hears(true)
	ph.must(ph.Hold(id))
	f.answer(p, p.Await("INVITE sip:b@"))
	hold(ph, id, true)
	over(p, ph, id)

	invite, id = offers(t, p, ph, shakeForm)
	newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS).answer(p, invite)
	next[sip.CallAnswered](ph)
	over(p, ph, id)

	invite, id = offers(t, p, ph, shakeForm)
	for _, form := range []string{openForm, sdesForm} {
		p.Reply(invite, "488 Not Acceptable Here", "")
		p.Await("ACK")
		if invite = p.Await("INVITE"); offeredAs(invite) != form {
			t.Errorf("offered %s, want %s", offeredAs(invite), form)
		}
	}
	newFarEnd(t, sdp.EncryptionRequired).answer(p, invite)
	next[sip.CallAnswered](ph)
	over(p, ph, id)
	invite, id = offers(t, p, ph, openForm)

	mute(p, invite, "") // it has learned it once more; one of those whom it calls has rung, and refuses that
	newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS).answer(p, p.Await("INVITE sip:b@"))
	next[sip.CallAnswered](ph)
	over(p, ph, id)
	invite, _ = offers(t, p, ph, shakeForm)
	p.ReplyTagged(invite, "180 Ringing", "peer", "", "")
	p.ReplyTagged(invite, "488 Not Acceptable Here", "peer", "", "")
	p.Await("ACK")
	next[sip.CallEnded](ph)
	_, id = offers(t, p, ph, openForm)
	ph.must(ph.Hangup(id))
}

// Whoever is behind a proxy tells nothing of others there.
func TestSoundThatSomebodyBehindAProxyRefuses(t *testing.T) {
	p, ph := preferring(t)
	invite, id := offers(t, p, ph, openForm)
	mute(p, invite, "Record-Route: <sip:"+p.Addr()+";lr>\n")
	newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS).answer(p, p.Await("INVITE sip:b@"))
	next[sip.CallAnswered](ph)
	over(p, ph, id)
	_, id = offers(t, p, ph, openForm)
	ph.must(ph.Hangup(id))
}

// What is offered inside the call by the account's settings, after an answer that refuses the sound and by each refusal of the next; the call
// ends with the reason when nothing is left.
func TestOffersInside(t *testing.T) {
	const plain, sdes, dtls = "RTP/AVP", "RTP/SAVP crypto", shakeForm
	for _, c := range []struct {
		policy sdp.Encryption
		by     encryption.By
		want   []string
	}{
		{sdp.EncryptionNever, encryption.Both, []string{plain}},
		{sdp.EncryptionOffered, encryption.Both, []string{plain, dtls, sdesForm}},
		{sdp.EncryptionPreferred, encryption.Both, []string{openForm, dtls, sdesForm}},
		{sdp.EncryptionPreferred, encryption.SDES, []string{"RTP/AVP crypto", sdes}},
		{sdp.EncryptionPreferred, encryption.DTLS, []string{"RTP/AVP fingerprint", dtls}},
		{sdp.EncryptionRequired, encryption.Both, []string{sdesForm, dtls}},
		{sdp.EncryptionRequired, encryption.DTLS, []string{dtls}},
	} {
		for name, refuse := range map[string]func(p *siptest.Peer, invite siptest.Message){
			"without sound": func(p *siptest.Peer, invite siptest.Message) { mute(p, invite, "") },
			"with 488": func(p *siptest.Peer, invite siptest.Message) {
				p.ReplyTagged(invite, "488 Not Acceptable Here", "peer", "", "")
				p.Await("ACK")
			},
		} {
			t.Run(string(c.policy)+" "+string(c.by)+" "+name, func(t *testing.T) {
				p := siptest.NewPeer(t)
				ph := newPhone(t, p, encrypts(c.policy), comesBy(c.by))
				_, err := ph.Dial("123")
				ph.must(err)
				for i, want := range c.want {
					m := p.Await("INVITE")
					if got := offeredAs(m); got != want {
						t.Errorf("offered %s, want %s", got, want)
					}
					if i == 0 {
						mute(p, m, "")
					} else {
						refuse(p, m)
					}
				}
				p.Reply(p.Await("BYE"), "200 OK", "")
				why := fault.Code("sip.ended.no-audio-answer")
				if len(c.want) > 1 && c.by != encryption.Both { // another way to keys might do
					why = "sip.ended.no-audio-keys"
				}
				if e := next[sip.CallEnded](ph); e.Reason != sip.EndFailed || !e.Text.Is(why) {
					t.Errorf("ended %+v", e)
				}
			})
		}
	}
}

// sends has the other side of a dialed call send a request inside it, after one of the phone's.
func sends(p *siptest.Peer, of siptest.Message, method string, seq int, body string) {
	kind := ""
	if body != "" {
		kind = "Content-Type: application/sdp\n"
	}
	p.Send(of.From, fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d;rport\nMax-Forwards: 70\nFrom: %s\nTo: %s\nCall-ID: %s\nCSeq: %d %s\nContact: <sip:b@%s>\n%sContent-Length: %d\n\n%s",
		method, of.URI("Contact"), p.Addr(), method, seq, of.Header("To"), of.Header("From"), of.Header("Call-ID"), seq, method, p.Addr(), kind, len(siptest.CRLF(body)), body))
}

// The other side hangs up, or the agent does, before there is any sound.
func TestCallsThatEndBeforeTheirSound(t *testing.T) {
	for _, here := range []bool{true, false} {
		p, ph := preferring(t)
		invite, id := offers(t, p, ph, openForm)
		mute(p, invite, "")
		inside := p.Await("INVITE sip:b@")
		if here {
			ph.must(ph.Hangup(id))
			p.Reply(p.Await("BYE"), "200 OK", "")
		} else {
			sends(p, inside, "BYE", 1, "")
			p.Await("SIP/2.0 200")
		}
		if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndFailed || !e.Text.Is("sip.ended.no-audio-answer") {
			t.Errorf("ended %+v", e)
		}
	}
}

// A caller who leaves the offer to the phone answers it without sound, in the ACK or before it in a PRACK: it is offered inside there, too.
func TestSoundThatACallerRefuses(t *testing.T) {
	for _, early := range []bool{false, true} {
		p, ph := preferring(t)
		c := p.Call("<sip:bob@example.com>")
		if early {
			c.Send("INVITE", "Require: 100rel\nSupported: 100rel\n", "")
		} else {
			c.Send("INVITE", "", "")
		}
		ringing := c.Learn(p.Await("SIP/2.0 180"))
		id := next[sip.CallIncoming](ph).ID
		if early {
			c.Send("PRACK", "RAck: "+ringing.Header("RSeq")+" 1 INVITE\n", siptest.SDP(0, "sendrecv"))
			p.Await("SIP/2.0 200")
		}
		ph.must(ph.Answer(id))
		p.Await("SIP/2.0 200")
		body := ""
		if !early {
			body = siptest.SDP(0, "sendrecv")
		}
		p.Send(c.To, strings.Replace(c.Text("ACK", "", body), "CSeq: 2 ACK", "CSeq: 1 ACK", 1))
		inside := p.Await("INVITE sip:")
		if got := offeredAs(inside); got != shakeForm {
			t.Errorf("offered %s inside", got)
		}
		f := newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS)
		body2, agreed, err := f.sdp.Answer([]byte(inside.Body()), sdp.SendRecv)
		f.agree(agreed, err)
		p.ReplyTagged(inside, "200 OK", "", "Contact: <sip:caller@"+p.Addr()+">\n", string(body2))
		p.Await("ACK")
		if e := next[sip.CallEncryption](ph); e.ID != id || e.Kind != "DTLS AES-128" {
			t.Errorf("encrypted %+v", e)
		}
		f.hears(true)
		over(p, ph, id)
	}
}

// Whoever sends a call on hears that it was answered once there is sound, and otherwise that it came to nothing: the agent goes on with them.
func TestSoundThatIsRefusedWhereACallIsSentOn(t *testing.T) {
	for _, taken := range []bool{true, false} {
		p, ph := preferring(t)
		c, id := talk(ph, p)
		invite := sent(t, p, ph, c)
		mute(p, invite, "")
		inside := p.Await("INVITE sip:b@")
		if taken {
			f := newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS)
			f.answer(p, inside)
			notified(t, p, "200 OK")
			if e := next[sip.CallIdentity](ph); e.ID != id || !e.Transferred {
				t.Errorf("identity %+v", e)
			}
			continue
		}
		p.ReplyTagged(inside, "488 Not Acceptable Here", "peer", "", "")
		p.Await("ACK")
		p.ReplyTagged(p.Await("INVITE sip:b@"), "488 Not Acceptable Here", "peer", "", "")
		p.Await("ACK")
		notified(t, p, "488 Not Acceptable Here")
		if _, up := ph.StateOf(id); !up {
			t.Error("the call is over")
		}
	}
}
