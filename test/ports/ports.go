// Package ports gives tests ports for programs that take a number and open the port themselves, a moment later.
//
// A port that was free a moment ago may be gone by then: to any socket of any process that asks the system for a port of its
// choice, or to the test of another package that runs beside this one. So these ports lie below those that the system gives out
// (Linux: ip_local_port_range, from 32768), and each is reserved, for all processes of the machine, until the test ends.
package ports

import (
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"sync/atomic"
	"testing"
)

const (
	lowest  = 12000
	highest = 32000
	slot    = 10 // ports that are reserved together
	slots   = (highest - lowest) / slot
)

// last is the slot that this process tried last. Processes begin at different ones.
var last atomic.Uint32

func init() { last.Store(rand.Uint32N(slots)) }

// Free returns a port that is free for UDP and TCP on 127.0.0.1, and that nobody else is given before the test ends. It is even,
// as RTP requires, and the next one is free too: baresip opens it for TLS, and RTCP uses it.
func Free(t testing.TB) int {
	t.Helper()
	return Block(t, 2)
}

// Block returns the first of n ports in a row, each of them as Free says.
func Block(t testing.TB, n int) int {
	t.Helper()
	need := (n + slot - 1) / slot
	for range slots {
		first := int(last.Add(uint32(need))) % (slots - need) //nolint:gosec // a few slots
		if release, ok := reserve(first, need); ok {
			if port := lowest + first*slot; free(t, port, n) {
				t.Cleanup(release)
				return port
			}
			release()
		}
	}
	t.Fatalf("ports: no %d ports in a row are free between %d and %d", n, lowest, highest)
	return 0
}

// reserve takes slots for this process: a name can be listened on once on a machine, and is free again when its process ends,
// however it ends. Only Linux has such names; elsewhere nothing is reserved.
func reserve(first, n int) (release func(), ok bool) {
	var names []net.Listener
	release = func() {
		for _, l := range names {
			_ = l.Close()
		}
	}
	if runtime.GOOS != "linux" {
		return release, true
	}
	for i := range n {
		l, err := net.Listen("unix", fmt.Sprintf("@linecard-test-ports-%d", first+i))
		if err != nil {
			release()
			return nil, false
		}
		names = append(names, l)
	}
	return release, true
}

// free reports whether each of the ports can be opened.
func free(t testing.TB, first, n int) bool {
	t.Helper()
	for port := first; port < first+n; port++ {
		address := fmt.Sprintf("127.0.0.1:%d", port)
		tcp, err := net.Listen("tcp", address)
		if err != nil {
			return false
		}
		_ = tcp.Close()
		udp, err := net.ListenPacket("udp", address)
		if err != nil {
			return false
		}
		_ = udp.Close()
	}
	return true
}
