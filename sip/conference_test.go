package sip_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// meeting is two calls that are up, the first on hold, and the conference room of the account.
type meeting struct {
	t      *testing.T
	p      *siptest.Peer
	ph     *phone
	a, b   *siptest.Caller
	idA    string
	idB    string
	room   string          // id of the call there
	invite siptest.Message // of it
}

func twoCalls(t *testing.T, change ...func(*setup)) *meeting {
	t.Helper()
	p := siptest.NewPeer(t)
	m := &meeting{t: t, p: p}
	m.ph = newPhone(t, p, append([]func(*setup){func(c *setup) { c.Account.Conference = "3{user}" }}, change...)...)
	m.a, m.idA = talk(m.ph, p)
	m.ph.must(m.ph.Hold(m.idA))
	hold(m.ph, m.idA, true)
	m.agree(p.Await("INVITE sip:caller@"), "recvonly")
	p.Await("ACK")
	m.b, m.idB = talk(m.ph, p)
	return m
}

// agree answers a re-INVITE about one of the two.
func (m *meeting) agree(re siptest.Message, direction string) {
	m.p.ReplyTagged(re, "200 OK", "", "Contact: <sip:caller@"+m.p.Addr()+">\n", siptest.SDP(4000, direction))
}

// joins has the phone call the room, up to its INVITE. The second of the two is held for it.
func (m *meeting) joins() *meeting {
	m.t.Helper()
	var err error
	m.room, err = m.ph.Conference(m.idA, m.idB)
	m.ph.must(err)
	hold(m.ph, m.idB, true)
	if d := next[sip.CallDialing](m.ph); d.ID != m.room || d.Party.User != "32041" || !slices.Equal(d.Gathers, []string{m.idA, m.idB}) {
		m.t.Errorf("dialing %+v", d)
	}
	for range 2 { // in either order
		if re := m.p.Await("INVITE sip:"); strings.HasPrefix(re.Start(), "INVITE sip:32041@") {
			m.p.Reply(re, "100 Trying", "")
			m.invite = re
		} else {
			m.agree(re, "recvonly")
		}
	}
	return m
}

// rings has the room ring: by then a CANCEL goes at once, before the resume of a call.
func (m *meeting) rings() *meeting {
	m.t.Helper()
	m.p.ReplyTagged(m.invite, "180 Ringing", "room", "", "")
	next[sip.CallProgress](m.ph)
	return m
}

// opens has the room answer, as one that says that it is a conference.
func (m *meeting) opens() *meeting {
	m.t.Helper()
	m.p.ReplyTagged(m.invite, "200 OK", "room", "Contact: <sip:room@"+m.p.Addr()+">;isfocus\n", siptest.SDP(4002, "sendrecv"))
	if a := next[sip.CallAnswered](m.ph); a.ID != m.room {
		m.t.Errorf("answered %+v", a)
	}
	return m
}

// sent waits until the far end of a call is asked to go to the room.
func (m *meeting) sent(c *siptest.Caller, id string) siptest.Message {
	m.t.Helper()
	refer := m.p.Await("REFER sip:caller@")
	if to := refer.Header("Refer-To"); refer.Header("Call-ID") != c.CallID || !strings.HasPrefix(to, "<sip:32041@") || strings.Contains(to, "Replaces") {
		m.t.Fatalf("asked to go to %s:\n%s", to, refer.Text)
	}
	if tr := next[sip.CallTransfer](m.ph); tr.ID != id || tr.Room != m.room || tr.Target != "32041" || tr.Done || !tr.Failed.IsZero() {
		m.t.Errorf("transfer %+v", tr)
	}
	return refer
}

// goes has the far end of a call go to the room.
func (m *meeting) goes(c *siptest.Caller, id string) {
	m.t.Helper()
	m.p.Reply(m.sent(c, id), "202 Accepted", "")
	c.Send("NOTIFY", "Event: refer\nSubscription-State: terminated;reason=noresource\nContent-Type: message/sipfrag\n", "SIP/2.0 200 OK\n")
	if tr := next[sip.CallTransfer](m.ph); tr.ID != id || !tr.Done || tr.Room != m.room {
		m.t.Errorf("transfer %+v", tr)
	}
	if e := next[sip.CallEnded](m.ph); e.ID != id || e.Reason != sip.EndTransferred {
		m.t.Errorf("ended %+v", e)
	}
	m.p.Reply(m.p.Await("BYE sip:caller@"), "200 OK", "")
}

