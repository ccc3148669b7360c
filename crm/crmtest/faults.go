package crmtest

import (
	"slices"
	"strings"
	"testing"

	"linecard/crm"
)

// Fault is one way in which an org, or something on the way to it, refuses a request.
type Fault struct {
	At      Step
	Status  int
	Code    string // the org's error code; "" for an answer that is not the org's own
	Message string
	Fields  []string
	Body    string // of an answer that is not the org's own
	Once    bool   // the next request only
}

// Step says which requests a Fault affects.
type Step string

// The steps. Token ends the sessions too, so that the next request needs a new one.
const (
	Authorize Step = "authorize" // the browser comes back with an error
	Redeem    Step = "redeem"    // the browser has come back, and tokens are asked for
	Token     Step = "token"     // a session is renewed
	Search    Step = "search"    // somebody is looked for
	Query     Step = "query"     // a task is looked for
	Write     Step = "write"     // a call is logged
	Anything  Step = "anything"  // every request of the API
)

// refusal is a fault with what the caller must get.
type refusal struct {
	name string
	Fault
	want []crm.Class // none: it is dealt with, and no error comes
}

func fine(name string, f Fault) refusal { f.Once = true; return refusal{name, f, nil} }

func one(name string, f Fault, want ...crm.Class) refusal { return refusal{name, f, want} }

// page is what a proxy, a gateway or a hotel answers in place of the org.
const page = "<html><head><title>Sign in</title></head><body>Welcome</body></html>"

// refusals are the documented errors of Salesforce's authorize and token endpoints and of its REST API, and answers that are not
// Salesforce's own. (help remoteaccess_oauth_flow_errors; api_rest errorcodes; SOAP API Developer Guide, StatusCode.)
var refusals = slices.Concat(authorizing, redeeming, renewing, everything, searching, querying, writing)

var authorizing = []refusal{
	one("callback not registered", Fault{At: Authorize, Code: "redirect_uri_mismatch", Message: "redirect_uri must match configuration"}, crm.ClassRelink),
	one("unknown key", Fault{At: Authorize, Code: "invalid_client_id", Message: "client identifier invalid"}, crm.ClassRelink),
	one("blocked by the admin", Fault{At: Authorize, Code: "OAUTH_APP_BLOCKED", Message: "this app is blocked by admin"}, crm.ClassRelink),
	one("not installed", Fault{At: Authorize, Code: "OAUTH_APPROVAL_ERROR_GENERIC", Message: "An unexpected error has occurred during authentication"}, crm.ClassRelink),
	one("must be installed", Fault{At: Authorize, Code: "invalid_client", Message: "app must be installed into org"}, crm.ClassRelink),
	one("denied", Fault{At: Authorize, Code: "access_denied", Message: "end-user denied authorization"}, crm.ClassNotLinked),
	one("denied, as the documentation spells it", Fault{At: Authorize, Code: "access-denied", Message: "end-user denied authorization"}, crm.ClassNotLinked),
	one("scope not allowed", Fault{At: Authorize, Code: "invalid_scope", Message: "the requested scope is not allowed"}, crm.ClassRelink),
	one("nobody logged in", Fault{At: Authorize, Code: "login_required"}, crm.ClassRelink),
	one("nobody logged in, immediate", Fault{At: Authorize, Code: "immediate_unsuccessful"}, crm.ClassRelink),
	one("blocked without a reason", Fault{At: Authorize, Code: "OAUTH_AUTHORIZATION_BLOCKED"}, crm.ClassRelink),
	one("app of another org", Fault{At: Authorize, Code: "OAUTH_EC_APP_NOT_FOUND", Message: "External client app is not installed in this org"}, crm.ClassRelink),
}

var redeeming = []refusal{
	one("code expired", Fault{At: Redeem, Code: "invalid_grant", Message: "expired authorization code"}, crm.ClassRelink),
	one("wrong client", Fault{At: Redeem, Code: "invalid_client", Message: "invalid client credentials"}, crm.ClassRelink),
	one("network not allowed", Fault{At: Redeem, Code: "invalid_grant", Message: "ip restricted"}, crm.ClassPermission),
}

