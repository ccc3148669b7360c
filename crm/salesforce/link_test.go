package salesforce

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/test/wait"
)

func TestLink(t *testing.T) {
	r := newRig(t, demoorg.Config{Rotate: true}, nil)
	var seen []crm.LinkState
	r.OnStatus(func(s crm.LinkStatus) {
		if len(seen) == 0 || seen[len(seen)-1] != s.State {
			seen = append(seen, s.State)
		}
	})
	got, err := r.link(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.settle()
	r.OnStatus(nil)
	if got.State != crm.Linked || got.OrgID != r.org.ID() || got.OrgName == "" || got.Username == "" || got.DisplayName == "" ||
		got.APIVersion != "v68.0" || got.LoginHost != r.url || got.InstanceURL == "" || got.LinkedAt.IsZero() || got.APILimit == 0 || got.Unsaved {
		t.Errorf("%+v", got)
	}
	if !slices.Contains(got.Scopes, "api") || !slices.Contains(got.Scopes, "refresh_token") {
		t.Errorf("scopes %v", got.Scopes)
	}
	if !slices.Equal(seen, []crm.LinkState{crm.Linking, crm.Linked}) {
		t.Errorf("states %v", seen)
	}
	if page := wait.For(t, r.page); !strings.Contains(page, "<h1>salesforce.page-linked</h1>") || !strings.Contains(page, "salesforce.page-linked-detail") {
		t.Errorf("the browser shows %s", page)
	}
	secrets := r.secrets.all()
	if len(secrets) != 2 {
		t.Fatalf("%d secrets", len(secrets))
	}
	for _, token := range secrets {
		saved, err := r.store.Load()
		if err != nil || strings.Contains(string(saved), token) || strings.Contains(string(saved), r.access) {
			t.Errorf("the saved link holds a token, or %v", err)
		}
		if strings.Contains(r.log.String(), token) || strings.Contains(r.log.String(), r.access) {
			t.Error("the log holds a token")
		}
	}
}

// Where no browser opens, linking goes on: whoever opens the address by hand is linked.
func TestAuthorizeURL(t *testing.T) {
	r := newRig(t, demoorg.Config{}, nil)
	var opened string
	s, err := r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, func(u string) error {
		opened = u
		return errors.Join(r.open(u), errors.New("no browser"))
	})
	if err != nil || s.State != crm.Linked {
		t.Fatalf("linked by hand: %v, %v", s.State, err)
	}
	if strings.Contains(r.log.String(), opened) {
		t.Error("the log holds the address, with which another could log in")
	}
	u, err := url.Parse(opened)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Path != "/services/oauth2/authorize" || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" ||
		len(q.Get("code_challenge")) != 43 || len(q.Get("state")) < 20 || q.Get("scope") != "api refresh_token openid" {
		t.Errorf("%s", opened)
	}
	if !slices.Contains(r.CallbackURLs(), q.Get("redirect_uri")) {
		t.Errorf("redirect %s is none of %v", q.Get("redirect_uri"), r.CallbackURLs())
	}
	if q.Has("client_secret") {
		t.Error("a desktop app has no secret")
	}
}

