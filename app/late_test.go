package app

import (
	"strings"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/test/wait"
)

func lateLife(t *testing.T, fates ...fate) *life {
	l := newLife(t, t.TempDir())
	l.org.fates = fates
	l.begin()
	t.Cleanup(func() { l.close() })
	return l
}

// press is what an agent does who does not want to wait, and a machine that is not quiet.
func press(l *life) {
	l.retry()
	l.relink()
	l.quiet()
}

// fieldGoes is an org that refuses a second Task of a call while the second attempt is made, and no more after that.
func fieldGoes() func(*life) {
	upserts := true
	return func(l *life) {
		l.org.is(func() { l.org.upserts = upserts })
		upserts = false
	}
}

func TestNothingIsCreatedWhileTheOrgMayStillBeAtWork(t *testing.T) {
	lost := func(after time.Duration) fate { return fate{commits: true, lost: true, after: after} }
	for name, tt := range map[string]struct {
		fates []fate
		then  func(*life)
	}{
		"the answer is lost":              {[]fate{lost(80 * time.Second)}, press},
		"killed after the answer is lost": {[]fate{lost(80 * time.Second)}, (*life).kill},
		"killed while it hangs":           {[]fate{{commits: true, hangs: time.Hour, after: 80 * time.Second}}, (*life).kill},
		"two attempts in a row are lost":  {[]fate{{lost: true}, lost(80 * time.Second)}, press},
		"killed, and the clock set forward": {[]fate{lost(80 * time.Second)}, func(l *life) {
			l.clock.set(time.Hour)
			l.kill()
		}},
		"the clock is set forward":        {[]fate{lost(80 * time.Second)}, func(l *life) { l.clock.set(time.Hour) }},
		"the field of the call's id goes": {[]fate{{lost: true}, lost(115 * time.Second)}, fieldGoes()},
		"two are lost, and it is killed":  {[]fate{{lost: true}, lost(80 * time.Second)}, (*life).kill},
		"the org is down in between":      {[]fate{lost(80 * time.Second), {}, {}}, press},
		"it leaves late, and is lost":     {[]fate{{slow: 100 * time.Second, commits: true, lost: true, after: 80 * time.Second}}, press},
		"the second one does":             {[]fate{{lost: true}, {slow: 4 * time.Minute, commits: true, lost: true, after: 80 * time.Second}}, press},
	} {
		t.Run(name, func(t *testing.T) {
			l := lateLife(t, tt.fates...)
			id := l.talk()
			l.await("the first attempt", func() bool {
				l.org.mu.Lock()
				defer l.org.mu.Unlock()
				return len(l.org.fates) < len(tt.fates) || l.org.hanging > 0
			})
			for range 20 {
				tt.then(l)
				l.advance(1)
			}
			l.end()
			if n := l.org.ever[id]; n != 1 {
				t.Errorf("%d Tasks were made", n)
			}
		})
	}
}

// A clock that is set forward just before the settling time is over does not have the org asked over and over until then.
func TestTheOrgIsNotAskedWithoutAPause(t *testing.T) {
	l := lateLife(t, fate{lost: true})
	id := l.talk()
	l.await("the first check", func() bool { l.org.mu.Lock(); defer l.org.mu.Unlock(); return l.org.asked > 0 })
	l.clock.advance(115 * time.Second)
	l.quiet()
	l.clock.set(time.Hour)
	l.advance(4) // it does not move on before the org has what is due
	l.end()
	if l.org.asked > 10 || l.org.ever[id] != 1 {
		t.Errorf("the org was asked %d times, %d Tasks were made", l.org.asked, l.org.ever[id])
	}
}

// The agent reads that it is being checked, with when it goes on.
func TestTheAgentReadsThatAnAttemptIsChecked(t *testing.T) {
	l := lateLife(t, fate{lost: true})
	l.talk()
	checking := func() bool {
		v := l.desk.View()
		return len(v.History) == 1 && v.History[0].Log == LogChecking && v.Outbox.Checking == 1 && v.Calls[0].Wrap.Log == LogChecking
	}
	l.await("checking, in the history and under the call", checking)
	if w := l.desk.View().Calls[0].Wrap; w.NextTry.IsZero() || w.Error == "" {
		t.Errorf("under the call: %q, next %v, %q", w.Log, w.NextTry, w.Error)
	}
}

