package sip_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// trying has the far end of a call agree to go to the room, and tell no more.
func (m *meeting) trying(c *siptest.Caller, refer siptest.Message) {
	m.t.Helper()
	m.p.Reply(refer, "202 Accepted", "")
	m.tells(c, "100 Trying", "active")
	m.p.Await("SIP/2.0 200")
}

// tells has the far end of a call tell how it goes.
func (m *meeting) tells(c *siptest.Caller, status, state string) {
	c.Send("NOTIFY", "Event: refer\nSubscription-State: "+state+"\nContent-Type: message/sipfrag\n", "SIP/2.0 "+status+"\n")
}

// leaves has the agent hang up the call to the room.
func (m *meeting) leaves() {
	m.t.Helper()
	m.ph.must(m.ph.Hangup(m.room))
	m.p.Reply(m.p.Await("BYE sip:room@"), "200 OK", "")
	if e := next[sip.CallEnded](m.ph); e.ID != m.room || e.Reason != sip.EndLocal {
		m.t.Errorf("ended %+v", e)
	}
}

// roomSends has the room send a request inside its call.
func (m *meeting) roomSends(number int, method, headers string) {
	m.p.Send(m.a.To, fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-room%d;rport\nMax-Forwards: 70\nFrom: %s;tag=room\nTo: %s\nCall-ID: %s\nCSeq: %d %s\n%sContent-Length: 0\n\n",
		method, m.a.URI, m.p.Addr(), number, m.invite.Header("To"), m.invite.Header("From"), m.invite.Header("Call-ID"), number, method, headers))
}

