package app

import (
	"cmp"
	"slices"

	"linecard/crm"
)

// recordPicked is the agent's choice among many.
type recordPicked struct {
	stamp
	id, record string
}

// next points the call at the record the agent chose, and remembers it for the number.
func (e recordPicked) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	j := slices.IndexFunc(c.lookup.Matches, func(m crm.Match) bool { return m.ID == e.record })
	if j < 0 {
		return s, nil
	}
	before, _ := c.who()
	c.lookup.State, c.lookup.Record, c.lookup.Chosen, c.picked = LookupOne, &c.lookup.Matches[j], false, e.record
	if before.ID != e.record {
		c.form.what = crm.Ref{} // it belonged to the other record
	}
	c = c.typing(s.rules, e.at())
	c, moved := s.follows(c)
	line := c.says("picked", e.at())
	s, out := identified(s.with(i, c), i, before.ID)
	return s, append(append(moved, out...), remember{cmp.Or(c.lookup.Matches[j].Org, c.org), c.number, c.lookup.Matches[j]}, say{line})
}

// pickedElsewhere is the choice of a record of another org for a call that has ended, which the journal has moved there.
type pickedElsewhere struct {
	recordPicked
	to link
}

func (e pickedElsewhere) next(s state) (state, []effect) {
	if i := s.find(e.id); i >= 0 {
		c := s.calls[i]
		c.link = e.to
		s = s.with(i, c)
	}
	return e.recordPicked.next(s)
}
