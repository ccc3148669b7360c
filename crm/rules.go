package crm

import "time"

// Rules are the admin's choices about which calls are logged and which records are opened. Nothing else decides this:
// the desk asks Rules during a call and at its end, and the journal asks them when it closes a call after a crash or
// recovers calls from a damaged file. So Rules use nothing but [Facts], which the journal holds too.
type Rules struct {
	Ask   bool // no call is logged automatically: the agent presses Save
	Never bool // no call is logged unless the agent asks for it

	Inbound    bool // log answered inbound calls
	Outbound   bool // log answered outbound calls
	Missed     bool // log inbound calls that were not answered, also declined ones
	Unanswered bool // log outbound calls that were not answered: busy, declined, no answer, cancelled
	Colleagues bool // log calls with extensions too

	Pop Pop // when an inbound call's record opens in the browser
}

// DefaultRules log every call with a customer, and open no record.
func DefaultRules() Rules {
	return Rules{Inbound: true, Outbound: true, Missed: true, Unanswered: true, Pop: PopNever}
}

// Facts are what the rules need to know about a call.
type Facts struct {
	Direction Direction
	Outcome   Outcome // of a live call: the outcome if the call ended now, see [OutcomeSoFar]
	Account   string  // id of the phone account
	Called    string  // the number or queue that the caller dialled; inbound only
	Caller    string  // the other party: E.164 where it is known, otherwise as signalled; "" when withheld
	Object    string  // API name of the matched record's object; "" without a match
	Extension bool    // the other party is a colleague
	Started   time.Time
	Word      Word // the agent's own choice for this call
}

// Word is the agent's own choice whether a call is logged. It overrides every rule.
type Word string

// The values of Word.
const (
	NoWord  Word = ""
	LogIt   Word = "log"
	DontLog Word = "don't log"
)

// Verdict is the decision of the Rules about a call.
type Verdict struct {
	Log    Log    `json:"log"`
	Layout string `json:"layout,omitempty"` // name of the log layout; "" is the default one
	Owner  string `json:"owner,omitempty"`  // id of the Salesforce user who will own the Task; "" is the linked user
	Pop    Pop    `json:"pop,omitempty"`
}

// Log says whether a call is logged.
type Log string

// The values of Log.
const (
	LogYes Log = "yes"
	LogNo  Log = "no"
	LogAsk Log = "ask" // the agent decides: nothing is sent before Save
)

// Pop says when a record is opened in the browser automatically.
type Pop string

// The values of Pop.
const (
	PopNever  Pop = "never"
	PopRing   Pop = "ring"   // as soon as the caller is identified
	PopAnswer Pop = "answer" // at the answer, or later, when the caller is identified
)

// Judge decides what happens to a call. It is a pure function: the same facts get the same verdict during a call, after
// a crash, and when rules are tried on past calls.
func (r Rules) Judge(f Facts) Verdict {
	v := Verdict{Log: r.log(f), Pop: PopNever}
	if f.Direction == Inbound && r.Pop != "" {
		v.Pop = r.Pop
	}
	return v
}

func (r Rules) log(f Facts) Log {
	switch f.Word {
	case LogIt:
		return LogYes
	case DontLog:
		return LogNo
	}
	switch {
	case r.Never, !r.wants(f):
		return LogNo
	case r.Ask:
		return LogAsk
	}
	return LogYes
}

// wants reports whether calls of this kind are logged.
func (r Rules) wants(f Facts) bool {
	if f.Extension && !r.Colleagues {
		return false
	}
	switch o := f.Outcome; {
	case o == AnsweredElsewhere, o == Failed:
		return false // a colleague logs it, or there was no call
	case o == Answered && f.Direction == Inbound:
		return r.Inbound
	case o == Answered:
		return r.Outbound
	case f.Direction == Inbound:
		return r.Missed
	}
	return r.Unanswered
}

// OutcomeSoFar is the outcome of a call without an end: what it would be if the process died now.
func OutcomeSoFar(d Direction, answered bool) Outcome {
	switch {
	case answered:
		return Answered
	case d == Inbound:
		return Missed // it rang, and nobody can have answered
	}
	return Failed
}
