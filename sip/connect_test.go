package sip_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// party is the far end of a call that is up.
type party struct {
	*siptest.Caller
	id string
}

// up makes a call that is talked on, placed by the agent or by the far end.
func up(p *siptest.Peer, ph *phone, dialed bool) party {
	p.T().Helper()
	if !dialed {
		c, id := talk(ph, p)
		return party{c, id}
	}
	invite, id := dial(ph, p, "2050")
	to, uri := p.Phone()
	return party{&siptest.Caller{
		Peer: p, To: to, URI: uri, Name: "<sip:2050@" + p.Addr() + ">", CallID: invite.Header("Call-ID"), FromTag: "peer", ToTag: invite.Tag("From"),
	}, id}
}

// notify tells how the call that was asked for goes.
func (f party) notify(status, state string) {
	f.Send("NOTIFY", "Event: refer\nSubscription-State: "+state+"\nContent-Type: message/sipfrag\n", "SIP/2.0 "+status+"\n")
	f.Peer.Await("SIP/2.0 200")
}

// pair is two calls of which none is a consultation, the first on hold.
type pair struct {
	t             *testing.T
	p             *siptest.Peer
	ph            *phone
	first, second party
}

func twoUp(t *testing.T, firstDialed, secondDialed bool, change ...func(*setup)) *pair {
	t.Helper()
	p := siptest.NewPeer(t)
	s := &pair{t: t, p: p, ph: newPhone(t, p, change...)}
	s.first = up(p, s.ph, firstDialed)
	s.holds(s.first)
	s.second = up(p, s.ph, secondDialed)
	return s
}

// holds has the agent put a call on hold, to which the far end agrees.
func (s *pair) holds(f party) {
	s.t.Helper()
	s.ph.must(s.ph.Hold(f.id))
	hold(s.ph, f.id, true)
	s.agrees("recvonly")
	s.p.Await("ACK")
}

// agrees answers a re-INVITE.
func (s *pair) agrees(direction string) {
	s.p.ReplyTagged(s.p.Await("INVITE sip:"), "200 OK", "", "Contact: <sip:b@"+s.p.Addr()+">\n", siptest.SDP(4000, direction))
}

// connects has the agent connect the two, up to the REFER.
func (s *pair) connects() siptest.Message {
	s.t.Helper()
	s.ph.must(s.ph.Connect(s.first.id, s.second.id))
	if tr := next[sip.CallTransfer](s.ph); tr.ID != s.first.id || tr.With != s.second.id || tr.Done || !tr.Failed.IsZero() {
		s.t.Errorf("transfer %+v", tr)
	}
	return s.p.Await("REFER sip:")
}

// fails waits until the agent is told that it has not worked.
func (s *pair) fails() {
	s.t.Helper()
	tr := next[sip.CallTransfer](s.ph)
	for tr.Ringing {
		tr = next[sip.CallTransfer](s.ph)
	}
	if tr.Failed.IsZero() || tr.ID != s.first.id || tr.With != s.second.id {
		s.t.Errorf("transfer %+v", tr)
	}
}

// stand waits until the two calls are on hold, or not, as both sides know.
func (s *pair) stand(first, second bool) {
	s.t.Helper()
	var a, b sip.CallState
	if !soon(patience, func() bool {
		var there, here bool
		a, there = s.ph.StateOf(s.first.id)
		b, here = s.ph.StateOf(s.second.id)
		return there && here && a.Settled && b.Settled && a.Held == first && b.Held == second
	}) {
		s.t.Errorf("%+v and %+v, want them held: %v, %v", a, b, first, second)
	}
}

// Any two calls are connected, whoever placed each: the far end of the one is asked to take the agent's place in the other, and both end once it has.
func TestConnectAnyTwo(t *testing.T) {
	interop.Proves(t, "S3.6")
	for _, of := range [][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
		t.Run(fmt.Sprintf("dialed %v", of), func(t *testing.T) {
			s := twoUp(t, of[0], of[1])
			refer := s.connects()
			if refer.Header("Call-ID") != s.first.CallID {
				t.Errorf("the REFER is in %s, want %s", refer.Header("Call-ID"), s.first.CallID)
			}
			want := "?Replaces=" + s.second.CallID + "%3Bto-tag%3D" + s.second.FromTag + "%3Bfrom-tag%3D" + s.second.ToTag + ">"
			if to := refer.Header("Refer-To"); !strings.HasPrefix(to, "<sip:") || !strings.HasSuffix(to, want) {
				t.Errorf("Refer-To %q, want %q at its end", to, want)
			}
			s.p.Reply(refer, "202 Accepted", "")
			s.first.notify("180 Ringing", "active;expires=60")
			if tr := next[sip.CallTransfer](s.ph); !tr.Ringing {
				t.Errorf("transfer %+v", tr)
			}
			s.first.notify("200 OK", "terminated;reason=noresource")
			if tr := next[sip.CallTransfer](s.ph); !tr.Done || tr.ID != s.first.id || tr.With != s.second.id {
				t.Errorf("transfer %+v", tr)
			}
			for range 2 {
				if e := next[sip.CallEnded](s.ph); e.Reason != sip.EndTransferred {
					t.Errorf("ended %+v", e)
				}
				s.p.Reply(s.p.Await("BYE"), "200 OK", "")
			}
		})
	}
}

