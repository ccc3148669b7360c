package app

import "linecard/crm"

// wrapEdited is a keystroke in the form.
type wrapEdited struct {
	stamp
	id   string
	edit WrapEdit
}

// next takes what the agent typed. It is saved per keystroke; the Task is touched only when the form is left.
func (e wrapEdited) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s.typedPast(e)
	}
	c := s.calls[i]
	was := c.form
	c.form = c.with(e.edit)
	if c.form.same(was) {
		return s, nil
	}
	c.form.dirty, c.typed = true, e.at()
	c = c.typing(s.rules, e.at())
	if c.word == crm.DontLog { // it will not be sent
		return s.with(i, c), nil
	}
	return s.with(i, c), []effect{writeDraft{c.id, c.activity(), c.form.until}}
}

// with is the form of a call with what was typed.
func (c *call) with(e WrapEdit) form {
	f := c.form
	if e.Subject != nil {
		f.subject = *e.Subject
		if f.subject == c.ownSubject() { // a form hands back what it was shown
			f.subject = ""
		}
	}
	if e.Notes != nil {
		f.notes = *e.Notes
	}
	if e.Disposition != nil {
		f.disposition = *e.Disposition
	}
	if e.What != nil {
		f.what = *e.What
	}
	if e.Answers != nil {
		f.answers = withAnswers(f.answers, e.Answers)
	}
	return f
}

// wrapSaved is Save.
type wrapSaved struct {
	stamp
	id string
}

// next hands what was typed to the writer; where nothing is logged by itself, or the rules may still say so, this is the word to log
// it. It is that also when the wrap-up ended a moment before: the agent saw the form. What the org has refused is sent again.
func (e wrapSaved) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{logDraft{e.id}, sendMended{e.id}, readHistory{}}
	}
	if s.calls[i].live() {
		return s, nil
	}
	c := s.calls[i]
	switch {
	case c.phase != WrapUp || c.word == crm.DontLog:
		return finished(s, e.id)
	case c.word != crm.NoWord:
		s, out := finished(s, e.id)
		return s, append(out, sendMended{c.id})
	case c.verdict == crm.LogYes && !c.unsure:
		s, out := finished(s, e.id)
		return s, append(out, logSaved{c.id}, sendMended{c.id}) // the rules may have said something else a moment ago
	}
	c.word = crm.LogIt
	return s.without(i), append(c.leaveCard(), writeEdit{c.id, c.activity()}, wantLogged{c.id}, sendMended{c.id}, readHistory{})
}

// dismissed takes an ended call off the desk.
type dismissed struct {
	stamp
	id string
}

func (e dismissed) next(s state) (state, []effect) { return finished(s, e.id) }

// finished ends wrap-up: what was typed since hang-up goes to the writer, and the call leaves the desk.
func finished(s state, id string) (state, []effect) {
	i := s.find(id)
	if i < 0 || s.calls[i].live() {
		return s, nil
	}
	c := s.calls[i]
	out := c.leaveCard()
	if c.form.dirty && c.word != crm.DontLog && c.phase == WrapUp {
		out = append(out, writeEdit{c.id, c.activity()})
	}
	return s.without(i), append(out, readHistory{})
}

// logRefused: the agent wants no activity for this call.
type logRefused struct {
	stamp
	id string
}

// next is "Don't log": the word is on disk at once. Before the end it keeps the activity from being queued, after it takes
// it back, also when the call has left the desk a moment before.
func (e logRefused) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{takeBack{e.id}, readHistory{}}
	}
	c := s.calls[i]
	c.word, c.verdict, c.log = crm.DontLog, crm.LogNo, logStanding{state: LogSkipped}
	out := []effect{takeBack{c.id}}
	if c.live() {
		return s.with(i, c), out
	}
	return s.without(i), append(append(out, c.leaveCard()...), readHistory{})
}

// logMoved: the writer got somewhere with a call's activity.
type logMoved struct {
	stamp
	id       string
	standing logStanding
	who      *crm.Match // the writer found out who it was
	word     crm.Word   // what the agent has said by now, where this is news of that; "" as before
	verdict  crm.Log    // what the rules say now that this is known; "" as before
	// Whose it is, and who it was with.
	link    link
	account string
	name    string
	number  string
	record  crm.Ref
}

// next takes the writer's news, of a call on the desk or not.
func (e logMoved) next(s state) (state, []effect) {
	line := Event{
		Event: "log", At: e.at(), Call: e.id, Account: e.account, Org: e.link.org, User: e.link.user, Number: e.number, Name: e.name,
		State: string(e.standing.state), Why: e.standing.reason,
	}
	if !e.record.IsZero() {
		line.Record = &e.record
	}
	i := s.find(e.id)
	if i >= 0 {
		line = line.filled(s.calls[i].says(line.Event, e.at()))
	}
	if !e.standing.task.IsZero() {
		task := e.standing.task
		line.Task = &task
	}
	out := []effect{say{line}, readHistory{}}
	if e.standing.state == LogParked && s.rules.NotifyParked {
		out = append(out, notifyParked{e.id, e.name, e.standing.reason})
	}
	if i < 0 {
		return s.pastMoved(e), out
	}
	c := s.calls[i]
	if e.word != crm.NoWord && !c.live() { // said in the history, or by a command
		c.word = e.word
		c = c.judged(s.rules)
	}
	if c.word == crm.DontLog && e.standing.state != LogSkipped {
		return s, out
	}
	c.log = e.standing
	if e.verdict != "" && c.word == crm.NoWord {
		c.verdict, c.unsure = e.verdict, false
	}
	if e.who != nil && c.lookup.Record == nil {
		c.lookup = LookupView{State: LookupOne, Record: e.who, Matches: []crm.Match{*e.who}}
		c.asked = true
	}
	return s.with(i, c), out
}
