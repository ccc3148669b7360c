package sip_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// Outside the account's domain the agent is asked; so is everywhere where the account says so, and nobody where it says that.
func TestAskedWhetherToFollow(t *testing.T) {
	for _, c := range []struct{ follow, to, answer string }{
		{sip.FollowInside, "sip:2060@elsewhere.example.com", "refuse"},
		{sip.FollowInside, "sip:2060@elsewhere.example.com", "nothing"},
		{sip.FollowAsked, "", "follow"},
		{"", "", "follow"}, // as an account that says nothing has it
		{sip.FollowNone, "", ""},
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

// What nobody could see as it is called is refused: the agent would agree to another number than is shown.
func TestATransferToWhatIsNotSeen(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	caller, id := talk(ph, p)
	for _, user := range []string{"2060%e2%80%8b", "%e2%80%ae0602", "2060%0a", strings.Repeat("2", 200)} {
		caller.Send("REFER", "Refer-To: <sip:"+user+"@"+p.Addr()+">\n", "")
		p.Await("SIP/2.0 603")
	}
	if err := ph.Follow(id); !errors.Is(err, sip.ErrNotAsked) {
		t.Errorf("follow: %v", err)
	}
	caller.Bye()
}

// At our server, too, only what reads as a colleague is called unasked: whoever calls through it could ask for a number that costs, or a code.
func TestOnlyColleaguesAreFollowedUnasked(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) {
		s.Colleague = func(account, number string) bool {
			if account != s.Account.ID() {
				t.Errorf("asked of the account %q", account)
			}
			return number == "20"
		}
	})
	caller, id := talk(ph, p)
	for _, to := range []string{
		"sip:+19005550123@", "sip:19005550123@", "sip:*72@", "sip:%2a7219005550123@", "sip:900%23@", "sip:2@", "sip:1234567@", "sip:911@", "sip:112@", "sip:118118@", "sip:0900@",
		"sip:9911@", "sip:1-900-FLOWERS@", "sip:x0019005550123@", "sip:a9911@", "sip:dial.00-1900.555.0123@", "sip:outside12345@", "sip:2060%3b1@", "sip:20%2060@", "sip:%d9%a2%d9%a0@", "tel:+19005550123", "tel:911",
	} {
		if strings.HasSuffix(to, "@") {
			to += p.Addr()
		}
		caller.Send("REFER", "Refer-To: <"+to+">\n", "")
		notified(t, p, "100 Trying")
		if e := next[sip.CallReferred](ph); !e.Asks {
			t.Errorf("%s is followed unasked: %+v", to, e)
		}
		ph.must(ph.Refuse(id))
		notified(t, p, "603 Decline")
		next[sip.CallReferred](ph)
	}
	for i, to := range []string{"20", "reception3", "206012"} {
		caller.Send("REFER", "Refer-To: <sip:"+to+"@"+p.Addr()+">\n", "")
		notified(t, p, "100 Trying")
		if e := next[sip.CallReferred](ph); e.Asks != (i == 2) {
			t.Errorf("%d: %+v", i, e)
		}
		if i == 2 {
			ph.must(ph.Follow(id)) // as often as the agent likes
		}
		p.Reply(p.Await("INVITE sip:"+to+"@"), "486 Busy Here", "")
		notified(t, p, "486 Busy Here")
		for e := next[sip.CallReferred](ph); e.Failed.IsZero(); e = next[sip.CallReferred](ph) {
		}
	}
	caller.Bye()
}
