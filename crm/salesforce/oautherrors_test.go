package salesforce

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"linecard/crm"
)

func TestWhatTheAgentReadsAboutTheLink(t *testing.T) {
	callbacks := []string{"http://localhost:47117/oauth/callback", "http://localhost:47118/oauth/callback"}
	tests := []struct {
		code, description string
		class             crm.Class
		says              string
	}{
		{"redirect_uri_mismatch", "redirect_uri must match configuration", crm.ClassRelink, "http://localhost:47118/oauth/callback"},
		{"invalid_client_id", "client identifier invalid", crm.ClassRelink, "ten minutes"},
		{"OAUTH_APP_BLOCKED", "this app is blocked by admin", crm.ClassRelink, "permission set"},
		{"OAUTH_APPROVAL_ERROR_GENERIC", "", crm.ClassRelink, "Approve Uninstalled Connected Apps"},
		{"OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app", crm.ClassRelink, "permission set"},
		{"OAUTH_EC_APP_NOT_FOUND", "External client app is not installed in this org", crm.ClassRelink, "a sandbox needs its own"},
		{"app_not_found", "External client app is not installed in this org", crm.ClassRelink, "a sandbox needs its own"},
		{"invalid_request", "Cross-org OAuth flows are not supported for this external client app", crm.ClassRelink, "a sandbox needs its own"},
		{"invalid_client", "app must be installed into org", crm.ClassRelink, "Approve Uninstalled Connected Apps"},
		{"invalid_client", "invalid client credentials", crm.ClassRelink, "Require secret"},
		{"access_denied", "end-user denied authorization", crm.ClassNotLinked, "choose Allow"},
		{"access-denied", "end-user denied authorization", crm.ClassNotLinked, "choose Allow"},
		{"invalid_scope", "the requested scope is not allowed", crm.ClassRelink, "api, refresh_token, openid"},
		{"login_required", "", crm.ClassRelink, "log in"},
		{"immediate_unsuccessful", "", crm.ClassRelink, "log in"},
		{"invalid_grant", "expired authorization code", crm.ClassRelink, "too long"},
		{"invalid_grant", "expired access/refresh token", crm.ClassRelink, "five"},
		{"invalid_grant", "inactive user", crm.ClassRelink, "deactivated"},
		{"inactive_user", "user is inactive", crm.ClassRelink, "deactivated"},
		{"invalid_grant", "inactive organization", crm.ClassRelink, "expired"},
		{"inactive_org", "organization is inactive", crm.ClassRelink, "expired"},
		{"invalid_grant", "ip restricted", crm.ClassPermission, "network"},
		{"invalid_grant", "user hasn't approved this consumer", crm.ClassRelink, "permission set"},
		{"invalid_grant", "authentication failure", crm.ClassRelink, "log in again"},
		{"invalid_grant", "invalid login hours", crm.ClassPermission, "hour"},
		{"invalid_grant", "invalid code verifier", crm.ClassRelink, "Press Link again"},
		{"invalid_grant", "something Salesforce has thought of since", crm.ClassRelink, "Press Link"},
		{"invalid_grant", "token request is already being processed", crm.ClassTransient, "again by itself"},
		{"invalid_grant", "retry your request", crm.ClassTransient, "again by itself"},
		{"unknown_error", "retry your request", crm.ClassTransient, "again by itself"},
		{"rate_limit_exceeded", "", crm.ClassTransient, "again by itself"},
		{"invalid_grant", "login rate exceeded", crm.ClassTransient, "again by itself"},
		{"never_heard_of", "of this one", crm.ClassRelink, "of this one."},
	}
	for _, tt := range tests {
		e := explainOAuth(tt.code, tt.description, callbacks)
		if e.Class != tt.class || !strings.Contains(e.Message, tt.says) {
			t.Errorf("%s, %s: %s: %q; want %s and %q", tt.code, tt.description, e.Class, e.Message, tt.class, tt.says)
		}
		if e.Code != tt.code || e.Err == nil {
			t.Errorf("%s: code %q, cause %v", tt.code, e.Code, e.Err)
		}
	}
}

// A gateway's HTML page says nothing about the link.
func TestNoAnswerIsNoEndOfTheLink(t *testing.T) {
	html := &oauth2.RetrieveError{Response: &http.Response{Status: "503 Service Unavailable"}, Body: []byte("<html>secret</html>")}
	coded := func(status int) error {
		return &oauth2.RetrieveError{Response: &http.Response{StatusCode: status, Status: http.StatusText(status)}, ErrorCode: "invalid_request"}
	}
	for _, err := range []error{html, coded(500), coded(503), coded(429), errors.New("connection refused")} {
		e := tokenError(err, nil)
		if e.Class != crm.ClassTransient {
			t.Errorf("%v is %s", err, e.Class)
		}
		if strings.Contains(e.Err.Error(), "secret") {
			t.Errorf("the cause holds the response: %v", e.Err)
		}
	}
}
