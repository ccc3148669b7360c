package sip_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

func TestLinesAreLimited(t *testing.T) {
	interop.Proves(t, "S2.11")
	interop.Proves(t, "S3.16")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.Lines = 3 })
	rung := 0
	callers := make([]*siptest.Caller, 10)
	for i := range callers { // at once
		callers[i] = p.Call(fmt.Sprintf("<sip:%d@example.com>", i))
		callers[i].Invite()
	}
	for range callers {
		if in := next[sip.CallIncoming](ph); in.Refused {
			if e := next[sip.CallEnded](ph); e.ID != in.ID || e.Reason != sip.EndBusy || !e.Text.Is("sip.ended.lines-in-use") {
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
	interop.Proves(t, "S3.15")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	ph.must(ph.SetDND(true))
	c := p.Call("<sip:bob@example.com>")
	c.Invite()
	p.Await("SIP/2.0 486")
	in := next[sip.CallIncoming](ph)
	if e := next[sip.CallEnded](ph); !in.Refused || e.Reason != sip.EndBusy || !e.Text.Is("sip.ended.do-not-disturb") {
		t.Errorf("incoming %+v, ended %+v", in, e)
	}
	if len(ph.audio.playing()) > 0 {
		t.Error("it rang")
	}
	ph.must(ph.SetDND(false))
	ring(ph, p)
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
	accept(p, p.Await("INVITE"), "recvonly")
	next[sip.CallAnswered](ph)
	c2.Learn(p.Await("SIP/2.0 200"))
	c2.Send("ACK", "", "")
	ph.must(ph.Resume(first)) // swaps
	if h := next[sip.CallHold](ph); h.ID != second || !h.Local {
		t.Errorf("hold %+v, want %s held", h, second)
	}
}

// The number dialed is answered while the agent talks to another caller: the conversation goes on, the
// one who answered is held.
func TestAnsweredWhileTalkingToAnother(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	out, err := ph.Dial("123")
	ph.must(err)
	invite := p.Await("INVITE")
	p.Reply(invite, "180 Ringing", "")
	_, in := talk(ph, p)
	accept(p, invite, "sendrecv")
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
