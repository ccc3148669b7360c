package app

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// canAsk reports whether the org that the call belongs to can be asked who it is with.
func (s state) canAsk(c *call) bool {
	if c.number.Withheld || c.number.Extension || len(c.number.Variants) == 0 {
		return false
	}
	return answers(s.linkOf(c.org)) || c.live() && s.searched(c) && len(s.askable(c)) > 0 // a call that has ended stays in its org
}

// answers reports whether a link can be asked: it has a token, whether or not that works.
func answers(l crm.LinkStatus) bool {
	return l.State != crm.Unlinked && l.State != crm.Legacy && l.State != crm.Waiting && l.State != ""
}

// firstCard fills the record pane from memory.
func firstCard(s state, c *call, e callArrived) LookupView {
	switch {
	case c.number.Withheld:
		return LookupView{State: LookupWithheld}
	case c.number.Extension || len(c.number.Variants) == 0:
		return LookupView{State: LookupNone}
	case e.known != nil && len(e.known.Matches) > 0:
		v := s.card(c.org, *e.known, e.choice)
		v.Known = true
		return v
	case !s.canAsk(c):
		return LookupView{State: LookupNotLinked}
	case e.forwarded, c.direction == crm.Inbound && s.flooded(c.org, c.started):
		return LookupView{State: LookupFailed, Why: fault.New(lookupSpared)}
	}
	return LookupView{State: LookupPending}
}

// card draws a result of an org: one winner, some to pick from, or none, by the order of objects that is in force now. choice is
// the record picked for this number before, with its org.
func (s *state) card(org string, r crm.Result, choice crm.Ref) LookupView {
	order := crm.OrderOf(s.rules.Objects, org)
	r.Matches = slices.Clone(r.Matches)
	crm.Rank(r.Matches, order...)
	v := LookupView{Matches: r.Matches, More: r.More}
	if i := slices.IndexFunc(r.Matches, func(m crm.Match) bool { return m.Is(choice) }); i >= 0 {
		v.State, v.Record, v.Chosen = LookupOne, &r.Matches[i], true
		return v
	}
	if m, ok := r.Taken(s.rules.ByOrder, order...); ok {
		v.State, v.Record = LookupOne, &m
		return v
	}
	v.State = LookupNoMatch
	if len(r.Matches) > 0 {
		v.State = LookupMany
	}
	return v
}

// lookupEnded is the org's answer, or why there is none.
type lookupEnded struct {
	stamp
	id     string
	org    string     // that was asked
	number crm.Number // who it was asked for
	result crm.Result
	err    error
	choice crm.Ref // the record that the agent picked for this number before
}

// next takes the org's answer. It may come after the call has ended: then the activity is pointed right.
func (e lookupEnded) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	if e.org != c.org || e.result.Org != "" && c.org != "" && e.result.Org != c.org {
		return s, nil // the call was given to another org since
	}
	if e.number.Raw != "" && !c.isWith(e.number) {
		return s, nil // the call is with somebody else by now
	}
	if e.err != nil {
		return lookupFailed(s, i, e)
	}
	return e.taken(s, i, []crm.Result{e.result})
}

// taken draws the answer about a call; each is what each of several orgs has said, where the result is of all of them.
func (e lookupEnded) taken(s state, i int, each []crm.Result) (state, []effect) {
	c := s.calls[i]
	before, had := c.who()
	open := c.unknown()
	c.asked, c.leftOff = true, false
	v := s.card(c.org, e.result, e.choice)
	if chosen := c.lookup.Chosen || before.Is(c.picked) || c.madeOf(before); had && chosen && (v.Record == nil || !v.Record.Is(before.Ref)) {
		// What the agent picked stays, as long as the org still knows it by this number. What was only remembered is asked about.
		for j := range e.result.Matches {
			if e.result.Matches[j].Is(before.Ref) {
				v.State, v.Record, v.Chosen = LookupOne, &e.result.Matches[j], c.lookup.Chosen
			}
		}
	}
	c.lookup = v
	if m, ok := c.who(); had && (!ok || !m.Is(before.Ref)) && !c.form.what.Is(c.made) {
		c.form.what = crm.Ref{} // it belonged to the other record
	}
	line := c.says("looked-up", e.at()).with(string(v.State))
	line.Count = len(v.Matches)
	out := []effect{say{line}}
	for _, r := range each {
		if len(r.Matches) > 0 && !r.Cached {
			out = append(out, rememberAnswer{cmp.Or(r.Org, c.org), r}) // one org may have answered where several were asked
		}
	}
	c, moved := s.follows(c)
	out = append(moved, out...)
	s, more := identified(s.with(i, c), i, before.Ref)
	out = append(out, more...)
	if v.Record == nil && c.unknown() != open { // after what was remembered has been taken back
		out = append(out, noteAsked{c.id, c.unknown()})
	}
	return s, out
}

