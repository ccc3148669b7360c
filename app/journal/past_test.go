package journal

import (
	"testing"
	"time"

	"linecard/crm"
)

func TestImportedCallsAreHistoryAndNothingElse(t *testing.T) {
	j := queued(t)
	logged, a := ended("logged")
	quiet, _ := ended("quiet")
	quiet.Outcome = crm.Missed
	known, other := ended("c1")
	known.Name = "Somebody else"
	past := []Past{{logged, a, task}, {Call: quiet}, {known, other, task}}
	must(t, j.Import(ctx, past))
	must(t, j.Import(ctx, past)) // a second start of the same demo

	rows, err := j.History(ctx, Filter{})
	must(t, err)
	if len(rows) != 3 {
		t.Fatalf("%d calls", len(rows))
	}
	if r, err := j.Call(ctx, "logged"); err != nil || r.State != Done || r.Task != task {
		t.Errorf("logged: %+v, %v", r, err)
	}
	if r, err := j.Call(ctx, "quiet"); err != nil || r.State != "" {
		t.Errorf("never logged: %+v, %v", r, err)
	}
	if r, err := j.Call(ctx, "c1"); err != nil || r.Name != dana.Name || r.State != Ready {
		t.Errorf("known already: %+v, %v", r, err)
	}
	if n, err := j.Counts(ctx, nil); err != nil || n.Waiting != 1 || n.NotLogged != 1 {
		t.Errorf("counts %+v, %v", n, err)
	}
}

func TestATaskTakenBackLeavesNothingPointingAtIt(t *testing.T) {
	j := queued(t)
	begin(t, j)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, time.Time{}))
	must(t, j.TakenBack(ctx, "c1"))
	rows, err := j.History(ctx, Filter{})
	must(t, err)
	if rows[0].State != Discarded || !rows[0].Task.IsZero() {
		t.Errorf("history: %+v", rows[0])
	}
	if n, err := j.Counts(ctx, nil); err != nil || n.NotLogged != 0 || n.Waiting != 0 {
		t.Errorf("counts %+v, %v", n, err)
	}
}
