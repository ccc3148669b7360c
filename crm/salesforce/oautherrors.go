package salesforce

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"linecard/crm"
	"linecard/fault"
)

// oauthError is an error of the authorize or token endpoint.
type oauthError struct{ code, description string }

func (e oauthError) Error() string { return "oauth: " + e.code + ": " + e.description }

// remedy is the class and fault of one OAuth error.
type remedy struct {
	text  string // searched for in code and description, in lower case
	class crm.Class
	why   fault.Code
}

// Salesforce reports thirteen causes under the one code invalid_grant; only the description tells them apart, and some
// causes also have their own codes. So both code and description are searched, and the first hit counts.
// (help.salesforce.com remoteaccess_oauth_flow_errors)
var remedies = []remedy{
	{"already being processed", crm.ClassTransient, "salesforce.renewal-under-way"},
	{"rate_limit", crm.ClassTransient, "salesforce.login-pause"},
	{"login rate exceeded", crm.ClassTransient, "salesforce.login-pause"},
	// Seen as unknown_error and under invalid_grant: a temporary fault of Salesforce
	// (amazon-connect-salesforce-lambda#43).
	{"retry your request", crm.ClassTransient, "salesforce.answers-badly"},
	{"unknown_error", crm.ClassTransient, "salesforce.answers-badly"},
	{"temporarily_unavailable", crm.ClassTransient, "salesforce.unavailable"},
	{"server_error", crm.ClassTransient, "salesforce.answers-badly"},
	{"expired authorization code", crm.ClassRelink, "salesforce.code-expired"},
	{"expired access/refresh token", crm.ClassRelink, "salesforce.link-ended"},
	{"inactive_user", crm.ClassRelink, "salesforce.user-inactive"},
	{"inactive user", crm.ClassRelink, "salesforce.user-inactive"},
	{"inactive_org", crm.ClassRelink, "salesforce.org-inactive"},
	{"inactive organization", crm.ClassRelink, "salesforce.org-inactive"},
	{"ip restricted", crm.ClassPermission, "salesforce.network-refused"},
	{"ip_not_allowed", crm.ClassPermission, "salesforce.network-refused"},
	{"ip address", crm.ClassPermission, "salesforce.network-refused"},
	{"ip_restricted", crm.ClassPermission, "salesforce.network-refused"},
	{"login hours", crm.ClassPermission, "salesforce.outside-login-hours"},
	{"hasn't approved", crm.ClassRelink, "salesforce.app-not-assigned"},
	{"invalid_app_access", crm.ClassRelink, "salesforce.app-not-assigned"},
	{"not admin approved", crm.ClassRelink, "salesforce.app-not-assigned"},
	{"oauth_app_blocked", crm.ClassRelink, "salesforce.app-blocked"},
	{"blocked by admin", crm.ClassRelink, "salesforce.app-blocked"},
	{"app_access_denied", crm.ClassRelink, "salesforce.app-blocked"},
	// An External Client App with distribution state Local exists in one org only: OAUTH_EC_APP_NOT_FOUND when the
	// agent logged in to another org (PipedreamHQ/pipedream#21557), app_not_found at a refresh after it was deleted
	// (dust-tt/dust#26727).
	{"app_not_found", crm.ClassRelink, "salesforce.app-of-another-org"},
	{"not installed in this org", crm.ClassRelink, "salesforce.app-of-another-org"},
	{"cross-org", crm.ClassRelink, "salesforce.app-of-another-org"},
	// Without "cross-org" it is seen when the user lacks the app's permission set, too.
	{"oauth_authorization_blocked", crm.ClassRelink, "salesforce.authorization-blocked"},
	{"problem in setting up your remote access", crm.ClassRelink, "salesforce.app-not-installed"}, // the page with the number 1800
	{"oauth_approval_error_generic", crm.ClassRelink, "salesforce.app-not-installed"},
	{"must be installed", crm.ClassRelink, "salesforce.app-not-installed"},
	{"api is not enabled", crm.ClassRelink, "salesforce.link-without-api"},
	{"api_disabled", crm.ClassRelink, "salesforce.link-without-api"},
	{"api_currently_disabled", crm.ClassRelink, "salesforce.link-without-api"},
	{"unsupported_grant_type", crm.ClassRelink, "salesforce.flow-off"},
	{"grant type not supported", crm.ClassRelink, "salesforce.flow-off"},
	{"unsupported_response_type", crm.ClassRelink, "salesforce.flow-off"},
	{"access_denied", crm.ClassNotLinked, "salesforce.access-denied"},
	{"access-denied", crm.ClassNotLinked, "salesforce.access-denied"},
	{"invalid_scope", crm.ClassRelink, "salesforce.scopes-missing"},
	{"login_required", crm.ClassRelink, "salesforce.nobody-logged-in"},
	{"immediate_unsuccessful", crm.ClassRelink, "salesforce.nobody-logged-in"},
	{"invalid_client_id", crm.ClassRelink, "salesforce.unknown-key"},
	{"client identifier invalid", crm.ClassRelink, "salesforce.unknown-key"},
	{"invalid client credentials", crm.ClassRelink, "salesforce.secret-asked"},
	{"client_secret", crm.ClassRelink, "salesforce.secret-asked"},
	{"invalid_client", crm.ClassRelink, "salesforce.unknown-key"},
	{"unauthorized_client", crm.ClassRelink, "salesforce.unknown-key"},
	{"authentication failure", crm.ClassRelink, "salesforce.login-refused"},
	{"code challenge", crm.ClassRelink, "salesforce.proof-incomplete"},
	{"code verifier", crm.ClassRelink, "salesforce.proof-incomplete"},
	{"invalid_grant", crm.ClassRelink, "salesforce.link-invalid"},
}

