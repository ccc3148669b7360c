package crm

import "time"

// Direction is the direction of a call, in the spelling of Task.CallType.
type Direction string

// The values of Direction.
const (
	Inbound  Direction = "Inbound"
	Outbound Direction = "Outbound"
)

// Outcome is how a call went according to SIP. Disposition is the agent's own result of it.
type Outcome string

// The values of Outcome.
const (
	Answered          Outcome = "answered"
	Missed            Outcome = "missed"
	Declined          Outcome = "declined"
	Busy              Outcome = "busy"
	NoAnswer          Outcome = "no answer"
	Cancelled         Outcome = "cancelled" // the agent ended an outbound call before the answer
	Failed            Outcome = "failed"
	AnsweredElsewhere Outcome = "answered elsewhere"
	Forwarded         Outcome = "forwarded" // inbound: the phone sent the caller on to another number
)

// Others reports whether the call is somebody else's to log: who answered it, or whom it was forwarded to.
func (o Outcome) Others() bool { return o == AnsweredElsewhere || o == Forwarded }

// Activity is a call to be logged. It is complete without any org: the fields of the Task are chosen when it is
// written.
type Activity struct {
	CallID      string        `json:"callId"` // UUID of the call, written to Task.CallObject; unique
	Direction   Direction     `json:"direction"`
	Outcome     Outcome       `json:"outcome"`
	Number      string        `json:"number"`           // the other party, in E.164 where it is known
	Shown       string        `json:"shown,omitempty"`  // Number as people read it; see [Number.International]
	PartyName   string        `json:"party,omitempty"`  // the other party's name, as signalled or as found
	Called      string        `json:"called,omitempty"` // inbound: the number that the caller dialled
	Started     time.Time     `json:"started"`          // when it rang or was dialled
	AnsweredAt  time.Time     `json:"answeredAt,omitzero"`
	Ended       time.Time     `json:"ended"`
	Talked      time.Duration `json:"talked,omitempty"`  // in ns, by a clock that nobody sets; 0 when it was not measured
	Subject     string        `json:"subject,omitempty"` // the subject that the agent typed; "" means the default one, see [DefaultSubject]
	Notes       string        `json:"notes,omitempty"`
	Disposition string        `json:"disposition,omitempty"` // the result that the agent chose, written to Task.CallDisposition
	Who         Ref           `json:"who,omitzero"`          // Contact or Lead
	What        Ref           `json:"what,omitzero"`         // Account, Opportunity, Case, …; never together with a Lead
	Account     string        `json:"account,omitempty"`     // id of the phone account the call was on
	Org         string        `json:"org,omitempty"`         // id of the org that Who and What are in and that the call is logged in; "" when none was linked
	User        string        `json:"user,omitempty"`        // id of the org's user who writes it; "" when none was linked

	// TriedBy are the ids of the org's other users in whose name it may have been written before the agent had it logged as User. An
	// earlier attempt is looked for among what they have made, too.
	TriedBy []string `json:"triedBy,omitempty"`

	// UnsureBy are those of TriedBy of whose attempts it is not known yet whether they have arrived. Where what users write is private, nobody
	// else can tell: nothing is written before each of them was asked.
	UnsureBy []string `json:"unsureBy,omitempty"`

	// Owner is who will own the log: [OwnerExtension], or a user's id, user name or e-mail address; "" is the user who writes it.
	Owner string `json:"owner,omitempty"`

	// Earlier names those the call was with before, as a phone system tells when it joins or hands on calls; "" for nobody.
	Earlier string `json:"earlier,omitempty"`

	// Override is why the agent called somebody who is marked Do Not Call; "" when nobody was.
	Override string `json:"override,omitempty"`

	// Layout names the log layout that the rules chose; "" is the org's default one. Object is what the call is written as:
	// "" is a Task, [Case] a Case. It is decided once, when the call ends, so that an attempt that may have arrived is looked
	// for where it was sent, whatever the layouts say by then.
	Layout string `json:"layout,omitempty"`
	Object string `json:"object,omitempty"`

	// Make is the object of the record that a rule has made of the call where the org knows nobody: a Lead, a Contact or a
	// Case; "" makes none.
	Make string `json:"make,omitempty"`

	// Answers are what the agent said to the questions of the layout, by the name of the variable.
	Answers map[string]string `json:"answers,omitempty"`

	Story

	// Cut is set when Linecard, or the computer, ended during the call: when and how the call ended is a guess.
	Cut bool `json:"cut,omitempty"`

	// Upsert has the activity written by the call's id, as an upsert, or not at all: the caller counts on its being harmless to write
	// it again. It is of one attempt, and not kept.
	Upsert bool `json:"-"`

	// Unidentified is set when the org was never asked who the number is, because it was down or not linked. The writer
	// asks it before it writes the activity.
	Unidentified bool `json:"unidentified,omitempty"`
}

