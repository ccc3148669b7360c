package app

import (
	"slices"
	"strings"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/sip"
)

// partyChanged is what the phone system says of who the call is with by now: a colleague has joined it with a customer, or
// another than the one dialed has taken it.
type partyChanged struct {
	stamp
	id          string
	party       sip.Party
	number      crm.Number
	answer      bool        // it came with an answer to our own request
	transferred bool        // the party of before has transferred the call
	known       *crm.Result // nil when memory knows nothing
	choice      crm.Ref     // the record that the agent picked for this number before
}

// formerParty is somebody the call was with, with what was found of them and what came of it.
type formerParty struct {
	party  sip.Party
	number crm.Number
	then   string // keys that were dialed with the number
	secure bool   // it was dialed as a sips: address
	lookup LookupView
	popped bool
	raised bool
	spoken bool // the agent had answered when the call went on with another

	asked, leftOff bool
}

// mostFormer bounds what is kept of a phone system that cannot make up its mind.
const mostFormer = 8

// next has everything follow that says who the call is with: card, notification, history and log. What the agent typed or
// chose for the call stays. A call that has ended stays with whom it was with.
func (e partyChanged) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 || !s.calls[i].live() {
		return s, nil
	}
	c := s.calls[i]
	if c.echo && (!e.transferred || c.isWith(e.number)) { // a machine, whatever it is called
		return s, nil
	}
	if c.room() { // whatever the phone system says of itself
		return s, nil
	}
	if c.unmet && c.answered.IsZero() { // it may still fail, and is nothing but a call that was dialed then
		c.early = &e
		return s.with(i, c), nil
	}
	if e.transferred { // whatever they wanted of us before is settled
		c.referred = referred{}
		s = s.with(i, c)
	}
	switch {
	case c.isWith(e.number): // also where their phone has handed the call to another of theirs
		return renamed(s, i, e)
	case c.unmet: // what was dialed is nobody
	case !e.believable(&c):
		return s, nil
	case e.transferred && !c.answered.IsZero(): // before, somebody else has picked up what rang: nobody has transferred it
		c = c.handedHere(c.nameAndNumber())
	}
	echo := c.echo
	if echo {
		c = c.noEcho()
	}
	c, moved := s.follows(c.joined(s, e))
	s = s.with(i, c.judged(s.rules))
	c = s.calls[i]
	line := c.says("identity", e.at())
	out := append(moved, say{line}, writeRing{c})
	if echo && !c.answered.IsZero() { // nothing of it is on disk yet
		out = append(out, writeAnswered{c.id, c.answered, c.verdict})
	}
	if _, ok := c.who(); !ok {
		out = append(out, c.ringsAs(s.rules)...)
		if c.word != crm.DontLog && c.verdict != crm.LogNo {
			out = append(out, writeDraft{c.id, c.activity(), c.form.until})
		}
	}
	s, more := identified(s, i, crm.Ref{})
	out = append(out, more...)
	if c = s.calls[i]; !c.asked && s.canAsk(&c) {
		out = append(out, s.ask(&c, false))
	}
	return s, append(out, readHistory{})
}

// isWith reports whether a number is that of the party the call is with, in any spelling.
func (c *call) isWith(n crm.Number) bool {
	return sameNumber(c.number, n)
}

// sameNumber reports whether a and b are one number. A resemblance that the agent would be asked about is none.
func sameNumber(a, b crm.Number) bool {
	switch {
	case a.Withheld || b.Withheld:
		return a.Withheld && b.Withheld
	case a.E164 != "" && a.E164 == b.E164 || strings.EqualFold(a.Raw, b.Raw):
		return true
	case a.E164 != "" && b.E164 != "": // one of them may be in a form of former times
		return isWritten(a.E164, b) || isWritten(b.E164, a)
	}
	return isWritten(a.Raw, b) || isWritten(b.Raw, a)
}

// isWritten reports whether text is the number n and nothing else that is likely.
func isWritten(text string, n crm.Number) bool {
	why, ok := crm.BestPhone(crm.Record{Phones: []crm.PhoneField{{Value: text}}}, n, n.Region)
	return ok && !why.Unsure && why.Closeness != crm.Suffix
}