// remembered is what memory knows of a call's number in the org that is being asked. It matters where the call arrived before
// its org was known: the link may be told a moment after the phone rings.
type remembered struct {
	stamp
	id     string
	org    string // that is asked
	number crm.Number
	result crm.Result
	choice crm.Ref // the record that the agent picked for this number before
}

// next fills a card that waits for the org.
func (e remembered) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 || len(e.result.Matches) == 0 {
		return s, nil
	}
	c := s.calls[i]
	if c.lookup.State != LookupPending || c.org != e.org || !c.isWith(e.number) {
		return s, nil
	}
	c.lookup = s.card(c.org, e.result, e.choice)
	c.lookup.Known = true
	s, out := identified(s.with(i, c), i, crm.Ref{})
	if c.lookup.State == LookupOne {
		out = append(out, say{c.says("known", e.at())})
	}
	return s, out
}

// lookupFailed keeps the known card, if there is one; the writer will ask again.
func lookupFailed(s state, i int, e lookupEnded) (state, []effect) {
	c := s.calls[i]
	var oe *crm.Error
	errors.As(e.err, &oe)
	why := fault.Of(e.err)
	if why.IsZero() {
		why = fault.New("desk.org-silent")
	}
	c.leftOff = s.rules.NoLookup
	switch {
	case oe != nil && oe.Code == crm.CodeLeftOff && c.lookup.Record == nil: // its log does not wait for the name either
		c.leftOff = true
		c.lookup = LookupView{State: LookupFailed, Why: why, LeftOff: true}
	case c.lookup.Record != nil: // what is remembered stays, with why it is not confirmed
		c.lookup.Known, c.lookup.Why = true, why
	case oe != nil && oe.Class == crm.ClassNotLinked:
		c.lookup = LookupView{State: LookupNotLinked}
	default:
		c.lookup = LookupView{State: LookupFailed, Why: why}
	}
	c.lookup.NextTry = c.nextAsk(e.at(), e.err)
	line := c.says("looked-up", e.at()).with(string(c.lookup.State))
	line.Why = c.lookup.Why
	return s.with(i, c), []effect{say{line}}
}

// identified tells everyone who needs to know that a call has a (new) record: the notification, the journal, the writer.
func identified(s state, i int, before crm.Ref) (state, []effect) {
	c := s.calls[i]
	var out []effect
	m, ok := c.who()
	changed := ok && !m.Is(before) || !ok && !before.IsZero() // what was remembered may turn out to be one of several
	if changed || (c.asked && !ok) {
		if c.phase == Ringing && !c.refused && s.rules.NotifyRinging {
			out = append(out, notifyRinging{c})
		}
	}
	if c.live() {
		verdict := c.verdict
		c = c.judged(s.rules)
		changed = changed || verdict != c.verdict
	} else if c.asked {
		c.create = s.rules.Judge(c.facts()).Create
	}
	if changed {
		out = append(out, writeIdentity{c}, readHistory{})
	}
	if ok && m.Details == nil && c.live() {
		out = append(out, askDetails{c.id, m.Ref})
	}
	c, pop := c.acts(s.rules)
	out = append(out, pop...)
	s = s.with(i, c)
	switch {
	case c.word == crm.DontLog:
	case c.live() && changed && c.verdict != crm.LogNo:
		out = append(out, writeDraft{c.id, c.activity(), c.form.until})
	case !c.live() && c.verdict != crm.LogNo:
		out = append(out, writeEdit{c.id, c.activity()})
	}
	return s, out
}

