package app

import (
	"slices"

	"linecard/fault"
	"linecard/sip"
)

// stunChanged notes how an account's STUN server sees this machine. Where it says nothing the agent is told once: calls go on, and may be
// without sound behind a router.
func stunChanged(s state, e sip.STUNChanged, at stamp) (state, []effect) {
	i := s.phone(e.Account)
	if i < 0 { // it is removed, or was never there
		return s.stunSettled(), nil
	}
	s.phones = slices.Clone(s.phones)
	s.phones[i].STUN = e.STUN
	s.notices[AboutSTUN] = stunNotice(s.phones)
	line := Event{Event: "stun", At: at.at(), Account: e.Account, State: onOff(e.Seen.IsValid())}
	if e.Seen.IsValid() {
		line.From = e.Seen.String()
	}
	return s, []effect{say{line}}
}

// stunNotice is what there is to say about the STUN servers of all accounts: the first that says nothing.
func stunNotice(phones []PhoneView) fault.Fault {
	for _, p := range phones {
		if !p.STUN.Reason.IsZero() {
			return p.STUN.Reason
		}
	}
	return fault.Fault{}
}

// stunSettled takes a notice back that is about an account which is there no more. One that the agent has read does not come again by that.
func (s state) stunSettled() state {
	if !s.notices[AboutSTUN].IsZero() {
		s.notices[AboutSTUN] = stunNotice(s.phones)
	}
	return s
}
