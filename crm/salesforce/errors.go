package salesforce

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// apiError is the body of a refused REST request: a JSON array of these. (The OAuth endpoints answer with an object,
// see tokenError; gateways in front of the org answer with HTML.)
type apiError struct {
	Code    string   `json:"errorCode"`
	Message string   `json:"message"`
	Fields  []string `json:"fields"`
}

func (e apiError) Error() string { return e.Code + ": " + e.Message }

// parseAPIError reads the first error of body; the result has no code when body holds none.
func parseAPIError(body []byte) apiError {
	body = bytes.TrimSpace(body)
	var list []apiError
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		return list[0]
	}
	var one apiError
	if json.Unmarshal(body, &one) == nil && one.Code != "" {
		return one
	}
	return apiError{Message: short(string(body), 200)}
}

// classes are the classes of the org's error codes. Other codes are judged by the HTTP status.
var classes = map[string]crm.Class{
	"REQUEST_LIMIT_EXCEEDED": crm.ClassQuota,

	"API_DISABLED_FOR_ORG":                          crm.ClassPermission,
	"API_CURRENTLY_DISABLED":                        crm.ClassPermission,
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
	"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":    crm.ClassRejected,
	"CANNOT_UPDATE_CONVERTED_LEAD":            crm.ClassRejected,
	"STORAGE_LIMIT_EXCEEDED":                  crm.ClassRejected,

	// Salesforce rolls the write back before it answers with these.
	"UNABLE_TO_LOCK_ROW": crm.ClassTransient,
	"QUERY_TIMEOUT":      crm.ClassTransient,

	// With status 503 and this code the org itself says that it does not take the request ("The server is unavailable
	// to handle the request", api_rest errorcodes; that nothing was done is believed). An HTML page with status 503 is
	// different: it comes from a gateway, also when an org has worked on a request for too long
	// (Force.com-Toolkit-for-NET#160).
	"SERVER_UNAVAILABLE": crm.ClassTransient,
}

// refused turns an answer outside 2xx into the error that the caller gets. repeat tells that sending the request twice
// does no harm; otherwise an answer that does not tell whether the request was carried out is Ambiguous.
func refused(status int, body []byte, repeat bool) *crm.Error {
	e := parseAPIError(body)
	class, known := classes[e.Code]
	switch {
	case known:
	case status == http.StatusTooManyRequests || status == noRoute || moved(status):
		class = crm.ClassTransient
	case status >= 500 || status == http.StatusRequestTimeout:
		class = crm.ClassAmbiguous
	case tooLarge(status):
		class = crm.ClassRejected
	case e.Code == "":
		// The org's own refusals have a code. A page comes from a gateway, which cannot tell what the org has done.
		class = crm.ClassAmbiguous
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		class = crm.ClassPermission
	default:
		class = crm.ClassRejected
	}
	if repeat && class == crm.ClassAmbiguous {
		class = crm.ClassTransient
	}
	err := &crm.Error{Class: class, Code: e.Code, Fields: e.Fields, Err: fmt.Errorf("HTTP %d: %w", status, e)}
	if status == http.StatusTooManyRequests {
		err.Retry = 10 * time.Second // unless the answer has its own time
	}
	if class == crm.ClassQuota {
		err.Retry = 15 * time.Minute // the daily limit covers the last 24 hours, so it recovers gradually
		if strings.Contains(e.Message, "Concurrent") {
			err.Class, err.Retry = crm.ClassTransient, 10*time.Second
		}
	}
	err.Fault = reason(e, err.Class, status)
	return err
}

// noRoute is the status with which Salesforce Edge answers when it knows no org at the address: the request has not
// reached an org (api_rest errorcodes).
const noRoute = 420

// tooLarge reports whether a gateway refused the request for its size, as it will every time.
func tooLarge(status int) bool {
	switch status {
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		return true
	}
	return false
}

