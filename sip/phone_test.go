package sip_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// ring places a call to the phone and waits until it rings.
func ring(ph *phone, p *siptest.Peer) (*siptest.Caller, string) {
	ph.t.Helper()
	c := p.Call("<sip:+14155550100@example.com>")
	c.Ringing()
	return c, next[sip.CallIncoming](ph).ID
}

// talk places a call to the phone and answers it.
func talk(ph *phone, p *siptest.Peer) (*siptest.Caller, string) {
	ph.t.Helper()
	c, id := ring(ph, p)
	ph.must(ph.Answer(id))
	c.Answered()
	next[sip.CallAnswered](ph)
	return c, id
}

// dial places a call from the phone and has the peer answer it.
func dial(ph *phone, p *siptest.Peer, number string) (siptest.Message, string) {
	ph.t.Helper()
	id, err := ph.Dial(number)
	ph.must(err)
	invite := p.Await("INVITE")
	p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
	p.Await("ACK")
	next[sip.CallAnswered](ph)
	return invite, id
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

func TestHoldAndResume(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123")
	ph.must(ph.Hold(id))
	if h := next[sip.CallHold](ph); !h.Local || h.Remote {
		t.Errorf("hold %+v", h)
	}
	re := p.Await("INVITE")
	if !strings.Contains(re.Body(), "a=sendonly") {
		t.Errorf("hold offers\n%s", re.Body())
	}
	p.ReplyTagged(re, "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
	p.Await("ACK")
	ph.must(ph.Resume(id))
	re = p.Await("INVITE")
	if !strings.Contains(re.Body(), "a=sendrecv") {
		t.Errorf("resume offers\n%s", re.Body())
	}
	p.ReplyTagged(re, "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
	p.Await("ACK")
	if h := next[sip.CallHold](ph); h.Local || h.Remote || h.Failed != "" {
		t.Errorf("resume %+v", h)
	}
}

// A PBX that refuses the hold does not make the customer hear the agent: the call is silent on our side. A refused
// resume says so and leaves the call on hold.
func TestHoldAndResumeRefused(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "123")
	ph.must(ph.Hold(id))
	next[sip.CallHold](ph)
	p.Reply(p.Await("INVITE"), "488 Not Acceptable Here", "")
	ph.must(ph.Resume(id))
	p.Reply(p.Await("INVITE"), "488 Not Acceptable Here", "")
	if h := next[sip.CallHold](ph); !h.Local || h.Failed == "" {
		t.Errorf("resume refused: %+v", h)
	}
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

func TestHeldByTheOtherSide(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, _ := talk(ph, p)
	for _, held := range []bool{true, false} {
		direction := "sendrecv"
		if held {
			direction = "sendonly"
		}
		c.Send("INVITE", "", siptest.SDP(4000, direction))
		p.Await("SIP/2.0 200")
		c.Send("ACK", "", "")
		if h := next[sip.CallHold](ph); h.Remote != held || h.Local {
			t.Errorf("%s: %+v", direction, h)
		}
	}
}

// Answering a second call holds the first: one microphone, one conversation.
func TestAnsweringHoldsTheFirst(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, first := dial(ph, p, "123")
	c2, second := ring(ph, p)
	ph.must(ph.Answer(second))
	if h := next[sip.CallHold](ph); h.ID != first || !h.Local {
		t.Errorf("hold %+v, want %s held", h, first)
	}
	p.ReplyTagged(p.Await("INVITE"), "200 OK", "", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
	next[sip.CallAnswered](ph)
	c2.Learn(p.Await("SIP/2.0 200"))
	c2.Send("ACK", "", "")
	ph.must(ph.Resume(first)) // swaps
	if h := next[sip.CallHold](ph); h.ID != second || !h.Local {
		t.Errorf("hold %+v, want %s held", h, second)
	}
}

func TestLinesAreLimited(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *sip.Config) { c.Account.Lines = 3 })
	rung := 0
	callers := make([]*siptest.Caller, 10)
	for i := range callers { // at once
		callers[i] = p.Call(fmt.Sprintf("<sip:%d@example.com>", i))
		callers[i].Invite()
	}
	for range callers {
		if in := next[sip.CallIncoming](ph); in.Refused {
			if e := next[sip.CallEnded](ph); e.ID != in.ID || e.Reason != sip.EndBusy || e.Text != "Every line was in use." {
				t.Errorf("refused call ended %+v", e)
			}
		} else {
			rung++
		}
	}
	if rung != 3 {
		t.Errorf("%d calls ring, want 3", rung)
	}
	got := map[string]int{}
	for range callers {
		got[p.Recv("SIP/2.0").Status()]++
	}
	if got["180"] != 3 || got["486"] != 7 {
		t.Errorf("answers %v", got)
	}
	if _, err := ph.Dial("123"); !errors.Is(err, sip.ErrNoLine) {
		t.Errorf("dialing with every line in use: %v", err)
	}
}

func TestDoNotDisturb(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	ph.must(ph.SetDND(true))
	c := p.Call("<sip:bob@example.com>")
	c.Invite()
	p.Await("SIP/2.0 486")
	in := next[sip.CallIncoming](ph)
	if e := next[sip.CallEnded](ph); !in.Refused || e.Reason != sip.EndBusy || e.Text != "Do not disturb was on." {
		t.Errorf("incoming %+v, ended %+v", in, e)
	}
	if len(ph.audio.playing()) > 0 {
		t.Error("it rang")
	}
	ph.must(ph.SetDND(false))
	ring(ph, p)
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

// A caller whose audio we cannot speak is told so at once: nobody runs for a phone that will be dead.
func TestNoCommonCodec(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 18\n")
	p.Await("SIP/2.0 488")
	c = p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", "this is no session description\n")
	p.Await("SIP/2.0 400")
	ring(ph, p)
	if len(ph.events) != 0 {
		t.Errorf("%d more events: the desk heard of calls that never rang", len(ph.events))
	}
}

func TestLateOffer(t *testing.T) {
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

func TestKeysByRTPAndByINFO(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 8\n")
	c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	if a := next[sip.CallAnswered](ph); a.Codec != "PCMA" {
		t.Errorf("answered %+v", a)
	}
	c.Answered()
	ph.must(ph.SendDTMF(id, "1#")) // the caller takes no telephone-event
	for _, want := range []string{"Signal=1", "Signal=#"} {
		m := p.Await("INFO")
		if !strings.HasPrefix(m.Body(), want) {
			t.Errorf("INFO %q, want %s", m.Body(), want)
		}
		p.Reply(m, "200 OK", "")
	}
	c.Send("INFO", "Content-Type: application/dtmf-relay\n", "Signal=9\nDuration=160\n")
	if d := next[sip.CallDTMF](ph); d.Digit != "9" {
		t.Errorf("key %+v", d)
	}
	if err := ph.SendDTMF(id, "x"); !errors.Is(err, sip.ErrBadDigits) {
		t.Errorf("error %v", err)
	}
}

func TestTransfer(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.Transfer(id, "2050"))
	if tr := next[sip.CallTransfer](ph); tr.Done || tr.Failed != "" || tr.Target != "2050" {
		t.Errorf("transfer %+v", tr)
	}
	notify := func(status, state string) {
		c.Send("NOTIFY", "Event: refer\nSubscription-State: "+state+"\nContent-Type: message/sipfrag\n", "SIP/2.0 "+status+"\n")
	}
	p.Reply(p.Await("REFER"), "202 Accepted", "")
	notify("486 Busy Here", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](ph); tr.Failed != "2050 is busy. The call is still here." {
		t.Errorf("transfer %+v", tr)
	}
	ph.must(ph.Transfer(id, "2051"))
	next[sip.CallTransfer](ph)
	p.Reply(p.Await("REFER"), "202 Accepted", "")
	notify("100 Trying", "active;expires=60")
	notify("200 OK", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](ph); !tr.Done {
		t.Errorf("transfer %+v", tr)
	}
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// Some PBXs hang up on the transferor as soon as the other side has gone over, and never tell.
func TestTransferEndedByBye(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.Transfer(id, "2050"))
	next[sip.CallTransfer](ph)
	p.Reply(p.Await("REFER"), "202 Accepted", "")
	c.Send("NOTIFY", "Event: refer\nSubscription-State: active\nContent-Type: message/sipfrag\n", "SIP/2.0 100 Trying\n")
	p.Await("SIP/2.0 200")
	c.Bye()
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
}

func TestMute(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := talk(ph, p)
	ph.must(ph.SetMute(id, true))
	if m := next[sip.CallMuted](ph); !m.Muted {
		t.Errorf("muted %+v", m)
	}
	ph.must(ph.SetMute(id, true)) // says nothing twice
	ph.must(ph.SetMute(id, false))
	if m := next[sip.CallMuted](ph); m.Muted {
		t.Errorf("muted %+v", m)
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

func TestSentencesOfCommands(t *testing.T) {
	ph := startPhone(t)
	if _, err := ph.Dial("123"); !errors.Is(err, sip.ErrNoAccount) {
		t.Errorf("no account: %v", err)
	}
	if _, err := ph.Dial(" - "); !errors.Is(err, sip.ErrNoNumber) {
		t.Errorf("no number: %v", err)
	}
	if err := ph.Hold("nobody"); !errors.Is(err, sip.ErrNoCall) {
		t.Errorf("no call: %v", err)
	}
}

// What the user reads when the phone is not signed on.
func TestSentencesOfRegistration(t *testing.T) {
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.LocalAddr().(*net.UDPAddr).Port
	p := siptest.NewPeer(t)
	p.Registrar(siptest.Silent)
	refusing := siptest.NewPeer(t)
	refusing.Registrar(func(p *siptest.Peer, m siptest.Message) bool { p.Reply(m, "403 Forbidden", ""); return true })
	full := siptest.NewPeer(t) // one device each, and another has the place
	full.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Contact: <sip:2041@192.0.2.1>;+sip.instance=\"<urn:uuid:other>\";expires=60\n")
		return true
	})
	for name, tc := range map[string]struct {
		change func(*sip.Config)
		state  sip.RegistrationState
		want   string
	}{
		"silent":         {func(c *sip.Config) { c.Account = account(p) }, sip.Unreachable, "Can't reach " + p.Addr() + ": no answer, trying again. Check the server in Settings > Phone, and the network."},
		"wrong password": {func(c *sip.Config) { c.Account = account(refusing) }, sip.Refused, "The phone server refused the password for 2041. Check it in Settings > Phone."},
		"not kept":       {func(c *sip.Config) { c.Account = account(full) }, sip.Unreachable, "The phone server signed 2041 on, but keeps no way to reach this phone, trying again. Ask your phone administrator whether another device is signed on in its place."},
		"port in use":    {func(c *sip.Config) { c.Account, c.Port = account(p), port }, sip.Unreachable, fmt.Sprintf("Port %d is in use by another program. Choose another port in Settings > Phone, or end that program; trying again.", port)},
		"tcp refused": {func(c *sip.Config) {
			c.Account = account(p)
			c.Account.Transport = "tcp"
		}, sip.Unreachable, "Can't reach " + p.Addr() + ": no connection, trying again. Check the server in Settings > Phone, and the network."},
	} {
		t.Run(name, func(t *testing.T) {
			ph := startPhone(t, tc.change)
			for {
				e := next[sip.RegistrationChanged](ph)
				if e.State != tc.state {
					continue
				}
				if e.Reason != tc.want {
					t.Errorf("reason %q\nwant   %q", e.Reason, tc.want)
				}
				return
			}
		})
	}
}

// Another account is taken without a restart: the old one is signed off, a call that is up stays up.
func TestSetAccount(t *testing.T) {
	old, other := siptest.NewPeer(t), siptest.NewPeer(t)
	off := make(chan siptest.Message, 10)
	ph := newPhone(t, old)
	c, id := talk(ph, old)
	old.Registrar(func(p *siptest.Peer, m siptest.Message) bool { off <- m; return siptest.Accept(p, m) })
	a := account(other)
	a.User = "2042"
	ph.must(ph.SetAccount(a))
	if e := next[sip.RegistrationChanged](ph); e.Extension != "2042" || e.State != sip.Registering {
		t.Errorf("registration %+v", e)
	}
	ph.registered()
	if m := <-off; !strings.Contains(m.Header("Contact"), "expires=0") {
		t.Errorf("not signed off:\n%s", m.Text)
	}
	if _, err := ph.Stats(id); err != nil {
		t.Errorf("the call did not stay up: %v", err)
	}
	c.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
	ph.must(ph.SetAccount(sip.Account{}))
	for next[sip.RegistrationChanged](ph).State != sip.Unregistered {
	}
}

// A call that stays up keeps the port it is on. The new account, on the same port, signs on when it is over.
func TestSetAccountOnThePortOfACall(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, _ := talk(ph, p)
	a := account(p)
	a.User, a.Port = "2042", int(c.To.Port())
	ph.must(ph.SetAccount(a))
	e := next[sip.RegistrationChanged](ph)
	if want := fmt.Sprintf("A call of the account before still uses port %d. The phone signs on when it is over.", a.Port); e.Reason != want {
		t.Errorf("reason %q\nwant   %q", e.Reason, want)
	}
	c.Bye()
	ph.registered()
}

// Who leaves while it rings has not declined: the caller is told 480, and the call was missed.
func TestLeavingWhileItRings(t *testing.T) {
	for name, leave := range map[string]func(*phone) error{
		"closed":          func(ph *phone) error { return ph.Close(context.Background()) },
		"account changed": func(ph *phone) error { return ph.SetAccount(sip.Account{}) },
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			_, id := ring(ph, p)
			ph.must(leave(ph))
			p.Recv("SIP/2.0 480")
			if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndCancelled || e.Code != 480 {
				t.Errorf("ended %+v", e)
			}
			eventually(t, "it stops ringing", func() bool { return len(ph.audio.playing()) == 0 })
		})
	}
}