// The app reports the errors that Salesforce shows only in the browser, before the login.
func TestErrorsShownOnlyInTheBrowser(t *testing.T) {
	tests := []struct {
		name   string
		org    demoorg.Config
		change func(*Config)
		says   string
	}{
		{"wrong key", demoorg.Config{ClientID: "another"}, nil, "salesforce.unknown-key"},
		{"new app", demoorg.Config{Rules: demoorg.Rules{App: demoorg.AppTooNew}}, nil, "salesforce.unknown-key"},
		{"callback not registered", demoorg.Config{}, func(c *Config) { c.Ports = freePorts(t) }, `"salesforce.callback-missing","values":{"callbacks":["http://localhost:`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, tt.org, tt.change)
			_, err := r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: demoorg.DefaultClientID}, func(string) error {
				t.Error("the browser opened")
				return nil
			})
			wantError(t, err, crm.ClassNotLinked, tt.says)
			if s := r.Status(); s.State != crm.Unlinked {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestLinkRefusedInTheBrowser(t *testing.T) {
	tests := []struct {
		name, answer string
		says         string
	}{
		{"denied", "error=access_denied&error_description=end-user+denied+authorization", "salesforce.access-denied"},
		{"blocked", "error=OAUTH_APP_BLOCKED&error_description=this+app+is+blocked+by+admin", "salesforce.app-blocked"},
		{"not installed", "error=invalid_client&error_description=app+must+be+installed+into+org", "salesforce.app-not-installed"},
		{"unknown code", "code=made-up", "salesforce.code-expired"},
		{"nothing", "", "salesforce.login-incomplete"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, demoorg.Config{}, nil)
			s, err := r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, func(u string) error {
				asked, err := url.Parse(u)
				if err != nil {
					return err
				}
				return r.open(asked.Query().Get("redirect_uri") + "?" + tt.answer + "&state=" + asked.Query().Get("state"))
			})
			e, ok := asError(err)
			if !ok || !strings.Contains(e.Fault.Encode(), tt.says) || s.State != crm.Unlinked {
				t.Errorf("%s: %v", s.State, err)
			}
			if page := wait.For(t, r.page); !strings.Contains(page, "<h1>salesforce.page-not-linked</h1>") {
				t.Errorf("the browser shows %s", page)
			}
			if len(r.secrets.all()) != 0 {
				t.Error("a secret was kept")
			}
		})
	}
}

// A cancel after the login succeeded leaves no approval in the org.
func TestLinkCancelledLate(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := newRig(t, demoorg.Config{}, intercept(func(q *http.Request) *http.Response {
		if strings.HasPrefix(q.URL.Path, "/id/") {
			cancel()
		}
		return nil
	}))
	if s, err := r.link(ctx); err == nil || s.State != crm.Unlinked {
		t.Errorf("%s, %v", s.State, err)
	}
	if n := r.org.Approvals(); n != 0 || len(r.secrets.all()) != 0 {
		t.Errorf("%d approvals, %d secrets", n, len(r.secrets.all()))
	}
}

func TestLinkEndsWithoutAnAnswer(t *testing.T) {
	r := newRig(t, demoorg.Config{}, func(c *Config) { c.LinkTimeout = 50 * time.Millisecond })
	_, err := r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, func(string) error { return nil })
	wantError(t, err, crm.ClassNotLinked, r.CallbackURLs()[1])

	r = newRig(t, demoorg.Config{}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	_, err = r.Link(ctx, LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, func(string) error {
		cancel()
		return nil
	})
	wantError(t, err, crm.ClassNotLinked, "salesforce.link-cancelled")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error %v has no hint", err)
	}
}

// sessionSecrets last until the app ends, and report it.
type sessionSecrets struct{ *keyring }

func (sessionSecrets) Volatile() bool { return true }

func TestLinkThatLastsUntilTheAppEnds(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rotate: true}, func(c *Config) { c.Secrets = sessionSecrets{c.Secrets.(*keyring)} })
	if !r.Status().Unsaved {
		t.Error("the link counts as saved")
	}
	r.org.ExpireSessions()
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil || !r.Status().Unsaved {
		t.Errorf("unsaved %v, %v", r.Status().Unsaved, err)
	}
}

func TestOneLinkAtATime(t *testing.T) {
	r := newRig(t, demoorg.Config{}, nil)
	_, err := r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, func(u string) error {
		if s := r.Status().State; s != crm.Linking {
			t.Errorf("state %s", s)
		}
		if f := r.Doctor(t.Context())[0]; f.OK || !f.Remedy.Is("salesforce.finish-the-link") {
			t.Errorf("the doctor says %+v", f)
		}
		_, err := r.link(t.Context())
		wantError(t, err, crm.ClassNotLinked, "salesforce.link-under-way")
		return r.open(u)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestLinkRequestIsChecked(t *testing.T) {
	r := newRig(t, demoorg.Config{}, nil)
	never := func(string) error { t.Error("the browser opened"); return nil }
	_, err := r.Link(t.Context(), LinkRequest{LoginHost: "https://evil.example", ClientID: "x"}, never)
	wantError(t, err, crm.ClassNotLinked, "salesforce.strange-login-host")
	for _, key := range []string{"", "  ", "two words", "umläut"} {
		_, err = r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: key}, never)
		wantError(t, err, crm.ClassNotLinked, "salesforce.key-incomplete")
	}
}

