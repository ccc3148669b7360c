package salesforce

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

// Sixty-four requests find the session expired; with rotation a second refresh would end the link.
func TestManyRequestsOneRefresh(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		r := linkedRig(t, demoorg.Config{Rotate: rotate}, nil)
		people := r.org.People()
		r.org.ExpireSessions()
		before := r.grants("refresh_token")
		var wg sync.WaitGroup
		for i := range 64 {
			n := crm.ParseNumber(people[i%len(people)].Number, crm.NumberPlan{Region: "US"})
			wg.Go(func() {
				if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) == 0 {
					t.Errorf("%d matches, %v", len(got.Matches), err)
				}
			})
		}
		wg.Wait()
		if n := r.grants("refresh_token") - before; n != 1 {
			t.Errorf("rotation %v: %d refreshes, want 1", rotate, n)
		}
		if s := r.Status(); s.State != crm.Linked {
			t.Errorf("%+v", s)
		}
	}
}

// The org has spent the token when it begins to answer: an exchange that takes longer than any other request is waited for.
func TestASlowExchangeCostsNoLink(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rotate: true}, nil)
	r.cfg.WriteTimeout = 10 * time.Millisecond
	r.org.Inject(demoorg.Fault{Kind: demoorg.SlowBody, Path: "/services/oauth2/token", Delay: 300 * time.Millisecond})
	r.org.ExpireSessions()
	got, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield"))
	if err != nil || len(got.Matches) != 1 || r.Status().State != crm.Linked || r.grants("refresh_token") != 1 {
		t.Errorf("%v, %d exchanges, %+v", err, r.grants("refresh_token"), r.Status())
	}
}

// A crash between the two steps would lose the link: the old token is revoked, and the new one is not stored.
func TestNewTokenIsStoredBeforeItIsUsed(t *testing.T) {
	var mu sync.Mutex
	var steps []string
	step := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		if len(steps) == 0 || steps[len(steps)-1] != s {
			steps = append(steps, s)
		}
	}
	r := linkedRig(t, demoorg.Config{Rotate: true}, func(c *Config) {
		t := newTransport()
		c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
			if strings.Contains(q.URL.Path, "/oauth2/token") {
				step("token")
			} else if strings.Contains(q.URL.Path, "/search") {
				step("search")
			}
			return t.RoundTrip(q)
		})
	})
	r.secrets.mu.Lock()
	r.secrets.onSet = func() { step("stored") }
	r.secrets.mu.Unlock()
	steps = nil
	r.org.ExpireSessions()
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Fatal(err)
	}
	if want := []string{"search", "token", "stored", "search"}; !slices.Equal(steps, want) {
		t.Errorf("%v, want %v", steps, want)
	}
}

// Two processes share keyring and folder. Each refresh in one makes the other's token a used one.
func TestProcessesTakeTurns(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rotate: true}, func(c *Config) { c.Dir = t.TempDir() })
	other := r.restart(t)
	if err := other.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := r.number(t, "Dana Whitfield")
	for round := range 5 {
		r.org.ExpireSessions()
		var wg sync.WaitGroup
		for _, c := range []*Client{r.Client, other} {
			wg.Go(func() {
				if _, err := c.Lookup(t.Context(), n); err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		wg.Wait()
	}
	for _, c := range []*Client{r.Client, other} {
		if s := c.Status(); s.State != crm.Linked {
			t.Errorf("%s: %s", s.State, s.Reason)
		}
	}
}

// A keyring may ask for its password at every access; a refresh of the only process does not read it.
func TestRefreshReadsNoKeyring(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Dir = t.TempDir() })
	r.secrets.mu.Lock()
	before := r.secrets.gets
	r.secrets.mu.Unlock()
	r.org.ExpireSessions()
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Fatal(err)
	}
	r.secrets.mu.Lock()
	defer r.secrets.mu.Unlock()
	if r.secrets.gets != before {
		t.Errorf("read %d times", r.secrets.gets-before)
	}
}

