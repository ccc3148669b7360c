package meter_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"linecard/app/meter"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/test/wait"
)

const acme = "00D000000000001"

// rig is a meter with a clock that is set by hand.
type rig struct {
	*meter.Meter
	now time.Time
	cap int
}

func open(t *testing.T, path string) *rig {
	r := &rig{now: time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)}
	r.Meter = meter.Open(path, meter.Options{Cap: func() int { return r.cap }, Now: func() time.Time { return r.now }, Location: time.UTC, Copies: func() bool { return true }})
	t.Cleanup(func() {
		if path == "" {
			r.Close()
		}
	})
	return r
}

// ask makes a request that the org counts and answers with a gauge.
func (r *rig) ask(use crm.Use, g salesforce.Gauge) error {
	q := salesforce.Request{Org: acme, Kind: salesforce.KindSearch, Use: use, Quota: true}
	err := r.Begin(q)
	if err == nil {
		r.End(q, true, true, g)
	}
	return err
}

// What is left off near the cap, for caps of every size: in the one order, never a write before the cap, and everything at it.
func TestNearTheCapUsesAreLeftOffInOrder(t *testing.T) {
	order := []crm.Use{crm.UseDirectory, crm.UsePanel, crm.UseSearch, crm.UseStranger, crm.UseNeeded}
	for _, limit := range []int{1, 2, 3, 7, 10, 50, 99, 1000} {
		r := open(t, "")
		r.cap = limit
		off := 0 // how many of order
		for n := 0; ; n++ {
			now := 0
			var refused error
			for i, u := range order {
				q := salesforce.Request{Org: acme, Kind: salesforce.KindWrite, Use: u, Quota: true}
				err := r.Begin(q)
				if err == nil {
					r.End(q, false, false, salesforce.Gauge{}) // it never left
					continue
				}
				if now != i {
					t.Fatalf("cap %d after %d: %q is left off before %q", limit, n, u, order[now])
				}
				now, refused = i+1, err
			}
			if now < off {
				t.Fatalf("cap %d after %d: %d uses are left off, before it were %d", limit, n, now, off)
			}
			off = now
			if (n >= limit) != (off == len(order)) {
				t.Fatalf("cap %d after %d: %v are left off", limit, n, order[:off])
			}
			if off == len(order) {
				var ce *crm.Error
				if !errors.As(refused, &ce) || ce.Class != crm.ClassQuota || ce.Code != crm.CodeOwnCap || ce.Retry <= 0 || !crm.IsLeftOff(refused) {
					t.Errorf("cap %d: a write is refused with %+v", limit, refused)
				}
				break
			}
			if err := r.ask(crm.UseNeeded, salesforce.Gauge{}); err != nil {
				t.Fatalf("cap %d: request %d: %v", limit, n+1, err)
			}
		}
		if got := r.Report(); got.Used != limit || !got.State.AtCap || got.Cap != limit {
			t.Errorf("cap %d: the report %+v", limit, got)
		}
	}
}

// Requests on their way count against the cap, so that many at once do not pass it.
func TestManyAtOnceDoNotPassTheCap(t *testing.T) {
	r := open(t, "")
	r.cap = 5
	q := salesforce.Request{Org: acme, Kind: salesforce.KindWrite, Quota: true}
	passed := 0
	for range 20 {
		if r.Begin(q) == nil {
			passed++
		}
	}
	if passed != 5 {
		t.Errorf("%d requests passed a cap of 5", passed)
	}
	r.End(q, true, false, salesforce.Gauge{}) // the org did not count it
	if err := r.Begin(q); err != nil {
		t.Errorf("one that was not counted frees its place: %v", err)
	}
}

// What does not count against the org's requests is never held back: the link must be renewed at the cap too.
func TestTokensAreNotHeldBack(t *testing.T) {
	r := open(t, "")
	r.cap = 1
	if err := r.ask(crm.UseNeeded, salesforce.Gauge{}); err != nil {
		t.Fatal(err)
	}
	q := salesforce.Request{Org: acme, Kind: salesforce.KindToken}
	if err := r.Begin(q); err != nil {
		t.Error(err)
	}
	r.End(q, true, false, salesforce.Gauge{})
	if got := r.Report(); got.Used != 1 || got.Orgs[0].Total != 2 || got.Orgs[0].Kinds[salesforce.KindToken] != 1 {
		t.Errorf("%+v", got)
	}
}

