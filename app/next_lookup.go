package app

import (
	"errors"
	"slices"
	"time"

	"linecard/crm"
)

// firstCard fills the record pane from memory and tells what to ask the org.
func firstCard(s state, c call, e callArrived) (call, []effect) {
	switch {
	case c.number.Withheld:
		c.lookup.State = LookupWithheld
		return c, nil
	case c.number.Extension || len(c.number.Variants) == 0:
		c.lookup.State = LookupNone
		return c, nil
	}
	ask := []effect{askOrg{c.id, c.number}}
	switch {
	case e.known != nil:
		c.lookup = card(*e.known, e.choice)
		c.lookup.Known = true
	case s.org.State == crm.Unlinked || s.org.State == "":
		c.lookup.State = LookupNotLinked
		return c, nil
	default:
		c.lookup.State = LookupPending
	}
	if s.org.State == crm.Unlinked || s.org.State == "" {
		return c, nil
	}
	return c, ask
}

// card draws a result: one winner, several to pick from, or none. choice is the record picked for this number before.
func card(r crm.Result, choice string) LookupView {
	v := LookupView{Matches: r.Matches}
	if i := slices.IndexFunc(r.Matches, func(m crm.Match) bool { return m.ID == choice }); choice != "" && i >= 0 {
		v.State, v.Record = LookupOne, &r.Matches[i]
		return v
	}
	if m, ok := r.Winner(); ok {
		v.State, v.Record = LookupOne, &m
		return v
	}
	v.State = LookupNoMatch
	if len(r.Matches) > 0 {
		v.State = LookupMany
	}
	return v
}

// lookedUp takes the org's answer. It may come after the call has ended: then the activity is pointed right.
func lookedUp(s state, e lookupEnded) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	if e.err != nil {
		return lookupFailed(s, i, e)
	}
	if e.result.Org != "" && c.org != "" && e.result.Org != c.org { // linked anew since: its answer comes too
		return s, nil
	}
	before, had := c.who()
	c.asked = true
	v := card(e.result, e.choice)
	if had && slices.ContainsFunc(e.result.Matches, func(m crm.Match) bool { return m.ID == before.ID }) &&
		(v.Record == nil || v.Record.ID != before.ID) {
		// What the agent picked stays, as long as the org still knows it by this number.
		for j := range e.result.Matches {
			if e.result.Matches[j].ID == before.ID {
				v.State, v.Record = LookupOne, &e.result.Matches[j]
			}
		}
	}
	c.lookup = v
	line := c.says("looked-up", e.at()).with(string(v.State))
	line.Count = len(v.Matches)
	out := []effect{say{line}}
	if v.Record != nil {
		out = append(out, remember{c.number, *v.Record, false})
	}
	s, more := identified(s.with(i, c), i, before.ID)
	return s, append(out, more...)
}

const notAnswered = "Salesforce didn't answer. The call will be logged when it does."

// lookupFailed keeps the known card, if there is one; the writer will ask again.
func lookupFailed(s state, i int, e lookupEnded) (state, []effect) {
	c := s.calls[i]
	var oe *crm.Error
	errors.As(e.err, &oe)
	switch {
	case c.lookup.Record != nil: // what is remembered stays, with why it is not confirmed
		c.lookup.Known, c.lookup.Error = true, notAnswered
		if oe != nil {
			c.lookup.Error = oe.Message
		}
	case oe != nil && oe.Class == crm.ClassNotLinked:
		c.lookup = LookupView{State: LookupNotLinked}
	case oe != nil:
		c.lookup = LookupView{State: LookupFailed, Error: oe.Message}
	default:
		c.lookup = LookupView{State: LookupFailed, Error: notAnswered}
	}
	line := c.says("looked-up", e.at()).with(string(c.lookup.State))
	line.Reason = c.lookup.Error
	return s.with(i, c), []effect{say{line}}
}

