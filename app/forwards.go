package app

import (
	"maps"
	"slices"

	"linecard/app/catalogue"
	"linecard/fault"
)

// ForwardTold is what the phone system was told of a way in which it forwards calls: it does that by codes, and nobody tells whether it still does.
type ForwardTold struct {
	When    string `json:"when"`              // always, busy or noanswer
	Number  string `json:"number,omitempty"`  // where calls are to go; "" for nowhere
	Told    string `json:"told,omitempty"`    // the number that the phone system was told last; "" for none
	Unsure  string `json:"unsure,omitempty"`  // a number that it was sent since without an answer: calls may go there
	Seconds int    `json:"seconds,omitempty"` // a call is to ring before it goes to Number; 0 where the code has no place for that
	Telling bool   `json:"telling,omitempty"` // its code is being called

	ToldSeconds int `json:"toldSeconds,omitempty"` // the same of Told

	Why    fault.Fault `json:"-"`                // why it was not told
	Reason string      `json:"reason,omitempty"` // the same as a plain sentence; set by render
}

type forwardsTold struct {
	stamp
	all map[string][]ForwardTold
}

// ForwardsTold takes what the phone systems of accounts were told, by the accounts' ids.
func (d *Desk) ForwardsTold(all map[string][]ForwardTold) { d.post(forwardsTold{d.stamp(), all}) }

func (e forwardsTold) next(s state) (state, []effect) {
	var out []effect
	for _, p := range s.phones {
		was, is := toldWhere(s.told[p.Account]), toldWhere(e.all[p.Account])
		if !maps.Equal(was, is) {
			out = append(out, say{Event{Event: "forward", At: e.at(), Account: p.Account, State: onOff(len(is) > 0), Target: is[forwardsAll]}})
		}
	}
	s.told = e.all
	return s, out
}

// forwardsAll is the way in which all calls are forwarded.
const forwardsAll = "always"

// toldWhere are the numbers that were told, by the ways.
func toldWhere(all []ForwardTold) map[string]string {
	where := map[string]string{}
	for _, t := range all {
		if t.Told != "" {
			where[t.When] = t.Told
		}
	}
	return where
}

// forwardsOf are those of an account, in words.
func (s *state) forwardsOf(account string) []ForwardTold {
	all := slices.Clone(s.told[account])
	for i := range all {
		all[i].Reason = catalogue.Say(all[i].Why)
	}
	return all
}
