package app

import (
	"maps"
	"slices"
	"strings"
	"time"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
	"linecard/sip"
)

// laidOut is how a call will be written: the layout that the rules chose for it, and what that says by now.
type laidOut struct {
	name    string // as the rules chose it; "" is the org's default layout
	object  string // "" for a Task, as in [crm.Activity]
	subject string // what the layout's parts say; "" where they say Linecard's own subject
	line    string // what the agent calls the account
	agent   string // name of the org's user
}

// ownSubject is the Subject of a layout that leaves it to Linecard.
var ownSubject = []layout.Value{"{subject}"}

// laid is the call with the layout that the rules choose for it now. After the end of the call, and once a Case was begun to be made of it,
// only one for the same object takes its place: what was begun as a Task stays one, and a call has one Case.
func (s *state) laid(c call) call {
	name := s.rules.Judge(c.facts()).Layout
	l := s.rules.Layouts.Choose(c.org, name, "")
	if (!c.live() || c.making == crm.Case) && l.Object != c.laid.writtenAs() {
		name = c.laid.name
		l = s.rules.Layouts.Choose(c.org, name, c.laid.writtenAs())
	}
	c.laid.name, c.laid.object = name, ""
	if l.Object != crm.Task {
		c.laid.object = l.Object
	}
	c.laid.line = s.label(c.account)
	for _, link := range s.links {
		if link.OrgID == c.org && link.UserID == c.user && c.user != "" {
			c.laid.agent = link.DisplayName
		}
	}
	c.laid.subject = ""
	if !slices.Equal(l.Subject, ownSubject) {
		a := c.activity()
		a.Subject = ""
		c.laid.subject = l.SubjectOf(layout.Call{Activity: a})
	}
	return c
}

func (l laidOut) writtenAs() string { return crm.Activity{Object: l.object}.WrittenAs() }

// layout is the layout of a call.
func (s *state) layout(c *call) layout.Layout {
	return s.rules.Layouts.Choose(c.org, c.laid.name, c.laid.writtenAs())
}

// toldOnce is what the phone has told of a call beside what the desk goes by.
type toldOnce struct {
	diverted           string
	sipID              string
	headers            map[string]string
	signalling         crm.Signalling
	called, divertedBy crm.Spelling  // the called number and diverted, as numbers
	held               time.Duration // up to the last time that it was talked on
	handedTo           string        // who it was transferred to
	joinsWith          string        // who its party is being joined with, of another call, as a log names them
	queue              string        // inbound: through which it came
	conference         string        // the conference room that it was in
	handedBy           string        // who has transferred it to the party it is with
}

// story is what the log may tell of the call.
func (c *call) story() crm.Story {
	s := crm.Story{
		Held: c.told.held, Diverted: c.told.diverted, Code: c.end.Code, Transferred: c.told.handedTo, Conference: c.told.conference, TransferredBy: c.told.handedBy, SIPID: c.told.sipID,
		Line: c.laid.line, Agent: c.laid.agent, Headers: c.told.headers, Signalling: c.told.signalling, Refused: c.refused, Queue: c.told.queue,
		CalledNumber: c.told.called, DivertedNumber: c.told.divertedBy,
	}
	end := c.answered
	if end.IsZero() {
		end = c.ended
	}
	if !end.IsZero() {
		s.Rang = max(0, end.Sub(c.started))
	}
	if !c.heldSince.IsZero() && !c.ended.IsZero() {
		s.Held += max(0, c.ended.Sub(c.after(c.heldSince)))
	}
	if m, ok := c.who(); ok {
		s.Company = m.Company
	}
	if !c.ended.IsZero() && !c.answered.IsZero() { // before, it is how it sounds lately
		s.MOS, s.Sound = c.quality.MOS, string(c.quality.Level)
	}
	s.HungUp = c.hungUpBy()
	return s
}

// hungUpBy is who ended the call, "" while it lasts and where the network did.
func (c *call) hungUpBy() string {
	agent, party := crm.ByAgent, crm.ByParty
	if c.ended.IsZero() {
		return ""
	}
	if c.roomEnd == sip.EndRemote || c.roomEnd == sip.EndFailed { // the phone system has closed the conference
		return ""
	}
	switch c.end.Reason {
	case sip.EndLocal, sip.EndTransferred:
		return agent
	case sip.EndRemote, sip.EndBusy:
		return party
	case sip.EndDeclined:
		if c.direction == crm.Inbound {
			return agent
		}
		return party
	case sip.EndCancelled:
		if c.direction == crm.Inbound {
			return party
		}
		return agent
	}
	return ""
}

// withAnswers are the agent's answers with more of them.
func withAnswers(have map[string]string, more map[string]string) map[string]string {
	out := maps.Clone(have)
	if out == nil {
		out = map[string]string{}
	}
	for name, answer := range more {
		out[name] = answer
	}
	return out
}

// AskedView is something that the layout of a call has the agent asked.
type AskedView struct {
	Name     string
	Answer   string // the agent's, or what is written without one
	Required bool
	Choices  []string // none is any text
}

// askedOf are the questions of a call's layout.
func (s *state) askedOf(c *call) []AskedView {
	l := s.layout(c)
	if len(l.Asked()) == 0 {
		return nil
	}
	return askedBy(l, c.activity())
}

// askedBy are the questions of a layout, with what an activity answers.
func askedBy(l layout.Layout, a crm.Activity) []AskedView {
	questions, of := l.Asked(), layout.Call{Activity: a}
	out := make([]AskedView, len(questions))
	for i, v := range questions {
		out[i] = AskedView{Name: v.Name, Answer: l.Answer(v, of), Required: v.Required, Choices: v.Choices}
	}
	return out
}

// Unanswered are the names of the questions that must be answered and are not.
func (w WrapView) Unanswered() []string {
	var names []string
	for _, a := range w.Asked {
		if a.Required && strings.TrimSpace(a.Answer) == "" {
			names = append(names, a.Name)
		}
	}
	return names
}

// unanswered says which questions of a call must be answered before it is saved; nil for none. What was typed a moment ago
// counts.
func (d *Desk) unanswered(id string) error {
	if d.missing(id) == nil {
		return nil
	}
	d.Settle(d.ctx)
	return d.missing(id)
}

func (d *Desk) missing(id string) error {
	s := d.now.Load()
	i := s.find(id)
	if i < 0 || s.calls[i].word == crm.DontLog {
		return nil
	}
	if names := (WrapView{Asked: s.askedOf(&s.calls[i])}).Unanswered(); len(names) > 0 {
		return fault.Err(nil, "layout.unanswered", "names", names)
	}
	return nil
}