// identified tells everyone who needs to know that a call has a (new) record: the notification, the journal, the writer.
func identified(s state, i int, before string) (state, []effect) {
	c := s.calls[i]
	var out []effect
	m, ok := c.who()
	changed := ok && m.ID != before
	if changed || (c.asked && !ok) {
		if c.phase == Ringing && !c.refused && s.rules.NotifyRinging {
			out = append(out, notifyRinging{c})
		}
	}
	if changed {
		out = append(out, writeIdentity{c}, readHistory{})
	}
	if ok && m.Details == nil && c.live() {
		out = append(out, askDetails{c.id, m.Ref})
	}
	if c.live() {
		var pop []effect
		c, pop = c.pop(s.rules)
		s, out = s.with(i, c), append(out, pop...)
	}
	if !c.live() && c.log.state != LogSkipped && c.log.state != LogNone {
		out = append(out, writeEdit{c.id, c.activity()})
	} else if c.live() && changed && c.log.state != LogSkipped {
		out = append(out, writeDraft{c.id, c.activity(), c.form.until})
	}
	return s, out
}

// pop opens the record of an inbound call in the browser, once, if the rules want that now.
func (c call) pop(r Rules) (call, []effect) {
	m, ok := c.who()
	due := r.Pop == PopRing || (r.Pop == PopAnswer && !c.answered.IsZero())
	if !ok || !due || c.popped || c.direction != crm.Inbound || m.URL == "" {
		return c, nil
	}
	c.popped = true
	return c, []effect{popRecord{m.URL}}
}

// lookAgain asks the org once more.
func lookAgain(s state, e lookupWanted) (state, []effect) {
	i := s.find(e.id)
	if i < 0 || s.calls[i].number.Withheld || s.calls[i].number.Extension {
		return s, nil
	}
	c := s.calls[i]
	if c.org != "" && s.org.OrgID != "" && c.org != s.org.OrgID { // that one does not know the call's people
		return s, nil
	}
	if c.lookup.Record == nil {
		c.lookup = LookupView{State: LookupPending}
	}
	return s.with(i, c), []effect{askOrg{c.id, c.number}}
}

// picked points the call at the record the agent chose, and remembers it for the number.
func picked(s state, e recordPicked) (state, []effect) {
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
	c.lookup.State, c.lookup.Record = LookupOne, &c.lookup.Matches[j]
	if before.ID != e.record {
		c.form.what = crm.Ref{} // it belonged to the other record
	}
	c = c.typing(s.rules, e.at())
	line := c.says("picked", e.at())
	s, out := identified(s.with(i, c), i, before.ID)
	return s, append(out, remember{c.number, c.lookup.Matches[j], true}, say{line})
}

// detailed adds what stands beside the record, if it is still the one shown.
func detailed(s state, e detailsCame) state {
	i := s.find(e.id)
	if i < 0 {
		return s
	}
	c := s.calls[i]
	if m, ok := c.who(); ok && m.ID == e.ref.ID {
		m.Details = &e.details
		c.lookup.Record = &m
		return s.with(i, c)
	}
	return s
}

// linkMoved redraws the org; a fresh link answers the calls that could not be looked up.
func linkMoved(s state, e orgChanged) (state, []effect) {
	was := s.org
	s.org = e.LinkStatus
	var out []effect
	if was.State != e.State || was.Reason != e.Reason {
		out = append(out, say{Event{Event: "link", At: e.at(), State: string(e.State), Reason: e.Reason}})
	}
	if e.State != crm.Linked || was.State == crm.Linked && was.OrgID == e.OrgID {
		return s, out
	}
	s = s.belongTo(e.OrgID)
	out = append(out, sendAll{})
	for _, c := range s.calls {
		if c.lookup.State == LookupNotLinked || c.lookup.State == LookupFailed {
			var more []effect
			s, more = lookAgain(s, lookupWanted{stamp{e.at()}, c.id})
			out = append(out, more...)
		}
	}
	return s, out
}

// belongTo gives the calls under way, and those nobody was asked about, to the org that is linked now. What another org
// said of them goes: its records are none of this one's. A call that has ended stays with the org it was queued for.
func (s state) belongTo(org string) state {
	for i, c := range s.calls {
		switch {
		case c.org == "":
		case c.org == org || !c.live():
			continue
		case c.lookup.State != LookupWithheld && c.lookup.State != LookupNone:
			c.lookup, c.asked, c.form.what = LookupView{State: LookupNotLinked}, false, crm.Ref{}
		}
		c.org = org
		s = s.with(i, c)
	}
	return s
}

// typing starts the wrap-up time again: an agent who is at it is not hurried.
func (c call) typing(r Rules, now time.Time) call {
	if c.phase == WrapUp {
		c.form.until = now.Add(r.WrapUp)
	}
	return c
}
