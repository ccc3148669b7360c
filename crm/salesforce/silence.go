package salesforce

import (
	"time"

	"linecard/crm"
	"linecard/fault"
)

// askAfter is how long the browser may be silent before the person is asked what they see there. A login takes longer than
// that now and then; the question disturbs nobody.
const askAfter = 30 * time.Second

// shownErrors are the errors that Salesforce shows in the browser without a word to the app, the frequent ones first. The
// first text is what stands on the page, the second is explained as at the token endpoint.
// (dataloader and sf CLI issues; help.salesforce.com 005132365; what is without a code is believed)
var shownErrors = []struct{ code, description string }{
	{"redirect_uri_mismatch", ""},
	{"invalid_client_id", ""},
	{"OAUTH_APP_BLOCKED", ""},
	{"OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app"},
	{"OAUTH_AUTHORIZATION_BLOCKED", ""},
	{"OAUTH_EC_APP_NOT_FOUND", ""},
	{"OAUTH_APPROVAL_ERROR_GENERIC", ""},
	{"invalid_scope", ""},
}

// ShownErrors lists what Salesforce may have shown in the browser, each with its remedy.
func ShownErrors(callbacks []string) []crm.ShownError {
	all := make([]crm.ShownError, 0, len(shownErrors)+3)
	for _, e := range shownErrors {
		all = append(all, crm.ShownError{Shown: plain(e.code), Remedy: explainOAuth(e.code, e.description, callbacks).Fault})
	}
	return append(all,
		crm.ShownError{Shown: fault.New("salesforce.shown-other-user"), Remedy: fault.New("salesforce.shown-other-user-remedy")},
		crm.ShownError{Shown: fault.New("salesforce.shown-no-localhost"), Remedy: fault.New("salesforce.shown-no-localhost-remedy")},
		crm.ShownError{Shown: fault.New("salesforce.shown-another-code"), Remedy: fault.New("salesforce.shown-another-code-remedy")})
}
