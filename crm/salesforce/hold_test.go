package salesforce

import (
	"net/http"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

// awaitStatus waits for the status of the link.
func (r *rig) awaitStatus(t *testing.T, what string, ok func(crm.LinkStatus) bool) {
	t.Helper()
	changed := make(chan struct{}, 1)
	r.OnStatus(func(crm.LinkStatus) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	defer r.OnStatus(nil)
	for deadline := time.After(30 * time.Second); !ok(r.Status()); {
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("never came: %s; %+v", what, r.Status())
		}
	}
}

func (r *rig) data() int { return r.org.Count("", "/search") + r.org.Count("", "/sobjects") }

// What the org refuses of everything is one state of the link with its reason. The link goes on by itself.
func TestRefusedAltogether(t *testing.T) {
	rule := func(set func(*demoorg.Rules, bool)) func(*demoorg.Org) func() {
		return func(o *demoorg.Org) func() {
			o.SetRules(func(r *demoorg.Rules) { set(r, true) })
			return func() { o.SetRules(func(r *demoorg.Rules) { set(r, false) }) }
		}
	}
	injected := func(f demoorg.Fault) func(*demoorg.Org) func() {
		f.Times = demoorg.Always
		return func(o *demoorg.Org) func() { return o.Inject(f) }
	}
	for name, tt := range map[string]struct {
		begin  func(*demoorg.Org) (end func())
		reason fault.Code
	}{
		"API disabled":      {rule(func(r *demoorg.Rules, on bool) { r.APIDisabled = on }), "salesforce.api-not-enabled"},
		"password expired":  {rule(func(r *demoorg.Rules, on bool) { r.PasswordExpired = on }), "salesforce.password-expired"},
		"session not valid": {rule(func(r *demoorg.Rules, on bool) { r.SessionRefused = on }), "salesforce.session-refused"},
		"API switched off":  {injected(demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusForbidden, Code: "API_CURRENTLY_DISABLED", Message: "API is disabled for this User"}), "salesforce.api-not-enabled"},
		"trial over":        {injected(demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusForbidden, Code: "TRIAL_EXPIRED"}), "salesforce.org-inactive"},
		"app not allowed":   {injected(demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusForbidden, Code: "CLIENT_NOT_ACCESSIBLE_FOR_USER"}), "salesforce.app-not-allowed"},
		"of unknown kind":   {injected(demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusForbidden, Code: "SOMETHING_NEW", Message: "not for you"}), "salesforce.forbidden"},
		"always 401":        {injected(demoorg.Fault{Kind: demoorg.SessionExpired}), "salesforce.new-session-refused"},
	} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			r.holds.patience = time.Hour
			end := tt.begin(r.org)
			a := r.newCall(t)
			_, err := r.Log(t.Context(), a, false)
			if classOf(err) == crm.ClassTransient { // once may be an accident
				_, err = r.Log(t.Context(), a, false)
			}
			wantError(t, err, crm.ClassBlocked, string(tt.reason))
			if e, _ := asError(err); e.Retry <= 0 {
				t.Error("no time for the next try")
			}
			if s := r.Status(); s.State != crm.Inactive || !s.Reason.Is(tt.reason) || !s.Trouble.IsZero() {
				t.Errorf("%s %s %s", s.State, s.Reason, s.Trouble)
			}
			asked := r.data()
			_, err = r.Lookup(t.Context(), r.number(t, "Dana Whitfield"))
			wantError(t, err, crm.ClassBlocked, string(tt.reason))
			_, err = r.Log(t.Context(), a, true)
			wantError(t, err, crm.ClassBlocked, string(tt.reason))
			if n := r.data() - asked; n != 0 {
				t.Errorf("asked %d times while it is known to be refused", n)
			}
			if f := r.Doctor(t.Context())[0]; f.OK || !f.Remedy.Is(tt.reason) {
				t.Errorf("the doctor says %+v", f)
			}
			r.holds.patience = 10 * time.Millisecond
			r.TryNow()
			end()
			r.awaitStatus(t, "the link works again", func(s crm.LinkStatus) bool { return s.State == crm.Linked })
			if _, err := r.Log(t.Context(), a, false); err != nil || len(r.org.TasksFor(a.CallID)) != 1 || !r.Status().Reason.IsZero() {
				t.Errorf("%d tasks, %v, %s", len(r.org.TasksFor(a.CallID)), err, r.Status().Reason)
			}
		})
	}
}

