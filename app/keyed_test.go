package app

import (
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// attempts waits until all fates of the org have been met.
func (l *life) attempts(what string) {
	l.await(what, func() bool { l.org.mu.Lock(); defer l.org.mu.Unlock(); return len(l.org.fates) == 0 })
}

// An upsert finds only what was made with the call's id in the field for it. So an org that gets the field while an attempt may
// still arrive is asked, and given its time, as one without the field.
func TestTheFieldOfTheCallsIDComes(t *testing.T) {
	comes := func(l *life) { l.org.is(func() { l.org.upserts = true }) }
	for name, tt := range map[string]struct {
		fates []fate
		then  func(*life)
		made  int
	}{
		"after an attempt whose answer is lost": {[]fate{{commits: true, lost: true}}, press, 1},
		"before that attempt arrives":           {[]fate{{commits: true, lost: true, after: 80 * time.Second}}, press, 1},
		"and the program is killed":             {[]fate{{commits: true, lost: true, after: 80 * time.Second}}, (*life).kill, 1},
		"while an attempt hangs, and a kill":    {[]fate{{commits: true, hangs: time.Hour, after: 80 * time.Second}}, (*life).kill, 1},
		"after an attempt that never arrives":   {[]fate{{lost: true}}, press, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l := lateLife(t, tt.fates...)
			id := l.talk()
			l.attempts("the first attempt")
			comes(l)
			for range 8 {
				tt.then(l)
				l.advance(1)
			}
			l.end()
			if l.org.ever[id] != tt.made {
				t.Errorf("%d Tasks were made", l.org.ever[id])
			}
		})
	}
}

// The same of calls that go together.
func TestTheFieldOfTheCallsIDComesBetweenBatches(t *testing.T) {
	l := backlog(t, 6)
	l.org.is(func() {
		for range 6 {
			l.org.fates = append(l.org.fates, fate{commits: true, lost: true, after: 30 * time.Second})
		}
	})
	l.sendAll()
	l.attempts("the first attempts")
	l.org.is(func() { l.org.upserts = true })
	for range 8 {
		l.advance(1)
		l.sendAll()
	}
	l.end()
	for _, id := range l.ids {
		if l.org.ever[id] != 1 {
			t.Errorf("%d Tasks of %s were made", l.org.ever[id], id)
		}
	}
}

// Whether an attempt can be repeated is asked of the link that makes it: the field may be hidden from one user of an org and not
// from another.
func TestAFieldThatOneUserSees(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.linked = []link{{"00DA", "005X"}}
	l.org.upserts, l.org.hidden["005X"] = true, true
	l.org.fates = []fate{{commits: true, lost: true, after: 80 * time.Second}}
	l.begin()
	t.Cleanup(func() { l.close() })
	id := l.talk()
	l.attempts("the first attempt")
	l.unlink(0)
	l.link(link{"00DA", "005A"}) // sees it
	l.link(link{"00DA", "005X"})
	for range 8 {
		press(l)
		l.advance(1)
	}
	l.end()
	if l.org.ever[id] != 1 {
		t.Errorf("%d Tasks were made", l.org.ever[id])
	}
}

// overtaken is a life whose first attempt at a call is lost and still on its way while the second is answered.
func overtaken(t *testing.T) (l *life, id string) {
	t.Helper()
	l = newLife(t, t.TempDir())
	l.org.upserts = true
	l.org.fates = []fate{{commits: true, lost: true, after: 80 * time.Second}, {commits: true}}
	l.begin()
	t.Cleanup(func() { l.close() })
	l.advance(10) // the start of the run is long past
	id = l.ring("work", "+14155550132", true)
	l.answer(id)
	l.endCall(id, sip.EndRemote)
	l.quiet()
	l.advance(1)
	l.retry()
	l.attempts("both attempts")
	l.await("the Task", func() bool { l.quiet(); return l.entryState(id) == journal.Done })
	return l, id
}

// "Don't log" holds against an upsert that arrives when the Task was deleted: it makes one again. A change of the Task in between settles
// nothing.
func TestDontLogOutlastsAnUpsertThatWasOvertaken(t *testing.T) {
	for name, then := range map[string]func(*life){"running on": func(*life) {}, "killed": (*life).kill} {
		for change, do := range map[string]func(l *life, id string){
			"": func(*life, string) {},
			", after words": func(l *life, id string) {
				text := "wants 40"
				if err := l.desk.EditWrap(id, WrapEdit{Notes: &text}); err != nil {
					t.Fatal(err)
				}
				if err := l.desk.SaveWrap(id); err != nil {
					t.Fatal(err)
				}
				l.await("the words in the Task", func() bool { a, _ := l.written(id); return a.Notes == text && l.entryState(id) == journal.Done })
			},
		} {
			t.Run(name+change, func(t *testing.T) {
				l, id := overtaken(t)
				do(l, id)
				l.say(id, crm.DontLog)
				l.desk.post(logRefused{l.desk.stamp(), id}) // under the call, or in the history
				l.await("the Task deleted", func() bool { return l.org.count(id) == 0 })
				l.quiet()
				then(l)
				l.end()
				if l.org.count(id) != 0 || l.org.ever[id] != 2 {
					t.Errorf("%d Tasks are left of %d", l.org.count(id), l.org.ever[id])
				}
				if row := l.onDisk(id); row.State != journal.Discarded || !row.Task.IsZero() {
					t.Errorf("in the journal: %s, %v", row.State, row.Task)
				}
			})
		}
	}
}

// What the agent has typed since stays, when an upsert arrives that carries less.
func TestAnUpsertThatWasOvertakenLeavesTheAgentsWords(t *testing.T) {
	l, id := overtaken(t)
	text := "wants 40"
	if err := l.desk.EditWrap(id, WrapEdit{Notes: &text}); err != nil {
		t.Fatal(err)
	}
	if err := l.desk.SaveWrap(id); err != nil {
		t.Fatal(err)
	}
	l.end()
	if a, _ := l.written(id); a.Notes != text || l.org.count(id) != 1 {
		t.Errorf("the Task says %q, %d Tasks", a.Notes, l.org.count(id))
	}
}
