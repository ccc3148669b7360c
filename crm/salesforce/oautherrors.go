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
)

// oauthError is an error of the authorize or token endpoint.
type oauthError struct{ code, description string }

func (e oauthError) Error() string { return "oauth: " + e.code + ": " + e.description }

// remedy is what to make of one OAuth error.
type remedy struct {
	text  string // looked for in code and description, lower case
	class crm.Class
	say   string
}

// Salesforce puts thirteen causes under the one code invalid_grant; only the description tells them apart, and some
// causes are seen as codes of their own as well. So code and description are searched alike, the first hit counts.
// (help.salesforce.com remoteaccess_oauth_flow_errors)
var remedies = []remedy{
	{"already being processed", crm.ClassTransient, "Salesforce is already renewing the link. It is tried again by itself."},
	{"rate_limit", crm.ClassTransient, "Salesforce asks for a pause between logins. It is tried again by itself."},
	{"login rate exceeded", crm.ClassTransient, "Salesforce asks for a pause between logins. It is tried again by itself."},
	// Seen as unknown_error and under invalid_grant: a hiccup of Salesforce's own (amazon-connect-salesforce-lambda#43).
	{"retry your request", crm.ClassTransient, "Salesforce is not answering properly at the moment. It is tried again by itself."},
	{"unknown_error", crm.ClassTransient, "Salesforce is not answering properly at the moment. It is tried again by itself."},
	{"temporarily_unavailable", crm.ClassTransient, "Salesforce is not available at the moment. It is tried again by itself."},
	{"server_error", crm.ClassTransient, "Salesforce is not answering properly at the moment. It is tried again by itself."},
	{"expired authorization code", crm.ClassRelink, "The login took too long, so its one-time code is no longer good. Press Link again."},
	{
		"expired access/refresh token", crm.ClassRelink,
		"Salesforce no longer accepts this link: it was revoked, unused for too long, or replaced because one user may have five. Press Link to renew it.",
	},
	{"inactive_user", crm.ClassRelink, "The Salesforce user is deactivated. Ask your admin to activate it, then press Link."},
	{"inactive user", crm.ClassRelink, "The Salesforce user is deactivated. Ask your admin to activate it, then press Link."},
	{"inactive_org", crm.ClassRelink, "The Salesforce org is locked or expired. Ask your admin, then press Link."},
	{"inactive organization", crm.ClassRelink, "The Salesforce org is locked or expired. Ask your admin, then press Link."},
	{
		"ip restricted", crm.ClassPermission,
		"Salesforce does not accept logins from this network. Connect to the company's network, or ask your admin to relax the IP restrictions of the app; then press Check link.",
	},
	{
		"ip_restricted", crm.ClassPermission,
		"Salesforce does not accept logins from this network. Connect to the company's network, or ask your admin to relax the IP restrictions of the app; then press Check link.",
	},
	{"login hours", crm.ClassPermission, "Salesforce does not accept this user's logins at this hour. Press Check link within the login hours of the profile."},
	{
		"hasn't approved", crm.ClassRelink,
		"This user may not use the app yet. Ask your admin to assign the permission set of the External Client App, then press Link.",
	},
	{
		"oauth_app_blocked", crm.ClassRelink,
		"The app is blocked for this user. Ask your admin to unblock it, or to assign its permission set, then press Link.",
	},
	{
		"blocked by admin", crm.ClassRelink,
		"The app is blocked for this user. Ask your admin to unblock it, or to assign its permission set, then press Link.",
	},
	{
		"app_access_denied", crm.ClassRelink,
		"The app is blocked for this user. Ask your admin to unblock it, or to assign its permission set, then press Link.",
	},
	// An External Client App of distribution state Local lives in one org: OAUTH_EC_APP_NOT_FOUND where the agent logged in
	// to another (PipedreamHQ/pipedream#21557), app_not_found at a refresh after it was deleted (dust-tt/dust#26727).
	{"app_not_found", crm.ClassRelink, otherOrg},
	{"not installed in this org", crm.ClassRelink, otherOrg},
	{"cross-org", crm.ClassRelink, otherOrg},
	{"oauth_approval_error_generic", crm.ClassRelink, notInstalled},
	{"must be installed", crm.ClassRelink, notInstalled},
	{"access_denied", crm.ClassNotLinked, "Access was denied in the browser, so nothing was linked. Press Link and choose Allow."},
	{"access-denied", crm.ClassNotLinked, "Access was denied in the browser, so nothing was linked. Press Link and choose Allow."},
	{
		"invalid_scope", crm.ClassRelink,
		"The External Client App does not grant what is needed. Ask your admin to add these OAuth scopes to it: api, refresh_token, openid.",
	},
	{"login_required", crm.ClassRelink, "Nobody was logged in to Salesforce in the browser. Press Link again and log in."},
	{"immediate_unsuccessful", crm.ClassRelink, "Nobody was logged in to Salesforce in the browser. Press Link again and log in."},
	{"invalid_client_id", crm.ClassRelink, unknownKey},
	{"client identifier invalid", crm.ClassRelink, unknownKey},
	{"invalid client credentials", crm.ClassRelink, needsSecret},
	{"client_secret", crm.ClassRelink, needsSecret},
	{"invalid_client", crm.ClassRelink, unknownKey},
	{"unauthorized_client", crm.ClassRelink, unknownKey},
	{"authentication failure", crm.ClassRelink, "Salesforce did not accept the login. Press Link and log in again."},
	{"code challenge", crm.ClassRelink, pkceFailed},
	{"code verifier", crm.ClassRelink, pkceFailed},
	{"invalid_grant", crm.ClassRelink, "Salesforce no longer accepts this link. Press Link to renew it."},
}

