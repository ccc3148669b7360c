package demoorg

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"linecard/crm/demoorg/soql"
)

// accept converts the JSON of a record into values. It refuses unknown fields, fields that may not be written, and
// values of another type, too long, or not in a restricted picklist.
func (o *Org) accept(obj *object, input map[string]any, create bool) (map[string]any, *apiError) {
	changes := map[string]any{}
	var readOnly []string
	for _, name := range slices.Sorted(maps.Keys(input)) {
		if name == "attributes" {
			continue
		}
		f := o.visibleField(obj, name)
		if f == nil {
			return nil, bad("INVALID_FIELD", "No such column '%s' on sobject of type %s", name, obj.name)
		}
		if f.kind == kID {
			return nil, bad("INVALID_FIELD", "The Id field should not be specified in the sobject data.")
		}
		if create && !o.fieldCreateable(obj, f) || !create && !o.fieldUpdateable(obj, f) {
			readOnly = append(readOnly, f.name)
			continue
		}
		v, err := parseValue(o.asSet(obj, f), input[name])
		if err != nil {
			return nil, err
		}
		changes[f.name] = v
	}
	if readOnly != nil {
		return nil, bad("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: %s. Please check the security "+
			"settings of this field and verify that it is read/write for your profile or permission set.",
			strings.Join(readOnly, ", ")).on(readOnly...)
	}
	return changes, nil
}

// parseValue converts one JSON value for a field; nil is null. An empty string is null too.
func parseValue(f *field, v any) (any, *apiError) {
	if v == nil || v == "" {
		if f.kind == kBoolean {
			return false, nil
		}
		return nil, nil
	}
	switch {
	case f.kind == kBoolean:
		switch v := v.(type) {
		case bool:
			return v, nil
		case string:
			if b, err := strconv.ParseBool(strings.ToLower(v)); err == nil {
				return b, nil
			}
		}
	case f.kind.isNumber():
		return parseNumber(f, v)
	case f.kind == kBase64:
		return parseBlob(f, v)
	case f.kind == kDate:
		if s, ok := v.(string); ok {
			if _, err := time.Parse(time.DateOnly, s); err == nil {
				return soql.Date(s), nil
			}
		}
	case f.kind == kDateTime:
		if s, ok := v.(string); ok {
			for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", time.DateOnly} {
				if t, err := time.Parse(layout, s); err == nil {
					return t.UTC(), nil
				}
			}
		}
	case f.kind == kReference:
		s := scalar(v)
		if id, ok := normalID(s); ok {
			return id, nil
		}
		return nil, bad("MALFORMED_ID", "%s: id value of incorrect type: %s", f.label, s).on(f.name)
	default:
		return parseText(f, v)
	}
	return nil, deserialize(f, v)
}

func deserialize(f *field, v any) *apiError {
	token := map[bool]string{true: "VALUE_STRING", false: "VALUE"}[isString(v)]
	return bad("JSON_PARSER_ERROR", "Cannot deserialize instance of %s from %s value %v or request may be missing a required field at [line:1, column:1]",
		f.kind, token, v)
}

func isString(v any) bool { _, ok := v.(string); return ok }

func parseNumber(f *field, v any) (any, *apiError) {
	n, err := strconv.ParseFloat(scalar(v), 64)
	if err != nil || n != n {
		return nil, deserialize(f, v)
	}
	if f.kind == kInt {
		if n != float64(int64(n)) {
			return nil, deserialize(f, v)
		}
		if digits := len(strings.TrimPrefix(strconv.FormatInt(int64(n), 10), "-")); digits > f.length {
			return nil, bad("NUMBER_OUTSIDE_VALID_RANGE", "%s: value outside of valid range on numeric field: %v", f.label, v).on(f.name)
		}
	}
	if f.kind != kInt { // stored with the decimals that the field has, halves up
		n = math.Round(n*100) / 100
	}
	return n, nil
}

func parseText(f *field, v any) (any, *apiError) {
	s, ok := v.(string)
	if !ok {
		switch v.(type) {
		case map[string]any, []any:
			return nil, deserialize(f, v)
		}
		s = scalar(v)
	}
	// Leading and trailing spaces are removed (believed).
	if f.kind != kTextArea {
		s = strings.TrimSpace(s)
	}
	// Salesforce counts as Java does: a surrogate pair, such as an emoji, is two.
	switch n := len(utf16.Encode([]rune(s))); {
	case s == "":
		return nil, nil
	case n > f.length:
		return nil, bad("STRING_TOO_LONG", "%s: data value too large: %s (max length=%d)", f.label, cutText(s, 255), f.length).on(f.name)
	case f.restricted && !slices.ContainsFunc(f.choices, func(c choice) bool { return c.value == s }):
		return nil, bad("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "%s: bad value for restricted picklist field: %s", f.label, s).on(f.name)
	case f.kind == kEmail && !isEmail(s):
		return nil, bad("INVALID_EMAIL_ADDRESS", "%s: invalid email address: %s", f.label, s).on(f.name)
	}
	return s, nil
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

func cutText(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}
