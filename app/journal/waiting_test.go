package journal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"linecard/crm"
)

// What waits for an org is counted as the outbox lists it, in every state that a call can be in.
func TestWaitingIsWhatTheOutboxLists(t *testing.T) {
	j := openTemp(t)
	for i, org := range []string{"00D1", "00D2", ""} {
		for n, bring := range []func(id string){
			func(string) {},
			func(id string) { _, err := j.Begin(ctx, id, noon); must(t, err) },
			func(id string) {
				_, err := j.Begin(ctx, id, noon)
				must(t, err)
				must(t, j.Park(ctx, id, because("The org refuses it.")))
			},
			func(id string) {
				_, err := j.Begin(ctx, id, noon)
				must(t, err)
				must(t, j.Done(ctx, id, crm.Logged{Ref: task}, time.Time{}))
			},
			func(id string) { must(t, j.Discard(ctx, id)) },
		} {
			id := fmt.Sprintf("c%d-%d", i, n)
			c, a := ended(id)
			c.Org, a.Org = org, org
			must(t, j.Hangup(ctx, c, a))
			bring(id)
		}
		live := ringing(fmt.Sprintf("live%d", i))
		live.Org = org
		must(t, j.Ring(ctx, live))
		a := notes("a draft")
		a.CallID, a.Org = live.ID, org
		must(t, j.EditActivity(ctx, live.ID, a))
	}
	listed, err := j.Outbox(ctx)
	must(t, err)
	for _, org := range []string{"00D1", "00D2", "", "00D3"} {
		want := 0
		for _, e := range listed {
			if e.Org == org {
				want++
			}
		}
		if got, err := j.Waiting(ctx, org); got != want || err != nil || (org != "00D3") != (want == 3) {
			t.Errorf("org %q: %d wait, %v; the outbox lists %d", org, got, err, want)
		}
	}
}

// However much is in the outbox: the question reads no row of it, and of the index only what is the org's.
func TestWaitingReadsTheIndexOnly(t *testing.T) {
	j := openTemp(t)
	rows, err := j.reader().QueryContext(ctx, "EXPLAIN QUERY PLAN "+waitingOfOrg, "00D1")
	must(t, err)
	defer func() { _ = rows.Close() }()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		must(t, rows.Scan(&id, &parent, &unused, &detail))
		plan.WriteString(detail + "\n")
	}
	must(t, rows.Err())
	if !strings.Contains(plan.String(), "SEARCH outbox USING COVERING INDEX outbox_open (state=? AND org=?)") || strings.Contains(plan.String(), "SCAN outbox") {
		t.Errorf("the plan is\n%s", plan.String())
	}
}
