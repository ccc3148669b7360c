package salesforce

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/test/wait"
)

// The person has logged in and allowed the app; what the token endpoint does for a moment after that costs them nothing.
func TestLoginOutlivesATokenEndpointThatIsAway(t *testing.T) {
	faults := map[string][]demoorg.Fault{
		"503":                  {{Kind: demoorg.Unavailable, Path: "/services/oauth2/token"}},
		"503 twice":            {{Kind: demoorg.Unavailable, Path: "/services/oauth2/token", Times: 2}},
		"reset":                {{Kind: demoorg.Reset, Path: "/services/oauth2/token"}},
		"refused for a moment": {{Kind: demoorg.OAuthRefusal, Code: "unknown_error", Message: "retry your request"}},
		"no name of the user":  {{Kind: demoorg.Unavailable, Path: "/id/"}},
		"no versions":          {{Kind: demoorg.Unavailable, Path: "/services/data"}},
		"no org's name":        {{Kind: demoorg.ServerError, Path: "/query"}},
		"quota used up":        {{Kind: demoorg.QuotaUsedUp, Path: "/query"}},
	}
	for name, list := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, demoorg.Config{}, nil)
			for _, f := range list {
				r.org.Inject(f)
			}
			s, err := r.link(t.Context())
			if err != nil || s.State != crm.Linked {
				t.Fatalf("%s, %v", s.State, err)
			}
			if page := wait.For(t, r.page); !strings.Contains(page, "salesforce.page-linked-detail") {
				t.Errorf("the browser shows %s", page)
			}
			if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
				t.Error(err)
			}
			if n := r.org.Approvals(); n != 1 {
				t.Errorf("%d approvals", n)
			}
		})
	}
}

// exchanging runs exchangeCode against answers given one by one, in time that passes by itself.
func exchanging(t *testing.T, answer func(try int) (*http.Response, error)) (tok *oauth2.Token, tries int, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := New(Config{Store: &shelf{}, Secrets: &keyring{m: map[string]string{}}, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			tries++
			return answer(tries)
		})})
		defer c.Close()
		ctx, cancel := context.WithTimeout(t.Context(), redeemFor)
		defer cancel()
		tok, err = c.exchangeCode(ctx, c.oauth("https://login.salesforce.com", "key", callbackURL(47117)), "code", "verifier")
	})
	return tok, tries, err
}

func response(status int, body string) (*http.Response, error) {
	w := &http.Response{StatusCode: status, Status: http.StatusText(status), Header: http.Header{"Content-Type": {"application/json"}}}
	w.Body = http.NoBody
	if body != "" {
		w.Body = readCloser{strings.NewReader(body)}
	}
	return w, nil
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

func TestCodeIsTriedAsLongAsSomebodyWaits(t *testing.T) {
	const token = `{"access_token":"a","refresh_token":"r"}`
	tok, tries, err := exchanging(t, func(try int) (*http.Response, error) {
		switch {
		case try < 4:
			return response(http.StatusServiceUnavailable, "<html>")
		case try == 4:
			return nil, context.DeadlineExceeded
		case try == 5:
			return response(http.StatusOK, "<html>sign in</html>")
		}
		return response(http.StatusOK, token)
	})
	if err != nil || tok.AccessToken != "a" || tries != 6 {
		t.Errorf("%v, %v after %d tries", tok, err, tries)
	}
	_, tries, err = exchanging(t, func(int) (*http.Response, error) { return response(http.StatusServiceUnavailable, "") })
	wantError(t, err, crm.ClassNotLinked, "salesforce.login-incomplete")
	if tries < 5 || tries > 50 {
		t.Errorf("%d tries in two minutes", tries)
	}
	// A refusal is final: the code is gone.
	_, tries, err = exchanging(t, func(int) (*http.Response, error) {
		return response(http.StatusBadRequest, `{"error":"invalid_grant","error_description":"expired authorization code"}`)
	})
	wantError(t, err, crm.ClassRelink, "salesforce.code-expired")
	if tries != 1 {
		t.Errorf("%d tries", tries)
	}
	// Where the answer was lost and the code is used up, it is not the person who took too long.
	_, _, err = exchanging(t, func(try int) (*http.Response, error) {
		if try == 1 {
			return nil, errors.New("connection reset")
		}
		return response(http.StatusBadRequest, `{"error":"invalid_grant","error_description":"expired authorization code"}`)
	})
	wantError(t, err, crm.ClassNotLinked, "salesforce.login-incomplete")
}

// Without the API nothing works, so nothing is linked, and the reason is said before the person turns to their work.
func TestUserWithoutTheAPIIsToldAtOnce(t *testing.T) {
	r := newRig(t, demoorg.Config{Rules: demoorg.Rules{APIDisabled: true}}, nil)
	s, err := r.link(t.Context())
	wantError(t, err, crm.ClassNotLinked, "salesforce.link-without-api")
	if s.State != crm.Unlinked || r.org.Approvals() != 0 || len(r.secrets.all()) != 0 {
		t.Errorf("%s, %d approvals", s.State, r.org.Approvals())
	}
	if page := wait.For(t, r.page); !strings.Contains(page, "salesforce.link-without-api") {
		t.Errorf("the browser shows %s", page)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.APIDisabled = false })
	if s, err := r.link(t.Context()); err != nil || s.State != crm.Linked {
		t.Errorf("%s, %v", s.State, err)
	}
}

