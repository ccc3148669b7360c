package rig

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Namespace is a separate network: no other program uses its ports, and nothing outside is reachable from it. Unix
// sockets and files are shared with the machine.
type Namespace struct {
	Run []string // command line that runs the appended command inside
}

// StartNamespace makes a namespace that has only a loopback interface. It requires root.
func StartNamespace(t testing.TB) Namespace {
	t.Helper()
	root := []string{}
	if os.Geteuid() != 0 {
		root = []string{program(t, "sudo"), "-n", "-E"}
	}
	// A process must live in the namespace as long as it exists. The shell prints its own id, since under sudo it
	// differs from the started one; it ends with its input, since under sudo the test's signals do not reach it.
	run := append(slices.Clone(root), program(t, "unshare"), "--net", "/bin/sh", "-c", program(t, "ip")+" link set lo up && echo up $$ && exec cat")
	p := Start(t, Command{Path: run[0], Args: run[1:], Lifeline: true})
	pid := strings.TrimPrefix(p.WaitLine("up "), "up ")
	return Namespace{Run: append(root, program(t, "nsenter"), "--net=/proc/"+pid+"/ns/net")}
}
