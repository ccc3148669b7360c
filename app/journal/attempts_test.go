package journal

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"linecard/crm"
)

// When the first unsettled attempt began is kept through everything that may have reached the org, and forgotten once it is
// known to have failed or arrived.
func TestBegunIsKeptUntilTheAttemptIsSettled(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	c, a := ended("c1")
	must(t, j.Hangup(ctx, c, a))
	minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
	want := func(what string, begun time.Time, check bool) {
		t.Helper()
		if e := entry(t, j, "c1"); !e.Begun.Equal(begun) || e.CheckFirst != check {
			t.Errorf("%s: begun %v, check %v; want %v, %v", what, e.Begun, e.CheckFirst, begun, check)
		}
	}
	attempt := func(n int) {
		t.Helper()
		_, err := j.Begin(ctx, "c1", minute(n))
		must(t, err)
	}
	attempt(1)
	want("under way", minute(1), false)
	must(t, j.Retry(ctx, "c1", minute(1), because("Refused."), false))
	want("a definite refusal", time.Time{}, false)
	attempt(2)
	must(t, j.Retry(ctx, "c1", minute(1), because("No answer."), true))
	want("an answer that got lost", minute(2), true)
	attempt(3)
	want("a second attempt", minute(2), true)
	must(t, j.Retry(ctx, "c1", minute(1), because("Refused."), false))
	want("refused, but the first may have arrived", minute(2), true)
	must(t, j.Requeue(ctx, "c1"))
	_, err := j.RequeueAll(ctx, nil)
	must(t, err)
	want("requeued", minute(2), true)
	attempt(4)
	must(t, j.Park(ctx, "c1", because("Refused.")))
	must(t, j.Requeue(ctx, "c1"))
	want("parked and requeued", minute(2), true)
	attempt(5)
	must(t, j.Close()) // a crash
	j = openAt(t, path)
	want("a crash", minute(2), true)
	attempt(6)
	must(t, j.Absent(ctx, "c1", minute(7), false))
	want("a late check found nothing: only this attempt is open", minute(7), false)
	must(t, j.Retry(ctx, "c1", minute(7), because("No answer."), true))
	attempt(8)
	want("the create after it got lost", minute(7), true)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, minute(18)))
	want("in the org, and the one before may still arrive", minute(7), false)
	if e := entry(t, j, "c1"); e.State != Done || !e.Again.Equal(minute(18)) {
		t.Errorf("%s, look again %v", e.State, e.Again)
	}
	must(t, j.Looked(ctx, "c1"))
	want("looked for once more", time.Time{}, false)
}

// One more look is due at its time, survives an update of the Task, and ends when it was made.
func TestLookForSurplusTasks(t *testing.T) {
	j := queued(t)
	begin(t, j)
	due := noon.Add(10 * time.Minute)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, due))
	if _, wait, ok, err := j.NextLook(ctx, noon, nil); ok || wait != 10*time.Minute || err != nil {
		t.Errorf("too early: %v, wait %v, %v", ok, wait, err)
	}
	must(t, j.EditActivity(ctx, "c1", notes("typed")))
	begin(t, j)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, time.Time{}))
	if _, _, ok, err := j.NextLook(ctx, due, func(string, string) bool { return false }); ok || err != nil {
		t.Errorf("its org is not linked: %v, %v", ok, err)
	}
	e, _, ok, err := j.NextLook(ctx, due, nil)
	if !ok || err != nil || e.ID != "c1" || e.Task != task || e.Activity.Notes != "typed" {
		t.Errorf("%+v, %v, %v", e, ok, err)
	}
	if n, err := j.Prune(ctx, due.AddDate(1, 0, 0), 0); n != 0 || err != nil {
		t.Errorf("%d pruned before the look, %v", n, err)
	}
	must(t, j.Looked(ctx, "c1"))
	if _, wait, ok, err := j.NextLook(ctx, due, nil); ok || wait != 0 || err != nil {
		t.Errorf("looked: %v, wait %v, %v", ok, wait, err)
	}
}

