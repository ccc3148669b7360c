package demoorg_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

const (
	verifier = "a-verifier-of-more-than-forty-three-characters-in-all"
	redirect = "http://localhost:47117/oauth/callback"
)

// authorizeURL is the URL that the app opens in the browser; extra pairs replace or add parameters, and "" removes one.
func authorizeURL(org *demoorg.Org, extra ...string) string {
	v := url.Values{
		"response_type": {"code"}, "client_id": {org.ClientID()}, "redirect_uri": {redirect}, "state": {"s t&1"},
		"scope": {"api refresh_token openid"}, "code_challenge": {challenge(verifier)}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(extra); i += 2 {
		v.Set(extra[i], extra[i+1])
		if extra[i+1] == "" {
			v.Del(extra[i])
		}
	}
	return "/services/oauth2/authorize?" + v.Encode()
}

// sentBack returns the query of the redirect to the app.
func sentBack(t testing.TB, a answer) url.Values {
	t.Helper()
	want(t, a, http.StatusFound)
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil || !strings.HasPrefix(u.String(), redirect+"?") {
		t.Fatalf("sent to %q, %v", a.header.Get("Location"), err)
	}
	return u.Query()
}

type tokens struct {
	AccessToken      string `json:"access_token"`
	RefreshToken     string `json:"refresh_token"`
	Scope            string
	InstanceURL      string `json:"instance_url"`
	ID               string
	TokenType        string `json:"token_type"`
	IssuedAt         string `json:"issued_at"`
	ExpiresIn        any    `json:"expires_in"`
	Error            string
	ErrorDescription string `json:"error_description"`
}

func (c *client) redeem(org *demoorg.Org, code string, extra ...string) answer {
	v := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "client_id": {org.ClientID()}, "redirect_uri": {redirect},
		"code_verifier": {verifier},
	}
	for i := 0; i < len(extra); i += 2 {
		v.Set(extra[i], extra[i+1])
	}
	return c.form("/services/oauth2/token", v)
}