// Story is what else the phone told of a call: rules may go by it, and a layout may write it. A part that is not known is
// zero.
type Story struct {
	Rang        time.Duration `json:"rang,omitempty"`        // until the answer, or until the end of a call that nobody answered
	Held        time.Duration `json:"held,omitempty"`        // how long it was on hold, whoever held it
	Diverted    string        `json:"diverted,omitempty"`    // inbound: who sent it on, from Diversion or History-Info
	Code        int           `json:"code,omitempty"`        // the SIP status that ended it
	HungUp      string        `json:"hungUp,omitempty"`      // who ended it; see [ByAgent] and [ByParty]
	Transferred string        `json:"transferred,omitempty"` // the number it was handed on to
	Conference  string        `json:"conference,omitempty"`  // the conference room in which it went on
	SIPID       string        `json:"sipId,omitempty"`       // the Call-ID
	Queue       string        `json:"queue,omitempty"`       // inbound: the queue of the phone system that it came through
	MOS         float64       `json:"mos,omitempty"`         // how it sounded, of the two directions in the worse one: mean opinion score, 1 to 4.5; 0 is not known
	Sound       string        `json:"sound,omitempty"`       // MOS in a word: "good", "fair" or "poor"

	TransferredBy string `json:"transferredBy,omitempty"` // who handed it on to the party that it was with at its end
	Line          string `json:"line,omitempty"`          // what the agent calls the phone account
	Agent         string `json:"agent,omitempty"`         // the name of the org's user
	Company       string `json:"company,omitempty"`       // of the other party, as the record has it

	Signalling

	CalledNumber   Spelling `json:"calledNumber,omitzero"`   // the number that the caller dialled, where it is one
	DivertedNumber Spelling `json:"divertedNumber,omitzero"` // Diverted, where it is a number

	Headers map[string]string `json:"headers,omitempty"` // header fields of the INVITE that begin with X-, by their name
	Refused bool              `json:"refused,omitempty"` // inbound: told busy at once, by do not disturb or since no line was free
}

// Signalling is what an INVITE tells beside who calls, cleaned; a part that it does not tell is "".
type Signalling struct {
	UserToUser    string `json:"userToUser,omitempty"`    // what the caller's side has handed over (RFC 7433)
	CallInfo      string `json:"callInfo,omitempty"`      // the address of a page about the caller (RFC 3261 §20.9)
	Verstat       string `json:"verstat,omitempty"`       // whether the network has verified the number: "passed", "failed", "no validation"
	DivertedFirst string `json:"divertedFirst,omitempty"` // who sent it on first, where several did
	DivertedFor   string `json:"divertedFor,omitempty"`   // why it was sent on last: "no-answer"
	ReferredBy    string `json:"referredBy,omitempty"`    // who has transferred the caller to this phone
}

// IsZero reports whether it tells nothing.
func (s Signalling) IsZero() bool { return s == Signalling{} }

// The values of Verstat where the network has verified the caller's number, and where it has found it wrong.
const (
	Verified   = "passed"
	Unverified = "failed"
)

// Spelling is a number as it is read by the dial plan of the account that it came on; zero where the text is none.
type Spelling struct {
	E164    string `json:"e164,omitempty"`
	Written string `json:"written,omitempty"` // as people in its country write it
}

// Spelled is the spelling of a number.
func Spelled(n Number) Spelling {
	if n.E164 == "" {
		return Spelling{}
	}
	return Spelling{n.E164, n.Show()}
}

// Who ended a call.
const (
	ByAgent = "agent"
	ByParty = "other party"
)

// WrittenAs is the object that the call is written as.
func (a Activity) WrittenAs() string {
	if a.Object == "" {
		return Task
	}
	return a.Object
}

// SubjectLine returns the subject to write: the agent's own, or the default one.
func (a Activity) SubjectLine() string {
	if a.Subject != "" {
		return a.Subject
	}
	return DefaultSubject(a)
}

// Target returns r as WhoId or as WhatId: a Contact or Lead is a Who, everything else a What.
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

// Ring is how long it rang.
func (a Activity) Ring() time.Duration {
	if a.Rang > 0 {
		return a.Rang
	}
	end := a.AnsweredAt
	if end.IsZero() {
		end = a.Ended
	}
	if end.IsZero() || a.Started.IsZero() {
		return 0
	}
	return max(0, end.Sub(a.Started))
}

// TransferredFrom is who has handed on the call to whom it is with: while it went on, or before it rang here. "" for nobody.
func (s Story) TransferredFrom() string {
	if s.TransferredBy != "" {
		return s.TransferredBy
	}
	return s.ReferredBy
}

// Logged tells which record an activity was written to.
type Logged struct {
	Ref
	Existed bool // an earlier attempt had written it already
}

// Written is what became of one of several activities.
type Written struct {
	Logged
	Err error // nil when it is written
}
