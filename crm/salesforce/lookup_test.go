package salesforce

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// clock is a clock that tests move forward.
// clock is a clock that can be set; the client's background work reads it too.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) set(ahead time.Duration) { c.ahead.Store(int64(ahead)) }

func TestHiddenFieldsDoNotHideTheCaller(t *testing.T) {
	hide := demoorg.Rules{HiddenFields: []string{"Contact.Title", "Contact.Email", "Contact.MobilePhone", "Contact.DoNotCall", "Lead.Status", "Account.Type"}}
	for _, when := range []string{"before", "after"} {
		t.Run(when+" the objects were described", func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			r.org.SetRules(func(rules *demoorg.Rules) { *rules = hide })
			if when == "before" {
				r.schema.forget()
			}
			got, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield"))
			if err != nil || len(got.Matches) != 1 || got.Matches[0].Title != "" {
				t.Fatalf("%+v, %v", got.Matches, err)
			}
			r.settle()
			// By then the objects have been described, and the next caller costs one request.
			before := r.org.Count("", "/search")
			if _, err := r.Lookup(t.Context(), r.number(t, "Priya Raman")); err != nil {
				t.Error(err)
			}
			if n := r.org.Count("", "/search") - before; n != 1 {
				t.Errorf("%d searches", n)
			}
		})
	}
}

func TestHiddenObjects(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rules: demoorg.Rules{HiddenObjects: []string{"Lead"}}}, nil)
	n := r.number(t, "Priya Raman") // has the same number as a lead
	if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) != 1 {
		t.Errorf("%d matches, %v", len(got.Matches), err)
	}
	r.schema.forget()
	if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) != 1 {
		t.Errorf("undescribed: %d matches, %v", len(got.Matches), err)
	}
	r = linkedRig(t, demoorg.Config{Rules: demoorg.Rules{HiddenObjects: []string{"Lead", "Contact", "Account"}}}, nil)
	_, err := r.Lookup(t.Context(), n)
	wantError(t, err, crm.ClassPermission, "salesforce.nothing-to-search")
}

func TestAPIDisabled(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.SetRules(func(rules *demoorg.Rules) { rules.APIDisabled = true })
	_, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield"))
	wantError(t, err, crm.ClassBlocked, "salesforce.api-not-enabled")
}

func TestDescriptionsAreAskedForOnce(t *testing.T) {
	c := &clock{}
	r := linkedRig(t, demoorg.Config{}, func(cfg *Config) { cfg.Dir, cfg.Now = t.TempDir(), c.now })
	asked := func(f func() error) (all, unchanged int) {
		t.Helper()
		before := len(r.org.Requests())
		if err := f(); err != nil {
			t.Fatal(err)
		}
		for _, q := range r.org.Requests()[before:] {
			if strings.HasSuffix(q.Path, "/describe") {
				all++
				if q.Status == 304 {
					unchanged++
				}
			}
		}
		return all, unchanged
	}
	describe := func() error { return r.describeAll(t.Context()) }
	if all, _ := asked(describe); all != 0 {
		t.Errorf("%d describes a moment later", all)
	}
	next := r.restart(t)
	if all, _ := asked(func() error { return next.Restore(t.Context()) }); all != 0 {
		t.Errorf("%d describes after a restart", all)
	}
	c.set(13 * time.Hour)
	if all, unchanged := asked(describe); all != 4 || unchanged != 4 {
		t.Errorf("%d describes, %d unchanged, the next day", all, unchanged)
	}
	if all, unchanged := asked(func() error { return r.Refresh(t.Context()) }); all != 4 || unchanged != 0 {
		t.Errorf("%d describes, %d unchanged, on Refresh", all, unchanged)
	}
}

func TestCustomPhoneField(t *testing.T) {
	r := linkedRig(t, demoorg.Config{CustomPhone: true}, nil)
	if q := r.findPhone(r.number(t, "Dana Whitfield"), allTerms); !strings.Contains(q, "WhatsApp__c") {
		t.Errorf("%s", q)
	}
}