func TestRestore(t *testing.T) {
	dir := t.TempDir()
	r := linkedRig(t, demoorg.Config{Rotate: true}, func(c *Config) {
		c.Dir, c.Store = dir, FileStore(filepath.Join(dir, "link.json"))
	})
	before := r.Status()
	next := r.restart(t)
	if err := next.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := next.Status()
	if s.State != crm.Linked || s.OrgName != before.OrgName || s.Username != before.Username || !s.LinkedAt.Equal(before.LinkedAt) {
		t.Errorf("%+v, before %+v", s, before)
	}
	// The objects were described before, so the first call costs one request.
	calls := next.Calls()
	if got, err := next.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil || len(got.Matches) != 1 {
		t.Errorf("%d matches, %v", len(got.Matches), err)
	}
	if n := next.Calls() - calls; n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestRestoreOfNothing(t *testing.T) {
	r := newRig(t, demoorg.Config{}, nil)
	if err := r.Restore(t.Context()); err != nil || r.Status().State != crm.Unlinked {
		t.Errorf("%v, %v", r.Status(), err)
	}
}

func TestRestoreChecksWhatItReads(t *testing.T) {
	for name, saved := range map[string]string{
		"torn":              `{"loginHost":"https://lo`,
		"instance replaced": `{"loginHost":"https://login.salesforce.com","instanceUrl":"https://evil.example","orgId":"00D000000000001EAA"}`,
		"login replaced":    `{"loginHost":"https://evil.example","instanceUrl":"https://a.my.salesforce.com","orgId":"00D000000000001EAA"}`,
	} {
		r := newRig(t, demoorg.Config{}, nil)
		if err := r.store.Save([]byte(saved)); err != nil {
			t.Fatal(err)
		}
		if err := r.Restore(t.Context()); err == nil || r.Status().State != crm.Unlinked {
			t.Errorf("%s: %v, %s", name, err, r.Status().State)
		}
	}
}

// No failure between here and Salesforce ends a link.
func TestNetworkErrorsKeepTheLink(t *testing.T) {
	tests := map[string]func(*rig){
		"unreachable": func(r *rig) { r.org.SetDown(true) },
		"maintenance": func(r *rig) {
			r.org.Inject(demoorg.Fault{Kind: demoorg.Unavailable, Path: "/services/", Times: demoorg.Always})
		},
		"asked to slow down": func(r *rig) {
			r.org.ExpireSessions()
			r.org.Inject(demoorg.Fault{Kind: demoorg.OAuthRefusal, Code: "rate_limit_exceeded", Message: "login rate exceeded", Times: demoorg.Always})
		},
	}
	for name, trouble := range tests {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			next := r.restart(t)
			trouble(r)
			if err := next.Restore(t.Context()); classOf(err) != crm.ClassTransient {
				t.Errorf("%v", err)
			}
			if s := next.Status(); s.State != crm.Linked {
				t.Errorf("%s: %s", s.State, s.Reason)
			}
			r.org.ClearFaults()
			if _, err := next.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
				t.Errorf("back again: %v", err)
			}
		})
	}
}

func TestEndedLinkSaysWhy(t *testing.T) {
	tests := []struct {
		name, code, description string
		class                   crm.Class
		reason                  fault.Code
	}{
		{"revoked or idle", "invalid_grant", "expired access/refresh token", crm.ClassRelink, "salesforce.link-ended"},
		{"user deactivated", "invalid_grant", "inactive user", crm.ClassRelink, "salesforce.user-inactive"},
		{"network not allowed", "invalid_grant", "ip restricted", crm.ClassPermission, "salesforce.network-refused"},
		{"app deleted", "invalid_client_id", "client identifier invalid", crm.ClassRelink, "salesforce.unknown-key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			n := r.number(t, "Dana Whitfield")
			remove := r.org.Inject(demoorg.Fault{Kind: demoorg.OAuthRefusal, Code: tt.code, Message: tt.description, Times: demoorg.Always})
			r.org.ExpireSessions()
			_, err := r.Lookup(t.Context(), n)
			wantError(t, err, tt.class, string(tt.reason))
			if s := r.Status(); s.State != crm.Inactive || !s.Reason.Is(tt.reason) {
				t.Errorf("%s: %s", s.State, s.Reason)
			}
			asked := len(r.org.Requests())
			_, err = r.Lookup(t.Context(), n)
			wantError(t, err, tt.class, string(tt.reason))
			if len(r.org.Requests()) != asked {
				t.Error("a dead link was refreshed")
			}
			// Refresh works again after the cause was removed in the org.
			remove()
			if err := r.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Lookup(t.Context(), n); err != nil || r.Status().State != crm.Linked || !r.Status().Reason.IsZero() {
				t.Errorf("%v, %+v", err, r.Status())
			}
		})
	}
}

