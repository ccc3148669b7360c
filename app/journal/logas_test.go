package journal

import (
	"errors"
	"slices"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// unsure is a call of A's anna of which an attempt may have arrived.
func unsure(t *testing.T) *Journal {
	t.Helper()
	j := openTemp(t)
	c, a := ended("c1")
	c.Org, c.User, a.Org, a.User = "A", "anna", "A", "anna"
	must(t, j.Hangup(ctx, c, a))
	_, err := j.Begin(ctx, "c1", noon)
	must(t, err)
	must(t, j.Retry(ctx, "c1", noon.Add(time.Hour), because("No answer."), true))
	return j
}

// Another user of the org can be asked whether the attempt has arrived, and must be.
func TestLogAsAnotherUserLooksFirst(t *testing.T) {
	for _, user := range []string{"bert", "anna"} {
		j := unsure(t)
		must(t, j.LogAs(ctx, "c1", "A", user, nil))
		if e := entry(t, j, "c1"); e.User != user || !e.CheckFirst || !e.Begun.Equal(noon) || e.State != Ready {
			t.Errorf("%s: %+v", user, e)
		}
	}
}

// In whose name an attempt may have arrived is known to whoever looks for it, whatever is typed and sent in the meantime.
func TestWhoseAttemptsThereWereIsKept(t *testing.T) {
	j := unsure(t)
	_, a := ended("c1")
	a.Org, a.User, a.Notes = "A", "anna", "typed before"
	must(t, j.LogAs(ctx, "c1", "A", "bert", nil))
	must(t, j.TypeActivity(ctx, "c1", *a, noon))
	must(t, j.LogAs(ctx, "c1", "A", "carl", nil))
	must(t, j.LogAs(ctx, "c1", "A", "bert", nil))
	if e := entry(t, j, "c1"); !slices.Equal(e.Activity.TriedBy, []string{"anna", "bert", "carl"}) || e.Activity.Notes != "typed before" {
		t.Errorf("%+v", e.Activity)
	}
}

// Where what users write is private, only the one in whose name it may have arrived can tell: while that one is not linked, the call is given to
// nobody. Who has to be asked is kept until they were, whatever is typed in the meantime.
func TestLogAsAnotherUserWaitsForTheOneWhoCanTell(t *testing.T) {
	linked := func(users ...string) Linked {
		return func(_, user string) bool { return slices.Contains(users, user) }
	}
	j := unsure(t)
	if err := j.LogAs(ctx, "c1", "A", "bert", linked("bert")); !errors.Is(err, ErrUnsure) {
		t.Errorf("anna is not linked: %v", err)
	}
	must(t, j.LogAs(ctx, "c1", "A", "bert", linked("anna", "bert")))
	_, a := ended("c1")
	a.Org, a.User, a.Notes = "A", "anna", "typed before"
	must(t, j.TypeActivity(ctx, "c1", *a, noon))
	if e := entry(t, j, "c1"); !slices.Equal(e.Activity.UnsureBy, []string{"anna"}) {
		t.Errorf("to be asked: %v", e.Activity.UnsureBy)
	}
	must(t, j.LogAs(ctx, "c1", "A", "anna", linked("anna", "bert")))
	if e := entry(t, j, "c1"); !slices.Equal(e.Activity.UnsureBy, []string{"bert"}) {
		t.Errorf("to be asked for anna: %v", e.Activity.UnsureBy)
	}
	_, err := j.Begin(ctx, "c1", noon.Add(time.Hour))
	must(t, err)
	must(t, j.Absent(ctx, "c1", noon.Add(time.Hour), false))
	must(t, j.Retry(ctx, "c1", noon.Add(time.Hour), because("No network."), false))
	if e := entry(t, j, "c1"); len(e.Activity.UnsureBy) > 0 || len(e.Activity.TriedBy) == 0 {
		t.Errorf("all were asked, and %v are to be; tried by %v", e.Activity.UnsureBy, e.Activity.TriedBy)
	}
	must(t, j.LogAs(ctx, "c1", "A", "bert", linked("bert"))) // nothing can have arrived
	if e := entry(t, j, "c1"); len(e.Activity.UnsureBy) > 0 {
		t.Errorf("to be asked: %v", e.Activity.UnsureBy)
	}
}

// Another org knows nothing of the attempt, and would get a second Task of the call.
func TestLogAsAnotherOrgWaitsForTheFirst(t *testing.T) {
	j := unsure(t)
	if err := j.LogAs(ctx, "c1", "B", "bert", nil); !errors.Is(err, ErrUnsure) {
		t.Errorf("A may have it: %v", err)
	}
	must(t, j.Discard(ctx, "c1"))
	if err := j.LogAs(ctx, "c1", "B", "bert", nil); !errors.Is(err, ErrUnsure) {
		t.Errorf("A has not been asked: %v", err)
	}
	must(t, j.Looked(ctx, "c1")) // whatever A had was deleted
	must(t, j.LogAs(ctx, "c1", "B", "bert", nil))
	if e := entry(t, j, "c1"); e.Org != "B" || e.CheckFirst || e.State != Ready {
		t.Errorf("%+v", e)
	}
}

// What was typed before, and is written after, takes nothing along that the first org has said of the caller.
func TestLateTypingTakesNobodyOfAnotherOrgAlong(t *testing.T) {
	j := openTemp(t)
	c, a := ended("c1")
	c.Org, c.User, a.Org, a.User = "A", "anna", "A", "anna"
	a.Who, a.Number, a.Notes = crm.Ref{Object: crm.Contact, ID: "003A", Org: "A"}, "+14155550132", "wants 40"
	must(t, j.Hangup(ctx, c, a))
	must(t, j.LogAs(ctx, "c1", "B", "bert", nil))
	must(t, j.TypeActivity(ctx, "c1", *a, noon))
	if e := entry(t, j, "c1"); !e.Activity.Who.IsZero() || !e.Activity.Unidentified || e.Activity.Notes != "wants 40" || e.Org != "B" {
		t.Errorf("%+v", e)
	}
}

// On a full disk the wish is kept, and dropped when it turns out that it cannot be done: it holds nothing else up.
func TestLogAsOnAFullDiskHoldsNothingUp(t *testing.T) {
	j := unsure(t)
	fill(t, j)
	if err := j.LogAs(ctx, "c1", "B", "bert", nil); !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
	limitPages(t, j, 1<<30)
	must(t, j.Ring(ctx, ringing("c2")))
	if e := entry(t, j, "c1"); e.Org != "A" || !e.CheckFirst || j.Unsaved().Calls != 0 {
		t.Errorf("%+v; %d calls unsaved", e, j.Unsaved().Calls)
	}
}

// "Don't log" holds for what waits, and for an attempt under way whatever its end, also through a crash. After an attempt
// there is a look, which does no harm where nothing was written.
func TestDontLogLeavesNothingThatWaits(t *testing.T) {
	begun := func(t *testing.T) *Journal {
		j := queued(t)
		begin(t, j)
		must(t, j.DontLog(ctx, "c1", noon))
		return j
	}
	for name, tt := range map[string]struct {
		do   func(*testing.T) *Journal
		want State
		look bool
	}{
		"queued": {func(t *testing.T) *Journal {
			j := queued(t)
			must(t, j.DontLog(ctx, "c1", noon))
			return j
		}, Discarded, false},
		"may have arrived": {func(t *testing.T) *Journal {
			j := unsure(t)
			must(t, j.DontLog(ctx, "c1", noon))
			return j
		}, Discarded, true},
		"refused meanwhile": {func(t *testing.T) *Journal {
			j := begun(t)
			must(t, j.Park(ctx, "c1", because("No.")))
			return j
		}, Discarded, true},
		"surely not written meanwhile": {func(t *testing.T) *Journal {
			j := begun(t)
			must(t, j.Retry(ctx, "c1", noon, because("No network."), false))
			return j
		}, Discarded, true},
		"an answer lost meanwhile": {func(t *testing.T) *Journal {
			j := begun(t)
			must(t, j.Retry(ctx, "c1", noon, because("No answer."), true))
			return j
		}, Discarded, true},
		"written meanwhile": {func(t *testing.T) *Journal {
			j := begun(t)
			must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, time.Time{}))
			return j
		}, Done, true},
		"a crash meanwhile": {func(t *testing.T) *Journal {
			j := begun(t)
			must(t, j.recover(ctx))
			return j
		}, Discarded, true},
	} {
		t.Run(name, func(t *testing.T) {
			j := tt.do(t)
			_, _, look, err := j.NextLook(ctx, noon, nil)
			must(t, err)
			if e := entry(t, j, "c1"); e.State != tt.want || look != tt.look {
				t.Errorf("%q, a look is due: %v", e.State, look)
			}
		})
	}
}

