package sip_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// consultation is a caller on hold and somebody who is consulted about the call.
type consultation struct {
	t             *testing.T
	p             *siptest.Peer
	ph            *phone
	c             *siptest.Caller
	invite        siptest.Message
	first, second string
}

// consults has the phone consult 2050 about a call, up to its INVITE.
func consults(t *testing.T) *consultation {
	t.Helper()
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	second, err := ph.Consult(id, "2050")
	ph.must(err)
	if d := next[sip.CallDialing](ph); d.Consults != id || d.ID != second {
		t.Errorf("dialing %+v", d)
	}
	s := &consultation{t: t, p: p, ph: ph, c: c, first: id, second: second}
	for range 2 { // in either order
		m := p.Await("INVITE sip:")
		if strings.HasPrefix(m.Start(), "INVITE sip:2050@") {
			p.Reply(m, "100 Trying", "")
			s.invite = m
			continue
		}
		s.accept(m, "recvonly")
	}
	return s
}

// accept answers a re-INVITE about the first call.
func (s *consultation) accept(re siptest.Message, direction string) {
	s.p.ReplyTagged(re, "200 OK", "", "Contact: <sip:caller@"+s.p.Addr()+">\n", siptest.SDP(4000, direction))
}

// answered has the one consulted answer.
func (s *consultation) answered() {
	s.t.Helper()
	s.p.ReplyTagged(s.invite, "200 OK", "consulted", "Contact: <sip:b@"+s.p.Addr()+">\n", siptest.SDP(4002, "sendrecv"))
	s.p.Await("ACK")
	if a := next[sip.CallAnswered](s.ph); a.ID != s.second {
		s.t.Errorf("answered %+v", a)
	}
}

func (s *consultation) notify(status, state string) {
	s.c.Send("NOTIFY", "Event: refer\nSubscription-State: "+state+"\nContent-Type: message/sipfrag\n", "SIP/2.0 "+status+"\n")
	s.p.Await("SIP/2.0 200")
}

// An attended transfer, from the consultation to the two calls let go.
func TestAttendedTransfer(t *testing.T) {
	s := consults(t)
	s.answered()
	s.ph.must(s.ph.Complete(s.second))
	if tr := next[sip.CallTransfer](s.ph); tr.ID != s.first || tr.Target != "2050" || tr.With != s.second || tr.Done {
		t.Errorf("transfer %+v", tr)
	}
	refer := s.p.Await("REFER sip:caller@")
	if to := refer.Header("Refer-To"); !strings.Contains(to, "sip:2050@") ||
		!strings.Contains(to, "?Replaces="+s.invite.Header("Call-ID")+"%3Bto-tag%3Dconsulted%3Bfrom-tag%3D"+s.invite.Tag("From")) {
		t.Errorf("Refer-To %q", to)
	}
	s.p.Reply(refer, "202 Accepted", "")
	s.notify("180 Ringing", "active;expires=60")
	if tr := next[sip.CallTransfer](s.ph); !tr.Ringing {
		t.Errorf("transfer %+v", tr)
	}
	s.notify("200 OK", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](s.ph); !tr.Done || tr.ID != s.first {
		t.Errorf("transfer %+v", tr)
	}
	for range 2 {
		if e := next[sip.CallEnded](s.ph); e.Reason != sip.EndTransferred {
			t.Errorf("ended %+v", e)
		}
		s.p.Reply(s.p.Await("BYE"), "200 OK", "")
	}
}

// The one consulted hangs up on us as soon as the caller has taken our place, before we are told that.
func TestAttendedTransferTheConsultedGoFirst(t *testing.T) {
	s := consults(t)
	s.answered()
	s.ph.must(s.ph.Complete(s.first))
	s.p.Reply(s.p.Await("REFER"), "202 Accepted", "")
	s.p.Send(s.c.To, fmt.Sprintf("BYE %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-gone;rport\nMax-Forwards: 70\nFrom: %s;tag=consulted\nTo: %s\nCall-ID: %s\nCSeq: 1 BYE\nContent-Length: 0\n\n",
		s.c.URI, s.p.Addr(), s.invite.Header("To"), s.invite.Header("From"), s.invite.Header("Call-ID")))
	s.p.Await("SIP/2.0 200")
	if e := next[sip.CallEnded](s.ph); e.ID != s.second || e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
	s.c.Bye()
	if e := next[sip.CallEnded](s.ph); e.ID != s.first || e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
}