// pop opens the record in the browser, and brings the window forward with the card, once each, if the rules want that now. A
// call that was told busy opens nothing.
func (c call) pop(r Rules) (call, []effect) {
	if c.refused || c.popped && c.raised {
		return c, nil
	}
	v := r.Judge(c.facts())
	now := false
	switch v.Pop {
	case crm.PopRing:
		now = c.ended.IsZero()
	case crm.PopAnswer:
		now = c.ended.IsZero() && !c.answered.IsZero()
	case crm.PopHangup:
		now = !c.ended.IsZero()
	}
	if !now {
		return c, nil
	}
	var out []effect
	if !c.raised && v.PopIn != crm.InBrowser {
		c.raised = true
		out = append(out, raiseWindow{})
	}
	if page := c.page(); page != "" && !c.popped && v.PopIn != crm.InApp {
		c.popped = true
		out = append(out, popRecord{page})
	}
	return c, out
}

// acts does what the rules want done about the call now beside its log: its record is made or opened, and who must be told of
// it is told, once each. What is dialed to pick a call up is nobody's number: until it is known whose call that is, nothing is done.
func (c call) acts(r Rules) (call, []effect) {
	if c.unmet && c.ended.IsZero() {
		return c, nil
	}
	c, out := c.pop(r)
	c, made := c.makes(r)
	c, told := c.hooks(r)
	return c, slices.Concat(out, made, told)
}

// lookupWanted asks again, after an error or a new link.
type lookupWanted struct {
	stamp
	id string
}

func (e lookupWanted) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	if !c.number.Public() {
		return s, nil
	}
	if c.org != "" && !s.canAsk(&c) {
		if c.lookup.Record == nil { // no other org knows the call's people
			c.lookup = LookupView{State: LookupNotLinked}
		}
		return s.with(i, c), nil
	}
	if c.lookup.Record == nil {
		c.lookup = LookupView{State: LookupPending}
	}
	return s.with(i, c), []effect{s.ask(&c, true)}
}

// detailsCame is what stands beside the record.
type detailsCame struct {
	stamp
	id      string
	ref     crm.Ref
	details crm.Details
}

// next adds the details, if the record is still the one shown.
func (e detailsCame) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	if m, ok := c.who(); ok && m.Is(e.ref) {
		m.Details = &e.details
		c.lookup.Record, c.lookup.Part, c.lookup.NextTry = &m, fault.Fault{}, time.Time{}
		return s.with(i, c), nil
	}
	return s, nil
}

// detailsFailed says that the org did not tell what stands beside the record, or only some of it, and why.
type detailsFailed struct {
	stamp
	id   string
	ref  crm.Ref
	some crm.Details
	err  error
}

// next tells the agent that there may be more than is shown.
func (e detailsFailed) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	m, ok := c.who()
	if !ok || !m.Is(e.ref) || m.Details != nil && c.lookup.Part.IsZero() {
		return s, nil
	}
	if some := e.some; len(some.Opportunities)+len(some.Cases)+len(some.Activities) > 0 || some.Card != nil {
		m.Details = &some
		c.lookup.Record = &m
	}
	c.lookup.Part = fault.Of(e.err)
	if c.lookup.Part.IsZero() {
		c.lookup.Part = fault.New("desk.org-silent")
	}
	c.lookup.NextTry = c.nextAsk(e.at(), e.err)
	return s.with(i, c), nil
}

// typing starts the wrap-up time again: while the agent types it does not run out, and it does not end in mid-sentence where it is
// shorter than the pause after the last key.
func (c call) typing(r Rules, now time.Time) call {
	if c.phase == WrapUp {
		c.form.until = now.Add(max(r.WrapUp, keysRest))
	}
	return c
}

// wrapsUntil is the end of the wrap-up time of a call that ends. A form that is being typed in stays until its keys have rested.
func (c *call) wrapsUntil(r Rules, end time.Time) time.Time {
	until := end.Add(r.WrapUp)
	if c.typed.IsZero() || end.Sub(c.typed).Abs() >= keysRest { // a key may be told before an end that came first
		return until
	}
	if rests := c.typed.Add(keysRest); rests.After(until) {
		return rests
	}
	return until
}