// When a user is there again who alone can tell, what waits for them is due, also where it was parked for that, and so is the look for what must
// not be logged. What waits for another reason, or for another user, waits on.
func TestAUserWhoIsThereAgainHasWhatWaitsDue(t *testing.T) {
	for _, tt := range []struct {
		why  fault.Code
		back string
		park bool
		due  bool
	}{{"x.away", "anna", false, true}, {"x.away", "anna", true, true}, {"x.away", "carl", true, false}, {"x.other", "anna", false, false}} {
		j := unsure(t)
		must(t, j.LogAs(ctx, "c1", "A", "bert", nil))
		_, err := j.Begin(ctx, "c1", noon)
		must(t, err)
		must(t, j.Retry(ctx, "c1", noon.Add(10*time.Minute), fault.New(tt.why), false))
		if tt.park {
			must(t, j.Requeue(ctx, "c1"))
			_, err := j.Begin(ctx, "c1", noon)
			must(t, err)
			must(t, j.Park(ctx, "c1", fault.New(tt.why)))
		}
		back := func(_, user string) bool { return user == tt.back }
		must(t, j.RequeueUnsure(ctx, "x.away", back))
		if _, _, ok, err := j.NextDue(ctx, noon, nil); ok != tt.due || err != nil {
			t.Errorf("%+v: due %v, %v", tt, ok, err)
		}
		must(t, j.Discard(ctx, "c1"))
		must(t, j.LookAgain(ctx, "c1", noon.Add(10*time.Minute)))
		must(t, j.RequeueUnsure(ctx, "x.away", back))
		if _, _, ok, err := j.NextLook(ctx, noon, nil); ok != (tt.back == "anna") || err != nil {
			t.Errorf("%+v: the look is due %v, %v", tt, ok, err)
		}
	}
}