// stays is the far end of a call that does not come, for a reason.
func (m *meeting) stays(id string, why fault.Code) {
	m.t.Helper()
	if tr := next[sip.CallTransfer](m.ph); tr.ID != id || !tr.Failed.Is(why) || tr.Room != m.room {
		m.t.Errorf("transfer %+v, want %s of %s", tr, why, id)
	}
}

// back has the agent talk on with the second call, as before.
func (m *meeting) back() {
	m.t.Helper()
	m.agree(m.p.Await("INVITE sip:caller@"), "sendrecv")
	hold(m.ph, m.idB, false)
}

// up checks which calls there are, and in which the agent is heard.
func (m *meeting) up(heard string, want ...string) {
	m.t.Helper()
	calls, talked := m.ph.Heard()
	slices.Sort(calls)
	slices.Sort(want)
	if !slices.Equal(calls, want) || len(talked) != 1 || talked[0] != heard {
		m.t.Errorf("calls %v, heard in %v; want %v and %s", calls, talked, want, heard)
	}
}

// Two far ends go to the room, one after the other and none before the room has answered, and the agent leaves it with them there.
func TestConference(t *testing.T) {
	interop.Proves(t, "S3.12")
	m := twoCalls(t).joins()
	m.a.Send("INFO", "", "")
	m.p.Recv("SIP/2.0 200", "ACK") // and no REFER
	m.opens()
	if f := next[sip.CallFocus](m.ph); f.ID != m.room || !f.On {
		t.Errorf("focus %+v", f)
	}
	refer := m.sent(m.a, m.idA)
	m.p.Reply(refer, "202 Accepted", "")
	notify := func(status, state string) {
		m.a.Send("NOTIFY", "Event: refer\nSubscription-State: "+state+"\nContent-Type: message/sipfrag\n", "SIP/2.0 "+status+"\n")
	}
	notify("100 Trying", "active;expires=60")
	m.p.Recv("SIP/2.0 200") // the second one is not asked yet
	notify("200 OK", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](m.ph); tr.ID != m.idA || !tr.Done || tr.Room != m.room {
		t.Errorf("transfer %+v", tr)
	}
	if e := next[sip.CallEnded](m.ph); e.ID != m.idA || e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
	m.goes(m.b, m.idB)
	m.up(m.room, m.room)
	m.ph.must(m.ph.Hangup(m.room))
	if bye := m.p.Await("BYE sip:room@"); bye.Header("Call-ID") != m.invite.Header("Call-ID") {
		t.Errorf("hung up\n%s", bye.Text)
	}
	if e := next[sip.CallEnded](m.ph); e.ID != m.room || e.Reason != sip.EndLocal {
		t.Errorf("ended %+v", e)
	}
}

// A room that is busy, or not there: both calls are told why, and the agent talks on with the one of before.
func TestConferenceRoomRefuses(t *testing.T) {
	for status, why := range map[string]fault.Code{
		"486 Busy Here": "sip.conference.room-busy", "404 Not Found": "sip.conference.room-not-found", "403 Forbidden": "sip.conference.room-refused",
		"500 Server Error": "sip.conference.room-failed",
	} {
		t.Run(status, func(t *testing.T) {
			m := twoCalls(t).joins()
			m.p.Reply(m.invite, status, "")
			if e := next[sip.CallEnded](m.ph); e.ID != m.room {
				t.Errorf("ended %+v", e)
			}
			m.stays(m.idA, why)
			m.stays(m.idB, why)
			m.back()
			m.up(m.idB, m.idA, m.idB)
		})
	}
}

// One far end that does not go stays on hold, and the other one is in the room with the agent; the first can be sent again.
func TestConferenceOneRefuses(t *testing.T) {
	interop.Proves(t, "S3.12")
	for status, why := range map[string]fault.Code{"603 Decline": "sip.conference.not-gone", "403 Forbidden": "sip.conference.not-allowed"} {
		t.Run(status, func(t *testing.T) {
			m := twoCalls(t).joins().opens()
			m.p.Reply(m.sent(m.a, m.idA), status, "")
			m.stays(m.idA, why)
			m.goes(m.b, m.idB)
			m.up(m.room, m.room, m.idA)
			if room, err := m.ph.Conference(m.idA); err != nil || room != m.room {
				t.Errorf("once more: %q, %v", room, err)
			}
			m.goes(m.a, m.idA)
			m.up(m.room, m.room)
		})
	}
}

