package demoorg

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// oauthError is the object with which the OAuth endpoints refuse.
type oauthError struct{ code, description string }

func (e *oauthError) write(w http.ResponseWriter) {
	writeJSON(w, http.StatusBadRequest, ordered{{"error", e.code}, {"error_description", e.description}})
}

// token serves POST /services/oauth2/token.
func (o *Org) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		(&oauthError{"invalid_request", "must use HTTP POST"}).write(w)
		return
	}
	if err := r.ParseForm(); err != nil {
		(&oauthError{"invalid_request", "body could not be read"}).write(w)
		return
	}
	// The id and secret may also be in an Authorization header.
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case id == "":
		(&oauthError{"invalid_request", "client identifier is required"}).write(w)
		return
	case id != o.cfg.ClientID:
		(&oauthError{"invalid_client_id", "client identifier invalid"}).write(w)
		return
	case secret != "": // the app is a public client and has no secret
		(&oauthError{"invalid_client", "invalid client credentials"}).write(w)
		return
	}
	var body ordered
	var err *oauthError
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		body, err = o.redeem(r)
	case "refresh_token":
		body, err = o.refresh(r)
	case "":
		err = &oauthError{"invalid_request", "grant type is required"}
	default:
		err = &oauthError{"unsupported_grant_type", "grant type not supported"}
	}
	if err != nil {
		err.write(w)
		return
	}
	writeJSON(w, http.StatusOK, body)
}

// redeem exchanges a code for tokens.
func (o *Org) redeem(r *http.Request) (ordered, *oauthError) {
	form := r.PostForm
	c := o.oauth.codes[form.Get("code")]
	if c == nil || o.now().Sub(c.issued) >= codeLife {
		return nil, &oauthError{"invalid_grant", "expired authorization code"}
	}
	// The attempt uses up the code, even if it fails.
	delete(o.oauth.codes, form.Get("code"))
	verifier := form.Get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	switch {
	case form.Get("redirect_uri") != c.redirect:
		return nil, &oauthError{"redirect_uri_mismatch", "redirect_uri must match configuration"}
	case verifier == "":
		return nil, &oauthError{"invalid_grant", "missing required code verifier"}
	case base64.RawURLEncoding.EncodeToString(sum[:]) != strings.TrimRight(c.challenge, "="):
		return nil, &oauthError{"invalid_request", "invalid code verifier"}
	case !o.active(c.userID):
		return nil, &oauthError{"invalid_grant", "inactive user"}
	}
	g := o.oauth.approve(c.userID, c.scopes, o.now())
	return o.tokens(r, g, g.refresh), nil
}

// refresh exchanges a refresh token for an access token, and with rotation also for a new refresh token.
func (o *Org) refresh(r *http.Request) (ordered, *oauthError) {
	token := r.PostForm.Get("refresh_token")
	if token == "" {
		return nil, &oauthError{"invalid_request", "refresh token is required"}
	}
	dead := &oauthError{"invalid_grant", "expired access/refresh token"}
	i := slices.IndexFunc(o.oauth.grants, func(g *grant) bool { return g.refresh == token })
	if i < 0 {
		// help.salesforce.com 005316711: the answer to an exchange invalidates the token that was exchanged at once, without
		// a time of grace, and "any attempted reuse of an invalidated refresh token results in the immediate revocation of
		// the current refresh token and all associated access tokens". A client whose successor was lost must log in again.
		for _, g := range o.oauth.grants {
			if _, spent := g.spent[token]; spent {
				o.oauth.end(g)
				break
			}
		}
		return nil, dead
	}
	g := o.oauth.grants[i]
	now := o.now()
	if o.cfg.RefreshIdle > 0 && now.Sub(g.used) >= o.cfg.RefreshIdle {
		o.oauth.end(g)
		return nil, dead
	}
	if !o.active(g.userID) {
		return nil, &oauthError{"invalid_grant", "inactive user"}
	}
	g.used = now
	if !o.cfg.Rotate {
		return o.tokens(r, g, ""), nil
	}
	g.spent[token] = struct{}{}
	g.refresh = newRefreshToken()
	return o.tokens(r, g, g.refresh), nil
}

// tokens is the answer to both requests. It has no expires_in: only a 401 tells that a session has ended.
func (o *Org) tokens(r *http.Request, g *grant, refresh string) ordered {
	now := o.now()
	identity := origin(r) + o.identityPath(g.userID)
	issued := strconv.FormatInt(now.UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(o.cfg.ClientID))
	mac.Write([]byte(identity + issued))
	body := ordered{{"access_token", o.oauth.open(o.orgID, g, now)}}
	if refresh != "" {
		body = append(body, pair{"refresh_token", refresh})
	}
	return append(body, ordered{
		{"signature", base64.StdEncoding.EncodeToString(mac.Sum(nil))},
		{"scope", strings.Join(g.scopes, " ")},
		{"instance_url", origin(r)},
		{"id", identity},
		{"token_type", "Bearer"},
		{"issued_at", issued},
	}...)
}

// revoke serves /services/oauth2/revoke: revoking a refresh token also ends its sessions; revoking an access token ends
// only itself.
func (o *Org) revoke(w http.ResponseWriter, r *http.Request) {
	token := r.FormValue("token")
	o.mu.Lock()
	defer o.mu.Unlock()
	if _, ok := o.oauth.sessions[token]; ok {
		delete(o.oauth.sessions, token)
		w.WriteHeader(http.StatusOK)
		return
	}
	i := slices.IndexFunc(o.oauth.grants, func(g *grant) bool { return g.refresh == token })
	if token == "" || i < 0 {
		(&oauthError{"invalid_token", "invalid token"}).write(w)
		return
	}
	o.oauth.end(o.oauth.grants[i])
	w.WriteHeader(http.StatusOK)
}

// introspect requires client authentication, which a public client does not have.
func (o *Org) introspect(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusUnauthorized, ordered{{"error", "invalid_client"}, {"error_description", "invalid client credentials"}})
}

// instant formats a time as the identity service does.
func instant(t time.Time) string { return t.UTC().Format(dateTimeLayout) }