// A transfer that is refused leaves both calls, and may be tried again; one whose target has gone comes back to the caller.
func TestAttendedTransferFails(t *testing.T) {
	s := consults(t)
	s.answered()
	for _, refusal := range []string{"603 Decline", "sipfrag"} {
		s.ph.must(s.ph.Complete(s.first))
		next[sip.CallTransfer](s.ph)
		refer := s.p.Await("REFER")
		if err := s.ph.Complete(s.first); !errors.Is(err, sip.ErrTransfer) {
			t.Errorf("a second one: %v", err)
		}
		if refusal == "sipfrag" {
			s.p.Reply(refer, "202 Accepted", "")
			s.notify("481 Call Does Not Exist", "terminated;reason=noresource")
		} else {
			s.p.Reply(refer, refusal, "")
		}
		if tr := next[sip.CallTransfer](s.ph); tr.Failed.IsZero() || tr.ID != s.first {
			t.Errorf("transfer %+v", tr)
		}
	}
	s.ph.must(s.ph.Complete(s.first))
	next[sip.CallTransfer](s.ph)
	s.p.Reply(s.p.Await("REFER"), "202 Accepted", "")
	s.ph.must(s.ph.Hangup(s.second))
	s.p.Reply(s.p.Await("BYE"), "200 OK", "")
	s.notify("481 Call Does Not Exist", "terminated;reason=noresource")
	s.accept(s.p.Await("INVITE sip:caller@"), "sendrecv")
	hold(s.ph, s.first, false)
}

// While the one consulted rings, the consultation is given up and the caller transferred to the number.
func TestCompletedWhileItRings(t *testing.T) {
	s := consults(t)
	s.p.ReplyTagged(s.invite, "180 Ringing", "consulted", "", "")
	next[sip.CallProgress](s.ph)
	s.ph.must(s.ph.Complete(s.second))
	if tr := next[sip.CallTransfer](s.ph); tr.ID != s.first || tr.Target != "2050" || tr.With != "" {
		t.Errorf("transfer %+v", tr)
	}
	s.p.Reply(s.p.Await("CANCEL"), "200 OK", "")
	s.p.ReplyTagged(s.invite, "487 Request Terminated", "consulted", "", "")
	if e := next[sip.CallEnded](s.ph); e.ID != s.second || e.Reason != sip.EndCancelled {
		t.Errorf("ended %+v", e)
	}
	refer := s.p.Await("REFER")
	if to := refer.Header("Refer-To"); !strings.HasPrefix(to, "<sip:2050@") || strings.Contains(to, "Replaces") {
		t.Errorf("Refer-To %q", to)
	}
	s.p.Reply(refer, "202 Accepted", "")
	s.notify("486 Busy Here", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](s.ph); !reflect.DeepEqual(tr.Failed, fault.New("sip.transfer.busy", "target", "2050")) {
		t.Errorf("transfer %+v", tr)
	}
	s.accept(s.p.Await("INVITE sip:caller@"), "sendrecv") // the caller is talked to again
	hold(s.ph, s.first, false)
}

// Whoever is consulted and does not answer: the caller is back, with the reason.
func TestConsultedInVain(t *testing.T) {
	s := consults(t)
	s.p.Reply(s.invite, "486 Busy Here", "")
	s.accept(s.p.Await("INVITE sip:caller@"), "sendrecv")
	if tr := next[sip.CallTransfer](s.ph); tr.ID != s.first || !tr.Failed.Is("sip.transfer.busy") {
		t.Errorf("transfer %+v", tr)
	}
	if err := s.ph.Complete(s.first); !errors.Is(err, sip.ErrNoConsult) {
		t.Errorf("complete: %v", err)
	}
}