func (c *client) refresh(org *demoorg.Org, token string) answer {
	return c.form("/services/oauth2/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {org.ClientID()}})
}

// login performs the whole login in auto mode.
func (c *client) login(org *demoorg.Org) tokens {
	c.t.Helper()
	code := sentBack(c.t, c.send("GET", authorizeURL(org), nil)).Get("code")
	return into[tokens](c.t, want(c.t, c.redeem(org, code), 200))
}

// denied checks an OAuth refusal.
func denied(t testing.TB, a answer, code, description string) {
	t.Helper()
	got := into[tokens](t, want(t, a, 400))
	if got.Error != code || got.ErrorDescription != description {
		t.Fatalf("refused with %q %q, want %q %q", got.Error, got.ErrorDescription, code, description)
	}
}

func TestLoginInAutoMode(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	back := sentBack(t, c.send("GET", authorizeURL(org), nil))
	if back.Get("state") != "s t&1" {
		t.Errorf("state came back as %q", back.Get("state"))
	}
	tok := into[tokens](t, want(t, c.redeem(org, back.Get("code")), 200))
	if tok.ExpiresIn != nil {
		t.Error("expires_in is given, which Salesforce never does")
	}
	if tok.Scope != "api refresh_token openid" || tok.TokenType != "Bearer" || tok.InstanceURL != c.url || tok.RefreshToken == "" {
		t.Errorf("token answer %+v", tok)
	}
	if !regexp.MustCompile(`^00D\w{12}!`).MatchString(tok.AccessToken) {
		t.Errorf("access token %.20q… does not begin with the org id and !", tok.AccessToken)
	}
	c.token = tok.AccessToken
	id := into[object](t, want(t, c.send("GET", strings.TrimPrefix(tok.ID, c.url), nil), 200))
	if id["display_name"] != "Riley Morgan" || id["organization_id"] != org.ID() || id["active"] != true {
		t.Errorf("identity %v", id)
	}
	info := into[object](t, want(t, c.send("GET", "/services/oauth2/userinfo", nil), 200))
	if info["user_id"] != id["user_id"] || info["preferred_username"] != id["username"] {
		t.Errorf("userinfo %v differs from identity %v", info, id)
	}
	want(t, c.rest("GET", "/limits", nil), 200)
}

func TestLoginByHand(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	jar := map[string]string{}
	visit := func(method, path string, form url.Values) answer {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range jar {
			req.AddCookie(&http.Cookie{Name: k, Value: v})
		}
		a := c.do(req)
		for _, line := range a.header.Values("Set-Cookie") {
			k, v, _ := strings.Cut(strings.Split(line, ";")[0], "=")
			jar[k] = v
		}
		return a
	}
	transaction := func(a answer) url.Values {
		t.Helper()
		m := regexp.MustCompile(`name="t" value="([^"]+)"`).FindSubmatch(a.body)
		if m == nil {
			t.Fatalf("page has no transaction: %s", a.body)
		}
		return url.Values{"t": {string(m[1])}}
	}

	loginAt := want(t, visit("GET", authorizeURL(org), nil), 302).header.Get("Location")
	page := want(t, visit("GET", loginAt, nil), 200)
	form := transaction(page)
	form.Set("username", "nobody@nowhere.example")
	if a := visit("POST", "/services/oauth2/login", form); a.status != 200 || !strings.Contains(string(a.body), "check your username") {
		t.Fatalf("an unknown user got %d: %s", a.status, a.body)
	}
	form.Set("username", "Nina.Petrov@acme-demo.example")
	consentAt := want(t, visit("POST", "/services/oauth2/login", form), 303).header.Get("Location")
	consent := want(t, visit("GET", consentAt, nil), 200)
	for _, s := range []string{"Allow", "Deny", "Nina Petrov", "Manage user data via APIs", "Perform requests at any time"} {
		if !strings.Contains(string(consent.body), s) {
			t.Errorf("consent page does not say %q", s)
		}
	}

	form = transaction(consent)
	form.Set("answer", "deny")
	back := sentBack(t, visit("POST", "/services/oauth2/consent", form))
	if back.Get("error") != "access_denied" || back.Get("state") != "s t&1" || back.Get("code") != "" {
		t.Errorf("Deny sent back %v", back)
	}

	// The browser has a session now, so it is asked for consent only.
	consentAt = want(t, visit("GET", authorizeURL(org), nil), 302).header.Get("Location")
	if !strings.Contains(consentAt, "/consent?") {
		t.Fatalf("the second time the browser is sent to %q", consentAt)
	}
	form = transaction(visit("GET", consentAt, nil))
	form.Set("answer", "allow")
	code := sentBack(t, visit("POST", "/services/oauth2/consent", form)).Get("code")
	tok := into[tokens](t, want(t, c.redeem(org, code), 200))
	c.token = tok.AccessToken
	if id := into[object](t, c.send("GET", strings.TrimPrefix(tok.ID, c.url), nil)); id["display_name"] != "Nina Petrov" {
		t.Errorf("logged in as %v", id["display_name"])
	}
	if a := visit("POST", "/services/oauth2/consent", form); a.status != 400 {
		t.Errorf("a consent page answered twice: %d", a.status)
	}
	if at := visit("GET", authorizeURL(org, "prompt", "login consent"), nil).header.Get("Location"); !strings.Contains(at, "/login?") {
		t.Errorf("prompt=login sent the browser to %q", at)
	}
	if back := sentBack(t, visit("GET", authorizeURL(org, "prompt", "none"), nil)); back.Get("error") != "immediate_unsuccessful" {
		t.Errorf("prompt=none sent back %v", back)
	}
}

func TestLoginPageExpires(t *testing.T) {
	org, c := start(t, demoorg.Config{Clock: fixedTime})
	page := want(t, c.send("GET", authorizeURL(org), nil), 302).header.Get("Location")
	org.Advance(14 * time.Minute)
	c.send("GET", authorizeURL(org), nil)
	want(t, c.send("GET", page, nil), 200)
	org.Advance(time.Minute)
	c.send("GET", authorizeURL(org), nil)
	if a := c.send("GET", page, nil); a.status != 400 || !strings.Contains(string(a.body), "start again from the app") {
		t.Errorf("got %d: %s", a.status, a.body)
	}
}

func TestAuthorizeRefuses(t *testing.T) {
	for _, tt := range []struct {
		name        string
		app         demoorg.AppState
		extra       []string
		onPage      string // jsonValue on a page, because the redirect address is not trusted
		sent        string // or sent to the redirect address
		description string
	}{
		{name: "unknown key", extra: []string{"client_id", "3MVG9nope"}, onPage: "invalid_client_id"},
		{name: "app made a minute ago", app: demoorg.AppTooNew, onPage: "invalid_client_id"},
		{name: "127.0.0.1 for localhost", extra: []string{"redirect_uri", "http://127.0.0.1:47117/oauth/callback"}, onPage: "redirect_uri_mismatch"},
		{name: "another port", extra: []string{"redirect_uri", "http://localhost:47120/oauth/callback"}, onPage: "redirect_uri_mismatch"},
		{name: "a slash more", extra: []string{"redirect_uri", redirect + "/"}, onPage: "redirect_uri_mismatch"},
		{name: "capitals", extra: []string{"redirect_uri", "http://localhost:47117/OAuth/callback"}, onPage: "redirect_uri_mismatch"},
		{name: "app not installed", app: demoorg.AppNotInstalled, onPage: "OAUTH_APPROVAL_ERROR_GENERIC"},
		{name: "app blocked", app: demoorg.AppBlocked, sent: "OAUTH_APP_BLOCKED", description: "this app is blocked by admin"},
		{name: "unknown scope", extra: []string{"scope", "api everything"}, sent: "invalid_scope", description: "the requested scope is not allowed"},
		{name: "implicit flow", extra: []string{"response_type", "token"}, sent: "unsupported_response_type", description: "response type not supported"},
		{name: "no PKCE", extra: []string{"code_challenge", "", "code_challenge_method", ""}, sent: "invalid_request", description: "missing required code challenge"},
		{name: "plain PKCE", extra: []string{"code_challenge_method", "plain"}, sent: "invalid_request", description: "invalid code challenge"},
		{name: "not logged in", extra: []string{"prompt", "none"}, sent: "login_required", description: "not logged in"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			org, c := start(t, demoorg.Config{Rules: demoorg.Rules{App: tt.app}})
			a := c.send("GET", authorizeURL(org, tt.extra...), nil)
			if tt.onPage != "" {
				if a.status != 400 || !strings.Contains(string(a.body), tt.onPage) {
					t.Fatalf("got %d without %s: %s", a.status, tt.onPage, a.body)
				}
				return
			}
			back := sentBack(t, a)
			if back.Get("error") != tt.sent || back.Get("error_description") != tt.description || back.Get("state") != "s t&1" {
				t.Fatalf("sent back %v, want %s: %s", back, tt.sent, tt.description)
			}
		})
	}
}

