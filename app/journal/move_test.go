package journal

import (
	"errors"
	"testing"
	"time"

	"linecard/crm"
)

// ofA is a call of A's anna that is over, with its log due.
func ofA(t *testing.T) *Journal {
	t.Helper()
	j := openTemp(t)
	c, a := ended("c1")
	c.Org, c.User, a.Org, a.User = "A", "anna", "A", "anna"
	a.Who, a.Number = crm.Ref{Object: crm.Contact, ID: "003A", Org: "A"}, "+14155550132"
	must(t, j.Hangup(ctx, c, a))
	return j
}

// A call goes to another org unless the first one has something of it, may have, or is getting it; each refusal says which.
func TestMoveGoesWhereNothingIsLeftBehind(t *testing.T) {
	begin := func(j *Journal) { _, err := j.Begin(ctx, "c1", noon); must(t, err) }
	for name, tt := range map[string]struct {
		first func(j *Journal)
		want  error
		state State
	}{
		"it waits":                   {func(*Journal) {}, nil, Ready},
		"it waits for the first org": {func(j *Journal) { begin(j); must(t, j.Retry(ctx, "c1", noon.Add(time.Hour), because("No."), false)) }, nil, Ready},
		"the first org refuses it":   {func(j *Journal) { begin(j); must(t, j.Park(ctx, "c1", because("No."))) }, nil, Parked},
		"it is not to be logged":     {func(j *Journal) { must(t, j.Discard(ctx, "c1")) }, nil, Discarded},
		"it is being sent":           {begin, ErrState, Sending},
		"it is there": {func(j *Journal) {
			begin(j)
			must(t, j.Done(ctx, "c1", crm.Logged{Ref: crm.Ref{ID: "00T1"}}, time.Time{}))
		}, ErrState, Done},
		"it may be there": {func(j *Journal) { begin(j); must(t, j.Retry(ctx, "c1", noon, because("No answer."), true)) }, ErrUnsure, Ready},
		"it may be there, and was refused": {func(j *Journal) {
			begin(j)
			must(t, j.Retry(ctx, "c1", noon, because("No answer."), true))
			begin(j)
			must(t, j.Park(ctx, "c1", because("No.")))
		}, ErrUnsure, Parked},
		"it may be there, and is not to be logged": {func(j *Journal) {
			begin(j)
			must(t, j.Retry(ctx, "c1", noon, because("No answer."), true))
			must(t, j.Discard(ctx, "c1"))
		}, ErrUnsure, Discarded},
		"a record is being made": {func(j *Journal) {
			begin(j)
			must(t, j.Making(ctx, "c1", noon))
			must(t, j.Retry(ctx, "c1", noon, because("No."), false))
		}, ErrMade, Ready},
		"a record was made": {func(j *Journal) {
			begin(j)
			must(t, j.Making(ctx, "c1", noon))
			must(t, j.Made(ctx, "c1", crm.Record{Ref: crm.Ref{Object: crm.Lead, ID: "00Q1", Org: "A"}}))
			must(t, j.Retry(ctx, "c1", noon, because("No."), false))
		}, ErrMade, Ready},
	} {
		t.Run(name, func(t *testing.T) {
			for _, to := range []*crm.Record{nil, {Ref: crm.Ref{Object: crm.Contact, ID: "003B", Org: "B", Name: "Bea"}}} {
				j := ofA(t)
				tt.first(j)
				var err error
				if to == nil {
					err = j.Move(ctx, "c1", "B", "bert")
				} else {
					err = j.PointIn(ctx, "c1", *to, "B", "bert")
				}
				row, rowErr := j.Call(ctx, "c1")
				must(t, rowErr)
				e := entry(t, j, "c1")
				if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
					t.Fatalf("%v, want %v", err, tt.want)
				}
				if tt.want == nil && tt.state == Parked {
					tt.state = Ready
				}
				if e.State != tt.state {
					t.Errorf("the log is %s", e.State)
				}
				if tt.want != nil {
					if e.Org != "A" || row.Org != "A" || e.Activity.Org != "A" {
						t.Errorf("refused, and it went: %s, %s, %s", row.Org, e.Org, e.Activity.Org)
					}
					continue
				}
				if row.Org != "B" || row.User != "bert" || e.Org != "B" || e.Activity.User != "bert" || !e.Due.IsZero() || !e.Reason.IsZero() {
					t.Errorf("the call is of %s, its log of %s, due %v, for %v", row.Org, e.Org, e.Due, e.Reason)
				}
				switch {
				case to == nil && (!e.Activity.Who.IsZero() || !e.Activity.Unidentified):
					t.Errorf("it took %v along", e.Activity.Who)
				case to != nil && (e.Activity.Who.ID != "003B" || e.Activity.Unidentified || row.Who.ID != "003B" || row.Name != "Bea"):
					t.Errorf("it is about %v, and the history says %v", e.Activity.Who, row.Who)
				}
			}
		})
	}
}
