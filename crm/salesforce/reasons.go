package salesforce

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"linecard/crm"
	"linecard/fault"
)

// reasons are the reasons for the org's error codes, for an agent or admin. Where the org explains a code in its own
// words, the reason carries them: see [reason].
var reasons = map[string]fault.Code{
	"API_DISABLED_FOR_ORG":                          "salesforce.api-not-enabled",
	"API_CURRENTLY_DISABLED":                        "salesforce.api-not-enabled",
	"INVALID_SESSION_ID":                            "salesforce.session-refused",
	"INVALID_AUTH_HEADER":                           "salesforce.session-refused",
	"INVALID_OPERATION_WITH_EXPIRED_PASSWORD":       "salesforce.password-expired",
	"PASSWORD_LOCKOUT":                              "salesforce.user-locked",
	"ORG_LOCKED":                                    "salesforce.org-inactive",
	"TRIAL_EXPIRED":                                 "salesforce.org-inactive",
	"LOGIN_DURING_RESTRICTED_DOMAIN":                "salesforce.network-refused",
	"LOGIN_DURING_RESTRICTED_TIME":                  "salesforce.outside-login-hours",
	"INSUFFICIENT_ACCESS":                           "salesforce.no-access",
	"INSUFFICIENT_ACCESS_OR_READONLY":               "salesforce.no-access",
	"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "salesforce.record-not-shared",
	"INVALID_TYPE":                                  "salesforce.objects-hidden",
	"MALFORMED_ID":                                  "salesforce.record-strange",
	"UNABLE_TO_LOCK_ROW":                            "salesforce.record-busy",
	"STORAGE_LIMIT_EXCEEDED":                        "salesforce.storage-full",
	exceededQuota:                                   "salesforce.storage-full",
	readOnlyOrg:                                     "salesforce.read-only",
	"CLIENT_NOT_ACCESSIBLE_FOR_USER":                "salesforce.app-not-allowed",
	"CLIENT_REQUIRE_UPDATE_FOR_USER":                "salesforce.app-too-old",
	"UNSUPPORTED_CLIENT":                            "salesforce.app-too-old",
	"FUNCTIONALITY_TEMPORARILY_UNAVAILABLE":         "salesforce.function-off",
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
	if class == crm.ClassGone {
		if e.Code == "CANNOT_UPDATE_CONVERTED_LEAD" {
			return fault.New("salesforce.lead-converted")
		}
		return fault.New("salesforce.record-gone")
	}
	if codes, ok := fieldReasons[e.Code]; ok {
		if len(e.Fields) == 0 {
			return fault.New(codes[0])
		}
		return fault.New(codes[1], "fields", bounded(e.Fields))
	}
	switch e.Code {
	case "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED":
		return fault.New("salesforce.other-reference", "message", orStatus(e.Message, status))
	case "REQUEST_LIMIT_EXCEEDED":
		if class == crm.ClassTransient {
			return fault.New("salesforce.too-many-long-requests")
		}
		return fault.New("salesforce.quota-used-up")
	case "FIELD_CUSTOM_VALIDATION_EXCEPTION":
		return fault.New("salesforce.validation-rule", "message", words(e.Message))
	case "DUPLICATES_DETECTED":
		return fault.New("salesforce.duplicate", "message", words(e.Message))
	case "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER":
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
	if words(message) == "" {
		return fault.New("salesforce.http-status", "status", strconv.Itoa(status))
	}
	return fault.New(fault.Plain, "text", strings.TrimRight(words(message), "."))
}

// recordGone reports whether the org says that a record the Task refers to does not exist any more. The same codes are
// also used for other references: to an owner, a record type, or the Task itself.
func (e apiError) recordGone() bool {
	switch e.Code {
	case "CANNOT_UPDATE_CONVERTED_LEAD":
		return true
	case "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED":
		return e.ofRecord()
	}
	return false
}

// ofRecord reports whether an error is about the records of a Task, by the fields it names or, without fields, by what
// its message does not name.
func (e apiError) ofRecord() bool {
	if len(e.Fields) > 0 {
		return slices.ContainsFunc(e.Fields, func(f string) bool { return f == "WhoId" || f == "WhatId" })
	}
	return !otherReference.MatchString(e.Message)
}

// otherReference finds references that are not to a customer's record, by their labels or by the first three characters
// of an id: a record type, a user, a queue.
var otherReference = regexp.MustCompile(`(?i)record ?type|\bowner\b|\bassigned to\b|\b(?:012|005|00G)[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?\b`)
