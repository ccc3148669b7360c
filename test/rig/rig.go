// Package rig starts the real peers that Linecard is tested against: Kamailio, Asterisk 22, sipp, baresip, PulseAudio with
// null sinks, and a desktop of Xvfb, a private session bus, dunst and gnome-keyring.
//
// Its rules:
//
//   - Every peer has a folder of its own, random ports on 127.0.0.1 and, where it wants one, an environment of its own, so
//     that tests run side by side and beside whatever else the machine does.
//   - A function that starts a peer returns when the peer is ready, which is seen from the peer itself: a line it prints, an
//     answer it gives, a file it makes. Nothing sleeps.
//   - Everything a test starts ends with the test, by process id. When the test failed, the last lines each peer said are in
//     its log.
//   - A missing program is a failure with the command that mends it, never a skipped test: test/setup.sh test.
package rig

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Patience is how long the rig waits for what has to happen: generous, because CI machines are slow and only failures wait
// that long.
const Patience = 20 * time.Second

// pollEvery is the pace of the few waits for which a peer offers no event.
const pollEvery = 10 * time.Millisecond

// Dir makes a folder for a peer. Its path is short, because Unix sockets in it may have no more than 107 bytes.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lc-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// program finds a program, also where root's path leads.
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

var ports struct {
	sync.Mutex
	given map[int]bool
}

// Port returns a port on 127.0.0.1 that is free for UDP and TCP and has not been given out before by this process.
func Port(t testing.TB) int {
	t.Helper()
	for range 200 {
		udp, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := udp.LocalAddr().(*net.UDPAddr).Port
		tcp, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			_ = tcp.Close()
		}
		_ = udp.Close()
		if err == nil && take(port) {
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// evenPort is such a port that is even, as RTP wants it.
func evenPort(t testing.TB) int {
	t.Helper()
	for {
		if port := Port(t); port%2 == 0 {
			return port
		}
	}
}

func take(port int) bool {
	ports.Lock()
	defer ports.Unlock()
	if ports.given == nil {
		ports.given = map[int]bool{}
	}
	if ports.given[port] {
		return false
	}
	ports.given[port] = true
	return true
}

// Until waits until ok reports true; what says for whom, when it does not happen.
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
