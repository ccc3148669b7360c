package demoorg

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// authorization is the request of an app for a code.
type authorization struct {
	redirect  string
	state     string
	scopes    []string
	challenge string // PKCE, S256
	hint      string // login_hint
	consent   bool   // prompt=consent: ask even users who have consented before
	userID    string // set after the login
	asked     time.Time
}

const (
	authorizePath = "/services/oauth2/authorize"
	tokenPath     = "/services/oauth2/token"
	sessionCookie = "sid"
)

// knownScopes are the scopes that an External Client App can have; the demo's app has all of them.
var knownScopes = []string{"api", "refresh_token", "offline_access", "openid", "id", "profile", "email", "web", "full"}

// challengeForm matches the base64url of a SHA-256.
var challengeForm = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// authorize is the page that the browser opens first. Errors are shown on the page until the redirect address is known
// to be the app's; later ones are sent to that address.
func (o *Org) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if r.Method == http.MethodPost {
		if err := r.ParseForm(); err != nil {
			o.appError(w, "invalid_request", "body could not be read")
			return
		}
		q = r.Form
	}
	o.mu.Lock()
	app := o.rules.App
	o.mu.Unlock()
	switch {
	case q.Get("client_id") == "":
		o.appError(w, "invalid_client_id", "client identifier missing")
		return
	case q.Get("client_id") != o.cfg.ClientID || app == AppTooNew:
		o.appError(w, "invalid_client_id", "client identifier invalid")
		return
	case !o.registered(q.Get("redirect_uri")):
		o.appError(w, "redirect_uri_mismatch", "redirect_uri must match configuration")
		return
	case app == AppNotInstalled:
		o.appError(w, "OAUTH_APPROVAL_ERROR_GENERIC", "An unexpected error has occurred during authentication. Please try again.")
		return
	}
	a := &authorization{
		redirect: q.Get("redirect_uri"), state: q.Get("state"), hint: q.Get("login_hint"),
		challenge: q.Get("code_challenge"), consent: strings.Contains(q.Get("prompt"), "consent"),
	}
	if code, description := o.checkRequest(a, q, app); code != "" {
		o.sendBack(w, r, a, url.Values{"error": {code}, "error_description": {description}})
		return
	}
	o.proceed(w, r, a, q.Get("prompt"))
}

// registered compares character for character. An External Client App accepts http for localhost only, and not for
// 127.0.0.1.
func (o *Org) registered(redirect string) bool {
	u, err := url.Parse(redirect)
	if err != nil || u.Scheme == "http" && u.Hostname() != "localhost" {
		return false
	}
	return slices.Contains(o.cfg.Redirects, redirect)
}

// checkRequest checks what may be answered at the redirect address.
func (o *Org) checkRequest(a *authorization, q url.Values, app AppState) (code, description string) {
	if app == AppBlocked {
		return "OAUTH_APP_BLOCKED", "this app is blocked by admin"
	}
	if q.Get("response_type") != "code" {
		return "unsupported_response_type", "response type not supported"
	}
	a.scopes = strings.Fields(q.Get("scope"))
	if len(a.scopes) == 0 {
		a.scopes = []string{"api", "refresh_token", "openid"} // all scopes of the app
	}
	for i, s := range a.scopes {
		if !slices.Contains(knownScopes, s) {
			return "invalid_scope", "the requested scope is not allowed"
		}
		if s == "offline_access" {
			a.scopes[i] = "refresh_token"
		}
	}
	// The app requires PKCE. jsforce and the sf CLI send no method and mean S256.
	switch m := q.Get("code_challenge_method"); {
	case a.challenge == "":
		return "invalid_request", "missing required code challenge"
	case m != "" && m != "S256", !challengeForm.MatchString(strings.TrimRight(a.challenge, "=")):
		return "invalid_request", "invalid code challenge"
	}
	return "", ""
}

// proceed sends the browser to its next step: the login page, the consent page, or the app with a code.
func (o *Org) proceed(w http.ResponseWriter, r *http.Request, a *authorization, prompt string) {
	o.mu.Lock()
	a.asked = o.now()
	if o.cfg.AutoApprove {
		a.userID = o.userNamed(a.hint)
		target := o.grantCode(a)
		o.mu.Unlock()
		http.Redirect(w, r, target, http.StatusFound)
		return
	}
	if !strings.Contains(prompt, "login") {
		if cookie, err := r.Cookie(sessionCookie); err == nil {
			a.userID = o.oauth.browsers[cookie.Value]
		}
	}
	if prompt == "none" {
		o.mu.Unlock()
		code, description := "login_required", "not logged in"
		if a.userID != "" {
			code, description = "immediate_unsuccessful", "user has not approved"
		}
		o.sendBack(w, r, a, url.Values{"error": {code}, "error_description": {description}})
		return
	}
	o.oauth.forget(o.now())
	transaction := randomText(18)
	o.oauth.pending[transaction] = a
	o.mu.Unlock()
	page := "/services/oauth2/login?t="
	if a.userID != "" {
		page = "/services/oauth2/consent?t="
	}
	http.Redirect(w, r, page+transaction, http.StatusFound)
}

// grantCode makes a code and returns the redirect URL with it.
func (o *Org) grantCode(a *authorization) string {
	o.oauth.forget(o.now())
	c := "aPrx" + randomText(45)
	o.oauth.codes[c] = &code{authorization: *a, issued: o.now()}
	v := url.Values{"code": {c}}
	if a.state != "" {
		v.Set("state", a.state)
	}
	return withQuery(a.redirect, v)
}

func (o *Org) sendBack(w http.ResponseWriter, r *http.Request, a *authorization, v url.Values) {
	if a.state != "" {
		v.Set("state", a.state)
	}
	http.Redirect(w, r, withQuery(a.redirect, v), http.StatusFound)
}

func withQuery(address string, v url.Values) string {
	if strings.Contains(address, "?") {
		return address + "&" + v.Encode()
	}
	return address + "?" + v.Encode()
}

// appError is the page that Salesforce shows when it does not redirect the browser.
func (o *Org) appError(w http.ResponseWriter, code, description string) {
	o.render(w, http.StatusBadRequest, "error.html", map[string]any{
		"Code": code, "Description": description,
		"Text": "error=" + code + "&error_description=" + url.QueryEscape(description),
	})
}
