package sip_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

func TestInboundCallAnsweredAndHungUpThere(t *testing.T) {
	peer := siptest.NewPeer(t)
	ph := newPhone(t, peer)
	caller := peer.Call(`"Ada Lovelace" <sip:+14155550100@example.com>`)
	caller.Ringing()
	in := next[sip.CallIncoming](ph)
	want := sip.Party{Name: "Ada Lovelace", User: "+14155550100", Host: "example.com", Source: "From"}
	if in.Party != want {
		t.Errorf("party %+v, want %+v", in.Party, want)
	}
	if in.SIPID != caller.CallID || in.Called != "2041" || in.Refused {
		t.Errorf("incoming %+v", in)
	}
	eventually(t, "the phone rings", func() bool { return len(ph.audio.playing()) == 1 })
	ph.must(ph.Answer(in.ID))
	if got := next[sip.CallAnswered](ph); got.ID != in.ID || got.Codec != "PCMU" {
		t.Errorf("answered %+v", got)
	}
	caller.Answered()
	eventually(t, "the ring tone stops", func() bool { return len(ph.audio.playing()) == 0 })
	caller.Bye()
	end := next[sip.CallEnded](ph)
	if end.Reason != sip.EndRemote || end.Stats.PacketsSent == 0 {
		t.Errorf("ended %+v", end)
	}
}

// A number that was dialed may stand in To as a tel: address.
func TestCalledByTel(t *testing.T) {
	peer := siptest.NewPeer(t)
	ph := newPhone(t, peer)
	caller := peer.Call("<tel:+14155550144>")
	// Without a Contact, as some gateways send it: the way back is where it came from.
	invite := strings.Replace(caller.Text("INVITE", "", siptest.SDP(4000, "sendrecv")), "To: <"+caller.URI+">", "To: <tel:+1-415-555-0100;phone-context=x>", 1)
	invite = strings.Replace(invite, "Contact:", "X-Contact:", 1)
	peer.Send(caller.To, invite)
	in := next[sip.CallIncoming](ph)
	if in.Called != "+14155550100" || in.Party.User != "+14155550144" {
		t.Errorf("incoming %+v", in)
	}
	ph.must(ph.Answer(in.ID))
	caller.Answered()
	ph.must(ph.Hangup(in.ID))
	peer.Reply(peer.Await("BYE sip:"), "200 OK", "")
}

// The best of a few answers tells: a machine with other work to do is late at times.
func TestFirstRTPAfterAnswer(t *testing.T) {
	const want = 50 * time.Millisecond
	best := time.Hour
	for range 20 {
		if best = min(best, firstRTP(t)); best <= want {
			return
		}
	}
	t.Errorf("first RTP %v after Answer, want at most %v", best, want)
}

// firstRTP is the time from Answer to the first packet.
func firstRTP(t *testing.T) time.Duration {
	t.Helper()
	peer := siptest.NewPeer(t)
	ph := newPhone(t, peer)
	rtp := listenRTP(t)
	caller := peer.Call("<sip:bob@example.com>")
	caller.Send("INVITE", "", siptest.SDP(rtp.port, "sendrecv"))
	caller.Learn(peer.Await("SIP/2.0 180"))
	in := next[sip.CallIncoming](ph)
	begin := time.Now()
	ph.must(ph.Answer(in.ID))
	took := rtp.next().Sub(begin)
	for range 20 { // and it goes on
		rtp.next()
	}
	caller.Answered()
	return took
}

func TestDeclined(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := ring(ph, p)
	ph.must(ph.Decline(id))
	p.Await("SIP/2.0 486")
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndDeclined {
		t.Errorf("ended %+v", e)
	}
	if err := ph.Answer(id); !errors.Is(err, sip.ErrNoCall) {
		t.Errorf("answering a call that is over: %v", err)
	}
}

func TestHowInboundCallsEnd(t *testing.T) {
	interop.Proves(t, "S2.15")
	for _, tc := range []struct {
		name, extra string
		want        sip.EndReason
	}{
		{"missed", "", sip.EndCancelled},
		{"answered elsewhere", "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\n", sip.EndAnsweredElsewhere},
	} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		c, id := ring(ph, p)
		eventually(t, "it rings", func() bool { return len(ph.audio.playing()) == 1 })
		c.Send("CANCEL", tc.extra, "")
		if e := next[sip.CallEnded](ph); e.Reason != tc.want || e.ID != id {
			t.Errorf("%s: ended %+v", tc.name, e)
		}
		eventually(t, "it stops ringing", func() bool { return len(ph.audio.playing()) == 0 })
	}
}

func TestSilence(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := ring(ph, p)
	eventually(t, "it rings", func() bool { return len(ph.audio.playing()) == 1 })
	ph.must(ph.Silence(id))
	eventually(t, "it is silent", func() bool { return len(ph.audio.playing()) == 0 })
	ph.must(ph.Answer(id)) // and rings on
}

func TestLateOffer(t *testing.T) {
	interop.Proves(t, "S2.5")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", "")
	c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	c.Learn(p.Await("SIP/2.0 200"))
	c.Send("ACK", "", siptest.SDP(4000, "sendrecv"))
	next[sip.CallAnswered](ph)
	eventually(t, "audio flows", func() bool {
		s, err := ph.Stats(id)
		return err == nil && s.PacketsSent > 2
	})
	c.Bye()
}
