package crm

import "time"

// Direction of a call, spelled as Task.CallType spells it.
type Direction string

// The directions.
const (
	Inbound  Direction = "Inbound"
	Outbound Direction = "Outbound"
)

// Outcome is how a call went, as SIP tells it. Disposition is what the agent says of it.
type Outcome string

// The outcomes.
const (
	Answered          Outcome = "answered"
	Missed            Outcome = "missed"
	Declined          Outcome = "declined"
	Busy              Outcome = "busy"
	NoAnswer          Outcome = "no answer"
	Cancelled         Outcome = "cancelled" // the agent gave up an outbound call
	Failed            Outcome = "failed"
	AnsweredElsewhere Outcome = "answered elsewhere"
)

// Activity is a call to be logged. It is complete without any org: what a Task is made of is decided when it is written.
type Activity struct {
	CallID      string        `json:"callId"` // UUID; Task.CallObject, never used twice
	Direction   Direction     `json:"direction"`
	Outcome     Outcome       `json:"outcome"`
	Number      string        `json:"number"`           // the other party, E.164 where known
	Shown       string        `json:"shown,omitempty"`  // Number as people read it: Number.International of the crm package
	PartyName   string        `json:"party,omitempty"`  // as signalled or as found
	Called      string        `json:"called,omitempty"` // inbound: the number the caller dialled
	Started     time.Time     `json:"started"`          // ring or dial
	AnsweredAt  time.Time     `json:"answeredAt,omitzero"`
	Ended       time.Time     `json:"ended"`
	Talked      time.Duration `json:"talked,omitempty"`  // in ns, by a clock that nobody sets; 0 when it was not measured
	Subject     string        `json:"subject,omitempty"` // the agent's own; "" means the default one, see [DefaultSubject]
	Notes       string        `json:"notes,omitempty"`
	Disposition string        `json:"disposition,omitempty"` // Task.CallDisposition
	Who         Ref           `json:"who,omitzero"`          // Contact or Lead
	What        Ref           `json:"what,omitzero"`         // Account, Opportunity, Case…; never beside a Lead
	Account     string        `json:"account,omitempty"`     // id of the phone account the call was on
	Org         string        `json:"org,omitempty"`         // id of the org Who and What are of, and that is to have the call; "" when none was linked
	User        string        `json:"user,omitempty"`        // id of the org's user who is to write it; "" when none was linked

	// Unidentified: the org was never asked who the number is (it was down, or not linked). Whoever writes the activity
	// asks first.
	Unidentified bool `json:"unidentified,omitempty"`
}

// SubjectLine is what the activity is titled: the agent's own subject, else the default one.
func (a Activity) SubjectLine() string {
	if a.Subject != "" {
		return a.Subject
	}
	return DefaultSubject(a)
}

// Target tells which of WhoId and WhatId a record is logged in: a Contact or Lead is a Who, everything else a What.
func Target(r Record) (who, what Ref) {
	if r.Object == Contact || r.Object == Lead {
		return r.Ref, Ref{}
	}
	return Ref{}, r.Ref
}

// Duration is the time talked, zero when nobody answered and never negative. Where it was not measured it is the time
// between answer and end, by a clock that may have been set in between.
func (a Activity) Duration() time.Duration {
	switch {
	case a.AnsweredAt.IsZero():
		return 0
	case a.Talked > 0:
		return a.Talked
	}
	return max(0, a.Ended.Sub(a.AnsweredAt))
}

// Logged tells where an activity went.
type Logged struct {
	Ref
	Existed bool // found there already: written by an earlier attempt
}
