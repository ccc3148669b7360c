// Package rig starts the real peers that Linecard is tested against: Kamailio, Asterisk 22, sipp, baresip, PulseAudio with
// null sinks, and a desktop of Xvfb, a private session bus, dunst and gnome-keyring.
//
// Its rules:
//
//   - Every peer has its own folder, random ports on 127.0.0.1 and, where needed, its own environment, so that tests run in
//     parallel and next to other programs.
//   - A function that starts a peer returns when the peer itself shows that it is ready: by a line, an answer or a file.
//     Nothing sleeps.
//   - Everything that a test starts ends with the test, by process id. A failed test logs the last lines of each peer.
//   - A missing program fails the test with the command that installs it, test/setup.sh test. No test is skipped.
package rig

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Patience is how long the rig waits for an event: long, because CI machines are slow and only failures take that long.
const Patience = time.Minute

// pollEvery is the interval of the few waits for which a peer offers no event.
const pollEvery = 10 * time.Millisecond

// Dir makes a folder for a peer. Its path is short, because the path of a Unix socket may have at most 107 bytes.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lc-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// program finds a program, also in the directories that only root has in its PATH.
func program(t testing.TB, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin"} {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path
		}
	}
	t.Fatalf("%s is not installed; run: test/setup.sh test", name)
	return ""
}

// Until waits until ok returns true; what describes the condition when it does not happen.
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatalf("%s: not within %v", what, Patience)
		case <-tick.C:
		}
	}
}

// write writes a configuration file.
func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
