package rig

import (
	"cmp"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// elsewhere in the environment is the address of the peers in place of 127.0.0.1.
const elsewhere = "LINECARD_RIG_HOST"

// host is the address of the peers.
func host() string { return cmp.Or(os.Getenv(elsewhere), "127.0.0.1") }

// Elsewhere runs the calling test once more, alone and in a namespace of its own, where the peers are at an address outside 127.0.0.0/8: real phones name no loopback
// address as a candidate of ICE. It is true in that run, and false in the one that has waited for it. It requires root.
func Elsewhere(t *testing.T, env ...string) bool {
	t.Helper()
	if os.Getenv(elsewhere) != "" {
		return true
	}
	const address = "10.77.0.1"
	ns := StartNamespace(t)
	run := func(args ...string) {
		t.Helper()
		args = append(slices.Clone(ns.Run), args...)
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = append(append(os.Environ(), elsewhere+"="+address), env...)
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Errorf("in the namespace: %v", err)
		}
	}
	run(program(t, "ip"), "addr", "add", address+"/24", "dev", "lo")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run(self, "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=10m")
	return false
}
