package rig

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Namespace is a network of one's own: its ports are nobody else's, and nothing outside is reached from it. Unix sockets
// and files are shared with the rest of the machine.
type Namespace struct {
	Run []string // command line that runs what is appended to it inside
}

// StartNamespace makes one with nothing but a loopback interface. It takes root.
func StartNamespace(t testing.TB) Namespace {
	t.Helper()
	root := []string{}
	if os.Geteuid() != 0 {
		root = []string{program(t, "sudo"), "-n", "-E"}
	}
	// Something has to live in the namespace for as long as it is to exist. Its own id, since with sudo the one we started is
	// not it, and it ends with its input, since with sudo our signal would not reach it.
	run := append(slices.Clone(root), program(t, "unshare"), "--net", "/bin/sh", "-c", program(t, "ip")+" link set lo up && echo up $$ && exec cat")
	p := Start(t, Command{Path: run[0], Args: run[1:], Lifeline: true})
	pid := strings.TrimPrefix(p.WaitLine("up "), "up ")
	return Namespace{Run: append(root, program(t, "nsenter"), "--net=/proc/"+pid+"/ns/net")}
}