func TestSwapAndBack(t *testing.T) {
	s := consults(t)
	s.answered()
	if _, err := s.ph.Consult(s.first, "2051"); !errors.Is(err, sip.ErrConsult) {
		t.Errorf("a second consultation: %v", err)
	}
	if _, err := s.ph.Consult(s.second, "2051"); !errors.Is(err, sip.ErrConsult) {
		t.Errorf("a consultation about the consultation: %v", err)
	}
	held := func(want bool) {
		t.Helper()
		var first, second sip.CallState
		if !soon(patience, func() bool {
			first, _ = s.ph.StateOf(s.first)
			second, _ = s.ph.StateOf(s.second)
			return first.Held == want && second.Held == !want
		}) {
			t.Errorf("first %+v, second %+v, want the first held: %v", first, second, want)
		}
	}
	held(true)
	s.ph.must(s.ph.Swap(s.first))
	for range 2 {
		re := s.p.Await("INVITE sip:")
		direction := "sendrecv"
		if strings.Contains(re.Body(), "a=sendonly") {
			direction = "recvonly"
		}
		s.p.ReplyTagged(re, "200 OK", "", "", siptest.SDP(4000, direction))
	}
	held(false)
	s.ph.must(s.ph.CancelConsult(s.second))
	s.p.Reply(s.p.Await("BYE"), "200 OK", "")
	if e := next[sip.CallEnded](s.ph); e.ID != s.second || e.Reason != sip.EndLocal {
		t.Errorf("ended %+v", e)
	}
	if err := s.ph.Swap(s.first); !errors.Is(err, sip.ErrNoConsult) {
		t.Errorf("swap: %v", err)
	}
}

// An INVITE with Replaces is answered in the place of a call: the agent has the same call, now with another party.
func TestTakenOver(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.SetMute(id, true))
	by := p.Call(`"Carol" <sip:2042@example.com>`)
	by.Send("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\n", c.CallID, c.ToTag, c.FromTag), siptest.SDP(4006, "sendrecv"))
	by.Answered()
	if e := next[sip.CallIdentity](ph); e.ID != id || !e.Transferred || e.Party.User != "2042" || e.Party.Name != "Carol" {
		t.Errorf("identity %+v", e)
	}
	bye := p.Await("BYE")
	if bye.Header("Call-ID") != c.CallID {
		t.Error("another call was hung up")
	}
	p.Reply(bye, "200 OK", "")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	re := p.Await("INVITE sip:caller@")
	if re.Header("Call-ID") != by.CallID {
		t.Error("another call is held")
	}
	p.ReplyTagged(re, "200 OK", "", "Contact: <sip:caller@"+p.Addr()+">\n", siptest.SDP(4006, "recvonly"))
	p.Await("ACK")
	by.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}

// What cannot take the place of a call leaves it as it is.
func TestNotTakenOver(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	by := p.Call("<sip:2042@example.com>")
	by.Send("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\n", c.CallID, c.ToTag, c.FromTag), strings.ReplaceAll(siptest.SDP(4006, "sendrecv"), "RTP/AVP 0 101", "RTP/SAVP 0 101"))
	by.Learn(p.Await("SIP/2.0 488"))
	by.Send("ACK", "", "")
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	p.Await("INVITE sip:caller@")
	c.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id {
		t.Errorf("ended %+v", e)
	}
}

// A colleague picks up a call that we placed, and that rings somewhere else.
func TestDialedCallTakenOver(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	id, err := ph.Dial("2050")
	ph.must(err)
	invite := p.Await("INVITE")
	p.ReplyTagged(invite, "180 Ringing", "fork", "", "")
	next[sip.CallProgress](ph)
	by := p.Call("<sip:2042@example.com>")
	by.Send("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=fork;early-only\n", invite.Header("Call-ID"), invite.Tag("From")), siptest.SDP(4006, "sendrecv"))
	by.Answered()
	if e := next[sip.CallIdentity](ph); e.ID != id || e.Party.User != "2042" {
		t.Errorf("identity %+v", e)
	}
	if a := next[sip.CallAnswered](ph); a.ID != id {
		t.Errorf("answered %+v", a)
	}
	p.Reply(p.Await("CANCEL"), "200 OK", "")
	p.ReplyTagged(invite, "487 Request Terminated", "fork", "", "")
	by.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}

