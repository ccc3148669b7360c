package sip_test

import (
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// Which number or desk takes a call for help the server knows: it goes there with every policy, as often as it is sent on, and nobody is asked.
func TestACallForHelpIsSentOn(t *testing.T) {
	for _, policy := range []string{"", sip.FollowInside, sip.FollowAsked, sip.FollowNone} {
		for contact, calls := range map[string]string{"<sip:110@HOST>": "110", "<sip:0112@HOST>": "0112", "<tel:+49112>": "+49112", "<sip:206012@HOST>": "206012"} {
			t.Run(policy+" "+calls, func(t *testing.T) {
				p := siptest.NewPeer(t)
				ph := newPhone(t, p, func(s *setup) {
					s.Account.Redirects = policy
					s.Emergency = func(account, number string) bool { return account == s.Account.ID() && number == "112" }
				})
				id, err := ph.Dial("112")
				ph.must(err)
				moved(p, p.Await("INVITE sip:112@"), contact)
				if e := next[sip.CallReferred](ph); e.ID != id || e.Asks || e.Target != calls {
					t.Errorf("sent on %+v", e)
				}
				moved(p, p.Await("INVITE sip:"+calls+"@"), "<sip:desk@HOST>")
				if e := next[sip.CallReferred](ph); e.Asks || e.Target != "desk" {
					t.Errorf("sent on %+v", e)
				}
				p.ReplyTagged(p.Await("INVITE sip:desk@"), "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
				next[sip.CallAnswered](ph)
			})
		}
	}
}

// A code that has the number in it is none, and neither is what somebody else wants called: those would go anywhere unasked.
func TestWhatIsNoCallForHelp(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) {
		s.Account.Proxy = p.Addr()
		s.Emergency = func(_, number string) bool { return strings.Contains(number, "112") }
	})
	id, err := ph.Dial("*112")
	ph.must(err)
	moved(p, p.Await("INVITE sip:*112@"), "<sip:206012@HOST>")
	if e := next[sip.CallReferred](ph); !e.Asks {
		t.Errorf("sent on %+v", e)
	}
	ph.must(ph.Hangup(id))
	next[sip.CallEnded](ph)
	c, id := talk(ph, p)
	c.Send("REFER", "Refer-To: <sip:112@elsewhere.example>\n", "")
	notified(t, p, "100 Trying")
	next[sip.CallReferred](ph)
	ph.must(ph.Follow(id))
	moved(p, p.Await("INVITE sip:112@elsewhere.example"), "<sip:206012@HOST>")
	notified(t, p, "302 Status 302")
	c.Bye()
}

// To another phone system it does not go, whatever is dialed.
func TestACallForHelpIsNotSentOutOfTheDomain(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) { s.Emergency = func(_, number string) bool { return number == "112" } })
	_, err := ph.Dial("112")
	ph.must(err)
	moved(p, p.Await("INVITE sip:112@"), "<sip:112@elsewhere.example>")
	if e := next[sip.CallEnded](ph); e.Text.Code != "sip.ended.sent-on" || e.Text.Values["target"] != "112@elsewhere.example" {
		t.Errorf("ended %+v", e)
	}
}
