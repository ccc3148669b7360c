package demoorg

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxApprovals is how many approvals of one app a user may have; a sixth ends the oldest. help.salesforce.com 000205876
const maxApprovals = 5

// codeLife is how long an authorization code is valid. It works once.
const codeLife = 15 * time.Minute

// authority holds codes, approvals and sessions. The org's lock guards it.
type authority struct {
	pending  map[string]*authorization // pages shown in browsers, by transaction
	browsers map[string]string         // web session cookie → user id
	codes    map[string]*code
	grants   []*grant // oldest first
	sessions map[string]*session
}

// grant is one user's approval of the app; a refresh token stands for it.
type grant struct {
	userID  string
	scopes  []string
	refresh string              // the valid refresh token; "" when none was requested
	spent   map[string]struct{} // rotated refresh tokens: using one again ends the grant
	used    time.Time
	uses    int // how often a token was made from it
	revoked bool
}

func (g *grant) has(scope string) bool { return slices.Contains(g.scopes, scope) }

// session is an access token.
type session struct {
	grant *grant
	used  time.Time
}

// code is an authorization code.
type code struct {
	authorization
	issued time.Time
}

func newAuthority() *authority {
	return &authority{
		pending: map[string]*authorization{}, browsers: map[string]string{}, codes: map[string]*code{},
		sessions: map[string]*session{},
	}
}

// forget drops pages without an answer and codes that were not redeemed in time.
func (a *authority) forget(now time.Time) {
	maps.DeleteFunc(a.pending, func(_ string, p *authorization) bool { return now.Sub(p.asked) >= codeLife })
	maps.DeleteFunc(a.codes, func(_ string, c *code) bool { return now.Sub(c.issued) >= codeLife })
}

// approve records an approval; when there are too many, it ends the oldest.
func (a *authority) approve(userID string, scopes []string, now time.Time) *grant {
	g := &grant{userID: userID, scopes: scopes, used: now, spent: map[string]struct{}{}}
	if !g.has("refresh_token") {
		return g // no lasting approval: it ends with its session
	}
	var mine []*grant
	for _, old := range a.grants {
		if old.userID == userID {
			mine = append(mine, old)
		}
	}
	if len(mine) >= maxApprovals {
		a.end(mine[0])
	}
	g.refresh = newRefreshToken()
	a.grants = append(a.grants, g)
	return g
}

// end revokes a grant with every session made from it.
func (a *authority) end(g *grant) {
	g.revoked = true
	a.grants = slices.DeleteFunc(a.grants, func(x *grant) bool { return x == g })
	for token, s := range a.sessions {
		if s.grant == g {
			delete(a.sessions, token)
		}
	}
}

// open makes an access token. The sf CLI requires its form, org id and "!".
func (a *authority) open(orgID string, g *grant, now time.Time) string {
	token := orgID[:15] + "!AQ" + randomText(70)
	a.sessions[token] = &session{grant: g, used: now}
	g.uses++
	return token
}

// session returns the valid session of a request's Authorization header.
func (o *Org) session(h http.Header) *session {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "OAuth") {
		return nil
	}
	return o.sessionOf(token)
}

func (o *Org) sessionOf(token string) *session {
	s := o.oauth.sessions[token]
	if s == nil {
		return nil
	}
	now := o.now()
	if now.Sub(s.used) >= o.cfg.SessionTimeout || !o.active(s.grant.userID) {
		delete(o.oauth.sessions, token)
		return nil
	}
	s.used = now
	return s
}

func (o *Org) active(userID string) bool { return o.db.live(userID).flag("IsActive") }

func newRefreshToken() string { return "5Aep861" + randomText(60) }

// randomText returns n random bytes as URL-safe text.
func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b)
}

// ExpireSessions ends every access token, as a changed session policy does; refresh tokens stay valid.
func (o *Org) ExpireSessions() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.oauth.sessions)
}

// RevokeGrants ends every approval and session, as an admin does in "Connected Apps OAuth Usage".
func (o *Org) RevokeGrants() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, g := range slices.Clone(o.oauth.grants) {
		o.oauth.end(g)
	}
	clear(o.oauth.sessions)
}

// Approvals returns how many refresh tokens are valid.
func (o *Org) Approvals() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.oauth.grants)
}

// appName is the name of the app in the lists of approvals.
const appName = "Linecard"

// tokenRows are the approvals that a user sees: those of this user. (Object Reference: OauthToken)
func (o *Org) tokenRows(obj *object, userID string) []*record {
	var rows []*record
	for _, g := range o.oauth.grants {
		if g.userID == userID {
			rows = append(rows, &record{object: obj, values: map[string]any{
				"AppName": appName, "LastUsedDate": g.used.UTC().Truncate(time.Second), "UseCount": float64(g.uses), "UserId": userID,
			}})
		}
	}
	return rows
}

// Token returns an access token for the first user without a login, for tests of the REST API.
func (o *Org) Token() string { return o.TokenOf("") }

// TokenOf returns an access token for the user with that name, such as [OtherUser]; an unknown name means the first
// user.
func (o *Org) TokenOf(username string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	g := &grant{userID: o.userNamed(username), scopes: []string{"api", "openid"}, used: o.now()}
	return o.oauth.open(o.orgID, g, o.now())
}