// The second one refuses by NOTIFY: it stays, and the first is in the room.
func TestConferenceSecondRefuses(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.goes(m.a, m.idA)
	m.p.Reply(m.sent(m.b, m.idB), "202 Accepted", "")
	m.b.Send("NOTIFY", "Event: refer\nSubscription-State: terminated;reason=noresource\nContent-Type: message/sipfrag\n", "SIP/2.0 503 Service Unavailable\n")
	m.stays(m.idB, "sip.conference.not-gone")
	m.up(m.room, m.room, m.idB)
}

// Where neither goes, the agent is where they were before.
func TestConferenceBothRefuse(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.p.Reply(m.sent(m.a, m.idA), "403 Forbidden", "")
	m.stays(m.idA, "sip.conference.not-allowed")
	m.p.Reply(m.sent(m.b, m.idB), "403 Forbidden", "")
	m.stays(m.idB, "sip.conference.not-allowed")
	m.p.Reply(m.p.Await("BYE sip:room@"), "200 OK", "")
	if e := next[sip.CallEnded](m.ph); e.ID != m.room {
		t.Errorf("ended %+v", e)
	}
	m.back()
	m.up(m.idB, m.idA, m.idB)
}

// A far end that hangs up while the room is called leaves no conference of two: the agent is with the other one.
func TestConferenceOneHangsUpBefore(t *testing.T) {
	m := twoCalls(t).joins()
	m.a.Bye()
	if e := next[sip.CallEnded](m.ph); e.ID != m.idA || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
	m.opens()
	m.stays(m.idB, "sip.conference.other-gone")
	if e := next[sip.CallEnded](m.ph); e.ID != m.room {
		t.Errorf("ended %+v", e)
	}
	m.back()
	m.up(m.idB, m.idB)
}

// A far end that hangs up while it is asked: the other one is sent all the same, for the room is there.
func TestConferenceOneHangsUpWhenAsked(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.sent(m.a, m.idA)
	m.a.Bye()
	if e := next[sip.CallEnded](m.ph); e.ID != m.idA || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
	m.goes(m.b, m.idB)
	m.up(m.room, m.room)
}

// Some phone systems hang up on us as soon as the far end is in the room, and tell nothing more.
func TestConferenceToldByBye(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.p.Reply(m.sent(m.a, m.idA), "202 Accepted", "")
	m.a.Send("NOTIFY", "Event: refer\nSubscription-State: active\nContent-Type: message/sipfrag\n", "SIP/2.0 100 Trying\n")
	m.p.Await("SIP/2.0 200")
	m.a.Bye()
	if tr := next[sip.CallTransfer](m.ph); !tr.Done || tr.Room != m.room {
		t.Errorf("transfer %+v", tr)
	}
	if e := next[sip.CallEnded](m.ph); e.ID != m.idA || e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
	m.goes(m.b, m.idB)
}

// A far end that agreed to go and is not heard of does not keep the other one waiting.
func TestConferenceOneIsSlow(t *testing.T) {
	m := twoCalls(t).joins().opens()
	m.p.Reply(m.sent(m.a, m.idA), "202 Accepted", "")
	m.a.Send("NOTIFY", "Event: refer\nSubscription-State: active\nContent-Type: message/sipfrag\n", "SIP/2.0 100 Trying\n")
	m.p.Await("SIP/2.0 200")
	m.ph.forward(sip.PatienceWithGuest)
	m.goes(m.b, m.idB)
}

// The agent gives up while the room rings, or leaves it before the second one was sent: who is not there stays with the agent.
func TestConferenceGivenUp(t *testing.T) {
	t.Run("while it rings", func(t *testing.T) {
		m := twoCalls(t).joins().rings()
		m.ph.must(m.ph.Hangup(m.room))
		m.p.Reply(m.p.Await("CANCEL"), "200 OK", "")
		m.p.ReplyTagged(m.invite, "487 Request Terminated", "room", "", "")
		if e := next[sip.CallEnded](m.ph); e.ID != m.room || e.Reason != sip.EndCancelled {
			t.Errorf("ended %+v", e)
		}
		m.back()
		m.up(m.idB, m.idA, m.idB)
	})
	t.Run("after the first", func(t *testing.T) {
		m := twoCalls(t).joins().opens()
		m.sent(m.a, m.idA)
		m.ph.must(m.ph.Hangup(m.room))
		if e := next[sip.CallEnded](m.ph); e.ID != m.room {
			t.Errorf("ended %+v", e)
		}
		m.stays(m.idB, "sip.conference.over")
		if calls, heard := m.ph.Heard(); len(calls) != 2 || len(heard) != 0 {
			t.Errorf("calls %v, heard in %v", calls, heard)
		}
	})
}

