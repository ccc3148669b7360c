package app

import (
	"slices"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// A phone server may know a number by another spelling than the one that was sent: with a +, with an exit code, without the digits for an outside line. Where it does
// not know the number of a call, the agent is offered the others, and where one of them rings, to have all numbers dialed like that. Nothing is
// dialed or changed by itself: a number that nobody has is refused in the same way.

// What may be said of another spelling.
var (
	ErrNoSpelling = fault.Err(nil, "desk.no-spelling")
	ErrNotKept    = fault.Err(nil, "desk.no-spelling-to-keep")
)

// mostSpelled is how many refused spellings are remembered, of all numbers.
const mostSpelled = 50

// spelled is a spelling of a number that the server of an account has refused.
type spelled struct{ account, number, sent string }

// misspelled reports whether a call ended because the phone server does not know its number, or not as it is written.
func (c *call) misspelled() bool {
	return c.direction == crm.Outbound && c.answered.IsZero() && c.consults == "" && c.picks == "" && c.end.Reason == sip.EndNotFound &&
		(c.end.Code == 404 || c.end.Code == 484 || c.end.Code == 604)
}

// misspelled is the call with an id, or with "" the first one, whose number the phone server does not know; nil for none.
func (s *state) misspelled(id string) *call {
	i := slices.IndexFunc(s.calls, func(c call) bool { return (id == "" || c.id == id) && c.misspelled() })
	if i < 0 {
		return nil
	}
	return &s.calls[i]
}

// refusedAs remembers the spelling of a call that the phone server did not know.
func (s state) refusedAs(c *call) state {
	if !c.misspelled() || c.spelling == "" {
		return s
	}
	s.spelled = append(slices.Clone(s.spelled[max(0, len(s.spelled)-mostSpelled+1):]), spelled{c.account, c.number.Raw, c.spelling})
	return s
}

// Spellings are the other ways to dial the number of a call that has just ended because the phone server does not know it, without those that it
// did not know either. It waits for nothing.
func (d *Desk) Spellings(id string) []crm.DialSpelling {
	s := d.now.Load()
	c := s.misspelled(id)
	if c == nil {
		return nil
	}
	all := d.plan(c.account).Spellings(c.number.Raw)
	return slices.DeleteFunc(all, func(o crm.DialSpelling) bool {
		return slices.Contains(s.spelled, spelled{c.account, c.number.Raw, o.Sent})
	})
}

// TrySpelling calls the number of such a call again, written as one of [Desk.Spellings]; "" is the first of them. It returns the new call's id. Whether the callee may be
// called is asked again, and a reason that was given for it counts again.
func (d *Desk) TrySpelling(id, sent string) (string, error) {
	all := d.Spellings(id)
	i := slices.IndexFunc(all, func(o crm.DialSpelling) bool { return o.Sent == sent || sent == "" })
	c := d.now.Load().misspelled(id)
	if i < 0 || c == nil {
		return "", ErrNoSpelling
	}
	number := sip.Dialed{Number: c.number.Raw, Then: c.then, Secure: c.secure}.String()
	if c.override == "" {
		if err := d.mayCall(c.account, number, ""); err != nil {
			return "", err
		}
	}
	again, err := d.cfg.Phone.DialSpelled(c.account, number, c.override, all[i].Sent)
	if err == nil {
		d.awaitArrival(again)
	}
	return again, err
}

// keeps is the spelling that may be kept: the call rang or was answered.
func (c *call) keeps() string {
	if c.farRings || !c.answered.IsZero() {
		return c.spelling
	}
	return ""
}

// spellingKept takes the offer away.
type spellingKept struct {
	stamp
	id string
}

func (e spellingKept) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	c.spelling = ""
	return s.with(i, c), nil
}

// KeepSpelling has all numbers of the account dialed from now on as that of a call was, which rang; "" is the first such call. It changes the settings of the account.
func (d *Desk) KeepSpelling(id string) error {
	s := d.now.Load()
	i := slices.IndexFunc(s.calls, func(c call) bool { return (id == "" || c.id == id) && c.keeps() != "" })
	if i < 0 || d.cfg.DialLike == nil {
		return ErrNotKept
	}
	c := &s.calls[i]
	all := d.plan(c.account).Spellings(c.number.Raw)
	like := slices.IndexFunc(all, func(o crm.DialSpelling) bool { return o.Sent == c.keeps() })
	if like < 0 { // the plan has changed since
		return ErrNotKept
	}
	if err := d.cfg.DialLike(c.account, all[like]); err != nil {
		return err
	}
	d.post(spellingKept{d.stamp(), c.id})
	return nil
}
