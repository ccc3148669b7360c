package app

import (
	"errors"
	"time"

	"linecard/crm"
)

// askPause is how long a call that is still going on waits until the org is asked again that did not answer. Nobody else
// may ask it meanwhile. While the org takes nothing at all, the link refuses without asking.
const askPause = 10 * time.Second

// askLater asks again for what the org did not tell, if it may tell it later.
func (d *Desk) askLater(id string, err error) {
	if mayTellLater(err) {
		d.cfg.Clock.AfterFunc(askPause, func() { d.post(askAgain{d.stamp(), id}) })
	}
}

func mayTellLater(err error) bool {
	var ce *crm.Error
	return !crm.IsLeftOff(err) && (!errors.As(err, &ce) || !parks(ce.Class))
}

// nextAsk is when a call that has failed to learn something is asked about again; zero when it is not.
func (c *call) nextAsk(now time.Time, err error) time.Time {
	if !c.live() || !mayTellLater(err) {
		return time.Time{}
	}
	return now.Add(askPause)
}

// askAgain is the time to ask the org again about a call.
type askAgain struct {
	stamp
	id string
}

func (e askAgain) next(s state) (state, []effect) {
	if i := s.find(e.id); i >= 0 && s.calls[i].live() {
		c := s.calls[i]
		c.lookup.NextTry = time.Time{}
		s = s.with(i, c)
		return s.unanswered(e.stamp, i)
	}
	return s, nil
}

// unanswered asks for what is not known of a call yet because the org did not answer: who it is with, or what stands
// beside the record.
func (s state) unanswered(now stamp, i int) (state, []effect) {
	c := s.calls[i]
	m, ok := c.who()
	switch {
	case c.lookup.Why.Is(lookupSpared), c.leftOff:
	case c.lookup.State == LookupFailed, c.lookup.Known && !c.lookup.Why.IsZero():
		return lookupWanted{now, c.id}.next(s)
	case ok && (m.Details == nil || !c.lookup.Part.IsZero()) && c.live():
		return s, []effect{askDetails{c.id, m.Ref}}
	}
	return s, nil
}

// together makes one question of those that ask one org afresh, at the place of the first.
func together(out []effect) []effect {
	asks := map[string][]askOrg{}
	for _, f := range out {
		if a, ok := f.(askOrg); ok && a.again {
			asks[a.org] = append(asks[a.org], a)
		}
	}
	var joined []effect
	for _, f := range out {
		a, ok := f.(askOrg)
		switch {
		case !ok || !a.again || len(asks[a.org]) == 1:
			joined = append(joined, f)
		case asks[a.org][0].id == a.id:
			joined = append(joined, askSeveral{a.org, asks[a.org]})
		}
	}
	return joined
}

// answering asks for what an org did not tell while it was in trouble, of all calls that are its own.
func (s state) answering(now stamp, org string) (state, []effect) {
	var out []effect
	for i := range s.calls {
		var more []effect
		if s.calls[i].org != "" && s.calls[i].org != org {
			s, more = s.restOf(i, org)
			out = append(out, more...)
			continue
		}
		s, more = s.unanswered(now, i)
		out = append(out, more...)
	}
	return s, together(out)
}