// Quitting sends nobody more to the room, which is about to be empty.
func TestConferenceQuit(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.p.Reply(m.sent(m.a, m.idA), "202 Accepted", "")
	closed := make(chan error, 1)
	go func() { closed <- m.ph.Close(context.Background()) }()
	for byes := 0; byes < 3; {
		if got := m.p.Recv("BYE", "ACK"); got.Method() == "BYE" {
			m.p.Reply(got, "200 OK", "")
			byes++
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// The agent leaves while the first one is on its way to the empty room, and hears that of it. It has been transferred if it goes there.
func TestConferenceLeftToOneAlone(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.trying(m.a, m.sent(m.a, m.idA))
	m.leaves()
	m.stays(m.idB, "sip.conference.over")
	m.stays(m.idA, "sip.conference.alone")
	m.tells(m.a, "200 OK", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](m.ph); tr.ID != m.idA || !tr.Done || tr.Room != "" || tr.Target != "32041" {
		t.Errorf("transfer %+v", tr)
	}
	if e := next[sip.CallEnded](m.ph); e.ID != m.idA || e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
}

// Such a call that the agent talks on with has not gone: when it hangs up it just has, and nothing more is told of the room.
func TestConferenceLeftAndTalkedOn(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.trying(m.a, m.sent(m.a, m.idA))
	m.leaves()
	m.stays(m.idB, "sip.conference.over")
	m.stays(m.idA, "sip.conference.alone")
	m.ph.must(m.ph.Resume(m.idA))
	m.agree(m.p.Await("INVITE sip:caller@"), "sendrecv")
	hold(m.ph, m.idA, false)
	m.ph.forward(sip.PatienceWithGuest)
	m.a.Bye()
	if e := next[sip.CallEnded](m.ph); e.ID != m.idA || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}

// The same where the others are in the room, and the agent resumes the call before its time is over.
func TestConferenceLeftAndResumed(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.goes(m.a, m.idA)
	m.trying(m.b, m.sent(m.b, m.idB))
	m.leaves()
	m.ph.must(m.ph.Resume(m.idB))
	m.agree(m.p.Await("INVITE sip:caller@"), "sendrecv")
	hold(m.ph, m.idB, false)
	m.ph.forward(sip.PatienceWithGuest)
	m.b.Bye()
	for {
		switch e := next[sip.Event](m.ph).(type) {
		case sip.CallTransfer:
			t.Fatalf("told %+v", e)
		case sip.CallEnded:
			if e.ID != m.idB || e.Reason != sip.EndRemote {
				t.Errorf("ended %+v", e)
			}
			return
		}
	}
}

// A far end that has agreed to go, and of which nothing more is heard, is told of when the agent leaves; it is heard of still.
func TestConferenceLeftWithOneUnheard(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.trying(m.a, m.sent(m.a, m.idA))
	m.ph.forward(sip.PatienceWithGuest)
	m.goes(m.b, m.idB)
	m.leaves()
	m.stays(m.idA, "sip.conference.unheard")
	m.tells(m.a, "200 OK", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](m.ph); tr.ID != m.idA || !tr.Done || tr.Room != m.room {
		t.Errorf("transfer %+v", tr)
	}
	if e := next[sip.CallEnded](m.ph); e.ID != m.idA || e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
}

// The same where the agent has left before.
func TestConferenceUnheardLater(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.goes(m.a, m.idA)
	m.trying(m.b, m.sent(m.b, m.idB))
	m.leaves()
	m.ph.forward(sip.PatienceWithGuest)
	m.stays(m.idB, "sip.conference.unheard")
}

// Its time begins when it agrees to go.
func TestConferenceOneAgreesLate(t *testing.T) {
	clock := &patienceClock{Clock: siptest.NewClock()}
	m := twoCalls(t, func(c *setup) { c.Clock = clock }).joins().opens()
	m.ph.time = clock.Clock
	refer := m.sent(m.a, m.idA)
	if n := clock.armed.Load(); n != 0 {
		t.Errorf("its time has begun %d times before it agrees", n)
	}
	m.trying(m.a, refer)
	if n := clock.armed.Load(); n != 1 {
		t.Errorf("its time has begun %d times", n)
	}
	m.ph.forward(sip.PatienceWithGuest)
	m.goes(m.b, m.idB)
}

// patienceClock counts how often somebody's time to go to the room has begun.
type patienceClock struct {
	*siptest.Clock
	armed atomic.Int32
}

func (c *patienceClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	if d == sip.PatienceWithGuest {
		c.armed.Add(1)
	}
	return c.Clock.AfterFunc(d, f)
}

// The agent who gives up a room that rings is told nothing of it: the calls are as before.
func TestConferenceGivenUpSilently(t *testing.T) {
	m := twoCalls(t).joins().rings()
	m.ph.must(m.ph.Hangup(m.room))
	m.p.Reply(m.p.Await("CANCEL"), "200 OK", "")
	m.p.ReplyTagged(m.invite, "487 Request Terminated", "room", "", "")
	m.agree(m.p.Await("INVITE sip:caller@"), "sendrecv")
	for {
		switch e := next[sip.Event](m.ph).(type) {
		case sip.CallTransfer:
			t.Fatalf("told %+v", e)
		case sip.CallHold:
			if e.ID != m.idB || e.Local {
				t.Errorf("hold %+v", e)
			}
			return
		}
	}
}

// A room without usable sound was not reached.
func TestConferenceRoomWithoutSound(t *testing.T) {
	m := twoCalls(t).joins()
	m.p.ReplyTagged(m.invite, "200 OK", "room", "Contact: <sip:room@"+m.p.Addr()+">\n", strings.ReplaceAll(siptest.SDP(4002, "sendrecv"), "RTP/AVP 0 101", "RTP/SAVP 0 101"))
	m.stays(m.idA, "sip.conference.room-failed")
	m.stays(m.idB, "sip.conference.room-failed")
	m.back()
}

// Another phone takes over the call that rings in the room: it is the room, and the far ends are sent to the number that was called.
func TestConferenceRoomTakenOver(t *testing.T) {
	m := twoCalls(t).joins()
	m.p.ReplyTagged(m.invite, "180 Ringing", "fork", "", "")
	next[sip.CallProgress](m.ph)
	by := m.p.Call("<sip:2042@example.com>")
	by.Send("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=fork;early-only\n", m.invite.Header("Call-ID"), m.invite.Tag("From")), siptest.SDP(4006, "sendrecv"))
	by.Answered()
	if a := next[sip.CallAnswered](m.ph); a.ID != m.room {
		t.Errorf("answered %+v", a)
	}
	m.p.Reply(m.p.Await("CANCEL"), "200 OK", "")
	m.p.ReplyTagged(m.invite, "487 Request Terminated", "fork", "", "")
	m.goes(m.a, m.idA)
	m.goes(m.b, m.idB)
	m.up(m.room, m.room)
}

// The room sends the agent on and hangs up. Who still waits goes to the room once that is answered.
func TestConferenceRoomSentOn(t *testing.T) {
	m := twoCalls(t).joins().opens()
	refer := m.sent(m.a, m.idA)
	m.roomSends(1, "REFER", "Contact: <sip:room@"+m.p.Addr()+">\nRefer-To: <sip:2060@"+m.p.Addr()+">\n")
	notified(t, m.p, "100 Trying")
	invite := m.p.Await("INVITE sip:2060@")
	m.p.ReplyTagged(invite, "180 Ringing", "third", "", "")
	notified(t, m.p, "180 Ringing")
	m.roomSends(2, "BYE", "")
	m.p.Await("SIP/2.0 200")
	m.p.Reply(refer, "603 Decline", "")
	m.stays(m.idA, "sip.conference.not-gone")
	m.p.ReplyTagged(invite, "200 OK", "third", "Contact: <sip:third@"+m.p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
	m.goes(m.b, m.idB)
	m.up(m.room, m.room, m.idA)
}

// Whoever is muted is muted in the room.
func TestConferenceMuted(t *testing.T) {
	m := twoCalls(t)
	m.ph.must(m.ph.SetMute(m.idB, true))
	next[sip.CallMuted](m.ph)
	m.joins()
	if e := next[sip.CallMuted](m.ph); e.ID != m.room || !e.Muted {
		t.Errorf("muted %+v", e)
	}
}

// Whoever is muted in a third call stays so when it is brought to the room.
func TestConferenceMutedWithAnother(t *testing.T) {
	m := twoCalls(t, func(c *setup) { c.Account.Lines = 3 }).joins().opens()
	m.goes(m.a, m.idA)
	m.goes(m.b, m.idB)
	_, idC := talk(m.ph, m.p)
	m.ph.must(m.ph.SetMute(idC, true))
	next[sip.CallMuted](m.ph)
	_, err := m.ph.Conference(idC)
	m.ph.must(err)
	if e := next[sip.CallMuted](m.ph); e.ID != m.room || !e.Muted {
		t.Errorf("muted %+v", e)
	}
}

// A call that is to come to the room is not transferred otherwise until that is settled.
func TestConferenceIsNotHandedOn(t *testing.T) {
	s := consults(t, func(c *setup) { c.Account.Conference, c.Account.Lines = "3{user}", 4 })
	s.answered()
	_, err := s.ph.Conference(s.first, s.second)
	s.ph.must(err)
	invite := s.p.Await("INVITE sip:32041@")
	refused := func(when string, want error) {
		t.Helper()
		_, consult := s.ph.Consult(s.second, "2050")
		for what, err := range map[string]error{"transfer": s.ph.Transfer(s.second, "2050"), "complete": s.ph.Complete(s.second), "consult": consult} {
			if !errors.Is(err, want) {
				t.Errorf("%s, %s: %v, want %v", when, what, err, want)
			}
		}
	}
	refused("it waits", sip.ErrGathering)
	s.p.ReplyTagged(invite, "200 OK", "room", "Contact: <sip:room@"+s.p.Addr()+">\n", siptest.SDP(4002, "sendrecv"))
	s.p.Reply(s.p.Await("REFER sip:caller@"), "403 Forbidden", "")
	s.p.Await("REFER sip:b@")
	refused("it is on its way", sip.ErrTransfer)
}

// One that its other side transfers at that moment does not come, and with the other alone there is no conference.
func TestConferenceWithOneSentElsewhere(t *testing.T) {
	m := twoCalls(t).joins()
	m.a.Send("REFER", "Refer-To: <sip:2060@elsewhere.example.com>\n", "")
	if e := next[sip.CallReferred](m.ph); !e.Asks {
		t.Errorf("referred %+v", e)
	}
	m.opens()
	m.stays(m.idA, "sip.conference.not-gone")
	m.stays(m.idB, "sip.conference.other-gone")
	if e := next[sip.CallEnded](m.ph); e.ID != m.room {
		t.Errorf("ended %+v", e)
	}
	m.back()
}

// Where the account is gone, that is what the agent hears.
func TestConferenceWithoutAccount(t *testing.T) {
	m := twoCalls(t)
	m.ph.must(m.ph.SetAccounts(nil))
	if _, err := m.ph.Conference(m.idA, m.idB); !errors.Is(err, sip.ErrNoAccount) {
		t.Errorf("%v, want %v", err, sip.ErrNoAccount)
	}
}