// A refusal leaves both calls where they were, the agent talking to the second, and it may be tried again.
func TestConnectRefused(t *testing.T) {
	s := twoUp(t, false, true)
	for _, how := range []string{"403 Forbidden", "500 Server Error", "603 Decline", "606 Not Acceptable", "in the end 486 Busy Here", "in the end 603 Decline", "silence", "silence after 100 Trying"} {
		refer := s.connects()
		switch code, late := strings.CutPrefix(how, "in the end "); {
		case late:
			s.p.Reply(refer, "202 Accepted", "")
			s.first.notify("180 Ringing", "active;expires=60")
			s.first.notify(code, "terminated;reason=noresource")
		case how == "silence": // nothing is heard of it any more
			s.p.Reply(refer, "202 Accepted", "")
			s.first.There()
			s.ph.forward(10 * time.Second)
		case how == "silence after 100 Trying":
			s.p.Reply(refer, "202 Accepted", "")
			s.first.notify("100 Trying", "active;expires=60")
			s.ph.forward(10 * time.Second)
		default:
			s.p.Reply(refer, how, "")
		}
		s.fails()
		s.stand(true, false)
	}
	if s.ph.must(s.ph.Connect(s.second.id, s.first.id)); s.p.Await("REFER").Header("Call-ID") != s.second.CallID {
		t.Error("not the one that was said is sent to the other")
	}
}

// Two calls that the agent had on hold stay on hold.
func TestConnectFailsOfTwoOnHold(t *testing.T) {
	s := twoUp(t, true, false)
	s.holds(s.second)
	s.p.Reply(s.connects(), "603 Decline", "")
	s.fails()
	s.stand(true, true)
}

// Who puts the second on hold while the two are being connected wants to be heard by nobody: so it stays when that fails.
func TestConnectFailsOnHold(t *testing.T) {
	for _, hold := range []string{"the second", "both"} {
		t.Run(hold, func(t *testing.T) {
			s := twoUp(t, true, false)
			s.p.Reply(s.connects(), "202 Accepted", "")
			s.holds(s.second)
			if hold == "both" {
				s.ph.must(s.ph.Hold(s.first.id))
			}
			s.first.notify("603 Decline", "terminated;reason=noresource")
			s.fails()
			s.stand(true, true)
			if _, heard := s.ph.Heard(); len(heard) > 0 {
				t.Errorf("the agent is heard in %v", heard)
			}
		})
	}
}

