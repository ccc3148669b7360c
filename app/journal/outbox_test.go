package journal

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"linecard/crm"
)

// queued is a journal with one call c1 whose activity is ready.
func queued(t *testing.T) *Journal {
	t.Helper()
	j := openTemp(t)
	c, a := ended("c1")
	must(t, j.Hangup(ctx, c, a))
	return j
}

func begin(t *testing.T, j *Journal) Entry {
	t.Helper()
	e, err := j.Begin(ctx, "c1", noon)
	must(t, err)
	return e
}

func notes(s string) crm.Activity {
	_, a := ended("c1")
	a.Notes = s
	return *a
}

// A call that goes on has no end that could be written: what is said of it then is for another method.
func TestACallThatGoesOnIsNeitherSentNorGivenUp(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	must(t, j.EditActivity(ctx, "c1", crm.Activity{Notes: "wants 40"}))
	for name, do := range map[string]func(context.Context, string) error{"requeue": j.Requeue, "discard": j.Discard} {
		if err := do(ctx, "c1"); !errors.Is(err, ErrState) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if e := entry(t, j, "c1"); e.State != Draft {
		t.Errorf("%+v", e)
	}
}

func TestOutboxTransitions(t *testing.T) {
	retry := func(j *Journal) error { return j.Retry(ctx, "c1", noon.Add(time.Hour), because("No network."), false) }
	park := func(j *Journal) error { return j.Park(ctx, "c1", because("The org refuses it.")) }
	done := func(j *Journal) error { return j.Done(ctx, "c1", crm.Logged{Ref: task}, time.Time{}) }
	requeue := func(j *Journal) error { return j.Requeue(ctx, "c1") }
	discard := func(j *Journal) error { return j.Discard(ctx, "c1") }
	begin := func(j *Journal) error { _, err := j.Begin(ctx, "c1", noon); return err }
	edit := func(j *Journal) error { return j.EditActivity(ctx, "c1", notes("typed")) }
	type step = func(*Journal) error
	for _, tt := range []struct {
		name  string
		way   []step
		last  step
		state State // after last
		bad   bool  // last is refused, state stays
	}{
		{"queued", nil, edit, Ready, false},
		{"ready is begun", nil, begin, Sending, false},
		{"ready is not done", nil, done, Ready, true},
		{"ready is not parked", nil, park, Ready, true},
		{"ready is discarded", nil, discard, Discarded, false},
		{"sending is not begun twice", []step{begin}, begin, Sending, true},
		{"sending is not discarded", []step{begin}, discard, Sending, true},
		{"sending is not requeued", []step{begin}, requeue, Sending, true},
		{"sending is done", []step{begin}, done, Done, false},
		{"sending is retried", []step{begin}, retry, Ready, false},
		{"sending is parked", []step{begin}, park, Parked, false},
		{"done is done once", []step{begin, done}, done, Done, true},
		{"done is not discarded", []step{begin, done}, discard, Done, true},
		{"done and edited", []step{begin, done}, edit, Ready, false},
		{"only the edit is discarded", []step{begin, done, edit}, discard, Done, false},
		{"edited while sending", []step{begin, edit}, done, Ready, false},
		{"edited before sending", []step{edit, begin}, done, Done, false},
		{"parked is edited in place", []step{begin, park}, edit, Parked, false},
		{"parked is not begun", []step{begin, park}, begin, Parked, true},
		{"parked is requeued", []step{begin, park}, requeue, Ready, false},
		{"parked is discarded", []step{begin, park}, discard, Discarded, false},
		{"discarded is not begun", []step{discard}, begin, Discarded, true},
		{"discarded keeps what is typed", []step{discard}, edit, Discarded, false},
		{"discarded is logged after all", []step{discard}, requeue, Ready, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := queued(t)
			for _, s := range tt.way {
				must(t, s(j))
			}
			err := tt.last(j)
			if tt.bad != errors.Is(err, ErrState) || !tt.bad && err != nil {
				t.Errorf("last step: %v, refused %v", err, tt.bad)
			}
			if e := entry(t, j, "c1"); e.State != tt.state {
				t.Errorf("state %s, want %s", e.State, tt.state)
			}
		})
	}
}

func TestNextDue(t *testing.T) {
	j := openTemp(t)
	if _, wait, ok, err := j.NextDue(ctx, noon, nil); ok || wait != 0 || err != nil {
		t.Fatalf("empty outbox: wait %v, ok %v, %v", wait, ok, err)
	}
	for i, id := range []string{"late", "early"} {
		c, a := ended(id)
		c.Started = c.Started.Add(-time.Duration(i) * time.Hour)
		must(t, j.Hangup(ctx, c, a))
	}
	e, _, ok, err := j.NextDue(ctx, noon, nil)
	if must(t, err); !ok || e.ID != "early" {
		t.Fatalf("the older call goes first: got %q", e.ID)
	}
	for _, id := range []string{"early", "late"} {
		if _, err := j.Begin(ctx, id, noon); err != nil {
			t.Fatal(err)
		}
	}
	must(t, j.Retry(ctx, "early", noon.Add(2*time.Minute), because("No network."), false))
	must(t, j.Retry(ctx, "late", noon.Add(time.Minute), because("No answer."), false))
	if _, wait, ok, err := j.NextDue(ctx, noon, nil); ok || wait != time.Minute || err != nil {
		t.Errorf("wait %v, ok %v, %v; want a minute", wait, ok, err)
	}
	if n, err := j.Counts(ctx, nil); err != nil || n.Waiting != 2 || n.Reason.Values["text"] != "No answer." || !n.NextTry.Equal(noon.Add(time.Minute)) {
		t.Errorf("counts %+v, %v", n, err)
	}
	if n, err := j.RequeueAll(ctx, nil); n != 2 || err != nil {
		t.Errorf("requeued %d, %v", n, err)
	}
	if _, _, ok, err := j.NextDue(ctx, noon, nil); !ok || err != nil {
		t.Errorf("after RequeueAll nothing is due: %v", err)
	}
}

