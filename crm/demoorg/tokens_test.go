package demoorg_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

func TestRefreshWithoutRotationKeepsTheToken(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	tok := c.login(org)
	for range 3 {
		again := into[tokens](t, want(t, c.refresh(org, tok.RefreshToken), 200))
		if again.RefreshToken != "" || again.AccessToken == tok.AccessToken || again.InstanceURL != c.url {
			t.Fatalf("refreshed to %+v", again)
		}
	}
	denied(t, c.refresh(org, "5Aep861unknown"), "invalid_grant", "expired access/refresh token")
}

func TestRotationMakesReuseFatal(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true, Rotate: true})
	first := c.login(org)
	second := into[tokens](t, want(t, c.refresh(org, first.RefreshToken), 200))
	if second.RefreshToken == "" || second.RefreshToken == first.RefreshToken {
		t.Fatalf("rotation gave %q after %q", second.RefreshToken, first.RefreshToken)
	}
	c.token = second.AccessToken
	want(t, c.rest("GET", "/limits", nil), 200)

	denied(t, c.refresh(org, first.RefreshToken), "invalid_grant", "expired access/refresh token")
	denied(t, c.refresh(org, second.RefreshToken), "invalid_grant", "expired access/refresh token")
	refused(t, c.rest("GET", "/limits", nil), 401, "INVALID_SESSION_ID")
}

func TestTheSixthApprovalEndsTheFirst(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	var all []tokens
	for range 6 {
		all = append(all, c.login(org))
	}
	denied(t, c.refresh(org, all[0].RefreshToken), "invalid_grant", "expired access/refresh token")
	for _, tok := range all[1:] {
		want(t, c.refresh(org, tok.RefreshToken), 200)
	}
	if n := org.Approvals(); n != 5 {
		t.Errorf("%d approvals", n)
	}
	// Approvals of another user do not count.
	sentBack(t, c.send("GET", authorizeURL(org, "login_hint", "sam.okoro@acme-demo.example"), nil))
	want(t, c.refresh(org, all[1].RefreshToken), 200)
}

func TestTokensEnd(t *testing.T) {
	t.Run("unused refresh token", func(t *testing.T) {
		org, c := start(t, demoorg.Config{AutoApprove: true, RefreshIdle: 30 * 24 * time.Hour})
		tok := c.login(org)
		for range 2 { // use prolongs it
			org.Advance(29 * 24 * time.Hour)
			want(t, c.refresh(org, tok.RefreshToken), 200)
		}
		org.Advance(30 * 24 * time.Hour)
		denied(t, c.refresh(org, tok.RefreshToken), "invalid_grant", "expired access/refresh token")
	})
	t.Run("idle session", func(t *testing.T) {
		org, c := start(t, demoorg.Config{SessionTimeout: time.Hour})
		org.Advance(59 * time.Minute)
		want(t, c.rest("GET", "/limits", nil), 200)
		org.Advance(59 * time.Minute)
		want(t, c.rest("GET", "/limits", nil), 200)
		org.Advance(time.Hour)
		refused(t, c.rest("GET", "/limits", nil), 401, "INVALID_SESSION_ID")
	})
	t.Run("user deactivated", func(t *testing.T) {
		org, c := start(t, demoorg.Config{AutoApprove: true})
		tok := c.login(org)
		if err := org.SetActive("riley.morgan@acme-demo.example", false); err != nil {
			t.Fatal(err)
		}
		c.token = tok.AccessToken
		refused(t, c.rest("GET", "/limits", nil), 401, "INVALID_SESSION_ID")
		denied(t, c.refresh(org, tok.RefreshToken), "invalid_grant", "inactive user")
	})
	t.Run("revoked by the refresh token", func(t *testing.T) {
		org, c := start(t, demoorg.Config{AutoApprove: true})
		tok := c.login(org)
		if a := want(t, c.form("/services/oauth2/revoke", url.Values{"token": {tok.RefreshToken}}), 200); len(a.body) != 0 {
			t.Errorf("revoke answered %s", a.body)
		}
		c.token = tok.AccessToken
		refused(t, c.rest("GET", "/limits", nil), 401, "INVALID_SESSION_ID")
		denied(t, c.refresh(org, tok.RefreshToken), "invalid_grant", "expired access/refresh token")
		want(t, c.form("/services/oauth2/revoke", url.Values{"token": {tok.RefreshToken}}), 400)
	})
	t.Run("revoked by the access token", func(t *testing.T) {
		org, c := start(t, demoorg.Config{AutoApprove: true})
		tok := c.login(org)
		want(t, c.form("/services/oauth2/revoke", url.Values{"token": {tok.AccessToken}}), 200)
		want(t, c.refresh(org, tok.RefreshToken), 200)
	})
	t.Run("by the admin", func(t *testing.T) {
		org, c := start(t, demoorg.Config{AutoApprove: true})
		tok := c.login(org)
		org.ExpireSessions()
		refused(t, c.rest("GET", "/limits", nil), 401, "INVALID_SESSION_ID")
		want(t, c.refresh(org, tok.RefreshToken), 200)
		org.RevokeGrants()
		denied(t, c.refresh(org, tok.RefreshToken), "invalid_grant", "expired access/refresh token")
	})
}

func TestIdentityRefusesInPlainText(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	tok := c.login(org)
	path := strings.TrimPrefix(tok.ID, c.url)
	c.token = "nonsense"
	if a := c.send("GET", path, nil); a.status != 403 || string(a.body) != "Bad_OAuth_Token" {
		t.Errorf("got %d %s", a.status, a.body)
	}
	// jsforce sends the token in the query.
	if a := c.send("GET", path+"?format=json&oauth_token="+url.QueryEscape(tok.AccessToken), nil); a.status != 200 {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestScopeWithoutAPI(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	code := sentBack(t, c.send("GET", authorizeURL(org, "scope", "openid"), nil)).Get("code")
	tok := into[tokens](t, want(t, c.redeem(org, code), 200))
	if tok.RefreshToken != "" || tok.Scope != "openid" {
		t.Errorf("got %+v", tok)
	}
	c.token = tok.AccessToken
	want(t, c.send("GET", "/services/oauth2/userinfo", nil), 200)
	refused(t, c.rest("GET", "/limits", nil), 403, "INVALID_SESSION_ID")
}

// A user sees the approvals that they gave, and not those of a colleague.
func TestAUserSeesTheirApprovals(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	for range 3 {
		c.login(org)
	}
	ask := func(token string) (names []string) {
		c.token = token
		q := url.Values{"q": {"SELECT Id, AppName, LastUsedDate FROM OauthToken ORDER BY LastUsedDate DESC NULLS LAST"}}
		page := into[struct {
			Records []struct{ ID, AppName string }
		}](t, want(t, c.rest("GET", "/query?"+q.Encode(), nil), 200))
		for _, r := range page.Records {
			if r.ID != "" {
				t.Errorf("an approval has the id %q; Salesforce gives null", r.ID)
			}
			names = append(names, r.AppName)
		}
		return names
	}
	if names := ask(c.token); strings.Join(names, " ") != "Linecard Linecard Linecard" {
		t.Errorf("approvals of %q", names)
	}
	if names := ask(org.TokenOf(demoorg.OtherUser)); len(names) > 0 {
		t.Errorf("a colleague sees %q", names)
	}
}