// The org's gauge leaves off what the cap does, but no write; and an old gauge says nothing.
func TestNearTheOrgsLimit(t *testing.T) {
	for _, tt := range []struct {
		used int
		off  []crm.Use
	}{
		{0, nil},
		{799, nil},
		{800, []crm.Use{crm.UseDirectory}},
		{899, []crm.Use{crm.UseDirectory}},
		{900, []crm.Use{crm.UseDirectory, crm.UsePanel}},
		{940, []crm.Use{crm.UseDirectory, crm.UsePanel, crm.UseSearch}},
		{970, []crm.Use{crm.UseDirectory, crm.UsePanel, crm.UseSearch, crm.UseStranger}},
		{1000, []crm.Use{crm.UseDirectory, crm.UsePanel, crm.UseSearch, crm.UseStranger}},
	} {
		r := open(t, "")
		if err := r.ask(crm.UseNeeded, salesforce.Gauge{Used: tt.used, Limit: 1000}); err != nil {
			t.Fatal(err)
		}
		if got := r.State(); !reflect.DeepEqual(got.Off, tt.off) || got.AtCap || got.Why.IsZero() != (len(tt.off) <= 1) {
			t.Errorf("%d of 1000: %+v, want %v", tt.used, got, tt.off)
		}
		var left *crm.Error
		if err := r.ask(crm.UseDirectory, salesforce.Gauge{}); (err != nil) != (len(tt.off) > 0) || err != nil && (!errors.As(err, &left) || left.Fault.Code != "meter.org-directory") {
			t.Errorf("%d of 1000: the copy of the org's people: %v", tt.used, err)
		}
		if err := r.ask(crm.UseNeeded, salesforce.Gauge{Used: tt.used, Limit: 1000}); err != nil {
			t.Errorf("%d of 1000: what is needed is refused: %v", tt.used, err)
		}
		if other := r.Begin(salesforce.Request{Org: "00D000000000002", Kind: salesforce.KindDetails, Use: crm.UsePanel, Quota: true}); other != nil {
			t.Errorf("another org is spared too: %v", other)
		}
		r.now = r.now.Add(10 * time.Minute)
		if err := r.ask(crm.UsePanel, salesforce.Gauge{Used: 5, Limit: 1000}); err != nil {
			t.Errorf("%d of 1000, ten minutes ago: nobody finds out what the org says now: %v", tt.used, err)
		}
	}
}

// The counts survive a restart, the day is the agent's own, and a new one begins from nothing.
func TestCountsSurviveARestartAndEndWithTheDay(t *testing.T) {
	path := filepath.Join(t.TempDir(), meter.FileName)
	r := open(t, path)
	for range 3 {
		q := salesforce.Request{Org: acme, Kind: salesforce.KindWrite, Call: "c1", Quota: true}
		if err := r.Begin(q); err != nil {
			t.Fatal(err)
		}
		r.End(q, true, true, salesforce.Gauge{Used: 18, Limit: 15000})
	}
	r.Close()

	again := open(t, path)
	again.cap = 3
	got := again.Report()
	if got.Used != 3 || got.Days["2026-11-27"] != 3 || got.Orgs[0].Gauge == nil || got.Orgs[0].Gauge.Limit != 15000 {
		t.Fatalf("after a restart: %+v", got)
	}
	if len(got.Calls) != 1 || got.Calls[0].ID != "c1" || got.Calls[0].Kinds[salesforce.KindWrite] != 3 {
		t.Errorf("the call: %+v", got.Calls)
	}
	states := make(chan meter.State, 10)
	again.OnChange(func(s meter.State) { states <- s })
	if s := wait.For(t, states); !s.AtCap {
		t.Errorf("the cap of an earlier run is not told: %+v", s)
	}
	again.now = again.now.Add(14 * time.Hour) // midnight
	again.Recheck()
	if s := wait.For(t, states); s.AtCap || len(s.Off) > 0 {
		t.Errorf("the next day: %+v", s)
	}
	if got := again.Report(); got.Used != 0 || got.Day != "2026-11-28" || got.Days["2026-11-27"] != 3 {
		t.Errorf("the next day: %+v", got)
	}
	again.Close()
}

// What is kept is bounded.
func TestCallsAndDaysAreBounded(t *testing.T) {
	r := open(t, "")
	for i := range 500 {
		q := salesforce.Request{Org: acme, Kind: salesforce.KindSearch, Call: fmt.Sprint("c", i), Quota: true}
		_ = r.Begin(q)
		r.End(q, true, true, salesforce.Gauge{})
		r.now = r.now.Add(6 * time.Hour)
	}
	got := r.Report()
	if len(got.Calls) != 200 || got.Calls[0].ID != "c499" {
		t.Errorf("%d calls, the first is %s", len(got.Calls), got.Calls[0].ID)
	}
	if len(got.Days) > 37 || len(got.Days) < 35 {
		t.Errorf("%d days", len(got.Days))
	}
}
