package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts in testdata are what a user types and sees. linecard in them is this package's run, as a process of its own.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"linecard": func() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("LINECARD_SECRETS", "memory")
			e.Setenv("LINECARD_DATA", e.WorkDir+"/data")
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("LANG", "C.UTF-8")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "until": until},
	})
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
// Another process has no event to wait for; the deadline is far beyond what it takes.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until PATTERN COMMAND…")
	}
	pattern := regexp.MustCompile("(?m)" + args[0])
	deadline := time.Now().Add(30 * time.Second)
	for {
		cmd := exec.Command(filepath.Join(strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator))[0], args[1]), args[2:]...)
		for _, name := range []string{"PATH", "HOME", "LANG", "LINECARD_DATA", "LINECARD_SECRETS"} {
			cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
		}
		out, err := cmd.Output()
		if pattern.Match(out) {
			_ = ts.Exec(args[1], args[2:]...) // for the script to look at
			if pattern.MatchString(ts.ReadFile("stdout")) {
				return
			}
		}
		if time.Now().After(deadline) {
			ts.Fatalf("never printed %s; last: %s %v", args[0], out, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
