package demoorg

import (
	"fmt"
	"net/http"
	"strings"
)

func (o *Org) identityPath(userID string) string { return "/id/" + o.orgID + "/" + userID }

// bearer returns the session of a request to the identity service, which also accepts the token in the query.
func (o *Org) bearer(r *http.Request) *session {
	if s := o.session(r.Header); s != nil {
		return s
	}
	return o.sessionOf(r.FormValue("oauth_token"))
}

// badToken is the refusal of the identity service: plain text.
func badToken(w http.ResponseWriter, r *http.Request) {
	text := "Bad_OAuth_Token"
	if r.Header.Get("Authorization") == "" && r.FormValue("oauth_token") == "" {
		text = "Missing_OAuth_Token"
	}
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.WriteHeader(http.StatusForbidden)
	_, _ = w.Write([]byte(text))
}

// identity serves GET /id/{org}/{user}.
func (o *Org) identity(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // before the lock is taken, since it may wait for the body
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.bearer(r)
	if s == nil {
		badToken(w, r)
		return
	}
	org, _ := normalID(r.PathValue("org"))
	user, _ := normalID(r.PathValue("user"))
	if org != o.orgID || user != s.grant.userID {
		http.Error(w, "Wrong_Org", http.StatusForbidden)
		return
	}
	u := o.db.live(user)
	version := "{version}"
	if v := r.FormValue("version"); v == "latest" {
		version = fmt.Sprintf("%d.0", o.cfg.MaxVersion)
	} else if v != "" {
		version = v
	}
	writeJSON(w, http.StatusOK, ordered{
		{"id", origin(r) + o.identityPath(user)},
		{"asserted_user", true},
		{"user_id", user},
		{"organization_id", o.orgID},
		{"username", u.text("Username")},
		{"nick_name", strings.ToLower(u.text("FirstName"))},
		{"display_name", u.text("Name")},
		{"email", u.text("Email")},
		{"email_verified", true},
		{"first_name", u.get("FirstName")},
		{"last_name", u.text("LastName")},
		{"timezone", u.text("TimeZoneSidKey")},
		{"photos", ordered{{"picture", origin(r) + "/profilephoto/005/F"}, {"thumbnail", origin(r) + "/profilephoto/005/T"}}},
		{"mobile_phone", u.get("MobilePhone")},
		{"mobile_phone_verified", false},
		{"is_lightning_login_user", false},
		{"status", ordered{{"created_date", nil}, {"body", nil}}},
		{"urls", o.urls(origin(r), version, user)},
		{"active", u.flag("IsActive")},
		{"user_type", "STANDARD"},
		{"language", u.text("LanguageLocaleKey")},
		{"locale", u.text("LocaleSidKey")},
		{"utcOffset", 0},
		{"last_modified_date", instant(u.time("LastModifiedDate"))},
	})
}

func (o *Org) urls(origin, version, user string) ordered {
	data := origin + "/services/data/v" + version
	return ordered{
		{"enterprise", origin + "/services/Soap/c/" + version + "/" + o.orgID[:15]},
		{"metadata", origin + "/services/Soap/m/" + version + "/" + o.orgID[:15]},
		{"partner", origin + "/services/Soap/u/" + version + "/" + o.orgID[:15]},
		{"rest", data + "/"},
		{"sobjects", data + "/sobjects/"},
		{"search", data + "/search/"},
		{"query", data + "/query/"},
		{"recent", data + "/recent/"},
		{"profile", origin + "/" + user},
		{"custom_domain", origin},
	}
}

// userinfo serves GET /services/oauth2/userinfo of OpenID Connect.
func (o *Org) userinfo(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm() // before the lock is taken, since it may wait for the body
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.bearer(r)
	if s == nil {
		badToken(w, r)
		return
	}
	u := o.db.live(s.grant.userID)
	writeJSON(w, http.StatusOK, ordered{
		{"sub", origin(r) + o.identityPath(u.id)},
		{"user_id", u.id},
		{"organization_id", o.orgID},
		{"preferred_username", u.text("Username")},
		{"nickname", strings.ToLower(u.text("FirstName"))},
		{"name", u.text("Name")},
		{"email", u.text("Email")},
		{"email_verified", true},
		{"given_name", u.get("FirstName")},
		{"family_name", u.text("LastName")},
		{"zoneinfo", u.text("TimeZoneSidKey")},
		{"profile", origin(r) + "/" + u.id},
		{"active", u.flag("IsActive")},
		{"user_type", "STANDARD"},
		{"language", u.text("LanguageLocaleKey")},
		{"locale", u.text("LocaleSidKey")},
		{"utcOffset", 0},
		{"updated_at", instant(u.time("LastModifiedDate"))},
		{"urls", o.urls(origin(r), "{version}", u.id)},
	})
}

// SetActive freezes or unfreezes a user, as an admin does. It fails when there is no such user.
func (o *Org) SetActive(username string, active bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.findUser(username)
	if u == nil {
		return fmt.Errorf("demo org: no user %q", username)
	}
	o.db.put(u.with(map[string]any{"IsActive": active}), o.now())
	return nil
}
