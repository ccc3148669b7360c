package rig

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// terminal is a testing.TB outside a test: the peers need one.
type terminal struct {
	testing.TB // nil: what is not below is not used
	failed     bool
	cleanups   []func()
}

// Attended runs f for a program that is no test, such as the benchmarks, and reports whether it went well. What f logs, and
// why it failed, is written to stderr.
func Attended(f func(testing.TB)) (ok bool) {
	t := &terminal{}
	done := make(chan struct{})
	go func() { // FailNow ends the goroutine, not the program
		defer close(done)
		defer func() {
			for i := len(t.cleanups) - 1; i >= 0; i-- {
				t.cleanups[i]()
			}
		}()
		f(t)
	}()
	<-done
	return !t.failed
}

func (t *terminal) Helper()          {}
func (t *terminal) Failed() bool     { return t.failed }
func (t *terminal) Cleanup(f func()) { t.cleanups = append(t.cleanups, f) }

func (t *terminal) Log(args ...any)                 { fmt.Fprintln(os.Stderr, args...) }
func (t *terminal) Logf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

func (t *terminal) Errorf(format string, args ...any) {
	t.failed = true
	t.Logf(format, args...)
}

func (t *terminal) Error(args ...any) {
	t.failed = true
	t.Log(args...)
}

func (t *terminal) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

func (t *terminal) Fatal(args ...any) {
	t.Error(args...)
	runtime.Goexit()
}

func (t *terminal) TempDir() string {
	dir, err := os.MkdirTemp("", "lc-attended-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Clean(dir)
}