// Whatever else closes the API to the user is told with Salesforce's own words, and an earlier link stays.
func TestSessionsThatThePoliciesRefuse(t *testing.T) {
	for _, f := range []demoorg.Fault{
		{Kind: demoorg.SessionUnusable, Path: "/query"},
		{Kind: demoorg.Refusal, Path: "/query", Status: 403, Code: "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", Message: "The users password has expired, you must call SetPassword"},
	} {
		r := linkedRig(t, demoorg.Config{}, nil)
		r.org.Inject(f)
		s, err := r.link(t.Context())
		if e, ok := asError(err); !ok || e.Class != crm.ClassNotLinked || e.Fault.IsZero() {
			t.Errorf("%s: %v", f.Kind, err)
		}
		if s.State != crm.Linked || r.org.Approvals() != 1 {
			t.Errorf("%s: %s, %d approvals", f.Kind, s.State, r.org.Approvals())
		}
		if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
			t.Errorf("%s: %v", f.Kind, err)
		}
	}
}

// prompts links and returns what the login page was asked for.
func prompts(t *testing.T, link func(open func(string) error) (crm.LinkStatus, error), browse func(string) error) string {
	t.Helper()
	var prompt string
	_, err := link(func(u string) error {
		asked, err := url.Parse(u)
		if err != nil {
			return err
		}
		prompt = strings.Join(asked.Query()["prompt"], "|")
		return browse(u)
	})
	if err != nil {
		t.Fatal(err)
	}
	return prompt
}

// The browser still knows the user who linked first. Linking again asks who it is.
func TestLinkingAgainAsksWhoItIs(t *testing.T) {
	d := newLinkRig(t, MemoryStores())
	link := func(r *rig, replace *Client) string {
		t.Helper()
		return prompts(t, func(open func(string) error) (crm.LinkStatus, error) {
			return d.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, replace, open)
		}, func(u string) error { return d.a.open(u) })
	}
	if got := link(d.a, nil); got != "" {
		t.Errorf("the first link asks for %q", got)
	}
	if got := link(d.a, d.Of(d.a.org.ID(), "")); got != "login" {
		t.Errorf("the same link again asks for %q", got)
	}
	if got := link(d.b, nil); got != "login" {
		t.Errorf("one more link asks for %q", got)
	}
	d.a.org.RevokeGrants()
	if err := d.Of(d.a.org.ID(), "").Refresh(t.Context()); err == nil {
		t.Fatal("still linked")
	}
	if got := link(d.a, d.Of(d.a.org.ID(), "")); got != "login" {
		t.Errorf("an inactive link asks for %q", got)
	}
	for _, c := range d.All() {
		if err := d.Unlink(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if got := link(d.a, nil); got != "" {
		t.Errorf("the first link after unlinking asks for %q", got)
	}
}

// Salesforce shows some errors on its own page and tells nobody. The person is asked what they see, with the remedy of each.
func TestSilentBrowserIsAskedAbout(t *testing.T) {
	r := newRig(t, demoorg.Config{}, func(c *Config) { c.AskAfter = time.Millisecond })
	var address string
	asked := 0
	s, err := r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID(), Silent: func(all []crm.ShownError) {
		asked++
		for _, e := range all {
			if e.Shown.IsZero() || e.Remedy.IsZero() || e.Remedy.Is("salesforce.link-refused") {
				t.Errorf("%s has no remedy of its own: %s", e.Shown, e.Remedy)
			}
		}
		if len(all) < 8 || !all[0].Remedy.Is("salesforce.callback-missing") || all[0].Shown.Values["text"] != "redirect_uri_mismatch" {
			t.Errorf("%v", all)
		}
		if err := r.open(address); err != nil { // the person mends it, and the same link goes on
			t.Error(err)
		}
	}}, func(u string) error { address = u; return nil })
	if err != nil || s.State != crm.Linked || asked != 1 {
		t.Errorf("%s, %v, asked %d times", s.State, err, asked)
	}
	// A browser that answers is not asked about.
	r = newRig(t, demoorg.Config{}, func(c *Config) { c.AskAfter = time.Hour })
	if _, err := r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID(), Silent: func([]crm.ShownError) { t.Error("asked") }}, r.open); err != nil {
		t.Error(err)
	}
}
