package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"linecard/app/instance"
	"linecard/test/rig"
)

// failing is the command with a step of its start that fails, before it is done or half done: LINECARD_TEST_FAIL names it, and LINECARD_TEST_STEPS the file that gets
// the names of all steps.
func failing() {
	beforeStep = func(step string) error {
		if f, err := os.OpenFile(os.Getenv("LINECARD_TEST_STEPS"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600); err == nil {
			_, _ = f.WriteString(step + "\n")
			_ = f.Close()
		}
		switch os.Getenv("LINECARD_TEST_FAIL") {
		case step:
			return errors.New("no room left")
		case "panic at " + step:
			panic("assignment to entry in nil map")
		}
		return nil
	}
	afterStep = func(step string) error {
		switch os.Getenv("LINECARD_TEST_FAIL") {
		case "after " + step:
			return errors.New("no room left")
		case "panic after " + step:
			panic("assignment to entry in nil map")
		}
		return nil
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// starter runs starts in folders of their own.
type starter struct {
	t        *testing.T
	dir, tmp string
	steps    string   // file
	args     []string // of the command
	env      []string // the screen and the session bus
}

func (s *starter) command(fail string) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	s.t.Cleanup(cancel)
	c := exec.CommandContext(ctx, exe)
	c.Args = append([]string{"linecard-failing"}, s.args...)
	c.Env = []string{
		"LINECARD_TEST_FAIL=" + fail, "LINECARD_TEST_STEPS=" + s.steps, "LINECARD_SECRETS=memory", "HOME=" + s.dir, "TMPDIR=" + s.tmp,
		"LINECARD_DATA=" + filepath.Join(s.dir, "data"), "LANG=C.UTF-8", "GORACE=atexit_sleep_ms=0", "PATH=" + os.Getenv("PATH"),
		"LIBGL_ALWAYS_SOFTWARE=1",
	}
	c.Env = append(c.Env, s.env...)
	if slices.Contains(s.args, "--demo") || slices.Contains(s.args, "selftest") { // so that the demo makes its own folder
		c.Env = slices.DeleteFunc(c.Env, func(v string) bool { return strings.HasPrefix(v, "LINECARD_DATA=") })
	}
	return c
}

// learn starts once and returns the steps, up to the last.
func (s *starter) learn(last string) []string {
	c := s.command("")
	var errs strings.Builder
	c.Stderr = &errs
	if err := c.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for { // nothing tells when the file has grown
		b, _ := os.ReadFile(s.steps)
		steps := strings.Fields(string(b))
		if slices.Contains(steps, last) {
			_ = c.Process.Signal(os.Interrupt)
			<-ended
			return steps
		}
		select {
		case err := <-ended:
			s.t.Fatalf("ended before %s: %v after %q\n%s", last, err, steps, &errs)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Whatever step of a start fails, or panics, the user reads one sentence with a remedy, nothing stays behind, and the next start works.
func TestEveryStepOfEveryStartCanFail(t *testing.T) {
	desktop := rig.StartBus(t)
	desktop.StartScreen()
	env := slices.DeleteFunc(slices.Clone(desktop.Env), func(v string) bool {
		return !strings.HasPrefix(v, "DISPLAY=") && !strings.HasPrefix(v, "DBUS_SESSION_BUS_ADDRESS=")
	})
	for _, start := range []struct {
		args []string
		last string // step
		most int    // ways to fail: an error, a panic, the same half done
	}{
		{[]string{"--headless"}, "follow", 4},
		{[]string{"--demo", "--headless"}, "begin", 4},
		{nil, "open", 4},
		{[]string{"--demo"}, "begin", 1},
		{[]string{"selftest"}, "follow", 1},
		{[]string{"selftest", "--window"}, "draw", 1},
	} {
		t.Run("linecard "+strings.Join(start.args, " "), func(t *testing.T) {
			dir := rig.Dir(t) // short enough for the control socket
			s := &starter{t: t, dir: dir, tmp: filepath.Join(dir, "tmp"), steps: filepath.Join(dir, "steps"), args: start.args, env: env}
			if err := os.Mkdir(s.tmp, 0o700); err != nil {
				t.Fatal(err)
			}
			steps := s.learn(start.last)
			t.Logf("%d steps: %q", len(steps), steps)
			for _, step := range steps {
				for _, fail := range []string{step, "panic at " + step, "after " + step, "panic after " + step}[:start.most] {
					s.fails(fail)
				}
			}
		})
	}
}

func (s *starter) fails(step string) {
	s.t.Helper()
	var out, errs strings.Builder
	c := s.command(step)
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != 1 {
		s.t.Errorf("%s: %v\n%s%s", step, err, &out, &errs)
		return
	}
	var said []string
	for line := range strings.Lines(errs.String()) {
		if text, ok := strings.CutPrefix(line, "linecard: "); ok {
			said = append(said, strings.TrimSpace(text))
		}
	}
	crashed := strings.Contains(errs.String(), "goroutine ") || strings.Contains(errs.String(), "panic:")
	if len(said) != 1 || crashed || strings.Count(said[0], ". ") < 1 || !strings.HasSuffix(said[0], ".") {
		s.t.Errorf("%s: it says %q\n%s", step, said, &errs)
	}
	if left, err := filepath.Glob(filepath.Join(s.tmp, demoDir+"*")); err != nil || len(left) > 0 {
		s.t.Errorf("%s: left behind: %q, %v", step, left, err)
	}
}

// Every verb that fails says so in one sentence, whatever stands in its way: no app, a data folder that is a file.
func TestEveryVerbThatFailsSaysWhy(t *testing.T) {
	dir := rig.Dir(t)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("LINECARD_SECRETS", "memory")
	t.Chdir(dir) // some write a file that is called as the operand
	var all func(c *cobra.Command, path []string)
	tried := 0
	all = func(c *cobra.Command, path []string) {
		for _, sub := range c.Commands() {
			all(sub, append(slices.Clone(path), sub.Name()))
		}
		if len(path) == 0 || !c.Runnable() || path[0] == "selftest" || path[0] == "completion" {
			return
		}
		for _, data := range []string{file, filepath.Join(dir, "none")} {
			for operands := range 3 {
				args := append(slices.Clone(path), []string{"600", "1"}[:operands]...)
				var out, errs strings.Builder
				status := run(append(args, "--data", data), strings.NewReader(""), &out, &errs)
				said := strings.TrimSpace(errs.String())
				tried++
				if status == 0 {
					continue
				}
				if text, ok := strings.CutPrefix(said, "linecard: "); !ok || strings.Contains(text, "linecard: ") || strings.Contains(text, "panic") || len(text) < 20 {
					t.Errorf("%q: status %d, %q", args, status, said)
				}
			}
		}
	}
	all(newRoot(strings.NewReader(""), io.Discard, io.Discard), nil)
	if tried < 100 {
		t.Errorf("only %d tries", tried)
	}
}

// TestAStartAfterACrash: the socket of an app that has just crashed may still answer, and no more than that. The start goes on by itself.
func TestAStartAfterACrash(t *testing.T) {
	dir := t.TempDir()
	gone, err := net.Listen("unix", filepath.Join(dir, "linecard.sock"))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := gone.Accept()
			if err != nil {
				return
			}
			_ = gone.Close()
			_ = conn.Close()
		}
	}()
	if err := handOver(t.Context(), dir, ""); !errors.Is(err, instance.ErrNotRunning) {
		t.Errorf("a start after a crash: %v", err)
	}
}
