// Package wait is how tests wait for what must come: for as long as a busy machine may need, and not for ever, so that the test that
// misses it fails, with its name, in place of all tests of its package after half an hour.
package wait

import (
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Patience is how long a test waits for what must come: generous, because only a test that fails waits that long.
const Patience = 30 * time.Second

// For waits for what a channel tells, or for its end. Only the goroutine of the test may call it.
func For[T any](t testing.TB, told <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-told:
	case <-time.After(Patience):
		t.Fatalf("no %T came", got)
	}
	return got
}

// Main runs the tests of a package, and fails when they leave goroutines behind. Those that are about to end may be kept from the processor
// for longer than goleak is ready to wait, which is half a second.
func Main(m *testing.M) {
	code := m.Run()
	if code == 0 {
		if err := left(Patience); err != nil {
			fmt.Fprintln(os.Stderr, "goleak: Errors on successful test run:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// left is what goroutines are there that should have ended, after the time that they are given for that.
func left(d time.Duration) error {
	end := time.Now().Add(d)
	for {
		if err := goleak.Find(); err == nil || time.Now().After(end) {
			return err
		}
	}
}
