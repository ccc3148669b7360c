package app

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/crm"
	"linecard/sip"
)

// TestTheCallThatIsTypedInStays: under events in any order, the call in front never changes while its form is being typed in,
// except that it leaves the desk; and the wrap-up in front never gives way to another wrap-up, or to a call that only waits.
func TestTheCallThatIsTypedInStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := state{rules: someRules(), links: []crm.LinkStatus{{State: crm.Linked}}}
		now, calls, wake := t0, 0, time.Time{}
		typed := map[string]time.Time{}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 8000).Draw(t, "milliseconds")) * time.Millisecond)
			var e event
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				calls++
				e = anArrival(t, fmt.Sprint("c", calls), now)
			case 1, 2: // the agent types in the call in front
				text := fmt.Sprint("text ", now.UnixNano())
				e = wrapEdited{stamp{now}, s.front, WrapEdit{Notes: &text}}
			default:
				e = anEvent(t, &s, fmt.Sprint("c", rapid.IntRange(1, max(1, calls)).Draw(t, "which")), now)
			}
			if !wake.IsZero() && wake.Before(now) {
				s, _ = next(s, ticked{stamp{wake}})
			}
			before := firstOf(s)
			var out []effect
			was := s
			s, out = next(s, e)
			if edit, ok := e.(wrapEdited); ok && writes(was, s, edit.id) {
				typed[edit.id] = now
			}
			wake = out[len(out)-1].(wakeAt).when
			after := firstOf(s)
			i := s.find(before.ID)
			if before.ID == "" || i < 0 || after.ID == before.ID {
				continue
			}
			if at, ok := typed[before.ID]; ok && now.Sub(at) < keysRest && s.calls[i].phase != Finished {
				t.Fatalf("%T put %s (%s) in front of %s (%s), which was typed in %v before", e, after.ID, after.Phase, before.ID, before.Phase, now.Sub(at))
			}
			if before.Phase == WrapUp && after.Phase.weight() >= Held.weight() {
				t.Fatalf("%T put %s (%s) in front of the wrap-up of %s", e, after.ID, after.Phase, before.ID)
			}
		}
	})
}

// writes reports whether what is in a call's form differs in two states: an edit that changes nothing is no typing.
func writes(before, after state, id string) bool {
	i, j := before.find(id), after.find(id)
	if i < 0 || j < 0 {
		return false
	}
	a, b := before.calls[i].form, after.calls[j].form
	return a.notes != b.notes || a.subject != b.subject || a.disposition != b.disposition || a.what != b.what
}

func firstOf(s state) CallView {
	if v := render(&s, false); len(v.Calls) > 0 {
		return v.Calls[0]
	}
	return CallView{}
}

// tale plays events in the order they are given, each a second after the one before.
type tale struct {
	t   *testing.T
	s   state
	now time.Time
	out []effect
}

func newTale(t *testing.T) *tale {
	rules := someRules()
	rules.WrapUp = 30 * time.Second
	return &tale{t: t, s: state{rules: rules, links: []crm.LinkStatus{{State: crm.Linked}}}, now: t0}
}

func (y *tale) plays(e func(stamp) event) {
	y.now = y.now.Add(time.Second)
	y.s, y.out = next(y.s, e(stamp{y.now}))
}

func (y *tale) rings(id string) {
	y.plays(func(st stamp) event {
		return callArrived{stamp: st, id: id, direction: crm.Inbound, number: number}
	})
}

func (y *tale) answers(id string) {
	y.plays(func(st stamp) event { return phoneEvent{st, sip.CallAnswered{ID: id, At: st.Time}} })
}

func (y *tale) holds(id string, on bool) {
	y.plays(func(st stamp) event { return phoneEvent{st, sip.CallHold{ID: id, At: st.Time, Local: on}} })
}

func (y *tale) ends(id string) {
	y.plays(func(st stamp) event { return phoneEvent{st, sip.CallEnded{ID: id, At: st.Time, Reason: sip.EndRemote}} })
}