var renewing = []refusal{
	one("refresh token ended", Fault{At: Token, Code: "invalid_grant", Message: "expired access/refresh token"}, crm.ClassRelink),
	one("user inactive", Fault{At: Token, Code: "invalid_grant", Message: "inactive user"}, crm.ClassRelink),
	one("user inactive, as a code", Fault{At: Token, Code: "inactive_user", Message: "user is inactive"}, crm.ClassRelink),
	one("org inactive", Fault{At: Token, Code: "invalid_grant", Message: "inactive organization"}, crm.ClassRelink),
	one("org inactive, as a code", Fault{At: Token, Code: "inactive_org"}, crm.ClassRelink),
	one("network not allowed", Fault{At: Token, Code: "invalid_grant", Message: "ip restricted"}, crm.ClassPermission),
	one("outside login hours", Fault{At: Token, Code: "invalid_grant", Message: "invalid login hours"}, crm.ClassPermission),
	one("app not approved", Fault{At: Token, Code: "invalid_grant", Message: "user hasn't approved this consumer"}, crm.ClassRelink),
	one("authentication failure", Fault{At: Token, Code: "invalid_grant", Message: "authentication failure"}, crm.ClassRelink),
	one("wrong client", Fault{At: Token, Code: "invalid_client", Message: "invalid client credentials"}, crm.ClassRelink),
	one("client not authorized", Fault{At: Token, Code: "unauthorized_client"}, crm.ClassRelink),
	one("flow switched off", Fault{At: Token, Code: "unsupported_grant_type", Message: "grant type not supported"}, crm.ClassRelink),
	one("access to the app not given", Fault{At: Token, Code: "invalid_app_access", Message: "user is not admin approved to access this app"}, crm.ClassRelink),
	one("too many logins", Fault{At: Token, Code: "rate_limit_exceeded"}, crm.ClassTransient),
	one("too many logins, as a text", Fault{At: Token, Code: "invalid_grant", Message: "login rate exceeded"}, crm.ClassTransient),
	one("renewed by another already", Fault{At: Token, Code: "invalid_grant", Message: "token request is already being processed"}, crm.ClassTransient),
	one("a page in place of a token", Fault{At: Token, Status: 200, Body: page}, crm.ClassTransient),
	one("a page that refuses", Fault{At: Token, Status: 403, Body: page}, crm.ClassTransient),
	one("maintenance", Fault{At: Token, Status: 503, Body: page}, crm.ClassTransient),
	fine("a failure that passes", Fault{At: Anything, Status: 401, Code: "INVALID_SESSION_ID", Message: "Session expired or invalid"}),
}

