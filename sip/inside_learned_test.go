package sip_test

import (
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/internal/siptest"
	"linecard/sip/sdp"
)

// learns has a call's sound be refused, and offered inside by a handshake, which is taken: the next calls of the account begin with that.
func learns(t *testing.T, p *siptest.Peer, ph *phone) {
	t.Helper()
	invite, id := offers(t, p, ph, openForm)
	mute(p, invite, "")
	newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS).answer(p, p.Await("INVITE sip:b@"))
	next[sip.CallAnswered](ph)
	over(p, ph, id)
}

// What a phone system has taken is asked for first, and whoever is called next takes audio in clear alone, and says so: the call is offered openly
// and talked.
func TestALearnedHandshakeThatIsRefused(t *testing.T) {
	for _, status := range []string{"488 Not Acceptable Here", "415 Unsupported Media Type", "606 Not Acceptable"} {
		t.Run(status, func(t *testing.T) {
			p, ph := preferring(t)
			learns(t, p, ph)
			invite, id := offers(t, p, ph, shakeForm)
			p.ReplyTagged(invite, status, "peer", "", siptest.SDP(0, "sendrecv")) // m=audio 0 RTP/AVP
			p.Await("ACK")
			open := p.Await("INVITE")
			if got := offeredAs(open); got != openForm {
				t.Errorf("offered %s", got)
			}
			p.ReplyTagged(open, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
			p.Await("ACK")
			next[sip.CallAnswered](ph)
			over(p, ph, id)
			_, id = offers(t, p, ph, openForm)
			ph.must(ph.Hangup(id))
		})
	}
}

// The account is changed while a call that was made before has its sound offered inside: what its server takes is not asked of the one of now.
func TestAHandshakeIsLearnedForItsOwnServer(t *testing.T) {
	p, ph := preferring(t)
	invite, id := offers(t, p, ph, openForm)
	mute(p, invite, "")
	inside := p.Await("INVITE sip:b@")
	a := account(p)
	a.Encryption, a.EncryptionBy = string(sdp.EncryptionPreferred), string(encryption.Both)
	a.Password = strings.Repeat("another ", 2)
	ph.must(ph.SetAccount(a))
	ph.registered()
	newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS).answer(p, inside)
	next[sip.CallAnswered](ph)
	over(p, ph, id)
	_, id = offers(t, p, ph, openForm)
	ph.must(ph.Hangup(id))
}

// Whoever answers without sound says who it is. The agent is told once the sound is offered inside and the call counts as answered, and not before, when
// the number that the call was sent on to would take the name's place; where no sound comes of it, never.
func TestWhoAnswersIsToldWithTheSound(t *testing.T) {
	for _, taken := range []bool{true, false} {
		p, ph := preferring(t)
		invite, _ := offers(t, p, ph, openForm)
		moved(p, invite, "<sip:2060@HOST>")
		p.Await("ACK")
		mute(p, p.Await("INVITE sip:2060@"), "P-Asserted-Identity: \"Xenia\" <sip:2065@example.com>\n")
		inside := p.Await("INVITE sip:b@")
		if !taken {
			p.ReplyTagged(inside, "488 Not Acceptable Here", "peer", "", "")
			p.ReplyTagged(p.Await("INVITE sip:b@"), "488 Not Acceptable Here", "peer", "", "")
			p.Reply(p.Await("BYE"), "200 OK", "")
			for over := false; !over; {
				switch e := next[sip.Event](ph).(type) {
				case sip.CallIdentity:
					t.Errorf("told %+v", e)
				case sip.CallEnded:
					over = true
				}
			}
			continue
		}
		newFarEnd(t, sdp.EncryptionRequired, encryption.DTLS).answer(p, inside)
		if e := next[sip.CallIdentity](ph); !e.Transferred || e.Party.User != "2060" {
			t.Errorf("first %+v", e)
		}
		next[sip.CallAnswered](ph)
		if e := next[sip.CallIdentity](ph); e.Transferred || e.Party.User != "2065" || e.Party.Name != "Xenia" {
			t.Errorf("then %+v", e)
		}
	}
}
