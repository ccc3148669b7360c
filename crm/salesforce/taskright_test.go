package salesforce

import (
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// A user without the right to create Tasks is one state of the link with its reason: from the link on, or from the call on
// before which the right was taken away. Calls wait, and are logged once the admin has given it.
func TestNoRightToTasks(t *testing.T) {
	for name, tt := range map[string]struct {
		before, after demoorg.Rules // the link
		key           demoorg.CallKey
		together      bool
	}{
		"never had it":            {before: demoorg.Rules{NoCreate: []string{crm.Task}}, after: demoorg.Rules{NoCreate: []string{crm.Task}}},
		"does not see them":       {before: demoorg.Rules{HiddenObjects: []string{crm.Task}}, after: demoorg.Rules{HiddenObjects: []string{crm.Task}}},
		"lost it":                 {after: demoorg.Rules{NoCreate: []string{crm.Task}}},
		"lost it, with a key":     {after: demoorg.Rules{NoCreate: []string{crm.Task}}, key: demoorg.UniqueCallKey},
		"lost it, several calls":  {after: demoorg.Rules{NoCreate: []string{crm.Task}}, together: true},
		"never, of several calls": {before: demoorg.Rules{NoCreate: []string{crm.Task}}, after: demoorg.Rules{NoCreate: []string{crm.Task}}, together: true},
	} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{Rules: tt.before, CallKey: tt.key}, nil)
			r.holds.patience = time.Hour
			if len(tt.before.NoCreate) > 0 {
				r.awaitStatus(t, "the link says so", func(s crm.LinkStatus) bool { return s.Trouble.Is("salesforce.no-tasks") })
			} else if _, err := r.Log(t.Context(), r.newCall(t), false); err != nil && len(tt.before.HiddenObjects) == 0 {
				t.Fatal(err)
			}
			r.org.SetRules(func(rules *demoorg.Rules) { *rules = tt.after })
			log := func(all ...crm.Activity) error {
				if !tt.together {
					_, err := r.Log(t.Context(), all[0], false)
					return err
				}
				written, err := r.LogAll(t.Context(), all)
				for _, w := range written {
					if w.Err != nil {
						err = w.Err
					}
				}
				return err
			}
			a, b := r.newCall(t), r.newCall(t)
			wantError(t, log(a, b), crm.ClassBlocked, "salesforce.no-tasks")
			if s := r.Status(); s.State != crm.Linked || !s.Trouble.Is("salesforce.no-tasks") {
				t.Errorf("%s %s", s.State, s.Trouble)
			}
			asked := r.data()
			err := log(b, a)
			wantError(t, err, crm.ClassBlocked, "salesforce.no-tasks")
			if e, _ := asError(err); e.Retry <= 0 || r.data() != asked {
				t.Errorf("again in %s, after %d requests", e.Retry, r.data()-asked)
			}
			if got, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil || len(got.Matches) != 1 {
				t.Errorf("%d matches, %v", len(got.Matches), err)
			}

			r.org.SetRules(func(rules *demoorg.Rules) { *rules = demoorg.Rules{} })
			r.TryNow()
			if err := log(a, b); err != nil || len(r.org.TasksFor(a.CallID)) != 1 || !r.Status().Trouble.IsZero() {
				t.Errorf("%d Tasks, %v, %s", len(r.org.TasksFor(a.CallID)), err, r.Status().Trouble)
			}
		})
	}
}
