package salesforce

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// apiError is one refusal of the org: one element of the JSON array that is the body of a refused REST request.
type apiError struct {
	Code    string   `json:"errorCode"`
	Message string   `json:"message"`
	Fields  []string `json:"fields"`
}

func (e apiError) Error() string { return e.Code + ": " + e.Message }

// parseRefusal reads a body of the org's own: a JSON array of errors with a code. It is nil for everything else. The
// OAuth endpoints answer with an object, see tokenError; gateways and proxies answer with HTML, with nothing, or with
// JSON of their own.
func parseRefusal(body []byte) []apiError {
	var list []apiError
	if json.Unmarshal(body, &list) != nil {
		return nil
	}
	return slices.DeleteFunc(list, func(e apiError) bool { return e.Code == "" })
}

// refusal is what the org refused, for the log.
type refusal struct {
	status int
	errors []apiError
}

func (r refusal) Error() string {
	texts := make([]string, len(r.errors))
	for i, e := range r.errors {
		texts[i] = e.Error()
	}
	return fmt.Sprintf("HTTP %d: %s", r.status, strings.Join(texts, "; "))
}

// refusals returns the single errors of a refused request.
func refusals(err error) []apiError {
	r, _ := asRefusal(err)
	return r.errors
}

func asRefusal(err error) (refusal, bool) { return errors.AsType[refusal](err) }

// readOnlyOrg is the code of an org that takes questions and no writes.
const readOnlyOrg = "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"

// exceededQuota is what STORAGE_LIMIT_EXCEEDED is called where records are made ("the size limit for organization data storage was
// exceeded", SOAP API Developer Guide, "StatusCode").
const exceededQuota = "EXCEEDED_QUOTA"

// classes are the classes of the org's error codes. Other codes are judged by the HTTP status.
var classes = map[string]crm.Class{
	"REQUEST_LIMIT_EXCEEDED": crm.ClassQuota,

	// The org refuses this user everything, whatever the request: see hold.
	"API_DISABLED_FOR_ORG":                    crm.ClassBlocked,
	"API_CURRENTLY_DISABLED":                  crm.ClassBlocked,
	"INVALID_OPERATION_WITH_EXPIRED_PASSWORD": crm.ClassBlocked,
	"ORG_LOCKED":                              crm.ClassBlocked,
	"TRIAL_EXPIRED":                           crm.ClassBlocked,
	"PASSWORD_LOCKOUT":                        crm.ClassBlocked,
	"LOGIN_DURING_RESTRICTED_DOMAIN":          crm.ClassBlocked,
	"LOGIN_DURING_RESTRICTED_TIME":            crm.ClassBlocked,
	"CLIENT_NOT_ACCESSIBLE_FOR_USER":          crm.ClassBlocked,
	"CLIENT_REQUIRE_UPDATE_FOR_USER":          crm.ClassBlocked,
	"UNSUPPORTED_CLIENT":                      crm.ClassBlocked,
	// The org refuses everybody every new record.
	"STORAGE_LIMIT_EXCEEDED": crm.ClassBlocked,
	exceededQuota:            crm.ClassBlocked,
	// The org is read-only for a time, as during an upgrade of its instance (SOAP API Developer Guide, "StatusCode").
	readOnlyOrg: crm.ClassBlocked,

	"INSUFFICIENT_ACCESS":                           crm.ClassPermission,
	"INSUFFICIENT_ACCESS_OR_READONLY":               crm.ClassPermission,
	"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": crm.ClassPermission,
	"INVALID_TYPE":                                  crm.ClassPermission,

	"INVALID_FIELD":                           crm.ClassRejected,
	"INVALID_FIELD_FOR_INSERT_UPDATE":         crm.ClassRejected,
	"MALFORMED_SEARCH":                        crm.ClassRejected,
	"MALFORMED_QUERY":                         crm.ClassRejected,
	"MALFORMED_ID":                            crm.ClassRejected,
	"INVALID_CROSS_REFERENCE_KEY":             crm.ClassRejected,
	"ENTITY_IS_DELETED":                       crm.ClassRejected,
	"NOT_FOUND":                               crm.ClassRejected,
	"REQUIRED_FIELD_MISSING":                  crm.ClassRejected,
	"FIELD_CUSTOM_VALIDATION_EXCEPTION":       crm.ClassRejected,
	"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": crm.ClassRejected,
	"STRING_TOO_LONG":                         crm.ClassRejected,
	"FIELD_INTEGRITY_EXCEPTION":               crm.ClassRejected,
	"DUPLICATES_DETECTED":                     crm.ClassRejected,
	"DUPLICATE_VALUE":                         crm.ClassRejected,
	"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":    crm.ClassRejected,
	"CANNOT_EXECUTE_FLOW_TRIGGER":             crm.ClassRejected,
	"CANNOT_UPDATE_CONVERTED_LEAD":            crm.ClassRejected,

	// Salesforce rolls the write back before it answers with these.
	"UNABLE_TO_LOCK_ROW": crm.ClassTransient,
	"QUERY_TIMEOUT":      crm.ClassTransient,

	// "Functionality has been temporarily disabled. Other calls may continue to work" (SOAP API Developer Guide, "ExceptionCode").
	"FUNCTIONALITY_TEMPORARILY_UNAVAILABLE": crm.ClassTransient,

	// With status 503 and this code the org itself says that it does not take the request ("The server is unavailable
	// to handle the request", api_rest errorcodes; that nothing was done is believed). An HTML page with status 503 is
	// different: it comes from a gateway, also when an org has worked on a request for too long
	// (Force.com-Toolkit-for-NET#160).
	"SERVER_UNAVAILABLE": crm.ClassTransient,
}

