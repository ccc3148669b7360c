package app

import (
	"slices"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// state is all the desk knows. next returns a new one; slices inside are copied before they are changed, so a View
// rendered from an older state stays as it was.
type state struct {
	rules      Rules
	accounts   []Account // in the order of settings
	phones     []PhoneView
	links      []crm.LinkStatus // to the orgs, in the order of settings
	colleagues []ColleagueView
	queues     []queue                     // in the order of settings
	told       map[string][]ForwardTold    // what phone systems were told of forwarding, by account
	lamps      map[lamp]sip.ColleagueState // of watched phones; never changed in place
	calls      []call                      // in order of arrival
	spelled    []spelled                   // numbers as phone servers did not know them, the latest last; replaced and never changed
	front      string                      // id of the call that the faces show first; "" without one
	opened     *openedCall                 // whose card is open beside them; replaced and never changed; nil for none
	history    []HistoryRow
	counts     counts
	audio      AudioView
	dnd        bool
	notices    notices
	limits     []limit      // of the links, those that the agent has not read
	unsaved    fault.Fault  // what quitting now would lose
	lately     []missedCall // of the last hour, the oldest first
	left       []leftCard   // what was typed on cards of calls that have left the desk, and is not saved
}

// counts are what the journal counts.
type counts struct {
	missed, unlogged int
	outbox           OutboxView
	today            Today
	owed             []OwedRow // the first of them
	owing            int       // how many there are
}

// find returns the index of the call, or -1.
func (s state) find(id string) int {
	return slices.IndexFunc(s.calls, func(c call) bool { return c.id == id })
}

// with returns s with the call at i replaced.
func (s state) with(i int, c call) state {
	s.calls = slices.Clone(s.calls)
	s.calls[i] = s.laid(c.titled())
	return s
}

// without returns s with the call at i taken off the desk.
func (s state) without(i int) state {
	s.calls = slices.Delete(slices.Clone(s.calls), i, i+1)
	return s
}

// finishedFor is how long a failed call stays in view.
const finishedFor = 20 * time.Second

// nextWake is when the desk has to look again by itself: when the first wrap-up or finished call leaves it, or the call in front
// has been let rest. Zero when nothing waits.
func (s state) nextWake(now time.Time) time.Time {
	var first time.Time
	for i := range s.calls {
		c := &s.calls[i]
		if !c.live() && !c.form.until.IsZero() && (first.IsZero() || c.form.until.Before(first)) {
			first = c.form.until
		}
	}
	for i := range s.left {
		if l := &s.left[i]; !l.sending && s.saves(*l) && (first.IsZero() || l.next.Before(first)) {
			first = l.next
		}
	}
	if rest := s.frontRests(now); !rest.IsZero() && (first.IsZero() || rest.Before(first)) {
		first = rest
	}
	return first
}
