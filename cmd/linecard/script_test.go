package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"linecard/test/interop"
)

// The scripts in testdata are what a user types and sees. linecard in them is this package's run, as a process of its own.

func TestMain(m *testing.M) {
	if os.Getenv(inWindow) != "" {
		runInWindow(m)
	}
	testscript.Main(m, map[string]func(){
		"linecard":         func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"linecard-failing": failing,
	})
}

func TestScripts(t *testing.T) {
	interop.Proves(t, "S7.1")
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("LINECARD_SECRETS", "memory")
			e.Setenv("LINECARD_DATA", e.WorkDir+"/data")
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LANG", "C.UTF-8")
			e.Setenv("GORACE", "atexit_sleep_ms=0") // with -race each process would sleep for a second before it ends
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "until": until, "firstid": firstID},
	})
}

// firstID puts the first id of what was printed last into a variable: firstid id
func firstID(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: firstid NAME")
	}
	found := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(ts.ReadFile("stdout"))
	if found == nil {
		ts.Fatalf("no id was printed")
	}
	ts.Setenv(args[0], found[1])
}

// exits runs a command and wants that exit status: exits 2 linecard nonsense
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// until repeats a command until its output matches: until '"state":"registered"' linecard status --json
// The command runs in this process, since a new one for each try costs more than the answer, and the app in its own. The
// app has events for most that is waited for, but not for all; the deadline is far beyond what it takes.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 || args[1] != "linecard" {
		ts.Fatalf("usage: until PATTERN linecard VERB…")
	}
	pattern := regexp.MustCompile("(?m)" + args[0])
	asked := append([]string{"--data", ts.MkAbs(ts.Getenv("LINECARD_DATA"))}, args[2:]...)
	deadline := time.Now().Add(30 * time.Second)
	for {
		var out, errs bytes.Buffer
		run(asked, strings.NewReader(""), &out, &errs)
		if pattern.Match(out.Bytes()) {
			_, err := ts.Stdout().Write(out.Bytes()) // for the script to look at
			ts.Check(err)
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("never printed %s; last: %s%s", args[0], &out, &errs)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