const (
	notInstalled = "The org only admits apps that are installed in it. Ask your admin to create the External Client App in this org, " +
		"or to give you \"Approve Uninstalled Connected Apps\"; then press Link."
	otherOrg = "This org does not have the External Client App of this consumer key. Log in to the org that has it, or ask your admin " +
		"for the key of one in this org (a sandbox needs its own); then press Link."
	unknownKey = "Salesforce does not know this consumer key. Check that it was copied whole; a new External Client App needs about " +
		"ten minutes before its key works."
	needsSecret = "The External Client App asks for a secret, which a desktop app must not have. Ask your admin to clear " +
		"\"Require secret for Web Server Flow\" and \"Require secret for Refresh Token Flow\" in it."
	pkceFailed = "The proof of this login did not arrive whole at Salesforce. Press Link again."
)

// explainOAuth turns an OAuth error code and description into the error the caller gets. callbacks are the strings to
// paste when the redirect is not registered.
func explainOAuth(code, description string, callbacks []string) *crm.Error {
	cause := oauthError{code, short(description, 200)}
	text := strings.ToLower(code + " " + description)
	if strings.Contains(text, "redirect_uri") {
		return &crm.Error{
			Class: crm.ClassRelink, Code: code, Err: cause,
			Message: "The External Client App lacks the callback address. Ask your admin to add these lines to its Callback URL, exactly as they are:\n" +
				strings.Join(callbacks, "\n"),
		}
	}
	for _, r := range remedies {
		if strings.Contains(text, r.text) {
			e := &crm.Error{Class: r.class, Code: code, Message: r.say, Err: cause}
			if r.class == crm.ClassTransient {
				e.Retry = time.Minute
			}
			return e
		}
	}
	return &crm.Error{
		Class: crm.ClassRelink, Code: code, Err: cause,
		Message: fmt.Sprintf("Salesforce refused the link: %s Press Link to try again.", orStatus(cause.description, 400)),
	}
}

// tokenError explains a failed request to the token endpoint. Salesforce refuses a grant with status 400 or 401 and an
// OAuth error code (RFC 6749 §5.2). What carries no code, such as an HTML page, or another status, such as 503 or 429,
// says nothing about the link and is transient.
func tokenError(err error, callbacks []string) *crm.Error {
	e := &crm.Error{Class: crm.ClassTransient, Message: offline(err), Err: scrub(err)}
	r, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return e
	}
	switch {
	case r.Response.StatusCode == http.StatusTooManyRequests:
		e.Retry = time.Minute
	case r.ErrorCode != "" && r.Response.StatusCode < 500:
		e = explainOAuth(r.ErrorCode, r.ErrorDescription, callbacks)
	}
	e.Retry = max(e.Retry, retryAfter(r.Response.Header, time.Now()))
	return e
}

// offline says why no answer came.
func offline(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "Salesforce did not answer in time. It is tried again by itself."
	case errors.Is(err, context.Canceled):
		return "The request to Salesforce was given up."
	}
	if _, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return "Salesforce is not answering properly at the moment. It is tried again by itself."
	}
	return "Salesforce cannot be reached. Check the network connection; it is tried again by itself."
}

// scrub keeps the response of the token endpoint, which may hold a token, out of the log.
func scrub(err error) error {
	if r, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return fmt.Errorf("token endpoint answered %s", r.Response.Status)
	}
	return err
}
