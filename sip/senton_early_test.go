package sip_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/internal/siptest"
	"linecard/sip/sdp"
)

// silent waits until nothing comes any more.
func (r *rtpPeer) silent() {
	r.t.Helper()
	eventually(r.t, "no sound goes there", func() bool {
		r.conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		_, _, err := r.conn.ReadFromUDP(make([]byte, 2000))
		return err != nil
	})
}

// audioLine is the line of the sound in a message, with its port.
func audioLine(m siptest.Message) string {
	for line := range strings.Lines(m.Body()) {
		if strings.HasPrefix(line, "m=audio") {
			return line
		}
	}
	return ""
}

// Who has played something and then sends the call on hears the room no more, also while the agent is asked. The next phone is heard to ring, and gets an
// offer of its own: an answer without sound is none, and the sound is offered to it once more.
func TestWhoHasPlayedAndSendsACallOnIsGone(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	gone := listenRTP(t)
	id, err := ph.Dial("2050")
	ph.must(err)
	first := p.Await("INVITE sip:2050@")
	p.ReplyTagged(first, "183 Session Progress", "moved", "", siptest.SDP(gone.port, "sendrecv"))
	if e := next[sip.CallProgress](ph); !e.EarlyMedia {
		t.Errorf("progress %+v", e)
	}
	gone.next()
	moved(p, first, "<sip:206012@HOST>")
	if e := next[sip.CallReferred](ph); !e.Asks {
		t.Errorf("sent on %+v", e)
	}
	gone.silent()
	ph.must(ph.Follow(id))
	invite := p.Await("INVITE sip:206012@")
	if audioLine(invite) == audioLine(first) {
		t.Errorf("offered at the same port: %s", audioLine(invite))
	}
	p.ReplyTagged(invite, "180 Ringing", "x", "", "")
	if e := next[sip.CallProgress](ph); e.EarlyMedia {
		t.Errorf("progress %+v", e)
	}
	eventually(t, "ringback", func() bool { return len(ph.audio.playing()) == 1 })
	p.ReplyTagged(invite, "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(0, "sendrecv"))
	p.Await("ACK")
	inside := p.Await("INVITE sip:x@")
	if !strings.Contains(inside.Body(), "m=audio") {
		t.Errorf("offered inside\n%s", inside.Body())
	}
	ph.must(ph.Hangup(id))
	for {
		switch e := next[sip.Event](ph).(type) {
		case sip.CallAnswered:
			t.Errorf("told as answered without sound: %+v", e)
		case sip.CallEnded:
			return
		}
	}
}

// So is its lock; and what was dialed in another spelling gets an offer of its own, too. Whoever answers is heard.
func TestACallIsSentOnAfterItsSoundWasEncrypted(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, encrypts(sdp.EncryptionPreferred), comesBy(encryption.SDES), func(s *setup) {
		s.Spells = func(_, _, sent string) bool { return sent == "02050" }
	})
	_, err := ph.Dial("2050")
	ph.must(err)
	first := p.Await("INVITE sip:2050@")
	early, agreed, err := newFarEnd(t, sdp.EncryptionPreferred).sdp.Answer([]byte(first.Body()), sdp.SendRecv)
	if err != nil || agreed.Secure == nil {
		t.Fatalf("encrypted %v, %v", agreed.Secure, err)
	}
	p.ReplyTagged(first, "183 Session Progress", "moved", "", string(early))
	if e := next[sip.CallEncryption](ph); e.Kind == "" {
		t.Errorf("encryption %+v", e)
	}
	moved(p, first, "<sip:02050@HOST>")
	if e := next[sip.CallEncryption](ph); e.Kind != "" || e.Lost {
		t.Errorf("encryption %+v", e)
	}
	invite := p.Await("INVITE sip:02050@")
	if cryptoIn(invite.Body()) == cryptoIn(first.Body()) {
		t.Error("the keys of the first one are offered to the second")
	}
	far := listenRTP(t)
	p.ReplyTagged(invite, "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(far.port, "sendrecv"))
	next[sip.CallAnswered](ph)
	far.next()
}