func TestTakenBackIsStillLookedAt(t *testing.T) {
	j := queued(t)
	begin(t, j)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, noon))
	must(t, j.TakenBack(ctx, "c1"))
	if e, _, ok, err := j.NextLook(ctx, noon, nil); !ok || err != nil || e.State != Discarded || !e.Task.IsZero() {
		t.Errorf("%+v, %v, %v", e, ok, err)
	}
}

// linkedTo is where those users are linked, by org.
func linkedTo(users map[string]string) Linked {
	return func(org, user string) bool {
		if org == "" {
			return len(users) > 0
		}
		is, ok := users[org]
		return ok && (user == "" || user == is)
	}
}

// An entry waits for its own org and its own user, however long, and holds up no other.
func TestEntriesWaitForTheirOwnOrgAndUser(t *testing.T) {
	j := openTemp(t)
	for _, e := range []struct {
		id, org, user string
		due           time.Duration
	}{
		{"a-anna", "A", "anna", 1}, {"a-other", "A", "other", 0}, {"b", "B", "bert", 2}, {"any", "", "", 3}, {"a-old", "A", "", 4},
	} {
		c, a := ended(e.id)
		c.Org, c.User, a.Org, a.User = e.org, e.user, e.org, e.user
		must(t, j.Hangup(ctx, c, a))
		_, err := j.Begin(ctx, e.id, noon)
		must(t, err)
		must(t, j.Retry(ctx, e.id, noon.Add(e.due*time.Second), because("No network."), false))
	}
	for name, tt := range map[string]struct {
		users map[string]string
		want  []string
	}{
		"none":     {nil, nil},
		"A's Anna": {map[string]string{"A": "anna"}, []string{"a-anna", "any", "a-old"}},
		"B's Bert": {map[string]string{"B": "bert"}, []string{"b", "any"}},
		"both":     {map[string]string{"A": "anna", "B": "bert"}, []string{"a-anna", "b", "any", "a-old"}},
	} {
		t.Run(name, func(t *testing.T) {
			linked := linkedTo(tt.users)
			n, err := j.Counts(ctx, linked)
			must(t, err)
			if n.Waiting != 5 || n.WaitingElsewhere != 5-len(tt.want) || (len(tt.want) == 0) != n.NextTry.IsZero() {
				t.Errorf("counts %+v", n)
			}
			var got []string
			for {
				e, _, ok, err := j.NextDue(ctx, noon.Add(time.Minute), linked)
				must(t, err)
				if !ok {
					break
				}
				got = append(got, e.ID)
				if len(got) > len(tt.want) {
					break
				}
				_, err = j.Begin(ctx, e.ID, noon)
				must(t, err)
				must(t, j.Retry(ctx, e.ID, noon.Add(time.Hour), because("No network."), false))
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %v, want %v", got, tt.want)
			}
			for i, id := range tt.want {
				if got[i] != id {
					t.Fatalf("got %v, want %v", got, tt.want)
				}
				_, err := j.Begin(ctx, id, noon) // as it was, for the next case
				must(t, err)
				must(t, j.Retry(ctx, id, noon.Add(time.Duration(map[string]int{"a-anna": 1, "b": 2, "any": 3, "a-old": 4}[id])*time.Second), because("No network."), false))
			}
		})
	}
}