// explainOAuth turns an OAuth error code and description into the error that the caller gets. callbacks are the strings
// that the admin must enter when the redirect is not registered.
func explainOAuth(code, description string, callbacks []string) *crm.Error {
	cause := oauthError{code, short(description, 200)}
	text := strings.ToLower(code + " " + description)
	if strings.Contains(text, "redirect_uri") {
		return &crm.Error{
			Class: crm.ClassRelink, Code: code, Err: cause, Fault: fault.New("salesforce.callback-missing", "callbacks", callbacks),
		}
	}
	for _, r := range remedies {
		if strings.Contains(text, r.text) {
			e := &crm.Error{Class: r.class, Code: code, Fault: fault.New(r.why), Err: cause}
			if r.class == crm.ClassTransient {
				e.Retry = time.Minute
			}
			return e
		}
	}
	return &crm.Error{
		Class: crm.ClassRelink, Code: code, Err: cause,
		Fault: fault.New("salesforce.link-refused", "message", orStatus(cause.description, http.StatusBadRequest)),
	}
}

// tokenError explains a failed request to the token endpoint. Salesforce refuses a grant with status 400 or 401 and an
// OAuth error code (RFC 6749 §5.2). An answer without a code, such as an HTML page, or with another status, such as 503
// or 429, says nothing about the link and is transient. So is a page with status 200: the sign-in page of a network, or of a proxy.
func tokenError(err error, callbacks []string) *crm.Error {
	e := &crm.Error{Class: crm.ClassTransient, Fault: connectionFault(err), Err: withoutResponse(err)}
	r, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		// The library has no type for an answer with status 2xx that is no token.
		if text := err.Error(); strings.Contains(text, "cannot parse") || strings.Contains(text, "missing access_token") {
			e.Fault = fault.New("salesforce.not-salesforce")
		}
		return e
	}
	switch {
	case r.Response.StatusCode == http.StatusTooManyRequests:
		e.Retry = time.Minute
	case r.ErrorCode != "" && r.Response.StatusCode < 500:
		e = explainOAuth(r.ErrorCode, r.ErrorDescription, callbacks)
	case r.Response.StatusCode < 500 || r.Response.StatusCode == http.StatusNetworkAuthenticationRequired:
		e.Fault = fault.New("salesforce.not-salesforce")
	}
	e.Retry = max(e.Retry, retryAfter(r.Response.Header, time.Now()))
	return e
}

// connectionFault says why no answer came.
func connectionFault(err error) fault.Fault {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fault.New("salesforce.timed-out")
	case errors.Is(err, context.Canceled):
		return fault.New("salesforce.given-up")
	}
	if _, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return fault.New("salesforce.answers-badly")
	}
	return fault.New("salesforce.unreachable")
}

// withoutResponse removes the response of the token endpoint, which may hold a token, from an error that is logged.
func withoutResponse(err error) error {
	if r, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return fmt.Errorf("token endpoint answered %s", r.Response.Status)
	}
	return err
}