var everything = []refusal{
	fine("header refused", Fault{At: Anything, Status: 401, Code: "INVALID_AUTH_HEADER", Message: "INVALID_HEADER_TYPE"}),
	fine("version retired", Fault{At: Anything, Status: 410, Code: "UNSUPPORTED_API_VERSION", Message: "Invalid Api version specified on URL"}),
	fine("wrong server", Fault{At: Anything, Status: 421, Body: page}),
	one("session of another kind", Fault{At: Anything, Status: 401, Code: "INVALID_SESSION_ID", Message: "This session is not valid for use with the REST API"}, crm.ClassBlocked),
	one("app not attached", Fault{At: Anything, Status: 401, Code: "INVALID_SESSION_ID", Message: "Connected app is not attached to Agent"}, crm.ClassBlocked),
	one("requests used up", Fault{At: Anything, Status: 403, Code: "REQUEST_LIMIT_EXCEEDED", Message: "TotalRequests Limit exceeded."}, crm.ClassQuota),
	one("too many at once", Fault{At: Anything, Status: 403, Code: "REQUEST_LIMIT_EXCEEDED", Message: "ConcurrentPerOrgLongTxn Limit exceeded."}, crm.ClassTransient),
	one("edition without API", Fault{At: Anything, Status: 403, Code: "API_DISABLED_FOR_ORG", Message: "API is not enabled for this Organization or Partner"}, crm.ClassBlocked),
	one("user without API", Fault{At: Anything, Status: 403, Code: "API_CURRENTLY_DISABLED", Message: "API is disabled for this User"}, crm.ClassBlocked),
	one("password expired", Fault{At: Anything, Status: 403, Code: "INVALID_OPERATION_WITH_EXPIRED_PASSWORD", Message: "The password for this user has expired"}, crm.ClassBlocked),
	one("outside login hours", Fault{At: Anything, Status: 403, Code: "LOGIN_DURING_RESTRICTED_TIME", Message: "Restricted time"}, crm.ClassBlocked),
	one("from another network", Fault{At: Anything, Status: 403, Code: "LOGIN_DURING_RESTRICTED_DOMAIN", Message: "Restricted domain"}, crm.ClassBlocked),
	one("org locked", Fault{At: Anything, Status: 403, Code: "ORG_LOCKED", Message: "locked"}, crm.ClassBlocked),
	one("trial over", Fault{At: Anything, Status: 403, Code: "TRIAL_EXPIRED", Message: "expired"}, crm.ClassBlocked),
	one("app not for this user", Fault{At: Anything, Status: 403, Code: "CLIENT_NOT_ACCESSIBLE_FOR_USER", Message: "the client is not accessible"}, crm.ClassBlocked),
	one("app too old", Fault{At: Anything, Status: 403, Code: "CLIENT_REQUIRE_UPDATE_FOR_USER", Message: "update required"}, crm.ClassBlocked),
	one("a function switched off for a while", Fault{At: Anything, Status: 403, Code: "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", Message: "temporarily disabled"}, crm.ClassTransient),
	one("the org is not there", Fault{At: Anything, Status: 503, Code: "SERVER_UNAVAILABLE", Message: "The server is unavailable"}, crm.ClassTransient),
	one("the org broke down", Fault{At: Anything, Status: 500, Code: "UNKNOWN_EXCEPTION", Message: "An unexpected error occurred"}, crm.ClassTransient, crm.ClassAmbiguous),
	one("a gateway's page", Fault{At: Anything, Status: 502, Body: page}, crm.ClassTransient, crm.ClassAmbiguous),
	one("a gateway that waited too long", Fault{At: Anything, Status: 504, Body: ""}, crm.ClassTransient, crm.ClassAmbiguous),
	one("a proxy that refuses", Fault{At: Anything, Status: 403, Body: page}, crm.ClassTransient, crm.ClassAmbiguous),
	one("a proxy that wants a login", Fault{At: Anything, Status: 407, Body: page}, crm.ClassTransient),
	one("a proxy without a session", Fault{At: Anything, Status: 401, Body: page}, crm.ClassTransient, crm.ClassAmbiguous),
	one("a page in place of an answer", Fault{At: Anything, Status: 200, Body: page}, crm.ClassTransient, crm.ClassAmbiguous),
	one("nothing in place of an answer", Fault{At: Anything, Status: 200, Body: ""}, crm.ClassTransient, crm.ClassAmbiguous),
	one("null in place of an answer", Fault{At: Anything, Status: 200, Body: "null"}, crm.ClassTransient, crm.ClassAmbiguous),
	one("too many requests", Fault{At: Anything, Status: 429, Body: ""}, crm.ClassTransient),
}

var searching = []refusal{
	one("field hidden, whichever is asked for", Fault{At: Search, Status: 400, Code: "INVALID_FIELD", Message: "No such column 'Nothing' on entity 'Contact'."}, crm.ClassRejected),
	fine("field hidden", Fault{At: Search, Status: 400, Code: "INVALID_FIELD", Message: "No such column 'Title' on entity 'Contact'."}),
	fine("object hidden", Fault{At: Search, Status: 400, Code: "INVALID_TYPE", Message: "sObject type 'Lead' is not supported."}),
	one("search refused", Fault{At: Search, Status: 400, Code: "MALFORMED_SEARCH", Message: "No such thing"}, crm.ClassRejected),
	one("search not allowed", Fault{At: Search, Status: 403, Code: "INSUFFICIENT_ACCESS", Message: "insufficient access"}, crm.ClassPermission),
	one("search takes too long", Fault{At: Search, Status: 400, Code: "QUERY_TIMEOUT", Message: "Your query request was running for too long."}, crm.ClassTransient),
	one("no such resource", Fault{At: Search, Status: 404, Code: "NOT_FOUND", Message: "The requested resource does not exist"}, crm.ClassRejected),
}