// class returns the class of one error of the org, in an answer with an HTTP status.
func (e apiError) class(status int) crm.Class {
	switch class, known := classes[e.Code]; {
	case e.Code == "REQUEST_LIMIT_EXCEEDED" && strings.Contains(e.Message, "Concurrent"):
		return crm.ClassTransient
	case e.Code == "INVALID_SESSION_ID" && (status == http.StatusForbidden || unusable(e.Message)):
		return crm.ClassBlocked
	case status != http.StatusNotFound && e.recordGone(): // with 404 it is the record that the URL names
		return crm.ClassGone
	case known:
		return class
	}
	switch {
	case notTaken(status) || status == http.StatusUnauthorized: // a session that has ended may be renewed
		return crm.ClassTransient
	case status >= 500 || status == http.StatusRequestTimeout || status == http.StatusConflict:
		return crm.ClassAmbiguous
	case status == http.StatusForbidden:
		return crm.ClassPermission
	}
	return crm.ClassRejected
}

// weight orders the classes of several errors in one answer: the heaviest decides what is done. What stops everything
// comes first, then what a person has to see, then what passes by itself.
var weight = []crm.Class{
	crm.ClassBlocked, crm.ClassQuota, crm.ClassPermission, crm.ClassRejected, crm.ClassGone, crm.ClassAmbiguous, crm.ClassTransient,
}

// unusable reports whether a 401 says that no session of this app is taken. Such an answer comes back with every new
// token; jsforce has looped on it.
func unusable(message string) bool {
	return strings.Contains(message, "not valid for use") || strings.Contains(message, "not attached to")
}

// refused turns an answer outside 2xx into the error that the caller gets. repeat tells that sending the request twice
// does no harm; otherwise an answer that does not tell whether the request was carried out is Ambiguous.
func refused(status int, body []byte, repeat bool) *crm.Error {
	list := parseRefusal(body)
	if len(list) == 0 {
		return notTheOrg(status, body, repeat)
	}
	err := refusedBy(status, list)
	if repeat && err.Class == crm.ClassAmbiguous {
		err.Class = crm.ClassTransient
	}
	if tooLarge(status) {
		err.Code = crm.CodeTooLarge
	}
	return err
}

// tooLarge reports whether a request was not taken because of its size: its body, its address or its header.
func tooLarge(status int) bool {
	return status == http.StatusRequestEntityTooLarge || status == http.StatusRequestURITooLong || status == http.StatusRequestHeaderFieldsTooLarge
}