// An org that needs longer than the settling time makes two Tasks. One of them goes.
func TestASurplusTaskGoes(t *testing.T) {
	l := lateLife(t, fate{commits: true, lost: true, after: 4 * time.Minute})
	id := l.talk()
	l.await("the first attempt", func() bool { l.org.mu.Lock(); defer l.org.mu.Unlock(); return len(l.org.fates) == 0 })
	l.end()
	if n := l.org.ever[id]; n != 2 {
		t.Errorf("%d Tasks were made, so there was no surplus", n)
	}
	row, err := l.journal.Call(t.Context(), id)
	if left := l.org.there(id); err != nil || len(left) != 1 || left[0].ID != row.Task.ID {
		t.Errorf("left %v, in the journal %v, %v", left, row.Task, err)
	}
}

// So does it when the org refuses what the agent has typed since: a person must look at that, and nobody need wait for them.
func TestASurplusTaskGoesThoughAChangeIsRefused(t *testing.T) {
	l := lateLife(t, fate{commits: true, lost: true, after: 4 * time.Minute})
	id := l.talk()
	l.attempts("the first attempt")
	l.await("the Task", func() bool { l.advance(1); return l.entryState(id) == journal.Done })
	l.org.is(func() { l.org.fixed = true })
	text := "wants 40"
	e, err := l.journal.Entry(l.ctx(), id)
	if err == nil {
		e.Activity.Notes = text
		err = l.journal.EditActivity(l.ctx(), id, e.Activity)
	}
	if err != nil {
		t.Fatal(err)
	}
	l.await("the refusal", func() bool { l.quiet(); return l.entryState(id) == journal.Parked })
	l.advance(40)
	l.await("the looks", l.still)
	if n := l.org.count(id); n != 1 || l.org.ever[id] != 2 || l.entryState(id) != journal.Parked {
		t.Errorf("%d Tasks are left of %d, and the change is %s", n, l.org.ever[id], l.entryState(id))
	}
	l.org.is(func() { l.org.fixed = false })
	l.end()
	if a, _ := l.written(id); a.Notes != text {
		t.Errorf("the Task says %q", a.Notes)
	}
}

// The Task that the journal points at stays, though a search does not find it; without it the oldest does.
func TestTheJournalsTaskStays(t *testing.T) {
	for _, deleted := range []bool{false, true} {
		l := lateLife(t, fate{commits: true, lost: true, after: 4 * time.Minute})
		id := l.talk()
		l.attempts("the first attempt")
		l.await("the Task", func() bool { l.advance(1); return l.entryState(id) == journal.Done })
		own := l.onDisk(id).Task
		l.org.is(func() {
			l.org.elsewhere = map[string]bool{own.ID: true}
			if deleted {
				l.org.tasks = nil
			}
		})
		l.advance(40)
		l.await("the looks", l.still)
		left := l.org.found(id)
		if len(left) != 1 || deleted == (left[0].ID == own.ID) || l.org.ever[id] != 2 {
			t.Errorf("deleted %v: left %v of %d, the journal's is %v", deleted, left, l.org.ever[id], own)
		}
	}
}

// "Don't log" that is said while the org is at work holds when the org refuses, and nobody is told that it must be looked at.
func TestDontLogDuringAnAttemptThatIsRefused(t *testing.T) {
	for _, class := range []crm.Class{crm.ClassRejected, crm.ClassTransient} {
		l := lateLife(t, fate{refused: answersNo(class, 0), hangs: 15 * time.Second})
		id := l.talk()
		l.await("the attempt", func() bool { n := 0; l.org.is(func() { n = l.org.hanging }); return n == 1 })
		l.say(id, crm.DontLog)
		if err := l.desk.DontLog(id); err != nil {
			t.Fatal(err)
		}
		l.quiet()
		events := l.desk.Events(t.Context())
		l.clock.advance(15 * time.Second)
		if e := wait.For(t, events); e.Event != "log" || e.Call != id || e.State != string(LogSkipped) {
			t.Errorf("%s: it was told that %+v", class, e)
		}
		l.end()
		if waiting, err := l.desk.Outbox(); err != nil || len(waiting) > 0 || l.org.ever[id] != 0 {
			t.Errorf("%s: in the outbox %+v, %v; %d Tasks were made", class, waiting, err, l.org.ever[id])
		}
	}
}

