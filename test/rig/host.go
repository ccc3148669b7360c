package rig

import (
	"cmp"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// elsewhere in the environment is the address of the peers in place of 127.0.0.1.
const elsewhere = "LINECARD_RIG_HOST"

// host is the address of the peers.
func host() string { return cmp.Or(os.Getenv(elsewhere), "127.0.0.1") }

// Elsewhere runs the calling test once more, alone and in a namespace of its own, where the peers are at the address of a network that leads on: real phones name no loopback
// address as a candidate of ICE, and Linphone only one that a route leaves from. It is true in that run, and false in the one that has waited for it. It requires root.
func Elsewhere(t *testing.T, env ...string) bool {
	t.Helper()
	if os.Getenv(elsewhere) != "" {
		return true
	}
	const address = "10.78.0.1"
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
	for _, line := range []string{
		"link add name here type veth peer name there", "addr add " + address + "/24 dev here", "link set here up", "link set there up", "route add default via 10.78.0.2",
	} {
		run(append([]string{program(t, "ip")}, strings.Fields(line)...)...)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run(self, "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=10m")
	return false
}