// The hold of the first is not answered when the two are connected: it is on hold all the same when that fails.
func TestConnectWhileTheHoldIsUnanswered(t *testing.T) {
	p := siptest.NewPeer(t)
	s := &pair{t: t, p: p, ph: newPhone(t, p)}
	s.first = up(p, s.ph, false)
	s.ph.must(s.ph.Hold(s.first.id))
	re := p.Await("INVITE sip:caller@")
	p.Reply(re, "100 Trying", "")
	s.second = up(p, s.ph, false)
	s.p.Reply(s.connects(), "202 Accepted", "")
	s.first.notify("481 Call Does Not Exist", "terminated;reason=noresource")
	s.fails()
	p.ReplyTagged(re, "200 OK", "", "Contact: <sip:caller@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
	s.stand(true, false)
}

// While two are connected neither is handed on otherwise, and what cannot be connected says why.
func TestConnectRefusesWhatCannotBe(t *testing.T) {
	s := twoUp(t, false, true, func(c *setup) { c.Account.Lines = 3 })
	ringing, third := ring(s.ph, s.p)
	for _, of := range []struct {
		name, id, other string
		want            error
	}{
		{"a call with itself", s.first.id, s.first.id, sip.ErrOneCall},
		{"one that is over", s.first.id, "gone", sip.ErrNoCall},
		{"from one that is over", "gone", s.first.id, sip.ErrNoCall},
		{"one that rings", s.first.id, third, sip.ErrNotTalking},
		{"from one that rings", third, s.first.id, sip.ErrNotTalking},
	} {
		if err := s.ph.Connect(of.id, of.other); !errors.Is(err, of.want) {
			t.Errorf("%s: %v, want %v", of.name, err, of.want)
		}
	}
	s.ph.must(s.ph.Decline(third))
	ringing.Learn(s.p.Await("SIP/2.0 486"))
	s.connects()
	for name, err := range map[string]error{
		"once more":               s.ph.Connect(s.first.id, s.second.id),
		"the other way":           s.ph.Connect(s.second.id, s.first.id),
		"a transfer of the first": s.ph.Transfer(s.first.id, "2060"),
		"one of the second":       s.ph.Transfer(s.second.id, "2060"),
	} {
		if !errors.Is(err, sip.ErrTransfer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.ph.Consult(s.second.id, "2060"); !errors.Is(err, sip.ErrTransfer) {
		t.Errorf("a consultation about the second: %v", err)
	}
}

// The two may be on two accounts of one phone server. On those of two servers they are refused, since neither server knows the other's call.
func TestConnectAcrossAccounts(t *testing.T) {
	p, elsewhere := siptest.NewPeer(t), siptest.NewPeer(t)
	ph := startPhone(t, func(c *setup) { c.Account = account(p) })
	ph.registered()
	same, other := account(p), account(elsewhere)
	same.User, other.User = "2042", "2043"
	ph.must(ph.SetAccounts([]sip.Account{account(p), same, other}))
	ph.registered()
	ph.registered()
	place := func(at *siptest.Peer, account sip.Account) string {
		id, err := ph.Phone.Dial(account.ID(), "2050", "")
		ph.must(err)
		invite := at.Await("INVITE sip:2050@")
		accept(at, invite, "sendrecv")
		at.Await("ACK")
		next[sip.CallAnswered](ph)
		return id
	}
	away := place(elsewhere, other)
	first := place(p, account(p))
	second := place(p, same)
	for _, of := range [][2]string{{away, first}, {first, away}} {
		if err := ph.Connect(of[0], of[1]); !errors.Is(err, sip.ErrApart) || !fault.Of(err).Is("sip.connect.servers") {
			t.Errorf("at two servers: %v", err)
		}
	}
	ph.must(ph.Connect(first, second))
	if to := p.Await("REFER").Header("Refer-To"); !strings.Contains(to, "?Replaces=") {
		t.Errorf("Refer-To %q", to)
	}
}

// Whoever withholds the number is connected all the same, and no name is made up.
func TestConnectWithSomebodyUnknown(t *testing.T) {
	p := siptest.NewPeer(t)
	s := &pair{t: t, p: p, ph: newPhone(t, p)}
	s.first = up(p, s.ph, true)
	s.holds(s.first)
	c := p.Call("\"Anonymous\" <sip:anonymous@anonymous.invalid>")
	c.Ringing()
	in := next[sip.CallIncoming](s.ph)
	s.ph.must(s.ph.Answer(in.ID))
	c.Answered()
	s.second = party{c, in.ID}
	s.p.Reply(s.connects(), "603 Decline", "")
	if tr := next[sip.CallTransfer](s.ph); tr.Target != "" || !tr.Failed.Is("sip.transfer.not-connected") {
		t.Errorf("transfer %+v", tr)
	}
}

// Of a call and the consultation about it, Connect is Complete, whichever is named first.
func TestConnectAConsultation(t *testing.T) {
	s := consults(t)
	s.answered()
	s.ph.must(s.ph.Connect(s.second, s.first))
	if tr := next[sip.CallTransfer](s.ph); tr.ID != s.first || tr.With != s.second {
		t.Errorf("transfer %+v", tr)
	}
}

// The second stays where it is while it is being joined: its far end cannot have it go elsewhere then, also not where it has asked for that before.
func TestConnectKeepsTheSecond(t *testing.T) {
	sip.SetByePatience(t, time.Hour)
	s := twoUp(t, false, false, func(c *setup) { c.Account.Follow = sip.FollowAsked })
	wants := func() { s.second.Send("REFER", "Refer-To: <sip:2060@"+s.p.Addr()+">\n", "") }
	wants()
	s.p.Await("SIP/2.0 202")
	notified(t, s.p, "100 Trying")
	if e := next[sip.CallReferred](s.ph); !e.Asks || e.ID != s.second.id {
		t.Errorf("referred %+v", e)
	}
	refer := s.connects()
	if err := s.ph.Follow(s.second.id); !errors.Is(err, sip.ErrTransfer) {
		t.Errorf("it goes elsewhere: %v", err)
	}
	s.p.Reply(refer, "603 Decline", "")
	s.fails()
	s.ph.must(s.ph.Refuse(s.second.id)) // the wish is still there
	notified(t, s.p, "603 Decline")
	s.p.Reply(s.connects(), "202 Accepted", "")
	s.first.notify("100 Trying", "active;expires=60")
	wants()
	s.p.Await("SIP/2.0 491")
	s.first.Bye() // and is perhaps there
	next[sip.CallEnded](s.ph)
	wants()
	s.p.Await("SIP/2.0 491")
}
