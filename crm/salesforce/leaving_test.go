package salesforce

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// leavings counts the requests that make records, and those of them that were told just before they went out.
type leavings struct {
	mu                   sync.Mutex
	told                 bool
	writes, toldOf, idle int
}

func (l *leavings) leaves() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = true
}

// through is a transport that watches.
func (l *leavings) through(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(q *http.Request) (*http.Response, error) {
		write := (q.Method == http.MethodPost || q.Method == http.MethodPatch) && strings.Contains(q.URL.Path, "/sobjects")
		l.mu.Lock()
		switch {
		case write && l.told:
			l.toldOf++
			l.writes++
		case write:
			l.writes++
		case l.told:
			l.idle++
		}
		l.mu.Unlock()
		resp, err := next.RoundTrip(q)
		l.mu.Lock()
		l.told = false
		l.mu.Unlock()
		return resp, err
	})
}

// One write may take several requests, and each that may make a record is told just before it goes out: whoever reckons when it can no longer
// arrive counts from the last one.
func TestEachRequestThatMayMakeARecordIsTold(t *testing.T) {
	refuses := func(fields ...string) func(*rig) {
		return func(r *rig) { r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = fields }) }
	}
	log := func(ctx context.Context, r *rig) error {
		_, err := r.Log(ctx, r.newCall(t), false)
		return err
	}
	for name, tt := range map[string]struct {
		key   demoorg.CallKey
		since func(*rig) // what the org does after it was described
		do    func(ctx context.Context, r *rig) error
	}{
		"a Task":                  {since: refuses("Task.CallType"), do: log},
		"an upsert":               {key: demoorg.UniqueCallKey, since: refuses("Task.CallType"), do: log},
		"the session has expired": {since: func(r *rig) { r.org.ExpireSessions() }, do: log},
		"several": {since: refuses("Task.CallType"), do: func(ctx context.Context, r *rig) error {
			_, err := r.LogAll(ctx, r.calls(t, 3))
			return err
		}},
		"a record": {since: refuses("Lead.Phone"), do: func(ctx context.Context, r *rig) error {
			a := r.newCall(t)
			a.Make, a.Who, a.PartyName = crm.Lead, crm.Ref{}, "Robin"
			_, err := r.Make(ctx, a)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var l leavings
			r := linkedRig(t, demoorg.Config{CallKey: tt.key}, func(c *Config) { c.Transport = l.through(newTransport()) })
			tt.since(r)
			before := l.writes
			if err := tt.do(crm.BeforeWrites(t.Context(), l.leaves), r); err != nil {
				t.Fatal(err)
			}
			r.settle()
			if n := l.writes - before; n < 2 || l.toldOf != l.writes || l.idle > 0 {
				t.Errorf("%d requests, told of %d of %d, and %d times of others", n, l.toldOf, l.writes, l.idle)
			}
		})
	}
}
