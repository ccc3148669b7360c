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
	"linecard/test/interop"
)

// consultation is a caller on hold and somebody who is consulted about the call.
type consultation struct {
	t             *testing.T
	p             *siptest.Peer
	ph            *phone
	c             *siptest.Caller
	invite        siptest.Message
	first, second string
	sent          int // requests of the one consulted
}

// consults has the phone consult 2050 about a call, up to its INVITE.
func consults(t *testing.T, change ...func(*setup)) *consultation {
	t.Helper()
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, change...)
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

// consultedBye has the one consulted hang up.
func (s *consultation) consultedBye() {
	s.t.Helper()
	s.consultedSends("BYE", "")
	s.p.Await("SIP/2.0 200")
}

// consultedSends has the one consulted send a request inside the call.
func (s *consultation) consultedSends(method, headers string) {
	s.sent++
	s.p.Send(s.c.To, fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-gone%d;rport\nMax-Forwards: 70\nFrom: %s;tag=consulted\nTo: %s\nCall-ID: %s\nCSeq: %d %s\n%sContent-Length: 0\n\n",
		method, s.c.URI, s.p.Addr(), s.sent, s.invite.Header("To"), s.invite.Header("From"), s.invite.Header("Call-ID"), s.sent, method, headers))
}

func (s *consultation) notify(status, state string) {
	s.c.Send("NOTIFY", "Event: refer\nSubscription-State: "+state+"\nContent-Type: message/sipfrag\n", "SIP/2.0 "+status+"\n")
	s.p.Await("SIP/2.0 200")
}

// An attended transfer, from the consultation to the two calls let go.
func TestAttendedTransfer(t *testing.T) {
	interop.Proves(t, "S3.6")
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
	s.consultedBye()
	if e := next[sip.CallEnded](s.ph); e.ID != s.second || e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
	s.c.Bye()
	for e := next[sip.CallTransfer](s.ph); !e.Done; e = next[sip.CallTransfer](s.ph) {
	}
	if e := next[sip.CallEnded](s.ph); e.ID != s.first || e.Reason != sip.EndTransferred {
		t.Errorf("ended %+v", e)
	}
}

// The caller hangs up while the two are joined: the one consulted stays with the agent, unless the caller has gone over.
func TestAttendedTransferTheCallerGoesFirst(t *testing.T) {
	for _, over := range []bool{false, true} {
		t.Run(fmt.Sprintf("gone over %v", over), func(t *testing.T) {
			sip.SetByePatience(t, time.Hour)
			s := consults(t)
			s.answered()
			s.ph.must(s.ph.Complete(s.first))
			next[sip.CallTransfer](s.ph)
			s.p.Reply(s.p.Await("REFER"), "202 Accepted", "")
			s.notify("100 Trying", "active;expires=60")
			s.c.Bye()
			if e := next[sip.CallEnded](s.ph); e.ID != s.first || e.Reason != sip.EndRemote {
				t.Errorf("ended %+v", e)
			}
			if over {
				s.consultedBye()
				if e := next[sip.CallTransfer](s.ph); !e.Done || e.ID != s.first || e.With != s.second {
					t.Errorf("transfer %+v", e)
				}
				if e := next[sip.CallEnded](s.ph); e.ID != s.second || e.Reason != sip.EndTransferred {
					t.Errorf("ended %+v", e)
				}
				return
			}
			if calls, _ := s.ph.Heard(); len(calls) != 1 || calls[0] != s.second {
				t.Errorf("on the desk: %v", calls)
			}
			s.ph.must(s.ph.Hangup(s.second))
			s.p.Reply(s.p.Await("BYE"), "200 OK", "")
			if e := next[sip.CallEnded](s.ph); e.ID != s.second || e.Reason != sip.EndLocal {
				t.Errorf("ended %+v", e)
			}
		})
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

// A call that was on hold before is talked on again, too.
func TestConsultedInVainAboutAHeldCall(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := talk(ph, p)
	s := &consultation{t: t, p: p, ph: ph}
	ph.must(ph.Hold(id))
	hold(ph, id, true)
	s.accept(p.Await("INVITE sip:caller@"), "recvonly")
	p.Await("ACK")
	_, err := ph.Consult(id, "2050")
	ph.must(err)
	p.Reply(p.Await("INVITE sip:2050@"), "486 Busy Here", "")
	s.accept(p.Await("INVITE sip:caller@"), "sendrecv")
	hold(ph, id, false)
}

// Whoever is consulted sends the agent on to a third, and hangs up: the caller is transferred to the third.
func TestCompletedWithWhomTheConsultedSentUsTo(t *testing.T) {
	s := consults(t)
	s.answered()
	s.consultedSends("REFER", "Contact: <sip:b@"+s.p.Addr()+">\nRefer-To: <sip:2060@"+s.p.Addr()+">\n")
	notified(t, s.p, "100 Trying")
	invite := s.p.Await("INVITE sip:2060@")
	s.p.ReplyTagged(invite, "180 Ringing", "third", "", "")
	notified(t, s.p, "180 Ringing")
	s.consultedBye()
	s.ph.must(s.ph.Complete(s.second))
	if tr := next[sip.CallTransfer](s.ph); tr.Target != "2060" {
		t.Errorf("transfer %+v", tr)
	}
	refer := s.p.Await("REFER")
	if to := refer.Header("Refer-To"); to != "<sip:2060@"+s.p.Addr()+">" {
		t.Errorf("Refer-To %q", to)
	}
}

// The call with the one consulted is taken over by a phone that tells neither its name nor the server's port: they are joined all the same.
func TestCompletedWithSomebodyUnknown(t *testing.T) {
	s := consults(t)
	s.answered()
	by := s.p.Call("<sip:2042@127.0.0.1>")
	by.Send("INVITE", fmt.Sprintf("Privacy: id\nReplaces: %s;to-tag=%s;from-tag=consulted\n", s.invite.Header("Call-ID"), s.invite.Tag("From")), siptest.SDP(4006, "sendrecv"))
	by.Answered()
	if e := next[sip.CallIdentity](s.ph); e.ID != s.second || e.Party.User != "" {
		t.Errorf("identity %+v", e)
	}
	s.p.Reply(s.p.Await("BYE"), "200 OK", "")
	s.ph.must(s.ph.Complete(s.first))
	next[sip.CallTransfer](s.ph)
	refer := s.p.Await("REFER")
	if to := refer.Header("Refer-To"); !strings.HasPrefix(to, "<sip:2042@"+s.p.Addr()+"?Replaces=") {
		t.Errorf("Refer-To %q", to)
	}
	s.p.Reply(refer, "202 Accepted", "")
	s.notify("200 OK", "terminated;reason=noresource")
	if tr := next[sip.CallTransfer](s.ph); !tr.Done {
		t.Errorf("transfer %+v", tr)
	}
	for range 2 {
		if e := next[sip.CallEnded](s.ph); e.Reason != sip.EndTransferred {
			t.Errorf("ended %+v", e)
		}
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
