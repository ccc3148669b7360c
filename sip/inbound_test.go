package sip_test

import (
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
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

// The best of a few answers tells: a machine with other work to do is late at times.
func TestFirstRTPAfterAnswer(t *testing.T) {
	const want = 50 * time.Millisecond
	best := time.Hour
	for range 5 {
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

func TestOutboundCall(t *testing.T) {
	peer := siptest.NewPeer(t)
	ph := newPhone(t, peer)
	id, err := ph.Dial("+1 (415) 555-0100")
	ph.must(err)
	d := next[sip.CallDialing](ph)
	if d.ID != id || d.Party.User != "+14155550100" {
		t.Errorf("dialing %+v", d)
	}
	invite := peer.Recv("INVITE sip:+14155550100@")
	peer.Reply(invite, "100 Trying", "")
	peer.Reply(invite, "180 Ringing", "")
	if p := next[sip.CallProgress](ph); p.EarlyMedia {
		t.Errorf("progress %+v", p)
	}
	eventually(t, "ringback plays", func() bool { return len(ph.audio.playing()) == 1 })
	peer.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+peer.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
	peer.Recv("ACK")
	if a := next[sip.CallAnswered](ph); a.Codec != "PCMU" {
		t.Errorf("answered %+v", a)
	}
	eventually(t, "ringback stops", func() bool { return len(ph.audio.playing()) == 0 })
	ph.must(ph.Hangup(id))
	peer.Reply(peer.Recv("BYE"), "200 OK", "")
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndLocal {
		t.Errorf("ended %+v", e)
	}
}
