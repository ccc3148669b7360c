package crm

import "time"

// Rules are the admin's choices about which calls are logged and which records are popped. They are the one judge: the
// desk asks them while a call goes on and when it ends, the journal when it closes a call that a crash cut off, and when
// it saves calls from a damaged file. So they look at nothing but [Facts], which the journal holds too.
type Rules struct {
	Ask   bool // no call is logged by itself: the agent presses Save
	Never bool // no call is logged unless the agent logs it by hand

	Inbound    bool // log answered inbound calls
	Outbound   bool // log answered outbound calls
	Missed     bool // log inbound calls that nobody took, declined ones among them
	Unanswered bool // log outbound calls that nobody took: busy, declined, no answer, cancelled
	Colleagues bool // log calls with extensions too

	Pop Pop // when an inbound call's record opens in the browser
}

// DefaultRules log every call that involved a customer, and pop nothing.
func DefaultRules() Rules {
	return Rules{Inbound: true, Outbound: true, Missed: true, Unanswered: true, Pop: PopNever}
}

// Facts are what is known of a call, as far as rules look at it.
type Facts struct {
	Direction Direction
	Outcome   Outcome // of a live call: what it would be if the call ended now, see [OutcomeSoFar]
	Account   string  // id of the phone account
	Called    string  // the number or queue the caller asked for; inbound only
	Caller    string  // the other party: E.164 where known, else as signalled; "" when withheld
	Object    string  // API name of the matched record's object; "" without one
	Extension bool    // the other party is a colleague
	Started   time.Time
	Word      Word // what the agent said of this very call
}

// Word is the agent's own word about whether a call is logged. It outweighs every rule.
type Word string

// The words.
const (
	NoWord  Word = ""
	LogIt   Word = "log"
	DontLog Word = "don't log"
)

// Verdict is what Rules say of a call.
type Verdict struct {
	Log    Log    `json:"log"`
	Layout string `json:"layout,omitempty"` // name of the log layout; "" is the default one
	Owner  string `json:"owner,omitempty"`  // id of the Salesforce user who is to own the Task; "" is the linked user
	Pop    Pop    `json:"pop,omitempty"`
}

// Log says whether a call becomes an activity.
type Log string

// The verdicts about the log.
const (
	LogYes Log = "yes"
	LogNo  Log = "no"
	LogAsk Log = "ask" // the agent decides: nothing is sent before Save
)

// Pop is when a record opens in the browser by itself.
type Pop string

// The times.
const (
	PopNever  Pop = "never"
	PopRing   Pop = "ring"   // as soon as it is known who calls
	PopAnswer Pop = "answer" // at the answer, or when it is known after that
)

// Judge says what is to become of a call. It is a pure function: the same facts get the same verdict, live, after a crash,
// and when rules are tried on calls of the past.
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
		return false // a colleague logs it; nothing has happened
	case o == Answered && f.Direction == Inbound:
		return r.Inbound
	case o == Answered:
		return r.Outbound
	case f.Direction == Inbound:
		return r.Missed
	}
	return r.Unanswered
}

// OutcomeSoFar is the outcome of a call that has no end: what it would be if the process died now.
func OutcomeSoFar(d Direction, answered bool) Outcome {
	switch {
	case answered:
		return Answered
	case d == Inbound:
		return Missed // it rang, and nobody can have answered it
	}
	return Failed
}
