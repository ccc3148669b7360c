package journal

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"linecard/crm"
)

// While the agent types after hang-up, the Task that is there already is left alone; leaving the form sends it, once.
func TestTypingIsSentWhenTheFormIsLeft(t *testing.T) {
	j := queued(t)
	begin(t, j)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: crm.Ref{Object: crm.Task, ID: "00T1"}}, time.Time{}))

	later := noon.Add(10 * time.Minute)
	must(t, j.TypeActivity(ctx, "c1", notes("ren"), later))
	must(t, j.TypeActivity(ctx, "c1", notes("renewal"), later.Add(time.Second)))
	if _, wait, ok, err := j.NextDue(ctx, noon, nil); err != nil || ok || wait != 10*time.Minute+time.Second {
		t.Fatalf("while typing: due %v, wait %v, err %v", ok, wait, err)
	}
	must(t, j.EditActivity(ctx, "c1", notes("renewal")))
	e, _, ok, err := j.NextDue(ctx, noon, nil)
	if err != nil || !ok || e.Kind != Update || e.Activity.Notes != "renewal" {
		t.Fatalf("left the form: due %v, %+v, err %v", ok, e, err)
	}
	begin(t, j)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: e.Task}, time.Time{}))
	if _, _, ok, _ := j.NextDue(ctx, later.Add(time.Hour), nil); ok {
		t.Error("sent twice")
	}
}

// Changes that were dropped are sent when the agent types the same once more, whether or not an attempt to send them had failed.
func TestDroppedChangesTypedOnceMoreAreSent(t *testing.T) {
	for name, attempt := range map[string]func(j *Journal){
		"before any attempt":      func(*Journal) {},
		"after an attempt failed": func(j *Journal) { begin(t, j); must(t, j.Retry(ctx, "c1", noon, because("No network."), false)) },
	} {
		t.Run(name, func(t *testing.T) {
			j := queued(t)
			begin(t, j)
			must(t, j.Done(ctx, "c1", crm.Logged{Ref: crm.Ref{Object: crm.Task, ID: "00T1"}}, time.Time{}))
			must(t, j.EditActivity(ctx, "c1", notes("renewal")))
			attempt(j)
			must(t, j.Discard(ctx, "c1"))
			if _, _, ok, err := j.NextDue(ctx, noon.Add(time.Hour), nil); err != nil || ok {
				t.Fatalf("dropped, and still due: %v, %v", ok, err)
			}
			must(t, j.EditActivity(ctx, "c1", notes("renewal")))
			e, _, ok, err := j.NextDue(ctx, noon.Add(time.Hour), nil)
			if err != nil || !ok || e.Kind != Update || e.Activity.Notes != "renewal" {
				t.Errorf("typed once more: due %v, %+v, %v", ok, e, err)
			}
		})
	}
}

// What was typed while the Task was on its way waits for the agent too.
func TestTypingWhileTheTaskIsOnItsWayWaits(t *testing.T) {
	j := queued(t)
	begin(t, j)
	must(t, j.TypeActivity(ctx, "c1", notes("ren"), noon.Add(time.Minute)))
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: crm.Ref{Object: crm.Task, ID: "00T1"}}, time.Time{}))
	if _, wait, ok, err := j.NextDue(ctx, noon, nil); err != nil || ok || wait != time.Minute {
		t.Errorf("due %v, wait %v, err %v; want it in a minute", ok, wait, err)
	}
}

// The writer finds out who called while the agent goes on typing: neither is lost, and one request carries both.
func TestAmendKeepsWhatIsTyped(t *testing.T) {
	identify := func(a crm.Activity) crm.Activity {
		a.PartyName, a.What = "Acme Corp", acme
		return a
	}
	j := queued(t)
	if _, err := j.Amend(ctx, "c1", identify); !errors.Is(err, ErrState) {
		t.Errorf("nothing is being sent: %v", err)
	}
	begin(t, j)
	must(t, j.EditActivity(ctx, "c1", notes("typed since")))
	sent, err := j.Amend(ctx, "c1", identify)
	must(t, err)
	if sent.Notes != "typed since" || sent.What != acme || sent.CallID != "c1" {
		t.Errorf("to be sent: %+v", sent)
	}
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, time.Time{}))
	if e := entry(t, j, "c1"); e.State != Done || !reflect.DeepEqual(e.Activity, sent) {
		t.Errorf("the attempt carried everything: %+v", e)
	}
}

// The Task that is found is of an earlier attempt, which did not know who called.
func TestAmendedAfterAnUnsureAttemptIsUpdated(t *testing.T) {
	j := queued(t)
	begin(t, j)
	must(t, j.Retry(ctx, "c1", noon, because("No answer."), true))
	begin(t, j)
	if _, err := j.Amend(ctx, "c1", func(a crm.Activity) crm.Activity { a.What = acme; return a }); err != nil {
		t.Fatal(err)
	}
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task, Existed: true}, time.Time{}))
	if e := entry(t, j, "c1"); e.State != Ready || e.Kind != Update || e.Activity.What != acme {
		t.Errorf("entry %+v", e)
	}
}
