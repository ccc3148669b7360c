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
	r.memory.forget()
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

func TestMemoryEnds(t *testing.T) {
	c := &clock{}
	r := linkedRig(t, demoorg.Config{}, func(cfg *Config) { cfg.Now = c.now })
	n := r.number(t, "Dana Whitfield")
	if _, err := r.Lookup(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	c.set(4 * time.Minute)
	if got, err := r.Lookup(t.Context(), n); err != nil || !got.Cached {
		t.Errorf("after 4 minutes: cached %v, %v", got.Cached, err)
	}
	c.set(6 * time.Minute)
	if got, err := r.Lookup(t.Context(), n); err != nil || got.Cached {
		t.Errorf("after 6 minutes: cached %v, %v", got.Cached, err)
	}
	c.set(24 * time.Hour)
	if _, known := r.Known(n); !known {
		t.Error("not known the next day")
	}
}

func TestRemember(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	n := r.number(t, "Dana Whitfield")
	kept := crm.Result{Number: crm.Number{E164: n.E164}, Matches: []crm.Match{{Record: crm.Record{Ref: dana}}}, At: time.Now().Add(-time.Hour)}
	r.Remember(kept)
	if got, ok := r.Known(n); !ok || !got.Cached || got.Matches[0].ID != dana.ID {
		t.Errorf("%v, %+v", ok, got)
	}
	got, err := r.Lookup(t.Context(), n)
	if err != nil || got.Cached || got.Matches[0].ID == dana.ID {
		t.Errorf("an hour old and not asked again: %+v, %v", got, err)
	}
	r.Remember(kept) // older than the answer that is known now
	if now, _ := r.Known(n); now.Matches[0].ID == dana.ID {
		t.Error("the older answer won")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory()
	at := time.Now()
	for i := range maxRemembered + 10 {
		m.put(crm.Result{Number: crm.Number{E164: "+1" + time.Duration(i).String()}, At: at.Add(time.Duration(i))})
	}
	if len(m.results) != maxRemembered {
		t.Errorf("%d answers", len(m.results))
	}
	if _, ok := m.get(crm.Number{E164: "+1" + time.Duration(0).String()}); ok {
		t.Error("the oldest is still there")
	}
}

// The caller may sort and change the answers.
func TestAnswersAreNotShared(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	n := r.number(t, "Dana Whitfield")
	first, err := r.Lookup(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	first.Matches[0].Name = "changed"
	if again, _ := r.Known(n); again.Matches[0].Name != "Dana Whitfield" {
		t.Error("changed in the memory too")
	}
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
	if q := r.findPhone(r.number(t, "Dana Whitfield")); !strings.Contains(q, "WhatsApp__c") {
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
		r.memory.forget()
		if _, err := r.Lookup(b.Context(), n); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKnown(b *testing.B) {
	r := linkedRig(b, demoorg.Config{}, nil)
	n := r.number(b, "Dana Whitfield")
	if _, err := r.Lookup(b.Context(), n); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, ok := r.Known(n); !ok {
			b.Fatal("not known")
		}
	}
}

// That nobody has a number is never remembered: a contact that is created is found by the next lookup, and one more record
// by a lookup afresh.
func TestNobodyIsNotRemembered(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	n := crm.ParseNumber("+1 617 555 0164", crm.NumberPlan{Region: "US"})
	if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) != 0 {
		t.Fatalf("%+v, %v", got.Matches, err)
	}
	r.makeRecord(t, crm.Contact, map[string]any{"LastName": "New", "Phone": "(617) 555-0164"})
	if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) != 1 || got.Cached {
		t.Errorf("the new contact: %+v, %v", got.Matches, err)
	}
	r.makeRecord(t, crm.Contact, map[string]any{"LastName": "Newer", "MobilePhone": "617.555.0164"})
	if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) != 1 || !got.Cached {
		t.Errorf("a moment later: %+v, %v", got.Matches, err)
	}
	if got, err := r.Lookup(crm.Afresh(t.Context()), n); err != nil || len(got.Matches) != 2 {
		t.Errorf("looked up again: %+v, %v", got.Matches, err)
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
		got, err := r.Lookup(crm.Afresh(t.Context()), n)
		if err != nil || len(got.Matches) != tt.shown || got.More != tt.more {
			t.Errorf("of %d records %d are shown, more: %v, %v", tt.records, len(got.Matches), got.More, err)
		}
	}
}