// A laptop that is back in the company's network is linked again without a click.
func TestLinkRefusedByNetworkIsRetried(t *testing.T) {
	c := &clock{}
	r := linkedRig(t, demoorg.Config{}, func(cfg *Config) { cfg.Now = c.now })
	remove := r.org.Inject(demoorg.Fault{Kind: demoorg.OAuthRefusal, Code: "invalid_grant", Message: "ip restricted", Times: demoorg.Always})
	r.org.ExpireSessions()
	n := r.number(t, "Dana Whitfield")
	if _, err := r.Lookup(t.Context(), n); err == nil {
		t.Fatal("found from a network that is not allowed")
	}
	remove()
	c.set(retryDeadAfter + time.Second)
	if _, err := r.Lookup(t.Context(), n); err != nil || r.Status().State != crm.Linked {
		t.Errorf("%v, %+v", err, r.Status())
	}
}

func TestSessionThatStaysInvalid(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.SessionUnusable, Times: demoorg.Always})
	_, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield"))
	wantError(t, err, crm.ClassBlocked, "salesforce.session-refused")
	if n := r.grants("refresh_token"); n != 0 {
		t.Errorf("%d refreshes", n)
	}

	r = linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.SessionExpired, Times: demoorg.Always})
	_, err = r.Log(t.Context(), talked(), false)
	wantError(t, err, crm.ClassTransient, "salesforce.new-session-refused")
	if n := r.grants("refresh_token"); n != 1 {
		t.Errorf("%d refreshes for a session that is always refused", n)
	}
}

// A caller that gives up waiting does not end the refresh: with rotation its answer is the only valid token.
func TestGivingUpKeepsTheToken(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rotate: true}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.Slow, Path: "/oauth2/token", Delay: 300 * time.Millisecond})
	r.org.ExpireSessions()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := r.Log(ctx, talked(), false)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v", err)
	}
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Errorf("%v", err)
	}
	if n := r.grants("refresh_token"); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

// Quitting during a refresh must not lose the link: the old token is revoked already.
func TestCloseLetsARefreshFinish(t *testing.T) {
	asked := make(chan struct{}, 10)
	r := linkedRig(t, demoorg.Config{Rotate: true}, func(c *Config) {
		t := newTransport()
		c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
			if strings.Contains(q.URL.Path, "/oauth2/token") {
				asked <- struct{}{}
			}
			return t.RoundTrip(q)
		})
	})
	for len(asked) > 0 {
		<-asked
	}
	r.org.Inject(demoorg.Fault{Kind: demoorg.SlowBody, Path: "/oauth2/token", Delay: 200 * time.Millisecond})
	r.org.ExpireSessions()
	n := r.number(t, "Dana Whitfield")
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		_, _ = r.Lookup(context.Background(), n) // the answer while the app ends does not matter
	}()
	<-asked
	r.Close()
	<-waited
	if err := r.restart(t).Restore(t.Context()); err != nil {
		t.Errorf("the next start: %v", err)
	}
}

func TestCloseEndsWaiting(t *testing.T) {
	asked := make(chan struct{}, 10)
	r := linkedRig(t, demoorg.Config{}, func(c *Config) {
		t := newTransport()
		c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
			if strings.Contains(q.URL.Path, "/search") {
				asked <- struct{}{}
			}
			return t.RoundTrip(q)
		})
	})
	r.org.Inject(demoorg.Fault{Kind: demoorg.Slow, Path: "/search", Delay: time.Minute})
	failed := make(chan error, 1)
	n := r.number(t, "Dana Whitfield")
	go func() {
		_, err := r.Lookup(context.Background(), n)
		failed <- err
	}()
	<-asked
	r.Close()
	if err := <-failed; classOf(err) != crm.ClassTransient {
		t.Errorf("%v", err)
	}
	_, err := r.Lookup(t.Context(), r.number(t, "Priya Raman"))
	wantError(t, err, crm.ClassTransient, "salesforce.closing")
}

// The log holds neither tokens nor names.
func TestLogKeepsSecrets(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rotate: true}, nil)
	r.org.ExpireSessions()
	p, _ := r.org.Caller("Dana Whitfield")
	n := r.number(t, p.Name)
	if _, err := r.Lookup(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	r.org.SetDown(true)
	if _, err := r.Lookup(t.Context(), n); err == nil {
		t.Fatal("found in an org that is away")
	}
	text := r.log.String()
	if !strings.Contains(text, "path=/search") {
		t.Fatalf("nothing logged: %s", text)
	}
	secrets := []string{n.Digits, n.E164, p.Name, p.Stored, r.access, r.refresh}
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Errorf("the log holds %q", s)
		}
	}
}
