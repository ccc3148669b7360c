// Package fault says what went wrong without words: a code, and the values that a sentence about it needs. The parts below
// the desk return it; package app/catalogue makes the sentence, in the language of whoever reads it. That is also why a
// reason kept on disk is a Fault and never a sentence.
//
// A code is written "area.what", such as "sip.no-line". It never changes once released: it is on disk, in the JSON of the
// command line, and the key of the catalogue's messages.
package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// Code names one kind of fault or notice.
type Code string

// Values are what the sentence names: numbers, servers, field names. They hold no secret. Values are strings, bools,
// numbers and times as JSON has them, so that a Fault read back from disk makes the same sentence.
type Values map[string]any

// Fault is a code with its values. The zero Fault is none.
type Fault struct {
	Code   Code   `json:"code,omitempty"`
	Values Values `json:"values,omitempty"`
}

// IsZero reports whether there is no fault.
func (f Fault) IsZero() bool { return f.Code == "" }

// Is reports whether f is of the code.
func (f Fault) Is(code Code) bool { return f.Code == code }

// String is the code, for the log and for tests: values may name people.
func (f Fault) String() string { return string(f.Code) }

// LogValue keeps the values, which may name people, out of the log.
func (f Fault) LogValue() slog.Value { return slog.StringValue(string(f.Code)) }

// New makes a Fault of a code and pairs of names and values. It panics on a pair that is not whole, which is an error of
// the program's.
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

// Encode writes f as it is kept on disk; "" for no fault.
func (f Fault) Encode() string {
	if f.IsZero() {
		return ""
	}
	b, err := json.Marshal(f)
	if err != nil { // a value JSON does not have
		return fmt.Sprintf(`{"code":%q}`, f.Code)
	}
	return string(b)
}

// Decode reads what Encode wrote. Text that is no Fault, such as a sentence an older version kept, becomes one of code
// [Plain].
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

// Plain is the code of a text that comes from outside Linecard and is shown as it is: an org's own words, or a sentence
// that an older version kept on disk. Its value is "text".
const Plain Code = "plain"

// Error is a Fault as an error, with the cause for the log.
type Error struct {
	Fault
	Err error // the technical cause; nil when the fault says it all
}

// Err makes an error of a code and pairs of names and values; cause may be nil.
func Err(cause error, code Code, pairs ...any) *Error {
	return &Error{Fault: New(code, pairs...), Err: cause}
}

// Error is the code and the cause, for the log. People read the sentence that the catalogue makes.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Code)
	}
	return string(e.Code) + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is compare codes: an Error without values and cause stands for its code.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Err == nil && len(t.Values) == 0 && t.Code == e.Code
}

// LogValue gives the log the code and the cause.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Of returns the Fault in err, the zero Fault when err has none.
func Of(err error) Fault {
	var has interface{ Failure() Fault }
	if errors.As(err, &has) {
		return has.Failure()
	}
	return Fault{}
}

// Failure returns the Fault itself: it is how [Of] finds one in the errors of other packages.
func (e *Error) Failure() Fault { return e.Fault }
