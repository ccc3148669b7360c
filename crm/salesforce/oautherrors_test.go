package salesforce

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"linecard/crm"
	"linecard/fault"
)

func TestOAuthErrorReasons(t *testing.T) {
	callbacks := []string{"http://localhost:47117/oauth/callback", "http://localhost:47118/oauth/callback"}
	tests := []struct {
		code, description string
		class             crm.Class
		why               fault.Code
	}{
		{"redirect_uri_mismatch", "redirect_uri must match configuration", crm.ClassRelink, "salesforce.callback-missing"},
		{"invalid_client_id", "client identifier invalid", crm.ClassRelink, "salesforce.unknown-key"},
		{"OAUTH_APP_BLOCKED", "this app is blocked by admin", crm.ClassRelink, "salesforce.app-blocked"},
		{"OAUTH_APPROVAL_ERROR_GENERIC", "", crm.ClassRelink, "salesforce.app-not-installed"},
		{"OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app", crm.ClassRelink, "salesforce.app-not-assigned"},
		{"OAUTH_APP_ACCESS_DENIED", "", crm.ClassRelink, "salesforce.app-blocked"},
		{"invalid_app_access", "", crm.ClassRelink, "salesforce.app-not-assigned"},
		{"invalid_app_access", "user is not admin approved to access this app", crm.ClassRelink, "salesforce.app-not-assigned"},
		{"OAUTH_AUTHORIZATION_BLOCKED", "Cross-org OAuth flows are not supported for this external client app", crm.ClassRelink, "salesforce.app-of-another-org"},
		{"OAUTH_AUTHORIZATION_BLOCKED", "", crm.ClassRelink, "salesforce.authorization-blocked"},
		{"oauth_authorization_blocked", "authorization has been blocked", crm.ClassRelink, "salesforce.authorization-blocked"},
		{"unsupported_grant_type", "grant type not supported", crm.ClassRelink, "salesforce.flow-off"},
		{"unsupported_response_type", "response type not supported", crm.ClassRelink, "salesforce.flow-off"},
		{"invalid_client", "api is not enabled for this organization or partner", crm.ClassRelink, "salesforce.link-without-api"},
		{"API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner", crm.ClassRelink, "salesforce.link-without-api"},
		{"invalid_grant", "ip address not allowed", crm.ClassPermission, "salesforce.network-refused"},
		{"1800", "There was a problem in setting up your remote access", crm.ClassRelink, "salesforce.app-not-installed"},
		{"OAUTH_EC_APP_NOT_FOUND", "External client app is not installed in this org", crm.ClassRelink, "salesforce.app-of-another-org"},
		{"app_not_found", "External client app is not installed in this org", crm.ClassRelink, "salesforce.app-of-another-org"},
		{"invalid_request", "Cross-org OAuth flows are not supported for this external client app", crm.ClassRelink, "salesforce.app-of-another-org"},
		{"invalid_client", "app must be installed into org", crm.ClassRelink, "salesforce.app-not-installed"},
		{"invalid_client", "invalid client credentials", crm.ClassRelink, "salesforce.secret-asked"},
		{"access_denied", "end-user denied authorization", crm.ClassNotLinked, "salesforce.access-denied"},
		{"access-denied", "end-user denied authorization", crm.ClassNotLinked, "salesforce.access-denied"},
		{"invalid_scope", "the requested scope is not allowed", crm.ClassRelink, "salesforce.scopes-missing"},
		{"login_required", "", crm.ClassRelink, "salesforce.nobody-logged-in"},
		{"immediate_unsuccessful", "", crm.ClassRelink, "salesforce.nobody-logged-in"},
		{"invalid_grant", "expired authorization code", crm.ClassRelink, "salesforce.code-expired"},
		{"invalid_grant", "expired access/refresh token", crm.ClassRelink, "salesforce.link-ended"},
		{"invalid_grant", "inactive user", crm.ClassRelink, "salesforce.user-inactive"},
		{"inactive_user", "user is inactive", crm.ClassRelink, "salesforce.user-inactive"},
		{"invalid_grant", "inactive organization", crm.ClassRelink, "salesforce.org-inactive"},
		{"inactive_org", "organization is inactive", crm.ClassRelink, "salesforce.org-inactive"},
		{"invalid_grant", "ip restricted", crm.ClassPermission, "salesforce.network-refused"},
		{"invalid_grant", "user hasn't approved this consumer", crm.ClassRelink, "salesforce.app-not-assigned"},
		{"invalid_grant", "authentication failure", crm.ClassRelink, "salesforce.login-refused"},
		{"invalid_grant", "invalid login hours", crm.ClassPermission, "salesforce.outside-login-hours"},
		{"invalid_grant", "invalid code verifier", crm.ClassRelink, "salesforce.proof-incomplete"},
		{"invalid_grant", "something Salesforce has thought of since", crm.ClassRelink, "salesforce.link-invalid"},
		{"invalid_grant", "token request is already being processed", crm.ClassTransient, "salesforce.renewal-under-way"},
		{"invalid_grant", "retry your request", crm.ClassTransient, "salesforce.answers-badly"},
		{"unknown_error", "retry your request", crm.ClassTransient, "salesforce.answers-badly"},
		{"rate_limit_exceeded", "", crm.ClassTransient, "salesforce.login-pause"},
		{"invalid_grant", "login rate exceeded", crm.ClassTransient, "salesforce.login-pause"},
		{"never_heard_of", "of this one", crm.ClassRelink, "salesforce.link-refused"},
	}
	for _, tt := range tests {
		e := explainOAuth(tt.code, tt.description, callbacks)
		if e.Class != tt.class || !e.Fault.Is(tt.why) {
			t.Errorf("%s, %s: %s: %s; want %s and %s", tt.code, tt.description, e.Class, e.Fault, tt.class, tt.why)
		}
		if e.Code != tt.code || e.Err == nil {
			t.Errorf("%s: code %q, cause %v", tt.code, e.Code, e.Err)
		}
	}
}

