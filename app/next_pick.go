package app

import (
	"cmp"
	"slices"

	"linecard/crm"
	"linecard/fault"
)

// recordPicked is the agent's choice among many.
type recordPicked struct {
	stamp
	id     string
	record crm.Ref
}

// next points the call at the record the agent chose. One of another org takes the call along.
func (e recordPicked) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	j := slices.IndexFunc(c.lookup.Matches, func(m crm.Match) bool { return m.Is(e.record) })
	if j < 0 {
		return s, nil
	}
	var moved []effect
	if m := c.lookup.Matches[j]; ofAnother(m.Ref, c.org) {
		switch {
		case !c.live(): // it has ended since: the journal says whether it can go there
			return s, []effect{pickAgain{c.id, m.Ref}}
		case c.stays():
			s.notices[AboutAction] = fault.New(madeInOrg)
			return s, nil
		}
		c.link = s.linkOrOrg(m.Org)
		moved = []effect{moveOrg{c.id, c.link}}
	}
	s, out := e.picked(s, i, c, j)
	return s, append(moved, out...)
}

// picked is the call with the one of its matches that was chosen, which is remembered for the number, and no other of any org.
func (e recordPicked) picked(s state, i int, c call, j int) (state, []effect) {
	before, _ := c.who()
	m := c.lookup.Matches[j]
	c.lookup.State, c.lookup.Record, c.lookup.Chosen, c.picked = LookupOne, &m, false, m.Ref
	if !before.Is(m.Ref) {
		c.form.what = crm.Ref{} // it belonged to the other record
	}
	c = c.typing(s.rules, e.at())
	line := c.says("picked", e.at())
	s, out := identified(s.with(i, c), i, before.Ref)
	org := cmp.Or(m.Org, c.org)
	for _, other := range s.places(&c) {
		if other != org {
			out = append(out, unpick{other, c.number})
		}
	}
	if !c.live() && c.word != crm.DontLog {
		out = append(out, sendMended{c.id}) // it may have been refused with the record before
	}
	return s, append(out, remember{org, c.number, m}, say{line})
}

// pickAgain is a choice that has come after the end of its call.
type pickAgain struct {
	id     string
	record crm.Ref
}

func (f pickAgain) to(d *Desk) { d.look(f) }

func (f pickAgain) ask(d *Desk) {
	if err := d.Pick(f.id, f.record); err != nil && d.ctx.Err() == nil {
		d.Notice(faultOf(err))
	}
}

// movedTo is the call in another org, to which the journal has given its log: what the first one said of that is over.
func (c call) movedTo(to link) call {
	c.link = to
	if c.log.state == LogParked || c.log.state == LogQueued {
		c.log = logStanding{state: LogQueued}
	}
	return c
}

// pickedElsewhere is the choice of a record of another org for a call that has ended, which the journal has moved there.
type pickedElsewhere struct {
	recordPicked
	match crm.Match
	to    link
}

func (e pickedElsewhere) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 { // the journal has the record, too
		return s, []effect{readHistory{}}
	}
	c := s.calls[i]
	c = c.movedTo(e.to)
	c.lookup.Matches = slices.Clone(c.lookup.Matches)
	j := slices.IndexFunc(c.lookup.Matches, func(m crm.Match) bool { return m.Is(e.record) })
	if j < 0 { // an answer has come since
		j, c.lookup.Matches = len(c.lookup.Matches), append(c.lookup.Matches, e.match)
	}
	return e.picked(s, i, c, j)
}
