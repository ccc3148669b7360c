package salesforce

import (
	"regexp"
	"strings"
)

// outdated reports whether the org refused a field, a value or a type that its description contains.
func outdated(err error) bool {
	for _, e := range append(refusals(err), apiError{Code: codeOf(err)}) {
		switch e.Code {
		case "INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_TYPE":
			return true
		}
	}
	return false
}

// How the org names what it refuses in a write, beside the list of fields. (The wording is believed.)
var (
	readOnlyFields = regexp.MustCompile(`(?i)unable to create/update fields: ([A-Za-z0-9_, ]+)`)
	badValue       = regexp.MustCompile(`(?i)bad value for restricted picklist field: (.+)$`)
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
	}
	return learned
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