// "Log it as B": nothing that A said of the caller goes to B.
func TestLogAsAnotherOrg(t *testing.T) {
	j := openTemp(t)
	c, a := ended("c1")
	c.Org, c.User, a.Org, a.User = "A", "anna", "A", "anna"
	a.PartyName, a.What, a.Notes = dana.Name, acme, "wants 40"
	a.Subject = ""
	must(t, j.Hangup(ctx, c, a))
	_, err := j.Begin(ctx, "c1", noon)
	must(t, err)
	if err := j.LogAs(ctx, "c1", "B", "bert", nil); !errors.Is(err, ErrState) {
		t.Errorf("A may be getting it this moment: %v", err)
	}
	must(t, j.Retry(ctx, "c1", noon.Add(time.Hour), because("No network."), false))
	must(t, j.LogAs(ctx, "c1", "B", "bert", nil))
	e, _, ok, err := j.NextDue(ctx, noon, linkedTo(map[string]string{"B": "bert"}))
	if !ok || err != nil {
		t.Fatalf("not due: %v", err)
	}
	b := e.Activity
	if !b.Who.IsZero() || !b.What.IsZero() || !b.Unidentified || b.PartyName != "" || b.Notes != "wants 40" || b.Org != "B" || b.User != "bert" {
		t.Errorf("activity %+v", b)
	}
	if b.Subject != "" || b.SubjectLine() != "Inbound call from +1 415-555-0132" {
		t.Errorf("the subject names a person of A: %q, %q", b.Subject, b.SubjectLine())
	}
	if e.CheckFirst || !e.Begun.IsZero() {
		t.Errorf("what A may have is nothing to B: %+v", e)
	}
	if row, _ := j.Call(ctx, "c1"); row.Org != "B" || row.User != "bert" || !row.Who.IsZero() || row.Word != crm.LogIt {
		t.Errorf("row %+v", row)
	}
	begin(t, j)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, time.Time{}))
	if err := j.LogAs(ctx, "c1", "A", "anna", nil); !errors.Is(err, ErrState) {
		t.Errorf("B has it: %v", err)
	}
}

// What was noted while the clock was wrong does not wait until the clock is wrong again.
func TestWaitingDoesNotFollowAWrongClock(t *testing.T) {
	j := queued(t)
	ahead := noon.AddDate(0, 0, 1)
	_, err := j.Begin(ctx, "c1", ahead)
	must(t, err)
	must(t, j.Retry(ctx, "c1", ahead.Add(2*time.Second), because("No answer."), true))
	_, wait, ok, err := j.NextDue(ctx, noon, nil) // the clock was put right
	if ok || err != nil || wait > LongestPause {
		t.Errorf("wait %v, %v", wait, err)
	}
	if e := entry(t, j, "c1"); e.Begun.After(noon) {
		t.Errorf("begun in the future: %v", e.Begun)
	}
	if _, _, ok, err := j.NextDue(ctx, noon.Add(LongestPause), nil); !ok || err != nil {
		t.Errorf("still not due after the longest pause: %v", err)
	}
}

// What the org refuses is parked, unless the agent has saved something else during the attempt: that has not been refused. What is
// still being typed waits for Save.
func TestAnEntryThatIsMendedDuringItsAttemptIsDue(t *testing.T) {
	for name, tt := range map[string]struct {
		during func(*Journal) error
		want   State
	}{
		"left alone":        {func(*Journal) error { return nil }, Parked},
		"saved":             {func(j *Journal) error { return j.EditActivity(ctx, "c1", notes("Region is West.")) }, Ready},
		"pointed at nobody": {func(j *Journal) error { return j.Point(ctx, "c1", nil) }, Ready},
		"being typed": {func(j *Journal) error {
			return j.TypeActivity(ctx, "c1", notes("Reg"), noon.Add(time.Hour))
		}, Parked},
	} {
		j := queued(t)
		begin(t, j)
		must(t, tt.during(j))
		must(t, j.Park(ctx, "c1", because("Refused.")))
		if e := entry(t, j, "c1"); e.State != tt.want || !e.Due.IsZero() && tt.want == Ready {
			t.Errorf("%s: %+v", name, e)
		}
		if _, _, due, err := j.NextDue(ctx, noon, nil); err != nil || due != (tt.want == Ready) {
			t.Errorf("%s: due %v, %v", name, due, err)
		}
	}
}
