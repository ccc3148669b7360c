package instance

import (
	"fmt"
	"log/slog"
)

// sentence is an error the agent reads: what happened and what to do about it. What the system said is for the log.
type sentence struct {
	text  string
	cause error
}

func say(cause error, format string, args ...any) error {
	return &sentence{fmt.Sprintf(format, args...), cause}
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
