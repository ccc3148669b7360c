package app

import (
	"cmp"
	"slices"
	"time"
)

// Which call is in front is one rule for every face:
//
//   - A call whose form is being typed in comes to the front and stays there, whatever else rings, is answered or ends, until its
//     keys have rested for a while or it leaves the desk.
//   - A call in wrap-up stays until it leaves the desk, or another is talked on or dialled; one that rings takes its place only
//     some seconds after its end, which is when the agent begins to write.
//   - Else it is the call that the agent deals with first: one that is talked on or dialled, one that rings, one on hold, the
//     newest wrap-up, one that failed. Among equals it is the one that came first; of wrap-ups the one that ended last.
//
// The window adds to this what only a window has: see ui.Window.shown.

// keysRest is how long after the last change of a form it is not being typed in any more.
const keysRest = 3 * time.Second

// endRests is how long a call that has ended stays in front of one that rings.
const endRests = 5 * time.Second

// inFront is the id of the call that should be in front, "" without one.
func (s state) inFront(now time.Time) string {
	first := s.foremost()
	if first == nil {
		return ""
	}
	i := s.find(s.front)
	if i >= 0 && s.calls[i].typedIn(now) {
		return s.front
	}
	if c := s.lastTyped(now); c != nil {
		return c.id
	}
	if i >= 0 && s.calls[i].phase == WrapUp {
		if w := first.phase.weight(); w >= Held.weight() || w == Ringing.weight() && s.calls[i].justEnded(now) {
			return s.front
		}
	}
	return first.id
}

// lastTyped is the call that is typed in at this moment, nil when none is.
func (s state) lastTyped(now time.Time) *call {
	var last *call
	for i := range s.calls {
		if c := &s.calls[i]; c.typedIn(now) && (last == nil || c.typed.After(last.typed)) {
			last = c
		}
	}
	return last
}

// typedIn reports whether the agent is writing about the call at this moment.
func (c *call) typedIn(now time.Time) bool {
	if c.refused || c.phase == Finished || c.typed.IsZero() {
		return false
	}
	since := now.Sub(c.typed)
	return since >= 0 && since < keysRest // less than nothing: the clock was set
}

// frontRests is when the call in front gives way because its keys have rested, or its end; zero when nothing waits for that.
func (s state) frontRests(now time.Time) time.Time {
	i := s.find(s.front)
	switch {
	case i < 0:
		return time.Time{}
	case s.calls[i].typedIn(now):
		return s.calls[i].typed.Add(keysRest)
	case s.calls[i].justEnded(now):
		return s.calls[i].ended.Add(endRests)
	}
	return time.Time{}
}

// justEnded reports whether the call ended a moment ago, and may still be written about.
func (c *call) justEnded(now time.Time) bool {
	since := now.Sub(c.ended)
	return c.phase == WrapUp && since >= 0 && since < endRests
}

// foremost is the call that the agent deals with first, nil without one.
func (s state) foremost() *call {
	if order := s.order(); len(order) > 0 {
		return order[0]
	}
	return nil
}

// order is how the calls follow each other where none is kept in front.
func (s state) order() []*call {
	order := make([]*call, 0, len(s.calls))
	for i := range s.calls {
		if c := &s.calls[i]; !c.refused {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(a, b *call) int {
		if a.phase == WrapUp && b.phase == WrapUp {
			return b.ended.Compare(a.ended)
		}
		return cmp.Compare(a.phase.weight(), b.phase.weight())
	})
	return order
}

// weight orders calls by what the agent deals with first.
func (p Phase) weight() int {
	switch p {
	case Talking, Dialing:
		return 0
	case Ringing:
		return 1
	case RemHeld, Held:
		return 2
	case WrapUp:
		return 3
	}
	return 4
}
