package app

import (
	"path/filepath"
	"testing"
	"time"

	"linecard/crm"
	"linecard/sip"
)

// jumps are what becomes of a clock during a call.
var jumps = map[string]time.Duration{"set back": -time.Hour, "set forward": time.Hour, "left alone": 0}

// A clock that is set during a call changes nothing about how long it lasted, when it ended and on which day it was.
func TestTheClockMayBeSetDuringACall(t *testing.T) {
	for name, by := range jumps {
		t.Run(name, func(t *testing.T) {
			y := newStory(t)
			began := time.Now()
			y.now = began
			y.rings()
			y.play(phoneEvent{y.stamp(), sip.CallAnswered{ID: "c1", At: began.Add(2 * time.Second)}})
			y.now = setClock(began.Add(5*time.Second), by)
			y.play(phoneEvent{y.stamp(), sip.CallEnded{ID: "c1", At: y.now, Reason: sip.EndRemote}})
			end := y.end()
			a, row := end.activity, end.call.row()
			if a.Talked != 3*time.Second || a.Duration() != a.Talked || row.Talked != a.Talked {
				t.Errorf("talked %v, in the history %v", a.Talked, row.Talked)
			}
			for what, at := range map[string]time.Time{"activity": a.Ended, "history": row.Ended} {
				if got := at.Round(0).Sub(began.Round(0)); got != 5*time.Second {
					t.Errorf("%s: ended %v after the ring", what, got)
				}
			}
			if !a.Started.Equal(began) || a.AnsweredAt.Before(a.Started) {
				t.Errorf("rang %v, answered %v", a.Started, a.AnsweredAt)
			}
		})
	}
}

// The same where a time comes without the reading of a clock that nobody sets: then nothing is negative.
func TestNothingIsNegativeOnceTheClockWasSetBack(t *testing.T) {
	y := newStory(t)
	y.rings().answers()
	y.now = t0.Add(-time.Hour)
	y.ends(sip.EndRemote)
	a := y.queued()[0]
	if a.Duration() != 0 || a.Ended.Before(a.AnsweredAt) || a.AnsweredAt.Before(a.Started) {
		t.Errorf("rang %v, answered %v, ended %v, talked %v", a.Started, a.AnsweredAt, a.Ended, a.Duration())
	}
}

// A crash in the middle of a call, with a clock that was set before it: what was noted last is what was talked.
func TestTheClockMayBeSetBeforeACrash(t *testing.T) {
	for name, by := range jumps {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, t.TempDir())
			began := time.Now()
			l.clock.now, l.org.down = began, true // nothing leaves
			l.start(filepath.Join(l.dir, "0.db"))
			t.Cleanup(func() { l.close() })
			id := l.ring("+14155550132", true)
			l.desk.Heard(sip.CallAnswered{ID: id, At: l.clock.Now()})
			l.quiet()
			l.clock.advance(aliveEvery)
			l.quiet()
			l.clock.set(by)
			l.clock.advance(aliveEvery)
			row := l.onDisk(id)
			if row.Duration() != 2*aliveEvery || row.Outcome != crm.Answered || !row.Cut {
				t.Errorf("talked %v: %+v", row.Duration(), row)
			}
			if got := row.Ended.Sub(began.Round(time.Microsecond)).Round(time.Millisecond); got != 2*aliveEvery {
				t.Errorf("ended %v after the ring", got)
			}
			e, err := l.journal.Entry(l.ctx(), id)
			if err != nil {
				t.Fatal(err)
			}
			if a := e.Activity; a.Duration() != 2*aliveEvery || !a.Ended.Equal(row.Ended) || !a.Started.Equal(row.Started) {
				t.Errorf("to be logged: %v, from %v to %v", a.Duration(), a.Started, a.Ended)
			}
		})
	}
}
