package crm

import (
	"reflect"
	"time"
)

// Rules are the admin's choices about which calls are logged and which records are opened. Nothing else decides this:
// the desk asks Rules during a call and at its end, and the journal asks them when it closes a call after a crash or
// recovers calls from a damaged file. So Rules use nothing but [Facts], which the journal holds too.
//
// The agent's own word comes first, then the rows of the Table from the top, then the switches.
type Rules struct {
	Table Table

	Ask   bool // no call is logged automatically: the agent presses Save
	Never bool // no call is logged unless the agent asks for it

	Inbound    bool // log answered inbound calls
	Outbound   bool // log answered outbound calls
	Missed     bool // log inbound calls that were not answered, also declined ones
	Unanswered bool // log outbound calls that were not answered: busy, declined, no answer, cancelled
	Colleagues bool // log calls with extensions too

	Pop           Pop // when an inbound call's record opens
	PopIn         Where
	PopOutbound   Pop // when an outbound call's record opens
	PopOutboundIn Where

	Owner string // who owns the log: OwnerExtension, or "" for the linked user

	Called CalledOrgs // which org a call belongs to by the number that the caller dialled, where no row says

	Zone *time.Location // of the times of day in the table; nil means the computer's
}

// Same reports whether two Rules are the same.
func (r Rules) Same(s Rules) bool {
	same := r.Table.Same(s.Table)
	r.Table, s.Table = Table{}, Table{}
	return same && reflect.DeepEqual(r, s)
}

// Facts are what the rules need to know about a call.
type Facts struct {
	Direction Direction
	Outcome   Outcome // of a live call: the outcome if the call ended now, see [OutcomeSoFar]
	Live      bool    // the call goes on
	Account   string  // id of the phone account
	Called    string  // the number or queue that the caller dialled, as signalled; inbound only. [Story] has it as a number
	Caller    string  // the other party: E.164 where it is known, otherwise as signalled; "" when withheld
	Written   string  // Caller as people in its country write it; "" where nobody does
	Object    string  // API name of the matched record's object; "" without a match
	Unasked   bool    // it is open with which record the call is: the org has not said yet, or has several
	LeftOff   bool    // nobody is asked any more with which record the call is, so that it stays open
	Extension bool    // the other party is a colleague
	Started   time.Time
	Word      Word      // the agent's own choice for this call
	Call      *Activity // what else is known of the call, for conditions on call variables; nil where nothing is
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
	Owner  string `json:"owner,omitempty"`  // who will own the log: OwnerExtension, or a user's id, user name or e-mail address; "" is the linked user
	Org    string `json:"org,omitempty"`    // the org that the call belongs to, as the rules choose it when the call begins; "" leaves it to the account
	Pop    Pop    `json:"pop,omitempty"`
	PopIn  Where  `json:"popIn,omitempty"` // "" where nothing pops

	Create   string `json:"create,omitempty"`   // object of the record that is made of the call; "" is none
	CreateAt Pop    `json:"createAt,omitempty"` // when
	Hooks    Hooks  `json:"hooks,omitzero"`     // who is told of the call
}

// Log says whether a call is logged.
type Log string

// The values of Log.
const (
	LogYes Log = "yes"
	LogNo  Log = "no"
	LogAsk Log = "ask" // the agent decides: nothing is sent before Save
)

// Pop says when a record is opened automatically.
type Pop string

// The values of Pop.
const (
	PopNever  Pop = "never"  // by hand only
	PopRing   Pop = "ring"   // as soon as the other party is identified
	PopAnswer Pop = "answer" // at the answer, or later, when the other party is identified
	PopHangup Pop = "hangup"
)

// Where says where a record is opened.
type Where string

// The values of Where.
const (
	InBrowser Where = "browser" // the record's page
	InApp     Where = "app"     // the window comes forward with the card; also without a record
	InBoth    Where = "both"
)

// Judge decides what happens to a call. It is a pure function: the same facts get the same verdict during a call, after
// a crash, and when rules are tried on past calls.
func (r Rules) Judge(f Facts) Verdict {
	v, _ := r.Explain(f)
	return v
}

// hopes is what may become of a call of which the org has not said yet who it is: it is kept, and judged again then, where a record
// would have it logged. That holds of a live call too: a crash may end it before the org answers.
func (r Rules) hopes(f Facts, s sight) Log {
	best := LogNo
	s.Unasked, s.hoping = false, true
	for _, object := range r.Table.hoped {
		s.Object = object
		log, by := r.Table.log(&s, r.Colleagues)
		if log == "" {
			log = r.log(f)
		}
		if log == LogNo && f.Live {
			log = r.Table.mayLog(&s, by, r.Colleagues)
		}
		switch log {
		case LogYes:
			return LogYes
		case LogAsk:
			best = LogAsk
		}
	}
	return best
}

// Explain is Judge that tells also which rows decided. The agent's word and the switches are no rows.
func (r Rules) Explain(f Facts) (Verdict, Deciders) {
	var v Verdict
	var by Deciders
	var facts sight
	f.Unasked = f.Unasked && f.Object == "" // with a record nothing is open, whatever was noted before
	if len(r.Table.rows)+len(r.Called.orgs) > 0 {
		facts = readFacts(f, r.Zone)
		v, by = r.Table.decide(&facts, r.Colleagues)
	}
	if v.Org == "" {
		v.Org = r.Called.of(&facts)
	}
	switch {
	case f.Word == LogIt:
		v.Log, by.Log = LogYes, 0
	case f.Word == DontLog:
		v.Log, by.Log = LogNo, 0
	case v.Log == "":
		v.Log = r.log(f)
	}
	if v.Log == LogNo && f.Live && f.Word == NoWord {
		v.Log = r.Table.mayLog(&facts, by.Log, r.Colleagues)
	}
	if v.Log == LogNo && f.Unasked && !f.LeftOff && f.Word == NoWord {
		v.Log = r.hopes(f, facts)
	}
	in, usual := r.Pop, r.PopIn
	if f.Direction == Outbound {
		in, usual = r.PopOutbound, r.PopOutboundIn
	}
	if v.Pop == "" {
		v.Pop, v.PopIn = in, usual
	}
	switch {
	case v.Pop == "" || v.Pop == PopNever:
		v.Pop, v.PopIn = PopNever, ""
	case v.PopIn == "" && usual != "":
		v.PopIn = usual
	case v.PopIn == "":
		v.PopIn = InBrowser
	}
	v.created(&f, &by)
	switch {
	case v.Owner == "":
		v.Owner = r.Owner
	case v.Owner == OwnerLinked:
		v.Owner = ""
	}
	return v, by
}

// log is what the switches say.
func (r Rules) log(f Facts) Log {
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
	case o.Others(), o == Failed:
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
