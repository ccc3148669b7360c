package app

import (
	"cmp"
	"slices"

	"linecard/clean"
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
	return c.direction == crm.Outbound && c.answered.IsZero() && c.consults == "" && c.picks == "" && !c.sentOn && c.end.Reason == sip.EndNotFound &&
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
	s.spelled = append(slices.Clone(s.spelled[max(0, len(s.spelled)-mostSpelled+1):]), spelled{c.account, c.dialed, c.spelling})
	return s
}

// Spellings are the other ways to dial the number of a call that has just ended because the phone server does not know it, without those that it
// did not know either. It waits for nothing.
func (d *Desk) Spellings(id string) []crm.DialSpelling {
	s := d.now.Load()
	if c := s.misspelled(id); c != nil {
		return d.spellingsOf(s, c)
	}
	return nil
}

func (d *Desk) spellingsOf(s *state, c *call) []crm.DialSpelling {
	return slices.DeleteFunc(d.plan(c.account).Spellings(c.dialed), func(o crm.DialSpelling) bool {
		return slices.Contains(s.spelled, spelled{c.account, c.dialed, o.Sent})
	})
}

// TrySpelling calls the number of such a call again, written as one of [Desk.Spellings]; "" is the first of them. It returns the new call's id. The callee sees
// what that call has shown. Whether the callee may be called is asked again: the error is one that [AsksFirst] where not, and with a reason it is called all the
// same, also once that call has left the desk. A reason that was given for that call counts again.
func (d *Desk) TrySpelling(id, sent, reason string) (string, error) {
	s := d.now.Load()
	c := s.misspelled(id)
	if barred := d.barred.Load(); c == nil && reason != "" && barred != nil && (id == "" || barred.id == id) {
		c = barred
	}
	if c == nil {
		return "", ErrNoSpelling
	}
	all := d.spellingsOf(s, c)
	i := slices.IndexFunc(all, func(o crm.DialSpelling) bool { return o.Sent == sent || sent == "" })
	if i < 0 {
		return "", ErrNoSpelling
	}
	number := sip.Dialed{Number: c.dialed, Then: c.then, Secure: c.secure}.String()
	why := cmp.Or(clean.Short(reason, longestReason), c.override)
	if why == "" {
		if err := d.mayCall(c.account, number, ""); err != nil {
			if AsksFirst(err) {
				refused := *c
				d.barred.Store(&refused)
			}
			return "", err
		}
	}
	dial := d.cfg.Phone.DialSpelled
	if c.asOfRecord {
		dial = d.cfg.Phone.DialFor
	}
	again, err := dial(c.account, number, why, all[i].Sent, c.as)
	if err == nil {
		d.barred.Store(nil)
		d.awaitArrival(again)
	}
	return again, err
}

// onlyTried reports whether a spelling of a number is for one call alone: all numbers would lose the digits for an outside line with it, by which those
// of callers are read too.
func (d *Desk) onlyTried(account, number, sent string) bool {
	return !slices.ContainsFunc(d.plan(account).Spellings(number), func(o crm.DialSpelling) bool { return o.Sent == sent && !o.Bare })
}

// keeps is the spelling that may be kept: the call rang or was answered.
func (c *call) keeps() string {
	if !c.unkept && (c.farRings || !c.answered.IsZero()) {
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
	all := d.plan(c.account).Spellings(c.dialed)
	like := slices.IndexFunc(all, func(o crm.DialSpelling) bool { return o.Sent == c.keeps() && !o.Bare })
	if like < 0 { // the plan has changed since
		return ErrNotKept
	}
	if err := d.cfg.DialLike(c.account, all[like]); err != nil {
		return err
	}
	d.post(spellingKept{d.stamp(), c.id})
	return nil
}
