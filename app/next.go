package app

import (
	"slices"
	"time"

	"linecard/app/catalogue"
	"linecard/fault"
)

// event is anything that happens to the desk, and what the desk makes of it: next is the state after it and what is to be
// done. It reads no clock, so each event carries the time it happened.
type event interface {
	at() time.Time
	next(s state) (state, []effect)
}

// stamp is when an event happened.
type stamp struct{ time.Time }

func (s stamp) at() time.Time { return s.Time }

// next is the desk's whole judgement: what the desk is after an event, and what must be done about it.
func next(s state, e event) (state, []effect) {
	before := s
	s, out := e.next(s)
	s, more := s.turnCards(before)
	out = append(out, more...)
	out = append(out, s.keepCards(before)...)
	s, more = s.sendLeft(before, e.at())
	out = append(out, more...)
	s.front = s.inFront(e.at())
	return s, append(out, wakeAt{s.nextWake(e.at())})
}

// ticked: the time asked for with wakeAt has come.
type ticked struct{ stamp }

// next ends every wrap-up whose time is over. What was typed is kept.
func (e ticked) next(s state) (state, []effect) {
	var out []effect
	for _, c := range slices.Clone(s.calls) {
		if c.live() || c.form.until.IsZero() || c.form.until.After(e.at()) {
			continue
		}
		var more []effect
		s, more = finished(s, c.id)
		out = append(out, more...)
	}
	return s, out
}

// historyRead is a fresh page of the journal.
type historyRead struct {
	stamp
	past   rereadCall // the call whose card is open
	rows   []HistoryRow
	counts counts
}

func (e historyRead) next(s state) (state, []effect) {
	s.history, s.counts = s.placed(e.rows), e.counts
	s.counts.owed = s.owedPlaced(e.counts.owed)
	return s.reread(e.past), nil
}

// placed tells the rows that wait for an org or user that is not linked from those that are on their way, and names the
// account where there are several.
func (s state) placed(rows []HistoryRow) []HistoryRow {
	rows = slices.Clone(rows)
	for i := range rows {
		r := &rows[i]
		r.OnLine, r.OnOrg = s.label(r.Account), s.orgName(r.Org)
		log, why := s.place(link{r.Org, r.User}, r.Log, fault.Fault{Code: r.ReasonCode})
		r.Log = log
		if why.Code != r.ReasonCode {
			r.ReasonCode, r.Error = why.Code, catalogue.Say(why)
		}
	}
	return rows
}

// place tells where a log stands, for one that may belong to a link that is not there.
func (s state) place(l link, state LogState, why fault.Fault) (LogState, fault.Fault) {
	switch {
	case (state == LogQueued || state == LogChecking) && s.elsewhere(l):
		return LogElsewhere, fault.New(waitsElsewhere)
	case state == LogElsewhere && !s.elsewhere(l):
		return LogQueued, fault.Fault{}
	}
	return state, why
}

// audioChanged tells the devices now in use.
type audioChanged struct {
	stamp
	AudioView
}

func (e audioChanged) next(s state) (state, []effect) {
	s.audio = e.AudioView
	return s, nil
}

// dndSet is do not disturb, on or off.
type dndSet struct {
	stamp
	on bool
}

func (e dndSet) next(s state) (state, []effect) {
	s.dnd = e.on
	return s, []effect{say{Event{Event: "dnd", At: e.at(), State: onOff(e.on)}}}
}

// rulesSet are new settings.
type rulesSet struct {
	stamp
	Rules
}

// next lets the new rules judge the calls under way, too: the journal must know what would become of them after a crash.
func (e rulesSet) next(s state) (state, []effect) {
	s.rules = e.Rules
	var out []effect
	for i, c := range s.calls {
		if !c.live() {
			continue
		}
		was := c.verdict
		c = c.judged(s.rules)
		s = s.with(i, c)
		if c.verdict != was {
			out = append(out, writeIdentity{c})
		}
	}
	return s, out
}

// reworded: the catalogue speaks another language now.
type reworded struct{ stamp }

// next draws everything in the other language; the history has its words from when it was read.
func (e reworded) next(s state) (state, []effect) { return s, []effect{readHistory{}} }

// noticed is a notice for the agent, the zero Fault to take it back.
type noticed struct {
	stamp
	topic Topic
	fault fault.Fault
}

func (e noticed) next(s state) (state, []effect) {
	s.notices[e.topic] = e.fault
	return s, nil
}

// noticeRead is the agent's: the notice was read and may go.
type noticeRead struct {
	stamp
	fault fault.Fault
}

func (e noticeRead) next(s state) (state, []effect) {
	s = s.limitRead(e.fault)
	s.notices = s.notices.without(e.fault)
	return s, nil
}

// unsavedChanged tells what quitting now would lose, the zero Fault for nothing.
type unsavedChanged struct {
	stamp
	fault fault.Fault
}

func (e unsavedChanged) next(s state) (state, []effect) {
	s.unsaved = e.fault
	return s, nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
