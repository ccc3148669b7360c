package journal

import (
	"testing"
	"time"

	"linecard/crm"
)

// While the agent types after hang-up, the Task that is there already is left alone; leaving the form sends it, once.
func TestTypingIsSentWhenTheFormIsLeft(t *testing.T) {
	j := queued(t)
	begin(t, j)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: crm.Ref{Object: crm.Task, ID: "00T1"}}))

	later := noon.Add(time.Hour)
	must(t, j.TypeActivity(ctx, "c1", notes("ren"), later))
	must(t, j.TypeActivity(ctx, "c1", notes("renewal"), later.Add(time.Second)))
	if _, wait, ok, err := j.NextDue(ctx, noon); err != nil || ok || wait != time.Hour+time.Second {
		t.Fatalf("while typing: due %v, wait %v, err %v", ok, wait, err)
	}
	must(t, j.EditActivity(ctx, "c1", notes("renewal")))
	e, _, ok, err := j.NextDue(ctx, noon)
	if err != nil || !ok || e.Kind != Update || e.Activity.Notes != "renewal" {
		t.Fatalf("left the form: due %v, %+v, err %v", ok, e, err)
	}
	begin(t, j)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: e.Task}))
	if _, _, ok, _ := j.NextDue(ctx, later.Add(time.Hour)); ok {
		t.Error("sent twice")
	}
}

// What was typed while the Task was on its way waits for the agent too.
func TestTypingWhileTheTaskIsOnItsWayWaits(t *testing.T) {
	j := queued(t)
	begin(t, j)
	must(t, j.TypeActivity(ctx, "c1", notes("ren"), noon.Add(time.Minute)))
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: crm.Ref{Object: crm.Task, ID: "00T1"}}))
	if _, wait, ok, err := j.NextDue(ctx, noon); err != nil || ok || wait != time.Minute {
		t.Errorf("due %v, wait %v, err %v; want it in a minute", ok, wait, err)
	}
}