// believable reports whether the call can be with another party by what is said.
//
//   - One of the company's own numbers is what a phone system says of itself, but not of whom a call was transferred to.
//   - Who withholds the number is somebody else where the call was with a colleague, who has handed it on. Of a customer it
//     says nothing new.
//   - In the answer to a number that was dialed, only another number says more than that one.
func (e partyChanged) believable(c *call) bool {
	switch {
	case e.number.Extension && e.number.E164 != "":
		return e.transferred
	case e.number.Withheld:
		return c.number.Extension || e.transferred
	}
	return !e.answer || e.number.Public() || !c.number.Public()
}

// renamed takes another name of the same party.
func renamed(s state, i int, e partyChanged) (state, []effect) {
	c := s.calls[i]
	if e.party.Name == "" || e.party.Name == c.party.Name || c.number.Withheld {
		return s, nil
	}
	was := c.name()
	c.party.Name = e.party.Name
	s = s.with(i, c)
	if c.name() == was { // the record's
		return s, nil
	}
	c = s.calls[i]
	out := append(c.ringsAs(s.rules), say{c.says("identity", e.at())}, writeRing{c}, readHistory{})
	if c.word != crm.DontLog && c.verdict != crm.LogNo {
		out = append(out, writeDraft{c.id, c.activity(), c.form.until})
	}
	return s, out
}

// asFormer is the party the call is with, once it goes on with another.
func (c *call) asFormer() formerParty {
	return formerParty{c.party, c.number, c.then, c.secure, c.lookup, c.popped, c.raised, !c.answered.IsZero(), c.asked, c.leftOff}
}

// logged is the call as it is judged, logged and listed. A call that was talked on with somebody outside stays theirs when it goes on
// with a colleague, who has picked it up, parked it or joined it: what was said with them is not lost. The colleague is named in the log.
func (c *call) logged() *call {
	if !c.number.Extension {
		return c
	}
	for i := len(c.earlier) - 1; i >= 0; i-- {
		f := c.earlier[i]
		if !f.spoken || !f.number.Public() {
			continue
		}
		theirs := *c
		theirs.party, theirs.number, theirs.then, theirs.secure, theirs.lookup, theirs.asked, theirs.leftOff = f.party, f.number, f.then, f.secure, f.lookup, f.asked, f.leftOff
		theirs.earlier = append(slices.Delete(slices.Clone(c.earlier), i, i+1), c.asFormer())
		return &theirs
	}
	return c
}

// joined is the call with its new party. Of one that it was with before, what was found is known again. The keys dialed with a number, a
// PIN for example, are for nobody else.
func (c call) joined(s state, e partyChanged) call {
	before := c.asFormer()
	again := slices.IndexFunc(c.earlier, func(f formerParty) bool { return sameNumber(f.number, e.number) })
	earlier := slices.Clone(c.earlier)
	c = c.forgetHeard()
	unmet := c.unmet
	c.party, c.number, c.then, c.secure, c.leftOff, c.unmet = e.party, e.number, "", false, s.rules.NoLookup, false
	if again >= 0 {
		f := earlier[again]
		if c.party.Name == "" {
			c.party.Name = f.party.Name
		}
		c.then, c.secure, c.lookup, c.asked, c.leftOff, c.popped, c.raised = f.then, f.secure, f.lookup, f.asked, f.leftOff, f.popped, f.raised
		earlier = slices.Delete(earlier, again, again+1)
	} else {
		c.asked, c.popped, c.raised = false, false, false
		c.lookup = firstCard(s, &c, callArrived{known: e.known, choice: e.choice})
	}
	if unmet { // nobody was there before
		return c
	}
	if len(earlier) == mostFormer {
		earlier = slices.Delete(earlier, 1, 2) // the first is whom the call began with
	}
	c.earlier = append(earlier, before)
	return c
}

// ringsAs shows a call that rings with what is known of it by now.
func (c call) ringsAs(r Rules) []effect {
	if c.phase != Ringing || c.refused || !r.NotifyRinging {
		return nil
	}
	return []effect{notifyRinging{c}}
}

// formerParties are those the call was with before.
func (c *call) formerParties() (all crm.Parties) {
	for _, f := range c.earlier {
		one := call{party: f.party, number: f.number, lookup: f.lookup}
		all = append(all, crm.Party{Name: one.name(), Number: one.writtenNumber()})
	}
	return all
}

// parties names them, as the agent reads it.
func parties(all crm.Parties) []string { return all.Said(catalogue.Text("desk.withheld-party")) }