// A refusal of an unknown kind that is about one call parks that call; a function that the org does not have is missing for all of
// them, and questions are still answered. What is found out is not asked again for each call.
func TestARefusalOfUnknownKind(t *testing.T) {
	for code, tt := range map[string]struct {
		class   crm.Class
		state   crm.LinkState
		trouble fault.Code
		asked   int // for the second call
	}{
		"SOMETHING_NEW":             {crm.ClassPermission, crm.Linked, "", 2},
		"FUNCTIONALITY_NOT_ENABLED": {crm.ClassBlocked, crm.Linked, "salesforce.forbidden", 0},
	} {
		t.Run(code, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			r.holds.patience = time.Hour
			remove := r.org.Inject(demoorg.Fault{
				Kind: demoorg.Refusal, Method: http.MethodPost, Path: createPath, Status: http.StatusForbidden, Code: code, Message: "not for you", Times: demoorg.Always,
			})
			_, err := r.Log(t.Context(), r.newCall(t), false)
			wantError(t, err, tt.class, "salesforce.forbidden")
			if s := r.Status(); s.State != tt.state || s.Trouble.Code != tt.trouble {
				t.Errorf("%s %s %s", s.State, s.Reason, s.Trouble)
			}
			if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
				t.Error(err)
			}
			before := r.org.Count("", "")
			_, err = r.Log(t.Context(), r.newCall(t), false)
			wantError(t, err, tt.class, "salesforce.forbidden")
			if n := r.org.Count("", "") - before; n != tt.asked {
				t.Errorf("%d requests for the second call, want %d", n, tt.asked)
			}
			remove()
			r.TryNow()
			if _, err := r.Log(t.Context(), r.newCall(t), false); err != nil || !r.Status().Trouble.IsZero() {
				t.Errorf("%v, %s", err, r.Status().Trouble)
			}
		})
	}
}

// Linking as a user who may not use the API says at once what is missing, and links nothing.
func TestLinkWithoutAPI(t *testing.T) {
	for reason, rules := range map[string]demoorg.Rules{
		"salesforce.link-without-api": {APIDisabled: true},
		"salesforce.password-expired": {PasswordExpired: true},
		"salesforce.session-refused":  {SessionRefused: true},
	} {
		r := newRig(t, demoorg.Config{Rules: rules}, nil)
		s, err := r.link(t.Context())
		wantError(t, err, crm.ClassNotLinked, reason)
		if s.State != crm.Unlinked {
			t.Errorf("%s %s", s.State, s.Reason)
		}
	}
}

// A user who was deactivated is linked again without a click when an admin activates them.
func TestInactiveUserComesBack(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.holds.patience = 10 * time.Millisecond
	remove := r.org.Inject(demoorg.Fault{Kind: demoorg.OAuthRefusal, Code: "invalid_grant", Message: "inactive user", Times: demoorg.Always})
	r.org.ExpireSessions()
	_, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield"))
	wantError(t, err, crm.ClassRelink, "salesforce.user-inactive")
	if s := r.Status(); s.State != crm.Inactive || !s.Reason.Is("salesforce.user-inactive") {
		t.Errorf("%s %s", s.State, s.Reason)
	}
	remove()
	r.awaitStatus(t, "the link works again", func(s crm.LinkStatus) bool { return s.State == crm.Linked })
}

// A full storage stops the log and not the lookups.
func TestStorageFull(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey} {
		r := linkedRig(t, demoorg.Config{CallKey: key, Rules: demoorg.Rules{StorageFull: true}}, nil)
		r.holds.patience = time.Hour
		a := r.newCall(t)
		_, err := r.Log(t.Context(), a, false)
		wantError(t, err, crm.ClassBlocked, "salesforce.storage-full")
		if got, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil || len(got.Matches) != 1 {
			t.Errorf("%d matches, %v", len(got.Matches), err)
		}
		if s := r.Status(); s.State != crm.Linked || !s.Trouble.Is("salesforce.storage-full") {
			t.Errorf("%s %s", s.State, s.Trouble)
		}
		asked := r.org.Count("", "/sobjects/Task")
		_, err = r.Log(t.Context(), a, false)
		wantError(t, err, crm.ClassBlocked, "salesforce.storage-full")
		if n := r.org.Count("", "/sobjects/Task") - asked; n != 0 {
			t.Errorf("asked %d times", n)
		}
		r.org.SetRules(func(rules *demoorg.Rules) { rules.StorageFull = false })
		r.TryNow()
		if _, err := r.Log(t.Context(), a, false); err != nil || len(r.org.TasksFor(a.CallID)) != 1 || !r.Status().Trouble.IsZero() {
			t.Errorf("%d tasks, %v, %s", len(r.org.TasksFor(a.CallID)), err, r.Status().Trouble)
		}
	}
}