// A user may have five links. Linking again does not use a second one.
func TestRelinkEndsTheOldLink(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		if _, err := r.link(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.org.Approvals(); n != 1 {
		t.Errorf("%d approvals", n)
	}
	if len(r.secrets.all()) != 2 {
		t.Errorf("%d secrets", len(r.secrets.all()))
	}
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Error(err)
	}
}

func TestFailedRelinkLeavesTheLink(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	_, err := r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, func(string) error { return errors.New("no browser") })
	if err == nil {
		t.Fatal("linked without a browser")
	}
	if s := r.Status(); s.State != crm.Linked || s.Username == "" {
		t.Errorf("%+v", s)
	}
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Error(err)
	}
}

func TestUnlinkRevokesAndForgets(t *testing.T) {
	dir := t.TempDir()
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Dir = dir })
	if kept, err := os.ReadDir(filepath.Join(dir, "describe")); err != nil || len(kept) != 1 {
		t.Fatalf("%v, %v", kept, err)
	}
	n := r.number(t, "Dana Whitfield")
	if _, err := r.Lookup(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if err := r.Unlink(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept, err := os.ReadDir(filepath.Join(dir, "describe")); err != nil || len(kept) != 0 {
		t.Errorf("kept of the org: %v, %v", kept, err)
	}
	if r.org.Approvals() != 0 || len(r.secrets.all()) != 0 {
		t.Errorf("%d approvals, %d secrets", r.org.Approvals(), len(r.secrets.all()))
	}
	if _, err := r.store.Load(); err == nil {
		t.Error("the link is still saved")
	}
	if s := r.Status(); s.State != crm.Unlinked || s.OrgID != "" || s.Username != "" {
		t.Errorf("%+v", s)
	}
	_, err := r.Lookup(t.Context(), n)
	wantError(t, err, crm.ClassNotLinked, "salesforce.not-linked")
	_, err = r.Log(t.Context(), talked(), false)
	wantError(t, err, crm.ClassNotLinked, "salesforce.not-linked")
	if err := r.Unlink(t.Context()); err != nil {
		t.Errorf("again: %v", err)
	}
}

func TestUnlinkWhileTheOrgIsAway(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.SetDown(true)
	wantError(t, r.Unlink(t.Context()), crm.ClassTransient, "salesforce.unlink-untold")
	if r.Status().State != crm.Unlinked || len(r.secrets.all()) != 0 {
		t.Error("not forgotten")
	}
}

// Without a keyring the link works, its status is Unsaved, and after a restart it must be made again.
func TestLinkWithoutAKeyring(t *testing.T) {
	r := newRig(t, demoorg.Config{Rotate: true}, nil)
	r.secrets.lock(true)
	s, err := r.link(t.Context())
	if err != nil || !s.Unsaved || s.State != crm.Linked {
		t.Fatalf("%+v, %v", s, err)
	}
	r.org.ExpireSessions()
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Error(err)
	}
	if !r.Status().Unsaved {
		t.Error("the rotated token counts as saved")
	}
	empty := &keyring{m: map[string]string{}, locked: true} // as the app that was killed has left it
	r.cfg.Secrets = empty
	next := r.restart(t)
	wantError(t, next.Restore(t.Context()), crm.ClassNotLinked, "salesforce.waiting-for-keyring")
	if s := next.Status(); s.State != crm.Waiting || s.Reason.IsZero() || s.Username == "" {
		t.Errorf("%+v", s)
	}
	empty.lock(false) // it opens, and has nothing
	wantError(t, next.KeyringChanged(t.Context()), crm.ClassRelink, "salesforce.token-missing")
	if s := next.Status(); s.State != crm.Inactive || s.Reason.IsZero() || s.Username == "" {
		t.Errorf("%+v", s)
	}
}