// sent has the other side of a call send it on, and gives the INVITE that comes of it.
func sent(t *testing.T, p *siptest.Peer, ph *phone, c *siptest.Caller) siptest.Message {
	t.Helper()
	c.Send("REFER", "Refer-To: <sip:2060@"+p.Addr()+">\nReferred-By: <sip:bob@example.com>\n", "")
	notified(t, p, "100 Trying")
	if e := next[sip.CallReferred](ph); e.Asks || e.Target != "2060" {
		t.Errorf("referred %+v", e)
	}
	return p.Await("INVITE sip:2060@")
}

func notified(t *testing.T, p *siptest.Peer, want string) {
	t.Helper()
	n := p.Await("NOTIFY")
	if got := strings.TrimSpace(n.Body()); got != "SIP/2.0 "+want {
		t.Errorf("told %q, want %q", got, want)
	}
	p.Reply(n, "200 OK", "")
}

// The other side sends the call on: it is the same call, with whom it was sent to.
func TestSentOn(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	invite := sent(t, p, ph, c)
	p.ReplyTagged(invite, "180 Ringing", "x", "", "")
	notified(t, p, "180 Ringing")
	if e := next[sip.CallReferred](ph); !e.Ringing {
		t.Errorf("referred %+v", e)
	}
	p.ReplyTagged(invite, "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\nP-Asserted-Identity: \"Xenia\" <sip:2060@example.com>\n", siptest.SDP(4008, "sendrecv"))
	notified(t, p, "200 OK")
	if e := next[sip.CallReferred](ph); !e.Done {
		t.Errorf("referred %+v", e)
	}
	if e := next[sip.CallIdentity](ph); e.ID != id || !e.Transferred || e.Party.User != "2060" {
		t.Errorf("identity %+v", e)
	}
	if e := next[sip.CallIdentity](ph); e.Party.Name != "Xenia" {
		t.Errorf("identity %+v", e)
	}
	c.Bye()
	ph.must(ph.Hangup(id))
	bye := p.Await("BYE")
	if bye.Header("Call-ID") != invite.Header("Call-ID") {
		t.Error("another call was hung up")
	}
	p.Reply(bye, "200 OK", "")
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndLocal {
		t.Errorf("ended %+v", e)
	}
	select {
	case e := <-ph.events:
		t.Errorf("and then %T %+v", e, e)
	default:
	}
}

