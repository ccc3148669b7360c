// Package sentence makes errors that the agent reads as they stand: what happened and what to do about it. What the system
// said is for the log.
package sentence

import (
	"errors"
	"fmt"
	"log/slog"
)

// sentence keeps the cause behind the text.
type sentence struct {
	text  string
	cause error
}

// Say returns the sentence, put together as by [fmt.Sprintf], over the cause; nil when there is none. [errors.Is] and
// [errors.As] see the cause, the agent does not.
func Say(cause error, format string, args ...any) error {
	return &sentence{fmt.Sprintf(format, args...), cause}
}

// Said reports whether err has been put into words by [Say] already.
func Said(err error) bool {
	var s *sentence
	return errors.As(err, &s)
}

func (s *sentence) Error() string { return s.text }
func (s *sentence) Unwrap() error { return s.cause }

// LogValue gives the log the cause too.
func (s *sentence) LogValue() slog.Value {
	if s.cause == nil {
		return slog.StringValue(s.text)
	}
	return slog.StringValue(s.text + " (" + s.cause.Error() + ")")
}