var querying = []refusal{
	one("query refused", Fault{At: Query, Status: 400, Code: "MALFORMED_QUERY", Message: "unexpected token: 'FROM'"}, crm.ClassRejected),
	one("query takes too long", Fault{At: Query, Status: 400, Code: "QUERY_TIMEOUT", Message: "Your query request was running for too long."}, crm.ClassTransient),
}

var writing = []refusal{
	fine("value not allowed", Fault{At: Write, Status: 400, Code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Message: "Call Type: bad value for restricted picklist field: Inbound", Fields: []string{"CallType"}}),
	fine("field read-only", Fault{At: Write, Status: 400, Code: "INVALID_FIELD_FOR_INSERT_UPDATE", Message: "Unable to create/update fields: CallType. Please check the security settings", Fields: []string{"CallType"}}),
	one("row locked", Fault{At: Write, Status: 400, Code: "UNABLE_TO_LOCK_ROW", Message: "unable to obtain exclusive access to this record"}, crm.ClassTransient),
	one("field missing", Fault{At: Write, Status: 400, Code: "REQUIRED_FIELD_MISSING", Message: "Required fields are missing: [Region__c]", Fields: []string{"Region__c"}}, crm.ClassRejected),
	one("rule of the org", Fault{At: Write, Status: 400, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "<b>No calls</b>, please", Fields: []string{"Subject"}}, crm.ClassRejected),
	one("text too long", Fault{At: Write, Status: 400, Code: "STRING_TOO_LONG", Message: "Subject: data value too large", Fields: []string{"Subject"}}, crm.ClassRejected),
	one("fields that do not fit together", Fault{At: Write, Status: 400, Code: "FIELD_INTEGRITY_EXCEPTION", Message: "Related To ID: can't be set", Fields: []string{"WhatId"}}, crm.ClassRejected),
	one("duplicate", Fault{At: Write, Status: 400, Code: "DUPLICATES_DETECTED", Message: "Use one of these records?"}, crm.ClassRejected),
	one("trigger", Fault{At: Write, Status: 400, Code: "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Message: "TaskTrigger: execution of BeforeInsert caused by: System.NullPointerException"}, crm.ClassRejected),
	one("flow", Fault{At: Write, Status: 400, Code: "CANNOT_EXECUTE_FLOW_TRIGGER", Message: "We can't save this record because the <b>flow</b> failed.<br>Contact your admin"}, crm.ClassRejected),
	one("converted lead", Fault{At: Write, Status: 400, Code: "CANNOT_UPDATE_CONVERTED_LEAD", Message: "cannot reference converted lead", Fields: []string{"WhoId"}}, crm.ClassGone, crm.ClassRejected),
	one("storage full", Fault{At: Write, Status: 400, Code: "STORAGE_LIMIT_EXCEEDED", Message: "storage limit exceeded"}, crm.ClassBlocked),
	one("not allowed", Fault{At: Write, Status: 403, Code: "INSUFFICIENT_ACCESS_OR_READONLY", Message: "insufficient access rights on object id"}, crm.ClassPermission),
	one("not allowed at the record", Fault{At: Write, Status: 400, Code: "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", Message: "insufficient access rights on cross-reference id"}, crm.ClassPermission),
	one("record deleted", Fault{At: Write, Status: 400, Code: "ENTITY_IS_DELETED", Message: "entity is deleted", Fields: []string{"WhoId"}}, crm.ClassGone),
	one("record unknown", Fault{At: Write, Status: 400, Code: "INVALID_CROSS_REFERENCE_KEY", Message: "invalid cross reference id", Fields: []string{"WhoId"}}, crm.ClassGone),
	one("owner unknown", Fault{At: Write, Status: 400, Code: "INVALID_CROSS_REFERENCE_KEY", Message: "invalid cross reference id", Fields: []string{"OwnerId"}}, crm.ClassRejected),
	one("record type unknown", Fault{At: Write, Status: 400, Code: "INVALID_CROSS_REFERENCE_KEY", Message: "Record Type ID: this ID value isn't valid for the user", Fields: []string{"RecordTypeId"}}, crm.ClassRejected),
	one("several at once", Fault{At: Write, Status: 400, Body: `[{"errorCode":"REQUIRED_FIELD_MISSING","message":"Required fields are missing: [Region__c]","fields":["Region__c"]},{"errorCode":"STRING_TOO_LONG","message":"Subject: data value too large","fields":["Subject"]}]`, Fields: []string{"Region__c"}}, crm.ClassRejected),
	one("what nobody has heard of", Fault{At: Write, Status: 400, Code: "SOMETHING_NEW", Message: "of Winter '31"}, crm.ClassRejected),
	one("a conflict with something on the way", Fault{At: Write, Status: 409, Body: page}, crm.ClassTransient, crm.ClassAmbiguous),
}

// faults makes a test of each refusal at a step: the caller gets the class that says what to do, with words; nothing is asked without end; a
// refusal is no answer, so nobody is taken for unknown; and once the org takes it, the call has one task.
func faults(at Step) (all []test) {
	for _, r := range refusals {
		if r.At == at {
			all = append(all, test{r.name, r.try})
		}
	}
	return all
}

// mostTries bounds the requests for one lookup or one log, with all that is tried again at once.
const mostTries = 12

func (r refusal) try(t *testing.T, s Subject) {
	if r.At == Authorize || r.At == Redeem {
		s.Refuse(r.Fault)
		r.requireWanted(t, "link", s.Link())
		return
	}
	p := s.person(t, crm.Contact, 0)
	if r.At == Query {
		r.tryQuery(t, s, p)
		return
	}
	if r.At != Write {
		s.Refuse(r.Fault)
		s.requireAtMost(t, mostTries, func() {
			_, err := s.Org.Lookup(t.Context(), crm.ParseNumber(p.Number, agent))
			r.requireWanted(t, "lookup", err)
		})
		s.Break(Fine)
		if !r.ends() {
			if got, err := s.Org.Lookup(t.Context(), crm.ParseNumber(p.Number, agent)); err != nil || len(got.Matches) != 1 {
				t.Errorf("afterwards: %d matches, %v", len(got.Matches), err)
			}
		}
	}
	if r.At != Search {
		s.Refuse(r.Fault)
		a := call(p.Ref)
		var err error
		s.requireAtMost(t, mostTries, func() { _, err = s.Org.Log(t.Context(), a, false) })
		r.requireWanted(t, "log", err)
		s.Break(Fine)
		if r.ends() {
			return
		}
		if err != nil {
			if _, err = s.Org.Log(t.Context(), a, classOf(err) == crm.ClassAmbiguous); err != nil {
				t.Errorf("logged afterwards: %v", err)
			}
		}
		s.onlyTask(t, a.CallID)
	}
}

// tryQuery has a task looked for: what is refused is not taken for none, so that no second one is made.
func (r refusal) tryQuery(t *testing.T, s Subject, p Person) {
	a := call(p.Ref)
	if _, err := s.Org.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	s.Refuse(r.Fault)
	s.requireAtMost(t, mostTries, func() {
		_, err := s.Org.Find(t.Context(), a)
		r.requireWanted(t, "find", err)
	})
	s.requireAtMost(t, mostTries, func() { _, _ = s.Org.Log(t.Context(), a, true) }) // an org that knows calls by their id need not be asked
	s.onlyTask(t, a.CallID)
	s.Break(Fine)
	if found, err := s.Org.Find(t.Context(), a); err != nil || len(found) != 1 {
		t.Errorf("afterwards: %d found, %v", len(found), err)
	}
}

// ends reports whether the link does not work again by itself.
func (r refusal) ends() bool {
	return r.At == Token && (slices.Contains(r.want, crm.ClassRelink) || slices.Contains(r.want, crm.ClassPermission))
}

func (r refusal) requireWanted(t *testing.T, what string, err error) {
	t.Helper()
	if len(r.want) == 0 {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	wantClass(t, err, r.want...)
	e, _ := asError(err)
	for _, f := range r.Fields {
		if !slices.Contains(e.Fields, f) {
			t.Errorf("%s: the fields are %v", what, e.Fields)
		}
	}
	if text := e.Fault.Encode(); strings.Contains(text, "<") || strings.Contains(text, `\u003c`) {
		t.Errorf("%s: markup in %s", what, text)
	}
}
