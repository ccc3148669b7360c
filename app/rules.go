package app

import (
	"reflect"
	"time"

	"linecard/crm"
	"linecard/crm/layout"
)

// Rules are the choices of the admin and the agent that the desk goes by. Which calls are logged and which records are
// popped is for crm.Rules to say.
type Rules struct {
	crm.Rules
	WrapUp   time.Duration // how long the form stays after hang-up; each keystroke starts it again
	Outcomes []string      // what the agent may say a call came to
	Layouts  layout.List   // what is written of calls; crm.Rules choose one by its name
	Objects  []crm.Object  // where callers are found, and in which order the objects come
	ByOrder  bool          // of several records with the number the first is taken, in place of asking the agent

	AllOrgs  bool // callers of calls for which nobody has chosen an org are looked for in all of them; see [state.searched]
	NoLookup bool // nobody is looked for unless the agent asks; see [Desk.Lookup]
	NoNames  bool // what the org says of callers is not kept for the next call, and does not stand in the history

	// Settle is how long after an attempt began that may have arrived nothing is created, however often the org is asked for
	// it. 0 means 2 minutes; a negative one means no time at all.
	Settle time.Duration

	// MissedPerHour is how many inbound calls in which nobody talked may become Tasks of an org's user in an hour, and how
	// many of an org's may be looked up before they are answered. 0 means no bound.
	MissedPerHour int

	Asking Asking // before a number is called

	// What the agent's desktop is told.
	NotifyRinging bool
	NotifyMissed  bool
	NotifyParked  bool // the org refuses to log a call
	Raise         bool // bring the window forward when it rings: takes the keyboard from whoever types
}

// Same reports whether two Rules are the same.
func (r Rules) Same(s Rules) bool {
	same := r.Rules.Same(s.Rules)
	r.Rules, s.Rules = crm.Rules{}, crm.Rules{}
	return same && reflect.DeepEqual(r, s)
}

// settle is how long an org may take to finish what an attempt began.
func (r Rules) settle() time.Duration {
	if r.Settle == 0 {
		return 2 * time.Minute
	}
	return max(0, r.Settle)
}