// "Don't log" holds for what arrives later, too.
func TestDontLogOutlastsALateArrival(t *testing.T) {
	for name, then := range map[string]func(*life){"running on": func(*life) {}, "killed": (*life).kill} {
		t.Run(name, func(t *testing.T) {
			l := lateLife(t, fate{commits: true, lost: true, after: 80 * time.Second})
			id := l.talk()
			l.await("the attempt", func() bool { l.org.mu.Lock(); defer l.org.mu.Unlock(); return len(l.org.fates) == 0 })
			l.say(id, crm.DontLog)
			if err := l.desk.DontLog(id); err != nil {
				t.Fatal(err)
			}
			l.quiet()
			then(l)
			l.end()
			if l.org.count(id) != 0 || l.org.ever[id] != 1 {
				t.Errorf("%d Tasks of %d", l.org.count(id), l.org.ever[id])
			}
		})
	}
}

// A check that the org refuses is made again, since the right to look may be given back. After a day it is the person's to look: nothing is
// created while it is not known what is there, and with the right it goes on.
func TestACheckThatIsRefusedForADayIsTheAgents(t *testing.T) {
	l := lateLife(t, fate{commits: true, lost: true})
	refuse := func(n int) {
		l.org.is(func() {
			l.org.moods = nil
			for range n {
				l.org.moods = append(l.org.moods, answersNo(crm.ClassPermission, 0))
			}
		})
	}
	refuse(10_000)
	id := l.talk()
	l.await("the first attempt", func() bool { l.org.mu.Lock(); defer l.org.mu.Unlock(); return len(l.org.fates) == 0 })
	for hours := 0; l.entryState(id) != journal.Parked; hours++ {
		if hours > 48 {
			t.Fatal("it is checked without end")
		}
		l.clock.advance(time.Hour)
		l.quiet()
		l.await("the check", l.still)
		if l.entryState(id) == journal.Parked && hours < 23 {
			t.Errorf("given up after %d hours", hours)
		}
	}
	waiting, err := l.desk.Outbox()
	if err != nil || len(waiting) != 1 || !waiting[0].Reason.Is("desk.not-checked") {
		t.Errorf("%+v, %v", waiting, err)
	}
	refuse(0)
	if err := l.desk.RetryLog(id); err != nil {
		t.Fatal(err)
	}
	l.await("it is found", func() bool { l.quiet(); return l.entryState(id) == journal.Done })
	if n := l.org.ever[id]; n != 1 {
		t.Errorf("%d Tasks were made", n)
	}
}

// A look for a surplus Task that the org refuses is made again, up to a day.
func TestALookThatIsRefusedIsMadeAgain(t *testing.T) {
	for name, tt := range map[string]struct{ refusals, left int }{"some times": {3, 1}, "for good": {100, 2}} {
		t.Run(name, func(t *testing.T) {
			l := lateLife(t, fate{commits: true, lost: true, after: 4 * time.Minute})
			id := l.talk()
			for range 40 { // the second Task is made; the first one comes later
				if l.advance(1); l.entryState(id) == journal.Done {
					break
				}
			}
			l.org.is(func() {
				for range tt.refusals {
					l.org.moods = append(l.org.moods, answersNo(crm.ClassPermission, 0))
				}
			})
			noLookDue := func() bool {
				l.desk.writer.wake() // the clock may have moved while a sender worked out how long to sleep
				_, _, due, err := l.journal.NextLook(l.ctx(), l.clock.Now(), func(string, string) bool { return true })
				return err == nil && !due && l.still()
			}
			said := false
			for range 30 {
				l.clock.advance(time.Hour)
				l.quiet()
				l.await("the look", noLookDue)
				l.quiet()
				said = said || strings.Contains(l.desk.View().Notice, "is in Salesforce twice")
			}
			left, asked := 0, 0
			l.org.is(func() { left, asked = len(l.org.there(id)), len(l.org.moods) })
			if left != tt.left || tt.refusals-asked > 30 {
				t.Errorf("%d Tasks are left, and %d refusals of %d", left, asked, tt.refusals)
			}
			if said != (tt.left == 2) {
				t.Errorf("told: %v, after %d refusals", said, tt.refusals-asked)
			}
			l.org.is(func() { l.org.moods = nil })
		})
	}
}
