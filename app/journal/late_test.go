package journal

import (
	"testing"
	"time"

	"linecard/crm"
)

// What is told of a call after it has left the desk comes into the history and into the Task, whether that is in the org by then or not, and is sent once.
func TestTellLate(t *testing.T) {
	told := func(s *crm.Story) { s.Transferred = "2050" }
	for name, done := range map[string]bool{"queued": false, "in the org": true} {
		t.Run(name, func(t *testing.T) {
			j := queued(t)
			if done {
				begin(t, j)
				must(t, j.Done(ctx, "c1", crm.Logged{Ref: crm.Ref{Object: crm.Task, ID: "00T1"}}, time.Time{}))
			}
			for range 2 {
				must(t, j.TellLate(ctx, "c1", told))
			}
			e, _, ok, err := j.NextDue(ctx, noon, nil)
			if err != nil || !ok || (e.Kind == Update) != done || e.Activity.Transferred != "2050" {
				t.Errorf("due %v, %+v, err %v", ok, e, err)
			}
			r, err := j.Call(ctx, "c1")
			if err != nil || r.Story.Transferred != "2050" || r.Ended.IsZero() {
				t.Errorf("the history has %+v, err %v", r, err)
			}
			begin(t, j)
			must(t, j.Done(ctx, "c1", crm.Logged{Ref: crm.Ref{Object: crm.Task, ID: "00T1"}}, time.Time{}))
			must(t, j.TellLate(ctx, "c1", told))
			if e, _, ok, _ := j.NextDue(ctx, noon.Add(time.Hour), nil); ok {
				t.Errorf("sent twice: %+v", e)
			}
		})
	}
	must(t, queued(t).TellLate(ctx, "c9", told))
}
