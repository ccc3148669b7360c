package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"linecard/app/catalogue"
	"linecard/app/journal"
	"linecard/fault"
	"linecard/test/rig"
)

// nobody is a user who may not write everything, as the superuser may.
const nobody = 65534

// A folder that takes no file is served all the same: the app starts, the command line finds it, with the session's own folder and
// without, and a notice says what is wrong. One app serves it.
func TestAFolderThatTakesNoFile(t *testing.T) {
	dir := rig.Dir(t)
	s := &starter{t: t, dir: dir, tmp: filepath.Join(dir, "tmp"), steps: filepath.Join(dir, "tmp", "steps")}
	data, session, program := filepath.Join(dir, "data"), filepath.Join(dir, "session"), filepath.Join(dir, "program")
	for _, folder := range []string{s.tmp, data, session} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(exe); err != nil {
		t.Fatal(err)
	} else if err := os.WriteFile(program, b, 0o755); err != nil { // the one that is there is in a folder of this user alone
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "settings.toml"), []byte("language = \"en\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		for _, path := range []string{s.tmp, data, session, filepath.Join(data, "settings.toml")} {
			if err := os.Chown(path, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(dir, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(data, 0o500); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) *exec.Cmd {
		s.args = args
		c := s.command("")
		c.Path = program
		if os.Geteuid() == 0 {
			c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		return c
	}
	for name, env := range map[string][]string{"a session's folder": {"XDG_RUNTIME_DIR=" + session}, "none": nil} { // the second finds the lock file of the first
		t.Run(name, func(t *testing.T) {
			_ = os.Remove(s.steps)
			app := command("--headless")
			app.Env = append(app.Env, env...)
			var errs strings.Builder
			app.Stderr = &errs
			if err := app.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- app.Wait() }()
			defer func() {
				_ = app.Process.Signal(os.Interrupt)
				<-ended
			}()
			for { // nothing tells when the file has grown
				b, _ := os.ReadFile(s.steps)
				if slices.Contains(strings.Fields(string(b)), "follow") {
					break
				}
				select {
				case err := <-ended:
					ended <- err
					t.Fatalf("it does not start: %v\n%s", err, &errs)
				case <-time.After(10 * time.Millisecond):
				}
			}
			for _, mode := range []os.FileMode{0o500, 0o700} { // and once it can be written again
				if err := os.Chmod(data, mode); err != nil {
					t.Fatal(err)
				}
				run := func(args ...string) []byte {
					c := command(args...)
					c.Env = append(c.Env, env...)
					out, err := c.CombinedOutput()
					if err != nil {
						t.Fatalf("mode %o: %q: %v\n%s", mode, args, err, out)
					}
					return out
				}
				run("--headless") // hands over
				said := run("status", "--json")
				var status struct {
					PID    int
					Notice string
				}
				if err := json.Unmarshal(said, &status); err != nil || status.PID != app.Process.Pid {
					t.Errorf("mode %o: status: %v\n%s", mode, err, said)
				}
				why := func(code fault.Code) string { return catalogue.Say(fault.New(code, "folder", data)) }
				if mode == 0o500 && status.Notice != why(journal.InMemoryReadOnly) && status.Notice != why(journal.NoAccess) {
					t.Errorf("the notice is %q", status.Notice)
				}
			}
			if err := os.Chmod(data, 0o500); err != nil {
				t.Fatal(err)
			}
		})
	}
}