// reasons are the reasons for the org's error codes, for an agent or admin. Where the org explains a code in its own
// words, the reason carries them: see [reason].
var reasons = map[string]fault.Code{
	"API_DISABLED_FOR_ORG":                          "salesforce.api-not-enabled",
	"API_CURRENTLY_DISABLED":                        "salesforce.api-not-enabled",
	"INVALID_SESSION_ID":                            "salesforce.session-refused",
	"INSUFFICIENT_ACCESS":                           "salesforce.no-access",
	"INSUFFICIENT_ACCESS_OR_READONLY":               "salesforce.no-access",
	"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "salesforce.record-not-shared",
	"INVALID_TYPE":                                  "salesforce.objects-hidden",
	"INVALID_CROSS_REFERENCE_KEY":                   "salesforce.record-gone",
	"ENTITY_IS_DELETED":                             "salesforce.record-gone",
	"NOT_FOUND":                                     "salesforce.record-gone",
	"MALFORMED_ID":                                  "salesforce.record-gone",
	"CANNOT_UPDATE_CONVERTED_LEAD":                  "salesforce.lead-converted",
	"STORAGE_LIMIT_EXCEEDED":                        "salesforce.storage-full",
}

// fieldReasons are the reasons about fields: without their names, and with them.
var fieldReasons = map[string][2]fault.Code{
	"REQUIRED_FIELD_MISSING":                  {"salesforce.field-required", "salesforce.field-required-named"},
	"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": {"salesforce.value-not-allowed", "salesforce.value-not-allowed-named"},
	"STRING_TOO_LONG":                         {"salesforce.text-too-long", "salesforce.text-too-long-named"},
	"FIELD_INTEGRITY_EXCEPTION":               {"salesforce.records-do-not-fit", "salesforce.records-do-not-fit-named"},
}

// reason returns why the org refused, with what an agent or admin can do about it.
func reason(e apiError, class crm.Class, status int) fault.Fault {
	if code, ok := reasons[e.Code]; ok {
		return fault.New(code)
	}
	if codes, ok := fieldReasons[e.Code]; ok {
		if len(e.Fields) == 0 {
			return fault.New(codes[0])
		}
		return fault.New(codes[1], "fields", bounded(e.Fields))
	}
	switch e.Code {
	case "REQUEST_LIMIT_EXCEEDED":
		if class == crm.ClassTransient {
			return fault.New("salesforce.too-many-long-requests")
		}
		return fault.New("salesforce.quota-used-up")
	case "FIELD_CUSTOM_VALIDATION_EXCEPTION":
		return fault.New("salesforce.validation-rule", "message", short(e.Message, longestWords))
	case "DUPLICATES_DETECTED":
		return fault.New("salesforce.duplicate", "message", short(e.Message, longestWords))
	case "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":
		return fault.New("salesforce.automation-failed", "message", orStatus(e.Message, status))
	}
	switch class {
	case crm.ClassTransient, crm.ClassAmbiguous:
		return fault.New("salesforce.answers-badly")
	case crm.ClassPermission:
		return fault.New("salesforce.forbidden", "message", orStatus(e.Message, status))
	}
	return fault.New("salesforce.refused", "message", orStatus(e.Message, status))
}

// How much of Salesforce's own words is used, in characters, and how many field names.
const (
	longestWords = 200
	mostFields   = 20
)

// bounded shortens a list of field names so that it can be stored and shown.
func bounded(fields []string) []string {
	names := make([]string, 0, min(len(fields), mostFields))
	for _, f := range fields[:cap(names)] {
		names = append(names, short(f, 80))
	}
	return names
}

// orStatus returns Salesforce's own message without the full stop, or the HTTP status where there is none.
func orStatus(message string, status int) fault.Fault {
	if message == "" {
		return fault.New("salesforce.http-status", "status", strconv.Itoa(status))
	}
	return fault.New(fault.Plain, "text", strings.TrimRight(short(message, longestWords), "."))
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
