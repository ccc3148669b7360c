package app

import (
	"slices"

	"linecard/crm"
)

// edited takes what the agent typed. It is saved per keystroke; the Task is touched only when the form is left.
func edited(s state, e wrapEdited) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	was := c.form
	if e.edit.Subject != nil {
		c.form.subject = *e.edit.Subject
	}
	if e.edit.Notes != nil {
		c.form.notes = *e.edit.Notes
	}
	if e.edit.Disposition != nil {
		c.form.disposition = *e.edit.Disposition
	}
	if e.edit.What != nil {
		c.form.what = *e.edit.What
	}
	if c.form == was {
		return s, nil
	}
	c.form.dirty = true
	if c.log.state == LogSkipped { // typed for nobody: it is not to be logged
		return s.with(i, c), nil
	}
	c = c.typing(s.rules, e.at())
	return s.with(i, c), []effect{writeDraft{c.id, c.activity(), c.form.until}}
}

// saved is Save: what was typed goes to the writer, and where nothing is logged by itself, this is the word to log it.
func saved(s state, id string) (state, []effect) {
	i := s.find(id)
	if i < 0 || s.calls[i].live() {
		return s, nil
	}
	c := s.calls[i]
	if c.phase != WrapUp || c.log.state != LogNone {
		return finished(s, id)
	}
	return s.without(i), []effect{writeEdit{c.id, c.activity()}, logIt{c.id}, readHistory{}}
}

// finished ends wrap-up: what was typed since hang-up goes to the writer, and the call leaves the desk.
func finished(s state, id string) (state, []effect) {
	i := s.find(id)
	if i < 0 || s.calls[i].live() {
		return s, nil
	}
	c := s.calls[i]
	var out []effect
	if c.form.dirty && c.log.state != LogSkipped && c.phase == WrapUp {
		out = append(out, writeEdit{c.id, c.activity()})
	}
	return s.without(i), append(out, readHistory{})
}

// refused is "Don't log": before the end it keeps the activity from being queued, after it takes it back.
func refused(s state, id string) (state, []effect) {
	i := s.find(id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	had := c.phase == WrapUp || c.log.state != LogNone
	c.log = logStanding{state: LogSkipped}
	if c.live() { // what was typed so far is a draft on disk
		return s.with(i, c), []effect{takeBack{c.id}}
	}
	out := []effect{}
	if had {
		out = append(out, takeBack{c.id})
	}
	return s.without(i), append(out, readHistory{})
}

// logged takes the writer's news of a call's activity, on the desk or not.
func logged(s state, e logMoved) (state, []effect) {
	line := Event{
		Event: "log", At: e.at(), Call: e.id, Number: e.number, Name: e.name, State: string(e.standing.state), Reason: e.standing.reason,
	}
	if !e.record.IsZero() {
		line.Record = &e.record
	}
	if !e.standing.task.IsZero() {
		task := e.standing.task
		line.Task = &task
	}
	out := []effect{say{line}, readHistory{}}
	if e.standing.state == LogParked && s.rules.NotifyParked {
		out = append(out, notifyParked{e.id, e.name, e.standing.reason})
	}
	i := s.find(e.id)
	if i < 0 {
		return s, out
	}
	c := s.calls[i]
	if c.log.state == LogSkipped {
		return s, out
	}
	c.log = e.standing
	if e.who != nil && c.lookup.Record == nil {
		c.lookup = LookupView{State: LookupOne, Record: e.who, Matches: []crm.Match{*e.who}}
		c.asked = true
	}
	return s.with(i, c), out
}

// choices lists what a call may be related to beside its Contact.
func (c call) choices() []crm.Ref {
	m, ok := c.who()
	if !ok || m.Object == crm.Lead {
		return nil
	}
	var refs []crm.Ref
	if m.Details != nil {
		for _, r := range slices.Concat(m.Details.Opportunities, m.Details.Cases) {
			refs = append(refs, r.Ref)
		}
	}
	if !m.Record.Account.IsZero() {
		refs = append(refs, m.Record.Account)
	}
	return refs
}