// An org that is read-only for a time stops the log, of one call and of several, and parks nothing; lookups go on.
func TestAnOrgThatIsReadOnly(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey} {
		r := linkedRig(t, demoorg.Config{CallKey: key}, nil)
		r.holds.patience = time.Hour
		done, err := r.Log(t.Context(), r.newCall(t), false)
		if err != nil {
			t.Fatal(err)
		}
		r.org.SetRules(func(rules *demoorg.Rules) { rules.ReadOnly = true })
		all := r.calls(t, 3)
		written, err := r.LogAll(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range written {
			wantError(t, w.Err, crm.ClassBlocked, "salesforce.read-only")
		}
		r.TryNow()
		_, err = r.Log(t.Context(), all[0], false)
		wantError(t, err, crm.ClassBlocked, "salesforce.read-only")
		r.TryNow()
		wantError(t, r.Update(t.Context(), done.Ref, all[0]), crm.ClassBlocked, "salesforce.read-only")
		if got, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil || len(got.Matches) != 1 {
			t.Errorf("%d matches, %v", len(got.Matches), err)
		}
		if s := r.Status(); s.State != crm.Linked || !s.Trouble.Is("salesforce.read-only") {
			t.Errorf("%s %s", s.State, s.Trouble)
		}
		r.org.SetRules(func(rules *demoorg.Rules) { rules.ReadOnly = false })
		r.TryNow()
		if written, err := r.LogAll(t.Context(), all); err != nil || written[2].Err != nil || !r.Status().Trouble.IsZero() {
			t.Errorf("%+v, %v, %s", written, err, r.Status().Trouble)
		}
	}
}

// A quota that is used up holds lookup, panel and log alike until the next try, which is within a minute.
func TestQuotaHoldsEverything(t *testing.T) {
	r := linkedRig(t, demoorg.Config{DailyLimit: 1000}, nil)
	n, a := r.number(t, "Dana Whitfield"), r.newCall(t)
	r.org.UseUp(1000)
	asked := r.data()
	_, err := r.Lookup(t.Context(), n)
	wantError(t, err, crm.ClassQuota, "salesforce.quota-used-up")
	if e, _ := asError(err); e.Retry <= 0 || e.Retry > time.Minute {
		t.Errorf("next try in %s", e.Retry)
	}
	_, err = r.Log(t.Context(), a, false)
	wantError(t, err, crm.ClassQuota, "salesforce.quota-used-up")
	_, err = r.Details(t.Context(), a.Who)
	wantError(t, err, crm.ClassQuota, "salesforce.quota-used-up")
	if n := r.data() - asked; n != 1 {
		t.Errorf("asked %d times", n)
	}
	if s := r.Status(); s.State != crm.Linked || !s.Trouble.Is("salesforce.quota-used-up") {
		t.Errorf("%s %s", s.State, s.Trouble)
	}
	r.holds.patience = 10 * time.Millisecond
	r.org.Advance(25 * time.Hour)
	r.org.ExpireSessions()
	r.TryNow()
	r.awaitStatus(t, "the org takes requests again", func(s crm.LinkStatus) bool { return s.Trouble.IsZero() })
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Error(err)
	}
}

// An org that did not answer one lookup is asked whether it does, also where nothing is to be logged and nobody calls; and not before.
func TestTroubleIsOverSoonAfterTheOrgAnswers(t *testing.T) {
	m := newTally()
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Meter = m })
	r.org.SetDown(true)
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err == nil || r.Status().Trouble.IsZero() {
		t.Fatalf("%v, %+v", err, r.Status())
	}
	r.mu.Lock()
	wait, waits := r.nextTry()
	r.mu.Unlock()
	if !waits || wait < 15*time.Second || wait > 30*time.Second {
		t.Errorf("asked again in %s, %v", wait, waits)
	}
	r.mu.Lock()
	r.holds.patience, r.holds.again = 10*time.Millisecond, time.Time{}
	r.mu.Unlock()
	r.TryNow()
	r.org.SetDown(false)
	r.awaitStatus(t, "the org answers", func(s crm.LinkStatus) bool { return s.Trouble.IsZero() })
	r.mu.Lock()
	_, waits = r.nextTry()
	r.mu.Unlock()
	if waits {
		t.Error("it is asked on, for nothing")
	}
	if kinds, _ := m.snapshot(); kinds[KindLimits] == 0 {
		t.Errorf("the meter has counted %v", kinds)
	}
}

// Where the requests run short it is not asked, and no processor is kept busy by that.
func TestAnOrgInTroubleIsNotAskedBeyondTheCap(t *testing.T) {
	m := newTally()
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Meter = m })
	r.org.SetDown(true)
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err == nil {
		t.Fatal("the org is not down")
	}
	m.mu.Lock()
	m.refuse[crm.UsePanel] = true
	m.mu.Unlock()
	before, _ := m.snapshot()
	r.probe(t.Context())
	r.mu.Lock()
	r.holds.again = time.Time{}
	r.mu.Unlock()
	r.probe(t.Context())
	if after, _ := m.snapshot(); after[KindLimits] != before[KindLimits] {
		t.Errorf("asked %d times", after[KindLimits]-before[KindLimits])
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if wait, waits := r.nextTry(); !waits || wait < 15*time.Second {
		t.Errorf("tried again in %s, %v", wait, waits)
	}
}