func TestNumericRedirectNeverMatches(t *testing.T) {
	const numeric = "http://127.0.0.1:47117/oauth/callback"
	org, c := start(t, demoorg.Config{AutoApprove: true, Redirects: []string{numeric}})
	a := c.send("GET", authorizeURL(org, "redirect_uri", numeric), nil)
	if a.status != 400 || !strings.Contains(string(a.body), "redirect_uri_mismatch") {
		t.Fatalf("got %d: %s", a.status, a.body)
	}
}

func TestCodeExchange(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true, Clock: fixedTime})
	code := func(extra ...string) string {
		return sentBack(t, c.send("GET", authorizeURL(org, extra...), nil)).Get("code")
	}

	long := strings.Repeat("x", 171) // what jsforce and the sf CLI send, without a method
	want(t, c.redeem(org, code("code_challenge", challenge(long), "code_challenge_method", ""), "code_verifier", long), 200)

	once := code()
	want(t, c.redeem(org, once), 200)
	denied(t, c.redeem(org, once), "invalid_grant", "expired authorization code")

	denied(t, c.redeem(org, code(), "code_verifier", "another-verifier-of-more-than-forty-three-characters"), "invalid_request", "invalid code verifier")
	denied(t, c.redeem(org, code(), "code_verifier", ""), "invalid_grant", "missing required code verifier")
	denied(t, c.redeem(org, code(), "redirect_uri", "http://localhost:47118/oauth/callback"), "redirect_uri_mismatch", "redirect_uri must match configuration")
	denied(t, c.redeem(org, code(), "client_id", "3MVG9nope"), "invalid_client_id", "client identifier invalid")
	denied(t, c.redeem(org, code(), "client_secret", "guess"), "invalid_client", "invalid client credentials")
	denied(t, c.redeem(org, code(), "grant_type", "password"), "unsupported_grant_type", "grant type not supported")

	spoiled := code()
	denied(t, c.redeem(org, spoiled, "code_verifier", "wrong"), "invalid_request", "invalid code verifier")
	denied(t, c.redeem(org, spoiled), "invalid_grant", "expired authorization code")

	justInTime, late := code(), code()
	org.Advance(15*time.Minute - 1)
	want(t, c.redeem(org, justInTime), 200)
	org.Advance(1)
	denied(t, c.redeem(org, late), "invalid_grant", "expired authorization code")

	want(t, c.send("GET", "/services/oauth2/token", nil), 400)
	want(t, c.form("/services/oauth2/introspect", url.Values{"token": {c.token}}), 401)
}
