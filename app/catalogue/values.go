package catalogue

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/number"

	"linecard/clean"
	"linecard/fault"
)

// formats are the formats that a message may use for a value. Each one also accepts a value as it is read back from
// disk, where JSON has turned a duration into a number and a time into a string.
func (s *speaker) formats() map[string]func(any) string {
	return map[string]func(any) string{
		"number":   s.numberOf,
		"list":     func(v any) string { return s.list(texts(v)) },
		"commas":   func(v any) string { return s.joined(texts(v), "general.list-middle", "general.list-middle") },
		"lines":    func(v any) string { return strings.Join(texts(v), "\n") },
		"line":     func(v any) string { return s.line(texts(v)) },
		"clock":    func(v any) string { return s.date("general.clock", v) },
		"weekday":  func(v any) string { return s.date("general.weekday", v) },
		"day":      func(v any) string { return s.date("general.day", v) },
		"date":     func(v any) string { return s.date("general.date", v) },
		"duration": func(v any) string { return s.duration(durationOf(v)) },
		"span":     func(v any) string { return s.span(durationOf(v)) },
	}
}

const (
	maxValue = 200 // characters of a value in a sentence
	maxPlain = 600 // characters of a text from another source that is shown unchanged
)

// presentable prepares a value for a sentence: it cleans texts, and turns faults and errors into words.
func (s *speaker) presentable(v any) any {
	switch v := v.(type) {
	case string:
		return clean.Short(v, maxValue)
	case fault.Fault:
		return s.catalogue.Say(v)
	case error:
		return s.catalogue.Error(v)
	case map[string]any: // a fault that was on disk
		if code, ok := v["code"].(string); ok {
			values, _ := v["values"].(map[string]any)
			return s.catalogue.Say(fault.Fault{Code: fault.Code(code), Values: values})
		}
		return noValue
	case []string:
		all := make([]string, len(v))
		for i, t := range v {
			all[i] = clean.Short(t, maxValue)
		}
		return all
	case []any:
		all := make([]any, len(v))
		for i, t := range v {
			all[i] = s.presentable(t)
		}
		return all
	case bool, time.Time, time.Duration, int, float64:
		return v
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String { // a named string type, such as a state
		return clean.Short(r.String(), maxValue)
	}
	return v
}

// drawn reports whether a message is drawn and nothing else. What is printed, and what is written as JSON or into an org,
// has no marks of direction.
func drawn(id string) bool { return strings.HasPrefix(id, "ui.") || id == "desk.line" }

// apart sets the texts of a value apart from the words around them, see [clean.Isolate].
func apart(v any) any {
	switch v := v.(type) {
	case string:
		return clean.Isolate(v)
	case []string:
		for i, t := range v {
			v[i] = clean.Isolate(t)
		}
	}
	return v
}

// texts returns the members of a list.
func texts(v any) []string {
	switch v := v.(type) {
	case []string:
		return v
	case []any:
		var all []string
		for _, t := range v {
			if t, ok := t.(string); ok {
				all = append(all, t)
			}
		}
		return all
	case string:
		return []string{v}
	}
	return nil
}

// whole returns v as a whole number, if it is one; JSON has only floats.
func whole(v any) (int, bool) {
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return int(r.Int()), true
	case r.CanUint():
		return int(r.Uint()), true
	case r.CanFloat() && r.Float() == math.Trunc(r.Float()) && math.Abs(r.Float()) < 1<<53:
		return int(r.Float()), true
	}
	return 0, false
}

// number formats a number for the language. Small numbers, which are the most frequent, need no grouping, and x/text is
// slow.
func (s *speaker) number(n any) string {
	if i, ok := n.(int); ok && s.latin && i >= 0 && i < 1000 {
		return strconv.Itoa(i)
	}
	return s.numbers.Sprint(number.Decimal(n))
}

func (s *speaker) numberOf(v any) string {
	if n, ok := whole(v); ok {
		return s.number(n)
	}
	if f, ok := v.(float64); ok {
		return s.number(f)
	}
	return noValue
}

// durationOf returns v as a duration; a number was read from disk, in nanoseconds.
func durationOf(v any) time.Duration {
	if d, ok := v.(time.Duration); ok {
		return d
	}
	n, _ := whole(v)
	return time.Duration(n)
}

// timeOf returns v as a time in the machine's zone; a string was read from disk.
func timeOf(v any) (time.Time, bool) {
	switch v := v.(type) {
	case time.Time:
		return v, true
	case string:
		t, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(v))
		return t.Local(), err == nil
	}
	return time.Time{}, false
}
