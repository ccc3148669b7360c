package app

import (
	"testing"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// A search that the org refuses costs the call its record and not its Task: alone, and among others.
func TestASearchThatIsRefused(t *testing.T) {
	for name, refused := range refusals {
		for _, n := range []int{1, 4} {
			t.Run(name, func(t *testing.T) {
				l := lateLife(t)
				l.org.is(func() { l.org.down, l.org.matches = true, []crm.Match{dana} })
				for range n {
					id := l.ring("work", "+14155550132", true)
					l.answer(id)
					l.quiet()
					l.endCall(id, sip.EndRemote)
					l.quiet()
				}
				l.await("the attempts that fail", func() bool { l.quiet(); return l.still() })
				l.org.is(func() {
					l.org.down = false
					for range 2 * n {
						l.org.moods = append(l.org.moods, refused)
					}
				})
				l.sendAll()
				l.await("all of them", l.done)
				for _, id := range l.ids {
					e, err := l.journal.Entry(l.ctx(), id)
					if err != nil {
						t.Fatal(err)
					}
					if l.org.count(id) != 1 || e.Activity.Unidentified || !e.Activity.Who.IsZero() {
						t.Errorf("%d Tasks of %s, with %+v", l.org.count(id), id, e.Activity)
					}
				}
			})
		}
	}
}

// A check that the org refuses parks nothing: the call may be in the org. It is asked for until that is known.
func TestACheckThatIsRefused(t *testing.T) {
	for name, refused := range refusals {
		t.Run(name, func(t *testing.T) {
			l := lateLife(t, fate{commits: true, lost: true})
			l.org.is(func() { l.org.matches = []crm.Match{dana} })
			id := l.ring("work", "+14155550132", true)
			l.quiet()
			l.answer(id)
			l.quiet()
			l.org.is(func() { l.org.moods = []*crm.Error{refused, refused} })
			l.endCall(id, sip.EndRemote)
			for range 6 {
				l.quiet()
				if l.entryState(id) == journal.Parked {
					t.Fatal("the call is parked")
				}
				l.advance(1)
			}
			l.await("found", l.done)
			if l.org.count(id) != 1 || l.org.ever[id] != 1 {
				t.Errorf("%d Tasks, %d were made", l.org.count(id), l.org.ever[id])
			}
		})
	}
}
