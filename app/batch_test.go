package app

import (
	"fmt"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// backlog is a life in which n calls have ended while the org could not be reached.
func backlog(t *testing.T, n int) *life {
	t.Helper()
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
	l.org.is(func() { l.org.down, l.org.requests = false, 0 })
	return l
}

func (l *life) sendAll() {
	if _, err := l.desk.SendAll(); err != nil {
		l.t.Fatal(err)
	}
}

func (l *life) done() bool {
	l.quiet()
	for _, id := range l.ids {
		if l.entryState(id) != journal.Done {
			return false
		}
	}
	return true
}

// An outage drains in one request, however many calls it has left.
func TestOutageDrainsInOneRequest(t *testing.T) {
	l := backlog(t, 10)
	l.sendAll()
	l.await("all of them", l.done)
	for _, id := range l.ids {
		if l.org.count(id) != 1 {
			t.Errorf("%d Tasks of %s", l.org.count(id), id)
		}
	}
	if l.org.requests > 2 { // the first may have gone by itself
		t.Errorf("%d requests wrote them", l.org.requests)
	}
}

// A batch whose answer is lost leaves each of its calls in doubt: none is created again before the settling time.
func TestLostAnswerOfABatch(t *testing.T) {
	for _, commits := range []bool{true, false} {
		t.Run(fmt.Sprint("commits ", commits), func(t *testing.T) {
			l := backlog(t, 6)
			l.org.is(func() {
				for range 6 {
					l.org.fates = append(l.org.fates, fate{commits: commits, lost: true, after: 90 * time.Second})
				}
			})
			l.sendAll()
			for range 20 {
				l.advance(1)
			}
			l.await("all of them", l.done)
			for _, id := range l.ids {
				if l.org.count(id) != 1 || l.org.ever[id] != 1 {
					t.Errorf("%d Tasks of %s, %d were made", l.org.count(id), id, l.org.ever[id])
				}
			}
			if len(l.org.wrong) > 0 {
				t.Error(l.org.wrong)
			}
		})
	}
}

// What is refused of a batch is parked, or followed, by itself; the rest is written.
func TestBatchPartlyRefused(t *testing.T) {
	l := backlog(t, 5)
	l.org.is(func() {
		l.org.fates = []fate{{commits: true}, {refused: answersNo(crm.ClassRejected, 0)}, {refused: answersNo(crm.ClassTransient, 0)}, {commits: true}, {commits: true}}
	})
	l.sendAll()
	for range 10 {
		l.advance(1)
	}
	parked, tasks := 0, 0
	for _, id := range l.ids {
		if l.entryState(id) == journal.Parked {
			parked++
		}
		tasks += l.org.count(id)
	}
	if parked != 1 || tasks != 4 {
		t.Errorf("%d parked, %d Tasks", parked, tasks)
	}
}

// What the org refuses altogether parks nothing: all of it waits with one reason, and goes out when that is over.
func TestRefusedAltogetherParksNothing(t *testing.T) {
	for _, class := range []crm.Class{crm.ClassBlocked, crm.ClassQuota} {
		l := backlog(t, 8)
		l.org.is(func() {
			for range 8 {
				l.org.fates = append(l.org.fates, fate{refused: answersNo(class, time.Minute)})
			}
		})
		l.sendAll()
		l.await("the refusal", func() bool { l.quiet(); return l.still() && l.rests(l.org.id) })
		for _, id := range l.ids {
			if s := l.entryState(id); s != journal.Ready {
				t.Errorf("%s: %s is %s", class, id, s)
			}
		}
		l.advance(5)
		l.await("all of them", l.done)
		if n := l.org.requests; n > 4 { // the refusal and the writing, of each of which one may have gone by itself
			t.Errorf("%s: %d requests wrote them", class, n)
		}
	}
}

// refusing is an error that the org gives for something that it does not take.
func refusing(class crm.Class, code string) *crm.Error {
	return &crm.Error{Class: class, Code: code, Fault: fault.New(fault.Plain, "text", "No.")}
}

// refusals are answers that would park a call, were they about it.
var refusals = map[string]*crm.Error{
	"rejected":   refusing(crm.ClassRejected, "INVALID_FIELD"),
	"permission": refusing(crm.ClassPermission, "INSUFFICIENT_ACCESS"),
	"gone":       refusing(crm.ClassGone, "ENTITY_IS_DELETED"),
}

// A batch that is refused as a whole says nothing against one of its calls: each goes out by itself, and none is parked.
func TestABatchThatIsRefusedAsAWhole(t *testing.T) {
	with := map[string]*crm.Error{"too large": refusing(crm.ClassTransient, crm.CodeTooLarge)}
	for name, err := range refusals {
		with[name] = err
	}
	for name, refused := range with {
		t.Run(name, func(t *testing.T) {
			l := backlog(t, 6)
			l.org.is(func() {
				for range 10 {
					l.org.whole = append(l.org.whole, refused)
				}
			})
			l.sendAll()
			l.await("all of them", l.done)
			for _, id := range l.ids {
				if l.org.count(id) != 1 || l.org.ever[id] != 1 {
					t.Errorf("%d Tasks of %s", l.org.count(id), id)
				}
			}
			if n := l.org.requests; n > 1+6 {
				t.Errorf("%d requests", n)
			}
		})
	}
}