func (y *tale) types(id, notes string) {
	y.plays(func(st stamp) event { return wrapEdited{st, id, WrapEdit{Notes: &notes}} })
}

func (y *tale) saves(id string) { y.plays(func(st stamp) event { return wrapSaved{st, id} }) }

// rests lets time pass, and the desk wake when it asked for it.
func (y *tale) rests(d time.Duration) {
	until := y.now.Add(d)
	for {
		at := y.out[len(y.out)-1].(wakeAt).when
		if at.IsZero() || at.After(until) {
			break
		}
		y.now = at
		y.s, y.out = next(y.s, ticked{stamp{at}})
	}
	y.now = until
}

func (y *tale) inFront(want string) {
	y.t.Helper()
	if got := firstOf(y.s).ID; got != want {
		y.t.Errorf("%q is in front, want %q", got, want)
	}
}

func TestWhoIsInFront(t *testing.T) {
	for name, tell := range map[string]func(*tale){
		"of two wrap-ups the newer": func(y *tale) {
			y.rings("A")
			y.answers("A")
			y.ends("A")
			y.rings("B")
			y.inFront("A")
			y.rests(endRests)
			y.inFront("B")
			y.answers("B")
			y.ends("B")
			y.inFront("B")
			y.saves("B")
			y.inFront("A")
		},
		"the call that ended, before the one on hold": func(y *tale) {
			y.rings("A")
			y.answers("A")
			y.holds("A", true)
			y.rings("B")
			y.answers("B")
			y.ends("B")
			y.inFront("B")
			y.saves("B")
			y.inFront("A")
		},
		"a held call that ends leaves the wrap-up alone": func(y *tale) {
			y.rings("A")
			y.answers("A")
			y.holds("A", true)
			y.rings("B")
			y.answers("B")
			y.ends("B")
			y.ends("A")
			y.inFront("B")
		},
		"a ring waits for the keys to rest": func(y *tale) {
			y.rings("A")
			y.answers("A")
			y.ends("A")
			y.types("A", "Wants to ca")
			y.rings("B")
			y.inFront("A")
			y.types("A", "Wants to cancel")
			y.inFront("A")
			y.rests(endRests)
			y.inFront("B")
		},
		"an answer from elsewhere waits for the keys to rest": func(y *tale) {
			y.rings("A")
			y.answers("A")
			y.ends("A")
			y.rings("B")
			y.types("A", "in wrap-up")
			y.answers("B")
			y.inFront("A")
			y.rests(keysRest)
			y.inFront("B")
		},
		"a swap waits for the keys to rest": func(y *tale) {
			y.rings("A")
			y.answers("A")
			y.holds("A", true)
			y.rings("B")
			y.answers("B")
			y.types("B", "so")
			y.holds("B", true)
			y.holds("A", false)
			y.inFront("B")
			y.rests(keysRest)
			y.inFront("A")
		},
		"the end of the call that is typed in changes nothing": func(y *tale) {
			y.rings("A")
			y.answers("A")
			y.ends("A")
			y.rings("B")
			y.answers("B")
			y.types("B", "Second caller is ill and wants to")
			y.ends("B")
			y.types("B", "Second caller is ill and wants to cancel")
			y.inFront("B")
			y.rests(keysRest)
			y.inFront("B")
		},
		"a wrap-up that is over makes room": func(y *tale) {
			y.rings("A")
			y.answers("A")
			y.ends("A")
			y.types("A", "gone")
			y.rings("B")
			y.rests(time.Minute)
			y.inFront("B")
		},
		"a missed call leaves the wrap-up in front": func(y *tale) {
			y.rings("A")
			y.answers("A")
			y.ends("A")
			y.rings("B")
			y.ends("B")
			y.inFront("A")
		},
	} {
		t.Run(name, func(t *testing.T) { tell(newTale(t)) })
	}
}