// A third call that rings meanwhile changes nothing. When it is answered the room is held, and it can be brought there too.
func TestConferenceWhileAnotherRings(t *testing.T) {
	m := twoCalls(t, func(c *setup) { c.Account.Lines = 3 })
	third, idC := ring(m.ph, m.p)
	m.joins().opens()
	m.goes(m.a, m.idA)
	m.goes(m.b, m.idB)
	m.ph.must(m.ph.Answer(idC))
	hold(m.ph, m.room, true)
	third.Answered()
	m.up(idC, m.room, idC)
	if room, err := m.ph.Conference(idC); err != nil || room != m.room {
		t.Errorf("the third: %q, %v", room, err)
	}
	hold(m.ph, idC, true)
	m.goes(third, idC)
	m.up(m.room, m.room)
}

// A call and the consultation about it are brought together as any two calls.
func TestConferenceOfConsultation(t *testing.T) {
	s := consults(t, func(c *setup) { c.Account.Conference = "3{user}" })
	s.answered()
	room, err := s.ph.Conference(s.first, s.second)
	s.ph.must(err)
	m := &meeting{t: t, p: s.p, ph: s.ph, a: s.c, idA: s.first, idB: s.second, room: room, invite: s.p.Await("INVITE sip:32041@")}
	m.opens()
	m.goes(m.a, m.idA)
	refer := m.p.Await("REFER sip:b@")
	if refer.Header("Call-ID") != s.invite.Header("Call-ID") {
		t.Errorf("asked\n%s", refer.Text)
	}
	m.p.Reply(refer, "202 Accepted", "")
	s.consultedSends("NOTIFY", "Event: refer\nSubscription-State: terminated\n")
	m.stays(m.idB, "") // it is asked
	m.stays(m.idB, "sip.conference.not-gone")
}

// Two agents with the same setting do not meet in one room.
func TestConferenceRoomOfEachAgent(t *testing.T) {
	for user, want := range map[string]string{"2041": "sip:conf-2041@", "2042": "sip:conf-2042@"} {
		m := twoCalls(t, func(c *setup) { c.Account.User, c.Account.Conference = user, "conf-{user}" })
		_, err := m.ph.Conference(m.idA, m.idB)
		m.ph.must(err)
		m.p.Await("INVITE " + want)
	}
}

// What cannot be brought together is told at once, and nothing changes.
func TestConferenceRefused(t *testing.T) {
	m := twoCalls(t)
	for _, tt := range []struct {
		ids  []string
		want error
	}{
		{nil, sip.ErrTooFew},
		{[]string{m.idA}, sip.ErrTooFew},
		{[]string{m.idA, m.idA}, sip.ErrTooFew},
		{[]string{m.idA, "none"}, sip.ErrNoCall},
	} {
		if _, err := m.ph.Conference(tt.ids...); !errors.Is(err, tt.want) {
			t.Errorf("%v: %v, want %v", tt.ids, err, tt.want)
		}
	}
	m.joins()
	if _, err := m.ph.Conference(m.idA, m.idB); !errors.Is(err, sip.ErrGathering) {
		t.Errorf("twice: %v", err)
	}
	m.opens().sent(m.a, m.idA)
	if _, err := m.ph.Conference(m.idA); !errors.Is(err, sip.ErrTransfer) {
		t.Errorf("on its way: %v", err)
	}
	if _, err := m.ph.Conference(m.idB); !errors.Is(err, sip.ErrGathering) {
		t.Errorf("it waits: %v", err)
	}
	if _, err := m.ph.Conference(m.room); !errors.Is(err, sip.ErrIsRoom) {
		t.Errorf("the room: %v", err)
	}
	none := twoCalls(t, func(c *setup) { c.Account.Conference = "" })
	if _, err := none.ph.Conference(none.idA, none.idB); !errors.Is(err, sip.ErrNoRoom) {
		t.Errorf("without a room: %v", err)
	}
}
