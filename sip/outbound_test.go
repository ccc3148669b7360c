package sip_test

import (
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

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
	accept(peer, invite, "sendrecv")
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

func TestEarlyMedia(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	p.Reply(invite, "180 Ringing", "")
	next[sip.CallProgress](ph)
	eventually(t, "ringback", func() bool { return len(ph.audio.playing()) == 1 })
	p.ReplyTagged(invite, "183 Session Progress", "peer", "", siptest.SDP(4000, "sendrecv"))
	if pr := next[sip.CallProgress](ph); !pr.EarlyMedia {
		t.Errorf("progress %+v", pr)
	}
	eventually(t, "the far end's own tone", func() bool { return len(ph.audio.playing()) == 0 })
	p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", "") // answered before, not said again
	p.Await("ACK")
	if a := next[sip.CallAnswered](ph); a.Codec != "PCMU" {
		t.Errorf("answered %+v", a)
	}
}

func TestCancelledByUs(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	id, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	p.Reply(invite, "180 Ringing", "")
	next[sip.CallProgress](ph)
	ph.must(ph.Hangup(id))
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndCancelled {
		t.Errorf("ended %+v", e)
	}
	p.Reply(p.Await("CANCEL"), "200 OK", "")
	p.Reply(invite, "487 Request Terminated", "")
	p.Await("ACK")
}

func TestHowOutboundCallsEnd(t *testing.T) {
	for _, tc := range []struct {
		status, extra string
		want          sip.EndReason
		text          string
		tone          string
	}{
		{"404 Not Found", "", sip.EndNotFound, "The number 123 does not exist.", "congestion"},
		{"484 Address Incomplete", "", sip.EndNotFound, "The number 123 does not exist.", "congestion"},
		{"486 Busy Here", "", sip.EndBusy, "123 is busy.", "busy"},
		{"600 Busy Everywhere", "", sip.EndBusy, "123 is busy.", "busy"},
		{"480 Temporarily Unavailable", "", sip.EndNoAnswer, "123 did not answer.", "congestion"},
		{"408 Request Timeout", "", sip.EndNoAnswer, "123 did not answer.", "congestion"},
		{"603 Decline", "", sip.EndDeclined, "123 declined the call.", "congestion"},
		{"403 Forbidden", "", sip.EndFailed, "The phone server does not allow calls to 123 from here. Ask your phone administrator.", "congestion"},
		{"488 Not Acceptable Here", "", sip.EndFailed, "123 and this phone have no audio format in common. Ask your phone administrator to allow PCMU or PCMA.", "congestion"},
		{"503 Service Unavailable", "", sip.EndFailed, "The phone server cannot take calls just now. Try again in a moment.", "congestion"},
		{"503 Service Unavailable", "Reason: Q.850;cause=17;text=\"User busy\"\n", sip.EndBusy, "123 is busy.", "busy"},
		{"500 Oh\x01 no", "", sip.EndFailed, "The phone server had a problem with the call (500 Oh no). Try again in a moment.", "congestion"},
		{"499 Odd", "", sip.EndFailed, "The call to 123 was refused (499 Odd).", "congestion"},
	} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		_, err := ph.Dial("123")
		ph.must(err)
		p.Reply(p.Await("INVITE"), tc.status, tc.extra)
		e := next[sip.CallEnded](ph)
		if e.Reason != tc.want || e.Text != tc.text {
			t.Errorf("%s: %q %q, want %q %q", tc.status, e.Reason, e.Text, tc.want, tc.text)
		}
		eventually(t, "a "+tc.tone+" tone", func() bool { return strings.Join(ph.audio.playing(), " ") == tc.tone })
	}
}
