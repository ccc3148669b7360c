// Package fault describes a failure without words: a code, and the values that a sentence about it needs. The packages
// below the desk return it; package app/catalogue makes the sentence in the reader's language. For the same reason,
// what is kept on disk is a Fault and never a sentence.
//
// A code has the form "area.what", such as "sip.no-line". It never changes once it was released: it is on disk, in the
// JSON of the command line, and it is the key of the catalogue's messages.
package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// Code names one kind of fault or notice.
type Code string

// Values are what the sentence names: numbers, servers, field names. They hold no secrets. A value is a string, bool,
// number or time as in JSON, so a Fault read back from disk makes the same sentence.
type Values map[string]any

// Fault is a code with its values. The zero Fault means that there is none.
type Fault struct {
	Code   Code   `json:"code,omitempty"`
	Values Values `json:"values,omitempty"`
}

// IsZero reports whether there is no fault.
func (f Fault) IsZero() bool { return f.Code == "" }

// Is reports whether f has this code.
func (f Fault) Is(code Code) bool { return f.Code == code }

// String returns the code, for the log and for tests. It leaves out the values, which may name people.
func (f Fault) String() string { return string(f.Code) }

// LogValue keeps the values, which may name people, out of the log.
func (f Fault) LogValue() slog.Value { return slog.StringValue(string(f.Code)) }

// New makes a Fault from a code and pairs of names and values. It panics when a name has no value, which is an error in
// the program.
func New(code Code, pairs ...any) Fault {
	f := Fault{Code: code}
	if len(pairs)%2 != 0 {
		panic("fault: " + string(code) + ": a name without a value")
	}
	for i := 0; i < len(pairs); i += 2 {
		if f.Values == nil {
			f.Values = Values{}
		}
		f.Values[pairs[i].(string)] = pairs[i+1]
	}
	return f
}

// Encode returns f as it is kept on disk, as JSON, or "" for no fault.
func (f Fault) Encode() string {
	if f.IsZero() {
		return ""
	}
	b, err := json.Marshal(f)
	if err != nil { // JSON has no such value
		return fmt.Sprintf(`{"code":%q}`, f.Code)
	}
	return string(b)
}

// Decode reads what Encode returned; "" is the zero Fault. Any other text, such as a sentence of an older version,
// becomes a Fault with the code [Plain].
func Decode(s string) Fault {
	if s == "" {
		return Fault{}
	}
	var f Fault
	if err := json.Unmarshal([]byte(s), &f); err != nil || f.IsZero() {
		return New(Plain, "text", s)
	}
	return f
}

// Plain is the code of a text that comes from outside Linecard and is shown unchanged: an org's own words, or a
// sentence that an older version kept on disk. Its one value is "text".
const Plain Code = "plain"

// Error is a Fault as an error, with the cause for the log.
type Error struct {
	Fault
	Err error // the technical cause; nil when there is none
}

// Err makes an error from a code and pairs of names and values; cause may be nil.
func Err(cause error, code Code, pairs ...any) *Error {
	return &Error{Fault: New(code, pairs...), Err: cause}
}

// Error returns the code and the cause, for the log. People read the sentence that the catalogue makes.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Code)
	}
	return string(e.Code) + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is compare codes: an Error without values and cause matches every Error with its code.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Err == nil && len(t.Values) == 0 && t.Code == e.Code
}

// LogValue logs the code and the cause.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Of returns the Fault in err, or the zero Fault when err has none.
func Of(err error) Fault {
	var has interface{ Failure() Fault }
	if errors.As(err, &has) {
		return has.Failure()
	}
	return Fault{}
}

// Failure returns the Fault. [Of] uses it to find the Fault in error types of other packages.
func (e *Error) Failure() Fault { return e.Fault }
