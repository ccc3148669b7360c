package journal

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"linecard/crm"
)

// bound is a journal in which an hour may have so many Tasks of calls in which nobody talked.
func bound(t *testing.T, path string, most int) *Journal {
	t.Helper()
	j, err := Open(path, Options{MissedPerHour: func() int { return most }})
	must(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// over ends a call with the given way, at a time; answered says whether anybody talked.
func over(t *testing.T, j *Journal, id string, d crm.Direction, answered bool, end time.Time, user string) {
	t.Helper()
	c, a := ended(id)
	c.Direction, c.Org, c.User, c.Started, c.Ended, c.AnsweredAt, c.Outcome = d, "00D1", user, end.Add(-10*time.Second), end, time.Time{}, crm.Missed
	if answered {
		c.AnsweredAt, c.Outcome = end.Add(-5*time.Second), crm.Answered
	}
	c.Verdict = crm.LogYes
	ring := c
	ring.Ended, ring.AnsweredAt, ring.Outcome = time.Time{}, time.Time{}, ""
	must(t, j.Ring(ctx, ring))
	must(t, j.Hangup(ctx, c, a))
}

func states3(t *testing.T, j *Journal) (ready, held int) {
	t.Helper()
	es, err := j.Outbox(ctx)
	must(t, err)
	for _, e := range es {
		switch {
		case e.Held():
			held++
		case e.State == Ready:
			ready++
		default:
			t.Errorf("%s is %s", e.ID, e.State)
		}
	}
	n, err := j.Counts(ctx, nil)
	must(t, err)
	if n.Held != held || n.Waiting != ready || n.NotLogged != held+ready {
		t.Errorf("counted %+v, listed %d ready and %d held", n, ready, held)
	}
	return ready, held
}

// A flood of calls in which nobody talked becomes no more Tasks in an hour than the bound says. The others are in the
// history and wait; calls that somebody talked in, and those the agent dialed, are logged all the same.
func TestAFloodOfMissedCallsIsHeld(t *testing.T) {
	j := bound(t, filepath.Join(t.TempDir(), FileName), 5)
	for i := range 40 { // they overlap: each has begun before the one before it has ended
		over(t, j, fmt.Sprint("missed ", i), crm.Inbound, false, noon.Add(time.Duration(i)*time.Second), "005A")
	}
	over(t, j, "talked", crm.Inbound, true, noon.Add(41*time.Second), "005A")
	over(t, j, "dialed", crm.Outbound, false, noon.Add(42*time.Second), "005A")
	over(t, j, "of B", crm.Inbound, false, noon.Add(43*time.Second), "005B")
	if ready, held := states3(t, j); ready != 5+3 || held != 35 {
		t.Errorf("%d ready and %d held", ready, held)
	}
	rows, err := j.History(ctx, Filter{})
	must(t, err)
	if len(rows) != 43 {
		t.Errorf("%d calls in the history", len(rows))
	}
	// After the hour there is room again.
	over(t, j, "later", crm.Inbound, false, noon.Add(time.Hour+time.Second), "005A")
	if e := entry(t, j, "later"); e.State != Ready {
		t.Errorf("an hour later: %s", e.State)
	}
	// A clock that was set back does not hold calls for a day.
	over(t, j, "the day before", crm.Inbound, false, noon.Add(-24*time.Hour), "005A")
	if e := entry(t, j, "the day before"); e.State != Ready {
		t.Errorf("after the clock was set back: %s", e.State)
	}
}

// What is held goes out, or is given up, with one word of the agent. A restart and a new link change nothing of it.
func TestHeldIsSentOrDroppedAtOnce(t *testing.T) {
	for _, send := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), FileName)
		j := bound(t, path, 2)
		for i := range 6 {
			over(t, j, fmt.Sprint(i), crm.Inbound, false, noon.Add(time.Duration(i)*time.Second), "005A")
		}
		must(t, j.Close())
		j = bound(t, path, 2)
		if _, err := j.RequeueAll(ctx, nil); err != nil {
			t.Fatal(err)
		}
		// The end told once more, and what is found out of the caller later, change nothing either.
		over(t, j, "5", crm.Inbound, false, noon.Add(2*time.Hour), "005A")
		_, a := ended("4")
		must(t, j.EditActivity(ctx, "4", *a))
		if ready, held := states3(t, j); ready != 2 || held != 4 {
			t.Fatalf("%d ready and %d held after a restart and a new link", ready, held)
		}
		settle, want := j.SendHeld, Ready
		if !send {
			settle, want = j.DropHeld, Discarded
		}
		if n, err := settle(ctx); err != nil || n != 4 {
			t.Errorf("%d settled: %v", n, err)
		}
		for i := range 6 {
			if e := entry(t, j, fmt.Sprint(i)); i >= 2 && e.State != want || i < 2 && e.State != Ready {
				t.Errorf("%d is %s", i, e.State)
			}
		}
		must(t, j.Close())
		j = bound(t, path, 2)
		if e := entry(t, j, "3"); e.State != want {
			t.Errorf("after a restart: %s, want %s", e.State, want)
		}
	}
}

// A crash during a flood does not make the calls that it cut off into Tasks.
func TestACrashDuringAFloodHolds(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := bound(t, path, 3)
	for i := range 10 {
		c := ringing(fmt.Sprint(i))
		c.Org, c.User, c.Verdict = "00D1", "005A", crm.LogYes
		must(t, j.Ring(ctx, c))
	}
	must(t, j.Close()) // calls that are still on are left as a crash leaves them
	j = bound(t, path, 3)
	if ready, held := states3(t, j); ready != 3 || held != 7 {
		t.Errorf("%d ready and %d held", ready, held)
	}
}
