package sip_test

import (
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// The number that the callee's record names is sent as one that the agent chose: one of the list, and any where the account has none. It is a number, or the call is
// refused before anything is sent.
func TestTheNumberThatARecordNames(t *testing.T) {
	for name, c := range map[string]struct {
		list     []string
		as, want string
	}{
		"any number, without a list": {nil, "+442079460018", `"Agent" <sip:+442079460018@127.0.0.1>`},
		"one of the list":            {[]string{"Sales <+14155550102>"}, "+14155550102", `"Sales" <sip:+14155550102@127.0.0.1>`},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(s *setup) { s.Account.CallerID, s.Account.CallerIDs = "+14155550100", c.list })
			_, err := ph.DialFor("", "1002", "", "", c.as)
			ph.must(err)
			if e := next[sip.CallDialing](ph); e.As != c.as || !e.AsOfRecord {
				t.Errorf("told: %+v", e)
			}
			invite := p.Recv("INVITE")
			p.Reply(invite, "486 Busy Here", "")
			p.Recv("ACK")
			next[sip.CallEnded](ph)
			if got := invite.Header("P-Preferred-Identity"); got != c.want {
				t.Errorf("shown: %s, want %s", got, c.want)
			}
		})
	}
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) { s.Account.CallerIDs = nil })
	for _, as := range []string{"withheld", "x\r\nX: y", "a@b", "+", "123456789012345678901", "*67"} {
		if _, err := ph.DialFor("", "1002", "", "", as); fault.Of(err).Code != "sip.caller-id-none" {
			t.Errorf("as %q: %v", as, err)
		}
	}
	if _, err := ph.DialFor("", "1002", "", "0;x", "+442079460018"); err == nil {
		t.Error("a spelling that is none is sent")
	}
	if _, err := ph.DialAs("", "1002", "", "+442079460018"); fault.Of(err).Code != "sip.caller-id-none" {
		t.Errorf("the agent chose a number without a list: %v", err)
	}
	if m, ok := p.Within(20*time.Millisecond, "INVITE"); ok {
		t.Errorf("called:\n%s", m.Text)
	}
}