// refusedBy makes one error of all errors that the org gave for one request or one record.
func refusedBy(status int, list []apiError) *crm.Error {
	main := slices.MinFunc(list, func(a, b apiError) int {
		return slices.Index(weight, a.class(status)) - slices.Index(weight, b.class(status))
	})
	err := &crm.Error{Class: main.class(status), Code: main.Code, Err: refusal{status, list}}
	var reasons []any
	var said []string
	for _, e := range append([]apiError{main}, list...) {
		if err.Code == e.Code {
			err.Fields = append(err.Fields, e.Fields...)
		}
		why := reason(e, e.class(status), status)
		if text := why.Encode(); !slices.Contains(said, text) {
			said, reasons = append(said, text), append(reasons, why)
		}
	}
	if more := len(reasons) - mostReasons; more > 0 {
		reasons = append(reasons[:mostReasons], fault.New("salesforce.more-reasons", "count", more))
	}
	err.Fields = slices.Compact(slices.Sorted(slices.Values(err.Fields)))
	err.Fault = reasons[0].(fault.Fault)
	if len(reasons) > 1 {
		err.Fault = fault.New("salesforce.several-reasons", "reasons", reasons)
	}
	switch {
	case status == http.StatusTooManyRequests || main.Code == "REQUEST_LIMIT_EXCEEDED":
		err.Retry = 10 * time.Second // unless the answer has its own time
	}
	return err
}

// mostReasons is how many errors of one answer are told in words; of the others it is told how many they are.
const mostReasons = 5

// notTheOrg is the error for an answer that is not the org's own: something on the way answered in its place, or the
// org broke down. It refuses nothing, and mostly cannot tell what the org has done.
func notTheOrg(status int, body []byte, repeat bool) *crm.Error {
	err := &crm.Error{
		Class: crm.ClassAmbiguous, Fault: fault.New("salesforce.answered-by-another", "status", strconv.Itoa(status)),
		Err: fmt.Errorf("HTTP %d: %s", status, short(plainWords(string(body)), longestWords)),
	}
	if status >= 500 || moved(status) {
		err.Fault = fault.New("salesforce.answers-badly")
	}
	if repeat || notTaken(status) {
		err.Class = crm.ClassTransient
	}
	if status == http.StatusTooManyRequests {
		err.Retry = 10 * time.Second // unless the answer has its own time
	}
	if tooLarge(status) {
		err.Code = crm.CodeTooLarge
	}
	return err
}

// noRoute is the status with which Salesforce Edge answers when it knows no org at the address: the request has not
// reached an org (api_rest errorcodes).
const noRoute = 420

// notTaken reports whether an answer says, by its status alone, that the request was not passed on to the org: it went
// to the wrong server (RFC 9110 §15.5.20), came too early (RFC 8470 §5.2), was one too many (RFC 6585 §4), too large for
// a gateway, or for a proxy that wants a login.
func notTaken(status int) bool {
	switch status {
	case http.StatusMisdirectedRequest, http.StatusTooEarly, http.StatusTooManyRequests, noRoute, http.StatusProxyAuthRequired,
		http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		return true
	}
	return moved(status)
}

// classOf returns the class of err, "" when it is not a *crm.Error.
func classOf(err error) crm.Class {
	if e, ok := errors.AsType[*crm.Error](err); ok {
		return e.Class
	}
	return ""
}

// codeOf returns Salesforce's error code in err, "" when it has none.
func codeOf(err error) string {
	if e, ok := errors.AsType[*crm.Error](err); ok {
		return e.Code
	}
	return ""
}

// asError returns the *crm.Error in err.
func asError(err error) (*crm.Error, bool) { return errors.AsType[*crm.Error](err) }

// faultOf returns the fault of an error; an error without a code gives its text.
func faultOf(err error) fault.Fault {
	if f := fault.Of(err); !f.IsZero() {
		return f
	}
	return plain(err.Error())
}

func asURLError(err error) (*url.Error, bool) { return errors.AsType[*url.Error](err) }

func notLinked() error { return crm.NoOrg() }
