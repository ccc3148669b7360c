package app

import (
	"linecard/crm"
	"linecard/sip"
)

// callArrived is an inbound or outbound call with its number read and what memory knows of it.
type callArrived struct {
	stamp
	direction  crm.Direction
	id         string
	account    string
	party      sip.Party
	number     crm.Number
	then       string // outbound: keys for after the answer, with their pauses
	secure     bool   // outbound: a sips: address
	called     string
	told       toldOnce
	consults   string        // outbound: id of the call that the agent consults somebody about
	gathers    []string      // outbound: of the call to a conference room, the ids of those who are to come; nil for another
	picks      string        // outbound: extension of the colleague whose ringing call it picks up
	spelling   string        // outbound: how the number is sent, in the place of what the dial plan says
	unkept     bool          // outbound: and that is for this call alone
	as         string        // outbound: what the callee sees, where the agent chose that for the call, or the record says so
	asOfRecord bool          // outbound: and it is the record that says so
	override   string        // outbound: why the agent calls somebody marked Do Not Call
	echo       bool          // outbound: to the account's echo test
	refused    bool          // told busy at once: do not disturb, or no line free
	forwarded  bool          // and it was: the agent never sees it, and the org is not asked who it was
	known      *crm.Result   // nil when memory knows nothing
	choice     crm.Ref       // the record that the agent picked for this number before
	kept       *keptRing     // what is on disk of it already; nil for nothing
	drawn      chan struct{} // to be closed once it is in the View; nil when nobody waits
}

// keptRing is what was written of a call before the phone told anybody of it.
type keptRing struct {
	link    link
	verdict crm.Log
}

// bare is the call before it is known whose it is.
func (e callArrived) bare(s state) call {
	c := call{
		id: e.id, account: e.account, direction: e.direction, phase: Ringing, party: e.party, number: e.number, then: e.then, secure: e.secure,
		called: e.called, started: e.at(), refused: e.refused, told: e.told, override: e.override, consults: e.consults, picks: e.picks, spelling: e.spelling, unkept: e.unkept, as: e.as, asOfRecord: e.asOfRecord, dialed: e.number.Raw, unmet: e.picks != "", leftOff: s.rules.NoLookup,
	}
	c.told.queue = s.cameThrough(&c)
	if e.echo {
		c.echo, c.word = true, crm.DontLog
		c.log.state = LogSkipped
	}
	if !e.refused && e.direction == crm.Outbound {
		c.phase = Dialing
	}
	if c.gathers = e.gathers; c.room() {
		c.word = crm.DontLog
	}
	return c
}

// call is the call as it stands when it arrives.
func (e callArrived) call(s state) call {
	c := e.bare(s)
	c.link = s.ownerOf(&c)
	switch {
	case c.org == "" && e.kept != nil:
		c.link = e.kept.link // it was linked when the call came
	case c.org == "" && e.known != nil:
		c.org = e.known.Org // whose caller it is
	}
	if e.known != nil && e.known.Org != "" && e.known.Org != c.org && !s.searched(&c) {
		e.known, e.choice = nil, crm.Ref{} // that is what another org knows: the rules have changed since
	}
	c.lookup = firstCard(s, &c, e)
	c, _ = s.follows(c) // nothing of it is on disk yet
	return s.laid(c.titled().judged(s.rules))
}

// next puts a new call on the desk: the first card, from memory only.
func (e callArrived) next(s state) (state, []effect) {
	if s.find(e.id) >= 0 {
		return s, nil
	}
	// A new call takes the centre pane. Failed calls are removed; a call in wrap-up moves behind it.
	var left []effect
	for i := len(s.calls) - 1; i >= 0; i-- {
		if s.calls[i].phase == Finished {
			left = append(left, s.calls[i].leaveCard()...)
			s = s.without(i)
		}
	}
	c, popped := e.call(s).acts(s.rules)
	s.calls = append(s.calls[:len(s.calls):len(s.calls)], c)

	name := "ringing"
	switch {
	case e.refused:
		name = "refused"
	case e.direction == crm.Outbound:
		name = "dialing"
	}
	begins := c.says(name, e.at())
	if begins.With = c.consults; c.room() {
		begins.State = "conference"
		s = s.gathering(c.id, c.gathers)
	}
	out := append(left, say{begins})
	if c.phase == Ringing && !c.refused {
		if s.rules.NotifyRinging {
			out = append(out, notifyRinging{c})
		}
		if s.rules.Raise {
			out = append(out, raiseWindow{})
		}
	}
	out = append(out, popped...)
	if c.lookup.State == LookupOne {
		out = append(out, say{c.says("known", e.at())})
	}
	if s.canAsk(&c) && !c.wasSpared() && !e.forwarded && (c.direction == crm.Outbound || !s.flooded(c.org, e.at())) {
		out = append(out, s.ask(&c, false))
	}
	if e.kept != nil && !e.echo && e.kept.link.org != "" && e.kept.link != c.link { // the settings have changed since
		out = append(out, moveOrg{c.id, c.link})
	}
	if e.kept == nil || *e.kept != (keptRing{c.link, c.verdict}) {
		out = append(out, writeRing{c})
	}
	if (c.told.diverted != "" || c.told.queue != "" || len(c.told.headers) > 0 || !c.told.signalling.IsZero()) && c.verdict != crm.LogNo { // a crash would lose what only the INVITE tells
		out = append(out, writeDraft{c.id, c.activity(), c.form.until})
	}
	if c.override != "" && e.kept == nil { // on disk even where nothing must be logged yet: nobody else has it
		out = append(out, writeDraft{c.id, c.activity(), c.form.until})
	}
	return s, append(out, sayWritten{c.says("kept", e.at())}, readHistory{})
}