// Whoever has sent the call on and does not hang up is hung up on.
func TestSentOnAndLeftAlone(t *testing.T) {
	sip.SetByePatience(t, 0)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, _ := talk(ph, p)
	p.ReplyTagged(sent(t, p, ph, c), "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
	bye := p.Await("BYE")
	p.Reply(bye, "200 OK", "")
	if bye.Header("Call-ID") != c.CallID {
		t.Error("another call was hung up")
	}
}

// Nobody answers where the call was sent: it goes on, and may be sent on again.
func TestSentOnInVain(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	for range 2 {
		p.Reply(sent(t, p, ph, c), "486 Busy Here", "")
		notified(t, p, "486 Busy Here")
		if e := next[sip.CallReferred](ph); !e.Failed.Is("sip.transfer.busy") {
			t.Errorf("referred %+v", e)
		}
	}
	c.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}

// The other side hangs up while the one it has sent the call to still rings: the call goes on there.
func TestSentOnAndHungUp(t *testing.T) {
	for _, answer := range []string{"200 OK", "480 Temporarily Unavailable"} {
		t.Run(answer, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c, id := talk(ph, p)
			invite := sent(t, p, ph, c)
			c.Bye()
			if e := next[sip.CallIdentity](ph); e.ID != id || e.Party.User != "2060" {
				t.Errorf("identity %+v", e)
			}
			if answer == "200 OK" {
				p.ReplyTagged(invite, answer, "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
				next[sip.CallAnswered](ph)
				ph.must(ph.Hangup(id))
				p.Reply(p.Await("BYE"), "200 OK", "")
			} else {
				p.Reply(invite, answer, "")
			}
			if e := next[sip.CallEnded](ph); e.ID != id {
				t.Errorf("ended %+v", e)
			}
		})
	}
}

// The agent hangs up while the call is being sent on: both ends of it are over.
func TestHungUpWhileSentOn(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	invite := sent(t, p, ph, c)
	p.ReplyTagged(invite, "180 Ringing", "x", "", "")
	notified(t, p, "180 Ringing")
	ph.must(ph.Hangup(id))
	got := map[string]bool{}
	for len(got) < 2 {
		m := p.Recv("BYE", "CANCEL", "NOTIFY")
		got[m.Method()] = m.Method() != "NOTIFY" || got["NOTIFY"]
		p.Reply(m, "200 OK", "")
		delete(got, "NOTIFY")
	}
	p.ReplyTagged(invite, "487 Request Terminated", "x", "", "")
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndLocal {
		t.Errorf("ended %+v", e)
	}
}

// Outside the account's domain the agent is asked; so is everywhere where the account says so, and nobody where it says that.
func TestAskedWhetherToFollow(t *testing.T) {
	for _, c := range []struct{ follow, to, answer string }{
		{sip.FollowInside, "sip:2060@elsewhere.example.com", "refuse"}, {sip.FollowInside, "sip:2060@elsewhere.example.com", "nothing"},
		{sip.FollowAsked, "", "follow"}, {sip.FollowNone, "", ""},
	} {
		t.Run(c.follow+" "+c.answer, func(t *testing.T) {
			if c.answer == "nothing" {
				sip.SetAskPatience(t, 10*time.Millisecond)
			}
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(s *setup) { s.Account.Follow = c.follow })
			caller, id := talk(ph, p)
			to := c.to
			if to == "" {
				to = "sip:2060@" + p.Addr()
			}
			if err := ph.Follow(id); !errors.Is(err, sip.ErrNotAsked) {
				t.Errorf("follow: %v", err)
			}
			caller.Send("REFER", "Refer-To: <"+to+">\n", "")
			if c.answer == "" {
				p.Await("SIP/2.0 603")
				return
			}
			p.Await("SIP/2.0 202")
			notified(t, p, "100 Trying")
			if e := next[sip.CallReferred](ph); !e.Asks || c.to != "" && e.Target != "2060@elsewhere.example.com" {
				t.Errorf("referred %+v", e)
			}
			switch c.answer {
			case "follow":
				ph.must(ph.Follow(id))
				p.Reply(p.Await("INVITE sip:2060@"), "486 Busy Here", "")
				notified(t, p, "486 Busy Here")
				return
			case "refuse":
				ph.must(ph.Refuse(id))
			}
			notified(t, p, "603 Decline")
			if e := next[sip.CallReferred](ph); e.Failed.IsZero() {
				t.Errorf("referred %+v", e)
			}
		})
	}
}

// Both want to transfer at once: the first wish counts, and nobody is lost.
func TestBothTransferAtOnce(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.Transfer(id, "2050"))
	refer := p.Await("REFER")
	c.Send("REFER", "Refer-To: <sip:2060@"+p.Addr()+">\n", "")
	p.Await("SIP/2.0 491")
	p.Reply(refer, "491 Request Pending", "")
	next[sip.CallTransfer](ph)
	if tr := next[sip.CallTransfer](ph); tr.Failed.IsZero() {
		t.Errorf("transfer %+v", tr)
	}
	c.Bye()
	next[sip.CallEnded](ph)
}
