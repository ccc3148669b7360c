package salesforce

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"linecard/crm"
)

// apiError is the body of a refused REST request: a JSON array of these. (The OAuth endpoints answer with an object,
// see tokenError; gateways in front of the org answer with HTML.)
type apiError struct {
	Code    string   `json:"errorCode"`
	Message string   `json:"message"`
	Fields  []string `json:"fields"`
}

func (e apiError) Error() string { return e.Code + ": " + e.Message }

// parseAPIError reads the first error of body, and a nameless one when body holds none.
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

// What the org's error codes mean. Codes that are not listed are judged by the HTTP status.
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

	// Salesforce rolls these back before it answers.
	"UNABLE_TO_LOCK_ROW": crm.ClassTransient,
	"QUERY_TIMEOUT":      crm.ClassTransient,

	// With status 503 the org says by itself that it does not take the request ("The server is unavailable to handle the
	// request", api_rest errorcodes; that nothing was done is believed). A page with status 503 is another matter: that comes
	// from what stands in front, also when an org has been at a request for too long (Force.com-Toolkit-for-NET#160).
	"SERVER_UNAVAILABLE": crm.ClassTransient,
}

// refused turns an answer outside 2xx into the error the caller gets. repeat tells that sending the request twice does
// no harm; otherwise an answer that leaves open whether it was carried out is Ambiguous.
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
		// The org's own refusals have a code. A page is of what stands between, which cannot tell what the org has done.
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
		err.Retry = 10 * time.Second // unless the answer names its own
	}
	if class == crm.ClassQuota {
		err.Retry = 15 * time.Minute // the day's limit is a rolling one and frees itself bit by bit
		if strings.Contains(e.Message, "Concurrent") {
			err.Class, err.Retry = crm.ClassTransient, 10*time.Second
		}
	}
	err.Message = sentence(e, err.Class, status)
	return err
}

// noRoute is what Salesforce Edge answers when it knows no org of the address: nothing has reached one (api_rest errorcodes).
const noRoute = 420

// tooLarge reports whether something in front of the org refused the request for its size, as it will every time.
func tooLarge(status int) bool {
	switch status {
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		return true
	}
	return false
}

// sentence says what an agent or admin can do about e.
func sentence(e apiError, class crm.Class, status int) string {
	fields := ""
	if len(e.Fields) > 0 {
		fields = " (" + strings.Join(e.Fields, ", ") + ")"
	}
	switch e.Code {
	case "REQUEST_LIMIT_EXCEEDED":
		if class == crm.ClassTransient {
			return "Salesforce is handling too many long requests at the moment. It is tried again by itself."
		}
		return "The org has used up its API requests for the day. Calls are kept and logged when Salesforce accepts requests again."
	case "API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED":
		return "This user may not use the Salesforce API. Ask your admin to switch on \"API Enabled\" in the user's profile or permission set."
	case "INVALID_SESSION_ID":
		return "Salesforce does not accept this app's session for its API. Ask your admin to check the policies of the External Client App, then press Link."
	case "INSUFFICIENT_ACCESS", "INSUFFICIENT_ACCESS_OR_READONLY":
		return "Salesforce does not let this user do that. Ask your admin for the right to read the record and to create and edit tasks."
	case "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY":
		return "Salesforce does not let this user attach a call to that record. Choose another record or ask its owner to share it."
	case "INVALID_TYPE":
		return "This user may not see one of the needed objects. Ask your admin for read access to contacts, accounts, leads and tasks."
	case "REQUIRED_FIELD_MISSING":
		return "The org requires a field that a call log does not fill" + fields + ". Ask your admin for a default value."
	case "FIELD_CUSTOM_VALIDATION_EXCEPTION":
		return "A validation rule of the org refused the log: " + short(e.Message, 200)
	case "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST":
		return "The org does not allow one of the chosen values" + fields + ". Choose another and send again."
	case "STRING_TOO_LONG":
		return "A text is longer than the org allows" + fields + ". Shorten it and send again."
	case "FIELD_INTEGRITY_EXCEPTION":
		return "Salesforce cannot combine these records in one log" + fields + ". Choose another record and send again."
	case "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED", "NOT_FOUND", "MALFORMED_ID":
		return "The record is no longer in Salesforce; it was deleted or merged. Choose another and send again."
	case "CANNOT_UPDATE_CONVERTED_LEAD":
		return "This lead has been converted since. Choose the contact it has become and send again."
	case "STORAGE_LIMIT_EXCEEDED":
		return "The org's data storage is full. Ask your admin to make room, then send again."
	case "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY":
		return "An automation of the org failed on the log: " + orStatus(e.Message, status) + " Ask your admin to look at it, then send again."
	case "DUPLICATES_DETECTED":
		return "Salesforce already has such a record: " + short(e.Message, 200)
	}
	switch class {
	case crm.ClassTransient, crm.ClassAmbiguous:
		return "Salesforce is not answering properly at the moment. It is tried again by itself."
	case crm.ClassPermission:
		return "Salesforce refused the request: " + orStatus(e.Message, status) + " Ask your admin."
	}
	return "Salesforce refused the request: " + orStatus(e.Message, status) + " Ask your admin what to change, then try again."
}

func orStatus(message string, status int) string {
	if message == "" {
		return fmt.Sprintf("HTTP status %d.", status)
	}
	return strings.TrimRight(short(message, 200), ".") + "."
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

// asError returns the *crm.Error in err, so that its sentence can be made more fitting.
func asError(err error) (*crm.Error, bool) { return errors.AsType[*crm.Error](err) }

func asURLError(err error) (*url.Error, bool) { return errors.AsType[*url.Error](err) }

func notLinked() error { return crm.NoOrg() }
