package app

import (
	"slices"

	"linecard/app/catalogue"
	"linecard/fault"
)

// ForwardTold is what the phone system was told of a way in which it forwards calls: it does that by codes, and nobody tells whether it still does.
type ForwardTold struct {
	When    string      `json:"when"`             // always, busy or noanswer
	Number  string      `json:"number,omitempty"` // where calls are to go; "" for nowhere
	Told    string      `json:"told,omitempty"`   // the number that the phone system was told last; "" for none
	Seconds int         `json:"seconds,omitempty"`
	Telling bool        `json:"telling,omitempty"` // its code is being called
	Why     fault.Fault `json:"-"`                 // why it was not told
	Reason  string      `json:"reason,omitempty"`  // the same as a plain sentence; set by render
}

type forwardsTold struct {
	stamp
	all map[string][]ForwardTold
}

// ForwardsTold takes what the phone systems of accounts were told, by the accounts' ids.
func (d *Desk) ForwardsTold(all map[string][]ForwardTold) { d.post(forwardsTold{d.stamp(), all}) }

func (e forwardsTold) next(s state) (state, []effect) {
	s.told = e.all
	return s, nil
}

// forwardsOf are those of an account, in words.
func (s *state) forwardsOf(account string) []ForwardTold {
	all := slices.Clone(s.told[account])
	for i := range all {
		all[i].Reason = catalogue.Say(all[i].Why)
	}
	return all
}
