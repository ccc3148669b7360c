package app

import (
	"slices"
	"time"

	"linecard/fault"
)

// Where one org has named somebody and another has not answered, the card shows who is known and says which org is silent. That one is asked
// again while the call goes on, and the others are not.

// unheard are the orgs that have not answered about a call yet, of those whose answers count.
func (s *state) unheard(c *call) []string {
	if !c.live() || len(c.silent) == 0 {
		return nil
	}
	orgs := s.heardBy(c)
	return slices.DeleteFunc(slices.Clone(c.silent), func(org string) bool {
		return !slices.Contains(orgs, org) || org != c.org && !s.linked(link{org: org})
	})
}

// silence is what the agent is told of them; the zero Fault for none, or where the card says anyway that nobody answered.
func (s *state) silence(c *call) fault.Fault {
	orgs := s.unheard(c)
	if len(c.lookup.Matches) == 0 {
		return fault.Fault{}
	}
	return s.silent(orgs)
}

// silent says which orgs have not answered; the zero Fault for none.
func (s *state) silent(orgs []string) fault.Fault {
	if len(orgs) == 0 {
		return fault.Fault{}
	}
	names := make([]string, 0, len(orgs))
	for _, org := range orgs {
		names = append(names, s.orgName(org))
	}
	return fault.New("desk.orgs-silent", "orgs", names)
}

// waitsForRest has those asked again that have not answered, a while after the last of them was asked.
func (c call) waitsForRest(s state, i int, e orgsAnswered) (state, []effect) {
	if len(s.unheard(&c)) == 0 {
		c.restAt = time.Time{}
		return s.with(i, c), nil
	}
	if e.late && !c.restAt.IsZero() { // their time is set
		return s.with(i, c), nil
	}
	c.rests++
	c.restAt = e.at().Add(askPause)
	return s.with(i, c), []effect{askRestLater{c.id, c.rests}}
}

// askRestLater waits before it is asked again about a call.
type askRestLater struct {
	id string
	n  int // how often that was before
}

func (f askRestLater) to(d *Desk) {
	d.cfg.Clock.AfterFunc(askPause, func() { d.post(askRest{d.stamp(), f.id, f.n}) })
}

// askRest is the time to ask the orgs again that have not answered, unless that was done since.
type askRest struct {
	stamp
	id string
	n  int
}

func (e askRest) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 || s.calls[i].rests != e.n {
		return s, nil
	}
	return s.askedRest(i)
}

// askedRest asks the orgs again that have not answered about a call, as far as they can be asked now.
func (s state) askedRest(i int) (state, []effect) {
	c := s.calls[i]
	can := s.askable(&c)
	orgs := slices.DeleteFunc(s.unheard(&c), func(org string) bool { return !slices.Contains(can, org) })
	if len(orgs) == 0 {
		return s, nil
	}
	c.rests++
	c.restAt = time.Time{}
	return s.with(i, c), []effect{askOrgs{id: c.id, orgs: orgs, number: c.number, again: true, rest: true}}
}

// restOf asks an org again that has not answered about a call, now that it answers.
func (s state) restOf(i int, org string) (state, []effect) {
	if c := s.calls[i]; !slices.Contains(s.unheard(&c), org) {
		return s, nil
	}
	return s.askedRest(i)
}

// forgetHeard is the call without what orgs have said of whom it was with before.
func (c call) forgetHeard() call {
	c.heard, c.silent, c.restAt = nil, nil, time.Time{}
	c.rests++
	return c
}
