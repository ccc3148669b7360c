package layout

import (
	"math"
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"linecard/fault"
)

// Problem is something that the org would not take of what a layout says, or that says nothing.
type Problem struct {
	Field string      `json:"field,omitempty"` // API name; "" when it is about the layout itself
	Why   fault.Fault `json:"why"`
	Cut   bool        `json:"cut,omitempty"` // the rest of it is written
	Org   string      `json:"org,omitempty"` // which org, where several were asked
}

// OwnerField is the field that says whose a record is, and what a problem with the owner is about.
const OwnerField = "OwnerId"

func problem(field string, code fault.Code, pairs ...any) *Problem {
	return &Problem{Field: field, Why: fault.New(code, pairs...)}
}

// FieldRefused is the problem of a field that the org has refused in a write although its description allows it.
func FieldRefused(name, title string) *Problem {
	return problem(name, "layout.field-refused", "field", title)
}

// EntryRefused is the problem of a value that the org has refused in a write.
func EntryRefused(name, title, value string) *Problem {
	return problem(name, "layout.entry-refused", "field", title, "value", value)
}

// RecordTypeRefused is the problem of a record type that the org has refused in a write.
func (o *Object) RecordTypeRefused(id string) *Problem {
	name := id
	for _, t := range o.RecordTypes {
		if t.ID == id {
			name = t.Name
		}
	}
	return problem("RecordTypeId", "layout.record-type-refused", "name", name)
}

// IsRefusal reports whether a problem is that of [FieldRefused], [EntryRefused] or [Object.RecordTypeRefused].
func (p Problem) IsRefusal() bool {
	return p.Why.Is("layout.field-refused") || p.Why.Is("layout.entry-refused") || p.Why.Is("layout.record-type-refused")
}

// fit makes a text into what a field takes. A text that is too long is cut, with a mark; with any other problem the value is
// nil and nothing is written.
func fit(f ObjectField, text string) (any, *Problem) {
	make, ok := types[f.Type]
	if !ok {
		return nil, problem(f.Name, "layout.type-not-written", "field", f.title(), "type", f.Type)
	}
	return make(f, text)
}

// title is how a person knows a field.
func (f ObjectField) title() string {
	if f.Label == "" {
		return f.Name
	}
	return f.Label
}

func textValue(f ObjectField, text string) (any, *Problem) {
	if f.Type != "textarea" {
		text = strings.Join(strings.Fields(text), " ") // the end of a line has no place in a field of one line
	}
	return cut(f, text)
}

func cut(f ObjectField, text string) (any, *Problem) {
	if n := Units(text); f.Length > 0 && n > f.Length {
		p := problem(f.Name, "layout.too-long", "field", f.title(), "length", n, "most", f.Length)
		p.Cut = true
		return Truncate(text, f.Length), p
	}
	return text, nil
}

// emailValue takes an address as Salesforce does, which refuses what is none (INVALID_EMAIL_ADDRESS), and cuts none.
func emailValue(f ObjectField, text string) (any, *Problem) {
	text = strings.TrimSpace(text)
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || !strings.Contains(text[strings.LastIndexByte(text, '@')+1:], ".") {
		return nil, problem(f.Name, "layout.not-an-email", "field", f.title(), "value", text)
	}
	if f.Length > 0 && Units(text) > f.Length {
		return nil, problem(f.Name, "layout.too-long", "field", f.title(), "length", Units(text), "most", f.Length)
	}
	return text, nil
}

// pickValue takes an entry by its API name or its label. One that is not among the entries goes to a picklist that is not
// restricted.
func pickValue(f ObjectField, text string) (any, *Problem) {
	text = strings.TrimSpace(text)
	for _, of := range []func(Entry) string{func(e Entry) string { return e.Value }, func(e Entry) string { return e.Label }} {
		if i := slices.IndexFunc(f.Entries, func(e Entry) bool { return strings.EqualFold(of(e), text) }); i >= 0 {
			return f.Entries[i].Value, nil
		}
	}
	if f.Restricted {
		return nil, problem(f.Name, "layout.not-an-entry", "field", f.title(), "value", text)
	}
	return cut(f, text)
}

// numberValue takes a whole number, or one with a point where the field has places behind it.
func numberValue(f ObjectField, text string) (any, *Problem) {
	text = strings.TrimSpace(text)
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, problem(f.Name, "layout.not-a-number", "field", f.title(), "value", text)
	}
	if f.Type == "int" || f.Scale == 0 {
		n = math.Round(n)
	}
	digits, most := f.Digits, math.Inf(1)
	switch {
	case digits > 0:
		most = math.Pow10(digits)
	case f.Type == "int":
		most = math.MaxInt32 // xsd:int
	}
	if math.Abs(n) >= most {
		return nil, problem(f.Name, "layout.number-too-large", "field", f.title(), "value", text, "digits", max(digits, 9))
	}
	if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
		return int(n), nil
	}
	return n, nil
}

// booleans are the words for yes and no.
var booleans = map[string]bool{
	"true": true, "yes": true, "1": true, "on": true, "x": true, "checked": true,
	"false": false, "no": false, "0": false, "off": false, "": false, "unchecked": false,
}

func booleanValue(f ObjectField, text string) (any, *Problem) {
	b, ok := booleans[strings.ToLower(strings.TrimSpace(text))]
	if !ok {
		return nil, problem(f.Name, "layout.not-yes-or-no", "field", f.title(), "value", strings.TrimSpace(text))
	}
	return b, nil
}

// truncated marks the end of a text that was too long. The journal keeps the whole text.
const truncated = " […]"

// Truncate shortens s to n characters as Salesforce counts them, with a mark, and returns it unchanged when n is 0.
func Truncate(s string, n int) string {
	if n <= 0 || Units(s) <= n {
		return s
	}
	mark := truncated
	if n < 2*len(truncated) {
		mark = ""
	}
	room := n - Units(mark)
	for i, r := range s {
		if room -= runeUnits(r); room < 0 {
			return s[:i] + mark
		}
	}
	return s
}

// Units is the length of s as Salesforce counts it.
func Units(s string) int {
	n := 0
	for _, r := range s {
		n += runeUnits(r)
	}
	return n
}

// runeUnits is how much of a field's length a character takes: two for a surrogate pair in UTF-16, such as an emoji
// (help article 005166849), and two for the end of a line, which a long text stores as CR LF (believed for texts sent
// by API).
func runeUnits(r rune) int {
	if r > 0xFFFF || r == '\n' {
		return 2
	}
	return 1
}