// What is typed always ends in the Task, whatever attempt the Task turns out to be from.
func TestTheTaskEndsWithTheLastNotes(t *testing.T) {
	for _, tt := range []struct {
		name   string
		way    func(t *testing.T, j *Journal)
		logged crm.Logged
		update bool // the Task holds an older text: one more request
	}{
		{"one clean attempt", func(t *testing.T, j *Journal) { begin(t, j) }, crm.Logged{Ref: task}, false},
		{"typed while it was sent", func(t *testing.T, j *Journal) {
			begin(t, j)
			must(t, j.EditActivity(ctx, "c1", notes("new")))
		}, crm.Logged{Ref: task}, true},
		{"refused, typed, made", func(t *testing.T, j *Journal) {
			begin(t, j)
			must(t, j.Retry(ctx, "c1", noon, because(""), false))
			must(t, j.EditActivity(ctx, "c1", notes("new")))
			begin(t, j)
		}, crm.Logged{Ref: task}, false},
		{"unsure, typed, found", func(t *testing.T, j *Journal) {
			begin(t, j)
			must(t, j.Retry(ctx, "c1", noon, because(""), true))
			must(t, j.EditActivity(ctx, "c1", notes("new")))
			begin(t, j)
		}, crm.Logged{Ref: task, Existed: true}, true},
		{"unsure, typed, not found, made", func(t *testing.T, j *Journal) {
			begin(t, j)
			must(t, j.Retry(ctx, "c1", noon, because(""), true))
			must(t, j.EditActivity(ctx, "c1", notes("new")))
			begin(t, j)
		}, crm.Logged{Ref: task}, false},
		{"unsure, found as it was", func(t *testing.T, j *Journal) {
			begin(t, j)
			must(t, j.Retry(ctx, "c1", noon, because(""), true))
			begin(t, j)
		}, crm.Logged{Ref: task, Existed: true}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j := queued(t)
			tt.way(t, j)
			must(t, j.Done(ctx, "c1", tt.logged, time.Time{}))
			e := entry(t, j, "c1")
			if tt.update != (e.State == Ready) || tt.update != (e.State != Done) {
				t.Fatalf("state %s; want an update: %v", e.State, tt.update)
			}
			if e.Kind != Update || e.Task != task || e.CheckFirst {
				t.Errorf("entry %+v; want an update of the same Task", e)
			}
		})
	}
}

func TestAmbiguousIsRememberedUntilSettled(t *testing.T) {
	j := queued(t)
	if e := begin(t, j); e.CheckFirst {
		t.Error("first attempt must not ask first")
	}
	must(t, j.Retry(ctx, "c1", noon, because("No answer."), true))
	if e := begin(t, j); !e.CheckFirst || e.Attempts != 2 {
		t.Errorf("after an unsure attempt: %+v", e)
	}
	must(t, j.Retry(ctx, "c1", noon, because("No network."), false)) // the check itself failed: still unsure
	if e := begin(t, j); !e.CheckFirst {
		t.Error("a sure failure of the second attempt says nothing of the first")
	}
	must(t, j.Park(ctx, "c1", because("Refused.")))
	must(t, j.Requeue(ctx, "c1"))
	if e := begin(t, j); !e.CheckFirst {
		t.Error("parked and requeued: still unsure")
	}
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task, Existed: true}, time.Time{}))
}

func TestDraftWaitsForTheAgent(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	must(t, j.EditActivity(ctx, "c1", notes("half a sen")))
	if es, err := j.Outbox(ctx); err != nil || len(es) != 0 {
		t.Errorf("the draft of a live call is not in the outbox: %v, %v", es, err)
	}
	c, _ := ended("c1")
	must(t, j.Hangup(ctx, c, nil))
	if e := entry(t, j, "c1"); e.State != Draft || e.Activity.Notes != "half a sen" {
		t.Errorf("entry %+v", e)
	}
	if es, err := j.Outbox(ctx); err != nil || len(es) != 1 {
		t.Errorf("the draft of an ended call waits for the agent: %v, %v", es, err)
	}
	must(t, j.Requeue(ctx, "c1"))
	if e := begin(t, j); e.Activity.Notes != "half a sen" {
		t.Errorf("entry %+v", e)
	}
}

func TestHangupTwiceQueuesOnce(t *testing.T) {
	j := queued(t)
	begin(t, j)
	c, a := ended("c1")
	must(t, j.Hangup(ctx, c, a))
	if e := entry(t, j, "c1"); e.State != Sending {
		t.Errorf("state %s: a second hang-up must leave an attempt alone", e.State)
	}
	if err := j.Hangup(ctx, ringing("c2"), nil); err == nil || !strings.Contains(err.Error(), "without its end") {
		t.Errorf("hang-up without an end: %v", err)
	}
}
