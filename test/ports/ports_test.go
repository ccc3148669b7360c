package ports

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// No two tests have a port in common while both run, in this process or in another.
func TestPortsAreGivenOnce(t *testing.T) {
	if os.Getenv("LINECARD_PORTS") != "" { // the other process
		for range 20 {
			fmt.Println("port", Block(t, 3))
		}
		_, _ = fmt.Scanln()
		return
	}
	given := map[int]bool{}
	take := func(first, n int) {
		for p := first; p < first+n; p++ {
			if given[p] {
				t.Errorf("port %d was given twice", p)
			}
			given[p] = true
		}
	}
	for range 4 {
		other := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestPortsAreGivenOnce$")
		other.Env = append(os.Environ(), "LINECARD_PORTS=1")
		in, err := other.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := other.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = in.Close(); _ = other.Wait() })
		for range 20 {
			var word string
			var first int
			if _, err := fmt.Fscan(out, &word, &first); err != nil {
				t.Fatal(err)
			}
			take(first, 3)
		}
		for range 20 {
			take(Free(t), 2)
			take(Block(t, 101), 101)
		}
	}
}

func TestPortsAreNoneThatTheSystemGivesOut(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Fatal(err)
	}
	from, err := strconv.Atoi(strings.Fields(string(text))[0])
	if err != nil {
		t.Fatal(err)
	}
	if highest > from {
		t.Errorf("ports up to %d are given, and the system gives out those from %d", highest, from)
	}
}

func TestPortInUseIsNotGiven(t *testing.T) {
	p := Free(t)
	for _, network := range []string{"tcp", "udp"} {
		at := fmt.Sprintf("127.0.0.1:%d", p+1)
		var closer interface{ Close() error }
		var err error
		if network == "tcp" {
			closer, err = net.Listen(network, at)
		} else {
			closer, err = net.ListenPacket(network, at)
		}
		if err != nil {
			t.Fatal(err)
		}
		if free(t, p, 2) {
			t.Errorf("%s: port %d is in use and said to be free", network, p+1)
		}
		_ = closer.Close()
	}
}
