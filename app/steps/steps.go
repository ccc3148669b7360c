// Package steps runs a start step by step. When a step fails, what has begun is taken down, the last first, and the error is a
// sentence for the user: a start never ends in a panic, and never leaves half of itself behind.
package steps

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"linecard/fault"
)

// Steps are the steps of one start. The zero value is ready.
type Steps struct {
	// Before is called with the name of each step before it is done; an error is taken for the step's own. nil does nothing.
	// Tests make each step fail with it.
	Before func(step string) error

	// After is called in the same way once a step is done: a step that fails with its error has failed half done, at its end.
	After func(step string) error

	undo []func()
}

// Do does a step and remembers how it is undone; undo may be nil. A step that fails half done is undone too, as far as that goes: undo must then
// cope with parts that are not there, and a panic of it is nothing more than its end. An error that has no code gets the given one, with pairs of names and
// values; "" stands for a general sentence. A step that panics has failed.
func (s *Steps) Do(name string, do func() error, undo func(), code fault.Code, pairs ...any) (err error) {
	defer func() {
		if v := recover(); v != nil {
			slog.Debug("a step of the start panicked", "step", name, "panic", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("%v", v)
		}
		if err != nil && fault.Of(err).IsZero() {
			if code == "" {
				code, pairs = "program.step-failed", []any{"step", name, "why", fault.New(fault.Plain, "text", err.Error())}
			}
			err = fault.Err(err, code, pairs...)
		}
	}()
	if s.Before != nil {
		if err := s.Before(name); err != nil {
			return err
		}
	}
	if undo != nil {
		i := len(s.undo)
		s.undo = append(s.undo, undo)
		half := true
		defer func() {
			if half {
				s.undo[i] = func() { undoHalf(name, undo) }
			}
		}()
		if err := s.done(name, do); err != nil {
			return err
		}
		half = false
		return nil
	}
	return s.done(name, do)
}

func (s *Steps) done(name string, do func() error) error {
	if err := do(); err != nil || s.After == nil {
		return err
	}
	return s.After(name)
}

// halfTime is how long it may take to undo a step that was half done: one that waits for a part that never began would wait without an end.
const halfTime = 5 * time.Second

// undoHalf undoes a step that was half done, as far as it goes.
func undoHalf(name string, undo func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				slog.Debug("a step of the start was undone in part", "step", name, "panic", v)
			}
		}()
		undo()
	}()
	select {
	case <-done:
	case <-time.After(halfTime):
		slog.Warn("a step of the start is not undone", "step", name)
	}
}

// Undo undoes what was done, the last first. Doing it again does nothing.
func (s *Steps) Undo() {
	for _, undo := range slices.Backward(s.undo) {
		undo()
	}
	s.undo = nil
}
