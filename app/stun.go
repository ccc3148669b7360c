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
	if i < 0 {
		return s, nil
	}
	s.phones = slices.Clone(s.phones)
	s.phones[i].STUN = e.STUN
	why := fault.Fault{}
	for _, p := range s.phones {
		if why.IsZero() {
			why = p.STUN.Reason
		}
	}
	s.notices[AboutSTUN] = why
	line := Event{Event: "stun", At: at.at(), Account: e.Account, State: onOff(e.Seen.IsValid())}
	if e.Seen.IsValid() {
		line.From = e.Seen.String()
	}
	return s, []effect{say{line}}
}