// Close hangs up, signs off, and has told the end of every call when it returns.
func TestClose(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *sip.Config) { c.Account.Lines = 4 })
	_, talking := dial(ph, p, "123")
	_, ringing := ring(ph, p)
	done := make(chan error, 1)
	go func() { done <- ph.Close(context.Background()) }()
	p.Reply(p.Await("BYE"), "200 OK", "")
	if err := <-done; err != nil {
		t.Error(err)
	}
	over := map[string]bool{}
	for len(ph.events) > 0 {
		if e, ok := (<-ph.events).(sip.CallEnded); ok {
			over[e.ID] = true
		}
	}
	if !over[talking] || !over[ringing] {
		t.Errorf("ends told: %v", over)
	}
	if _, err := ph.Dial("123"); err == nil {
		t.Error("a closed phone dials")
	}
}

// A sound system that hangs delays tones, not calls.
func TestHangingSound(t *testing.T) {
	p := siptest.NewPeer(t)
	hang := make(chan struct{})
	stuck := stuckAudio{hang}
	ph := newPhone(t, p, func(c *sip.Config) { c.Audio = stuck; c.Account.Lines = 4 })
	defer close(hang)
	for range 3 {
		begin := time.Now()
		ring(ph, p)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("180 after %v", took)
		}
	}
}

type stuckAudio struct{ hang chan struct{} }

func (s stuckAudio) Attach(sip.Port) func() { <-s.hang; return func() {} }
func (s stuckAudio) Ring(string) func()     { <-s.hang; return func() {} }

// The number dialed is answered while the agent talks to somebody who called meanwhile: the conversation goes on, the
// one who answered is held.
func TestAnsweredWhileTalkingToAnother(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	out, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	p.Reply(invite, "180 Ringing", "")
	_, in := talk(ph, p)
	p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
	if a := next[sip.CallAnswered](ph); a.ID != out {
		t.Errorf("answered %+v", a)
	}
	if h := next[sip.CallHold](ph); h.ID != out || !h.Local {
		t.Errorf("hold %+v", h)
	}
	if re := p.Await("INVITE sip:b@"); !strings.Contains(re.Body(), "a=sendonly") {
		t.Errorf("re-INVITE\n%s", re.Body())
	}
	if _, err := ph.Stats(in); err != nil {
		t.Error(err)
	}
}
