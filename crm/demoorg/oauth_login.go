package demoorg

import (
	"net/http"
	"net/url"
	"strings"
)

// The two pages between authorize and the code: login and consent.

// pendingOf returns a copy of the authorization that a page belongs to, or nil.
func (o *Org) pendingOf(r *http.Request) (string, *authorization) {
	t := r.FormValue("t")
	o.mu.Lock()
	defer o.mu.Unlock()
	a := o.oauth.pending[t]
	if a == nil {
		return t, nil
	}
	c := *a
	return t, &c
}

func (o *Org) loginPage(w http.ResponseWriter, r *http.Request) {
	t, a := o.pendingOf(r)
	if a == nil {
		o.appError(w, "invalid_request", "this login page has been used already; start again from the app")
		return
	}
	data := map[string]any{"T": t, "Username": a.hint, "Org": o.cfg.Name}
	if r.Method == http.MethodPost {
		if o.login(w, r, t) {
			http.Redirect(w, r, "/services/oauth2/consent?t="+url.QueryEscape(t), http.StatusSeeOther)
			return
		}
		data["Username"] = r.PostFormValue("username")
		data["Error"] = "Please check your username. If you still can't log in, contact your Salesforce administrator."
	}
	o.mu.Lock()
	data["Users"] = o.usernames()
	if data["Username"] == "" {
		data["Username"] = o.db.live(o.agent()).text("Username")
	}
	o.mu.Unlock()
	o.render(w, http.StatusOK, "login.html", data)
}

// login accepts any password for an active user, since this is a demo.
func (o *Org) login(w http.ResponseWriter, r *http.Request, transaction string) bool {
	username := r.PostFormValue("username")
	o.mu.Lock()
	defer o.mu.Unlock()
	u, a := o.findUser(username), o.oauth.pending[transaction]
	if u == nil || !u.flag("IsActive") || a == nil {
		return false
	}
	a.userID = u.id
	cookie := randomText(24)
	o.oauth.browsers[cookie] = u.id
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return true
}

// scopeText is the text of the consent page for a scope.
var scopeText = map[string]string{
	"api": "Manage user data via APIs", "refresh_token": "Perform requests at any time", "openid": "Access unique user identifiers",
	"id": "Access the identity URL service", "profile": "Access profile information", "email": "Access your e-mail address",
	"web": "Manage user data via Web browsers", "full": "Full access",
}

func (o *Org) consentPage(w http.ResponseWriter, r *http.Request) {
	t, a := o.pendingOf(r)
	if a == nil || a.userID == "" {
		o.appError(w, "invalid_request", "this page has been used already; start again from the app")
		return
	}
	if r.Method == http.MethodPost {
		o.mu.Lock()
		delete(o.oauth.pending, t)
		target := ""
		if r.PostFormValue("answer") == "allow" {
			target = o.grantCode(a)
		}
		o.mu.Unlock()
		if target == "" {
			o.sendBack(w, r, a, url.Values{"error": {"access_denied"}, "error_description": {"end-user denied authorization"}})
			return
		}
		http.Redirect(w, r, target, http.StatusFound)
		return
	}
	var asks []string
	for _, s := range a.scopes {
		asks = append(asks, scopeText[s])
	}
	o.mu.Lock()
	u := o.db.live(a.userID)
	data := map[string]any{"T": t, "Org": o.cfg.Name, "Asks": asks, "Name": u.text("Name"), "Username": u.text("Username")}
	o.mu.Unlock()
	o.render(w, http.StatusOK, "consent.html", data)
}

// findUser finds a user by name, ignoring case.
func (o *Org) findUser(username string) *record {
	for _, u := range o.db.all(o.schema.object("User"), false) {
		if strings.EqualFold(u.text("Username"), strings.TrimSpace(username)) {
			return u
		}
	}
	return nil
}

// userNamed returns the user of a login hint, or the first user.
func (o *Org) userNamed(hint string) string {
	if u := o.findUser(hint); u != nil {
		return u.id
	}
	return o.agent()
}

// suggestion is a user that the login page offers.
type suggestion struct{ Username, Name string }

func (o *Org) usernames() []suggestion {
	var list []suggestion
	for _, u := range o.db.all(o.schema.object("User"), false) {
		list = append(list, suggestion{u.text("Username"), u.text("Name")})
	}
	return list
}

// agent returns the user who owns the demo: the first.
func (o *Org) agent() string { return o.db.tables["User"][0] }