// The reason includes what only Salesforce can say, cleaned and bounded, and the lines to enter.
func TestReasonsOfTheLinkCarryValues(t *testing.T) {
	callbacks := []string{"http://localhost:47117/oauth/callback", "http://localhost:47118/oauth/callback"}
	if e := explainOAuth("redirect_uri_mismatch", "", callbacks); !slices.Equal(e.Fault.Values["callbacks"].([]string), callbacks) {
		t.Error(e.Fault.Values)
	}
	e := explainOAuth("never_heard_of", "of this one.\n"+strings.Repeat("x", 500), callbacks)
	text := e.Fault.Values["message"].(fault.Fault).Values["text"].(string)
	if !strings.HasPrefix(text, "of this one. x") || len([]rune(text)) > longestWords+1 {
		t.Errorf("%q", text)
	}
}

// A gateway's HTML page says nothing about the link.
func TestHTMLPageKeepsTheLink(t *testing.T) {
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

// Only a failed connection is told as one: a page in place of a token comes from a network that wants a sign-in, or a proxy.
func TestAPageInPlaceOfATokenIsNotNoNetwork(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"page": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>Welcome to the hotel</html>"))
		},
		"page as text": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte("Sign in"))
		},
		"nothing": func(w http.ResponseWriter) {},
		"null": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("null"))
		},
		"other JSON": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"ok":true}`))
		},
		"list": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`[1]`))
		},
		"cut off": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"access_tok`))
		},
		"redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://hotel.example/")
			w.WriteHeader(http.StatusFound)
		},
		"forbidden": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte("<html>Blocked</html>"))
		},
		"network login": func(w http.ResponseWriter) { w.WriteHeader(http.StatusNetworkAuthenticationRequired) },
	} {
		t.Run(name, func(t *testing.T) {
			org := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w) }))
			defer org.Close()
			c := New(Config{Store: &shelf{}, Secrets: &keyring{m: map[string]string{}}})
			defer c.Close()
			_, err := c.exchangeRefresh(t.Context(), savedLink{LoginHost: org.URL, ClientID: "key"}, "token")
			wantError(t, err, crm.ClassTransient, "salesforce.not-salesforce")
		})
	}
}