func TestPersonAccounts(t *testing.T) {
	r := linkedRig(t, demoorg.Config{PersonAccounts: true}, nil)
	found := 0
	for _, p := range r.org.People() {
		got, err := r.Lookup(t.Context(), crm.ParseNumber(p.Number, crm.NumberPlan{Region: "US"}))
		if err != nil || len(got.Matches) != p.Shared+1 {
			t.Errorf("%s: %d matches, want %d, %v", p.Name, len(got.Matches), p.Shared+1, err)
		}
		for _, m := range got.Matches {
			if !m.PersonAccount {
				continue
			}
			found++
			if m.Object != crm.Contact || m.Account.IsZero() || !strings.Contains(m.URL, "/Account/") {
				t.Errorf("%+v", m)
			}
			a := talked()
			a.Who, a.What = crm.Target(m.Record)
			if _, err := r.Log(t.Context(), a, false); err != nil {
				t.Errorf("log: %v", err)
			}
		}
	}
	if found == 0 {
		t.Error("the org has no person account")
	}
}

func TestSlowAnswerIsGivenUp(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.LookupTimeout = 100 * time.Millisecond })
	for _, kind := range []demoorg.FaultKind{demoorg.Slow, demoorg.SlowBody} {
		remove := r.org.Inject(demoorg.Fault{Kind: kind, Delay: time.Minute, Times: demoorg.Always})
		_, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield"))
		wantError(t, err, crm.ClassTransient, "salesforce.timed-out")
		remove()
	}
}

// The time of a lookup without the org's own time.
func BenchmarkLookup(b *testing.B) {
	r := linkedRig(b, demoorg.Config{}, nil)
	n := r.number(b, "Dana Whitfield")
	for b.Loop() {
		if _, err := r.Lookup(b.Context(), n); err != nil {
			b.Fatal(err)
		}
	}
}

func TestMoreThanTenRecordsWithANumber(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Empty: true}, nil)
	n := crm.ParseNumber("+1 617 555 0164", crm.NumberPlan{Region: "US"})
	total := 0
	for _, tt := range []struct {
		records, shown int
		more           bool
	}{{10, 10, false}, {12, 10, true}, {25, 10, true}} {
		for ; total < tt.records; total++ {
			r.makeRecord(t, crm.Contact, map[string]any{"LastName": "Contact", "Phone": "(617) 555-0164"})
		}
		got, err := r.Lookup(t.Context(), n)
		if err != nil || len(got.Matches) != tt.shown || got.More != tt.more {
			t.Errorf("of %d records %d are shown, more: %v, %v", tt.records, len(got.Matches), got.More, err)
		}
	}
}

// Every lookup asks the org: a contact that was created a moment ago is found, beside one that was found before.
func TestEveryLookupAsks(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	n := crm.ParseNumber("+1 617 555 0164", crm.NumberPlan{Region: "US"})
	for i := range 3 {
		if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) != i || got.Cached {
			t.Fatalf("%d records: %+v, %v", i, got.Matches, err)
		}
		if got, err := r.LookupAll(t.Context(), []crm.Number{n, n}); err != nil || len(got[0].Matches) != i || len(got[1].Matches) != i {
			t.Fatalf("%d records, in one request: %+v, %v", i, got, err)
		}
		r.makeRecord(t, crm.Contact, map[string]any{"LastName": "New", "Phone": "(617) 555-0164"})
	}
}

// The caller may sort and change the answers: lookups that share a request do not share its matches.
func TestAnswersAreNotShared(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	n := r.number(t, "Dana Whitfield")
	all, err := r.LookupAll(t.Context(), []crm.Number{n, n})
	if err != nil {
		t.Fatal(err)
	}
	all[0].Matches[0].Name = "changed"
	if all[1].Matches[0].Name != "Dana Whitfield" {
		t.Error("changed in the other answer too")
	}
}
