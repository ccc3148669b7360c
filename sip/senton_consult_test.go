package sip_test

import (
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// sendsOn has the consultation sent on to a number, and gives the INVITE that goes there; the agent is asked where it is no colleague's.
func (s *consultation) sendsOn(to string) siptest.Message {
	s.t.Helper()
	moved(s.p, s.invite, "<sip:"+to+"@HOST>")
	e := next[sip.CallReferred](s.ph)
	if e.ID != s.second || e.Target != to {
		s.t.Errorf("sent on %+v", e)
	}
	if e.Asks {
		s.ph.must(s.ph.Follow(s.second))
	}
	return s.p.Await("INVITE sip:" + to + "@")
}

// The one who is joined with the caller is the one who has answered, and not the number that was dialed: its call is at another address.
func TestAConsultationThatIsSentOnIsJoined(t *testing.T) {
	for _, to := range []string{"2060", "206012"} {
		s := consults(t)
		s.invite = s.sendsOn(to)
		s.answered()
		s.ph.must(s.ph.Complete(s.second))
		if tr := next[sip.CallTransfer](s.ph); tr.Target != to || tr.With != s.second {
			t.Errorf("transfer %+v", tr)
		}
		refer := s.p.Await("REFER sip:caller@")
		if got := refer.Header("Refer-To"); !strings.HasPrefix(got, "<sip:"+to+"@"+s.p.Addr()+"?Replaces="+s.invite.Header("Call-ID")) {
			t.Errorf("Refer-To %q", got)
		}
		s.p.Reply(refer, "202 Accepted", "")
		s.notify("486 Busy Here", "terminated;reason=noresource")
		if tr := next[sip.CallTransfer](s.ph); !tr.Failed.Is("sip.transfer.busy") || tr.Failed.Values["target"] != to {
			t.Errorf("transfer %+v", tr)
		}
	}
}

// While it rings there the caller is transferred to where it rings; while the agent is asked, to whoever would send the caller on.
func TestAConsultationThatIsSentOnIsCompletedWhileItRings(t *testing.T) {
	for to, want := range map[string]string{"2060": "2060", "206012": "2050"} {
		s := consults(t)
		if to == want {
			invite := s.sendsOn(to)
			s.p.ReplyTagged(invite, "180 Ringing", "x", "", "")
			if e := next[sip.CallReferred](s.ph); !e.Ringing {
				t.Errorf("rings %+v", e)
			}
		} else {
			moved(s.p, s.invite, "<sip:"+to+"@HOST>")
			if e := next[sip.CallReferred](s.ph); !e.Asks {
				t.Errorf("sent on %+v", e)
			}
		}
		s.ph.must(s.ph.Complete(s.second))
		if tr := next[sip.CallTransfer](s.ph); tr.Target != want {
			t.Errorf("transfer %+v", tr)
		}
		if got := s.p.Await("REFER").Header("Refer-To"); got != "<sip:"+want+"@"+s.p.Addr()+">" {
			t.Errorf("Refer-To %q", got)
		}
	}
}

// Who is busy is the number that was called last.
func TestAConsultationThatIsSentOnInVain(t *testing.T) {
	s := consults(t)
	s.p.ReplyTagged(s.sendsOn("2060"), "486 Busy Here", "x", "", "")
	if tr := next[sip.CallTransfer](s.ph); tr.ID != s.first || tr.Target != "2060" || tr.Failed.Values["target"] != "2060" {
		t.Errorf("transfer %+v", tr)
	}
}
