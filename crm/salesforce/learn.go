package salesforce

import (
	"regexp"
	"slices"
	"strings"
)

// outdated reports whether the org refused something that is allowed by its description, which is hours old perhaps: a field, a value, a
// type, the length of a text or the size of a number. sent are the fields that were written, nil for a question.
func outdated(err error, sent map[string]any) bool {
	errs := refusals(err)
	if len(errs) == 0 {
		errs = []apiError{{Code: codeOf(err)}}
	}
	return slices.ContainsFunc(errs, func(e apiError) bool { return e.outdates(sent) })
}

func (e apiError) outdates(sent map[string]any) bool {
	switch e.Code {
	case "INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_TYPE":
		return true
	case "STRING_TOO_LONG", "NUMBER_OUTSIDE_VALID_RANGE", "INVALID_EMAIL_ADDRESS":
		return e.isAbout(sent, func(v any) bool { return v != nil })
	case "REQUIRED_FIELD_MISSING": // a field that was emptied; one that nobody fills is not filled by another description
		return len(e.Fields) > 0 && e.isAbout(sent, func(v any) bool { return v == nil })
	case "JSON_PARSER_ERROR": // a field of another type now: it takes a number, and a text was sent
		return len(sent) > 0
	case "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED":
		_, typed := sent[recordTypeField]
		return typed && (len(e.Fields) == 0 || slices.Contains(e.Fields, recordTypeField))
	}
	return false
}

// isAbout reports whether a refusal may be about fields that were sent, with such a value: it names one of them, or none at all.
func (e apiError) isAbout(sent map[string]any, such func(v any) bool) bool {
	if len(e.Fields) == 0 {
		return len(sent) > 0
	}
	return slices.ContainsFunc(e.Fields, func(f string) bool {
		v, ok := sent[f]
		return ok && such(v)
	})
}

// recordTypeField is the field that names the record type.
const recordTypeField = "RecordTypeId"

// ofRecordType reports whether a refusal says that it is about the record type.
func (e apiError) ofRecordType() bool {
	switch e.Code {
	case "INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED":
		return slices.Contains(e.Fields, recordTypeField) || len(e.Fields) == 0 && namesRecordType.MatchString(e.Message)
	}
	return false
}

// How the org names what it refuses in a write, beside the list of fields. (The wording is believed.)
var (
	readOnlyFields = regexp.MustCompile(`(?i)unable to create/update fields: ([A-Za-z0-9_, ]+)`)
	badValue       = regexp.MustCompile(`(?i)bad value for restricted picklist field: (.+)$`)

	// By the label, or by the first three characters of an id.
	namesRecordType = regexp.MustCompile(`(?i)record ?type|\b012[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?\b`)
)

// learnRefusals notes which fields and values of an object the org has refused in a write, and reports whether any of this
// is new. sent are the fields that were written.
func (s *schema) learnRefusals(object string, errs []apiError, sent map[string]any) bool {
	learned := false
	for _, e := range errs {
		switch e.Code {
		case "INVALID_FIELD":
			if m := noColumn.FindStringSubmatch(e.Message); m != nil {
				learned = s.refuse(object, m[1], "") || learned
			}
		case "INVALID_FIELD_FOR_INSERT_UPDATE":
			for _, f := range e.readOnly() {
				learned = s.refuse(object, f, "") || learned
			}
		case "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST":
			for _, f := range e.Fields {
				if v, ok := sent[f].(string); ok {
					learned = s.refuse(object, f, v) || learned
				}
			}
			if m := badValue.FindStringSubmatch(e.Message); m != nil && len(e.Fields) == 0 {
				learned = s.refuse(object, "", strings.TrimSpace(m[1])) || learned
			}
		}
		if id, ok := sent[recordTypeField].(string); ok && e.ofRecordType() {
			learned = s.refuse(object, recordTypeField, id) || learned
		}
	}
	return learned
}

// leavesOut reports whether what a refusal names is left out of later writes; for any other refusal a new description is enough.
func (e apiError) leavesOut() bool {
	return slices.Contains([]string{"INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"}, e.Code)
}

// readOnly are the fields that an INVALID_FIELD_FOR_INSERT_UPDATE is about.
func (e apiError) readOnly() []string {
	if len(e.Fields) > 0 {
		return e.Fields
	}
	var fields []string
	if m := readOnlyFields.FindStringSubmatch(e.Message); m != nil {
		for f := range strings.SplitSeq(m[1], ",") {
			fields = append(fields, strings.TrimSpace(f))
		}
	}
	return fields
}
