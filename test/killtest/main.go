package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func main() {
	o := options{kills: 1000, seed: uint64(time.Now().UnixNano()) % 1_000_000}
	flag.IntVar(&o.kills, "kills", o.kills, "how often the app is killed")
	flag.Uint64Var(&o.seed, "seed", o.seed, "of what is drawn at random: calls, faults, aims")
	only := flag.String("only", strings.Join(aimNames(), ","), "aims, of "+strings.Join(aimNames(), ","))
	flag.StringVar(&o.bin, "bin", "", "the app to kill; without it, one is built")
	flag.Parse()
	var err error
	if o.aims, err = pickAims(*only); err != nil {
		fmt.Fprintln(os.Stderr, "killtest:", err)
		os.Exit(2)
	}
	os.Exit(attended(func(t testing.TB) {
		began := time.Now()
		n := run(t, o)
		fmt.Printf("%d kills in %v, seed %d\n\n%s", n.total().kills, time.Since(began).Round(time.Second), o.seed, n.table())
	}))
}

// terminal is a testing.TB outside a test: the rig's peers need one.
type terminal struct {
	testing.TB // nil: what is not below is not used
	failed     bool
	cleanups   []func()
}

// attended runs f with a terminal and returns the exit status.
func attended(f func(testing.TB)) int {
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
	if t.failed {
		return 1
	}
	return 0
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
	dir, err := os.MkdirTemp("", "lc-kill-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Clean(dir)
}
