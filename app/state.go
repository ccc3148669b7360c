package app

import (
	"slices"
	"time"

	"linecard/crm"
	"linecard/sip"
)

// state is all the desk knows. next returns a new one; slices inside are copied before they are changed, so a View
// rendered from an older state stays as it was.
type state struct {
	rules   Rules
	phone   PhoneView
	org     crm.LinkStatus
	calls   []call // in order of arrival
	history []HistoryRow
	counts  counts
	audio   AudioView
	dnd     bool
	notices notices
	unsaved string // what quitting now would lose
}

// counts are what the journal counts.
type counts struct {
	missed, unlogged int
	outbox           OutboxView
	today            Today
}

// Rules are the admin's and agent's choices that the state machine goes by.
type Rules struct {
	WrapUp   time.Duration // how long the form stays after hang-up; each keystroke starts it again
	Outcomes []string      // what the agent may say a call came to

	// Which calls become an activity.
	Inbound    bool // answered ones
	Outbound   bool // answered ones
	Missed     bool // inbound ones nobody took, declined ones among them
	Unanswered bool // outbound ones nobody took
	Colleagues bool // calls with extensions too
	Ask        bool // none by itself: the agent presses Save

	// What the agent's desktop is told.
	NotifyRinging bool
	NotifyMissed  bool
	NotifyParked  bool // the org refuses to log a call
	Raise         bool // bring the window forward when it rings: takes the keyboard from whoever types
	Pop           Pop
}

// Pop is when a record opens in the browser by itself.
type Pop string

// The times.
const (
	PopNever  Pop = "never"
	PopRing   Pop = "ring"   // as soon as it is known who calls
	PopAnswer Pop = "answer" // at the answer, or when it is known after that
)

// DefaultRules log every call that involved the customer, and nothing that was a wrong key or a colleague.
func DefaultRules() Rules {
	return Rules{
		WrapUp:   30 * time.Second,
		Outcomes: []string{"Connected", "Left voicemail", "Callback requested", "Wrong number", "No interest"},
		Inbound:  true, Outbound: true, Missed: true, Unanswered: true,
		NotifyRinging: true, NotifyMissed: true, NotifyParked: true, Pop: PopNever,
	}
}

// call is one call from ring to the end of its wrap-up.
type call struct {
	id         string
	direction  crm.Direction
	phase      Phase
	party      sip.Party
	number     crm.Number
	called     string
	refused    bool // told busy at once: it never rings, and is drawn in the history only
	farRings   bool
	earlyMedia bool
	muted      bool
	localHold  bool
	remoteHold bool
	transfer   string
	started    time.Time
	answered   time.Time
	ended      time.Time
	heldSince  time.Time
	codec      string
	end        sip.CallEnded
	declined   bool   // the agent said so here
	org        string // id of the org the call belongs to; "" while none was linked
	lookup     LookupView
	asked      bool // the org has answered who the number is
	popped     bool // the record was opened in the browser
	form       form
	log        logStanding
}

// form is what the agent typed.
type form struct {
	subject     string // "" means the default one
	notes       string
	disposition string
	what        crm.Ref
	until       time.Time
	dirty       bool // typed since it was last handed to the writer
}

// logStanding is where the activity of a call is.
type logStanding struct {
	state   LogState
	task    crm.Ref
	reason  string
	nextTry time.Time
}

// find returns the index of the call, or -1.
func (s state) find(id string) int {
	return slices.IndexFunc(s.calls, func(c call) bool { return c.id == id })
}

// with returns s with the call at i replaced.
func (s state) with(i int, c call) state {
	s.calls = slices.Clone(s.calls)
	s.calls[i] = c
	return s
}

// without returns s with the call at i taken off the desk.
func (s state) without(i int) state {
	s.calls = slices.Delete(slices.Clone(s.calls), i, i+1)
	return s
}

// live reports whether the call can still be talked on or answered.
func (c call) live() bool { return c.phase != WrapUp && c.phase != Finished }

// outcome tells how an ended call went, in the words of the log.
func (c call) outcome() crm.Outcome {
	switch {
	case !c.answered.IsZero():
		return crm.Answered
	case c.end.Reason == sip.EndAnsweredElsewhere:
		return crm.AnsweredElsewhere
	case c.direction == crm.Inbound && (c.declined || c.end.Reason == sip.EndDeclined):
		return crm.Declined
	case c.direction == crm.Inbound:
		return crm.Missed
	}
	switch c.end.Reason {
	case sip.EndBusy:
		return crm.Busy
	case sip.EndNoAnswer:
		return crm.NoAnswer
	case sip.EndDeclined:
		return crm.Declined
	case sip.EndCancelled, sip.EndLocal:
		return crm.Cancelled
	}
	return crm.Failed
}

// loggable reports whether the rules want an activity for this ended call.
func (r Rules) loggable(c call) bool {
	if c.number.Extension && !r.Colleagues {
		return false
	}
	switch o := c.outcome(); {
	case o == crm.AnsweredElsewhere, o == crm.Failed:
		return false
	case o == crm.Answered && c.direction == crm.Inbound:
		return r.Inbound
	case o == crm.Answered:
		return r.Outbound
	case c.direction == crm.Inbound:
		return r.Missed
	}
	return r.Unanswered
}

// who returns the record the call is logged on: the one match, or the one picked.
func (c call) who() (crm.Match, bool) {
	if c.lookup.Record == nil {
		return crm.Match{}, false
	}
	return *c.lookup.Record, true
}

// name is the best name known for the other party: the record's, else the signalled one, else none.
func (c call) name() string {
	if m, ok := c.who(); ok {
		return m.Name
	}
	return c.party.Name
}

// activity is the call as it is to be logged, with all that is known now.
func (c call) activity() crm.Activity {
	a := crm.Activity{
		CallID: c.id, Direction: c.direction, Outcome: c.outcome(), Number: c.number.E164, Shown: c.number.International, PartyName: c.name(),
		Called: c.called, Started: c.started, AnsweredAt: c.answered, Ended: c.ended,
		Subject: c.form.subject, Notes: c.form.notes, Disposition: c.form.disposition, Org: c.org,
		Unidentified: !c.asked && !c.number.Withheld && !c.number.Extension && c.lookup.Record == nil,
	}
	if a.Number == "" && !c.number.Withheld {
		a.Number = c.number.Raw
	}
	if m, ok := c.who(); ok {
		a.Who, a.What = crm.Target(m.Record)
	}
	if !c.form.what.IsZero() && a.Who.Object != crm.Lead {
		a.What = c.form.what
	}
	if a.Subject == "" {
		a.Subject = crm.DefaultSubject(a)
	}
	return a
}
