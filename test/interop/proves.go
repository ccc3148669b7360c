// Package interop holds docs/interop.md: what a phone must do, whether Linecard does it, and which tests show that, with which
// real peers.
//
// A row is a line of rows.tsv: its number, the ability, how far it goes, and what is to be known. It does not name its tests: a test that shows an ability says so itself, by [Proves],
// with the real programs that it does that with. The page is made of both by `make interop`. The tests of this package fail when the page is another one, when a row that works is
// proved by nobody, and when a test claims what is no row; a test that was claimed to run against a program which it did not start fails itself.
package interop

import (
	"flag"
	"strings"
	"sync"
	"testing"
)

// Peer is a real program that tests run against.
type Peer string

// The peers.
const (
	Asterisk   Peer = "Asterisk"
	Kamailio   Peer = "Kamailio"
	Baresip    Peer = "baresip"
	Linphone   Peer = "Linphone"
	Twinkle    Peer = "Twinkle"
	Sipp       Peer = "sipp"
	Sipvicious Peer = "sipvicious"
	Coturn     Peer = "coturn"
	PulseAudio Peer = "PulseAudio"
)

// Proves says that the test shows the ability of a row, such as "S1.1", against these real programs, or against a scripted peer. It stands in the body of the test
// itself, and all that it says is written out, for the page is made by reading the source.
func Proves(t testing.TB, row string, with ...Peer) {
	t.Helper()
	words := []string{row}
	for _, p := range with {
		words = append(words, string(p))
	}
	t.Attr("proves", strings.Join(words, " "))
	t.Cleanup(func() {
		if t.Skipped() {
			t.Errorf("it was skipped, and is to prove %s", row)
		}
		if t.Failed() || inPart() {
			return
		}
		for _, p := range with {
			if !hasStarted(t, p) {
				t.Errorf("it proves %s without %s, with which the page says that it does", row, p)
			}
		}
	})
}

// inPart reports whether a part of each test is wanted, as by -run TestA/udp: the others may be what starts a peer.
func inPart() bool {
	for _, name := range []string{"test.run", "test.skip"} {
		if f := flag.Lookup(name); f != nil && strings.Contains(f.Value.String(), "/") {
			return true
		}
	}
	return false
}

var (
	mu      sync.Mutex
	started = make(map[string]map[Peer]bool) // by the test that is not part of another one
)

// Started says that a peer runs in the test, or in the one that it is part of. Whatever starts a real program for tests calls it.
func Started(t testing.TB, p Peer) {
	if _, ok := t.(*testing.T); !ok {
		return // a program that measures or kills: it proves nothing
	}
	mu.Lock()
	defer mu.Unlock()
	if started[whole(t)] == nil {
		started[whole(t)] = make(map[Peer]bool)
	}
	started[whole(t)][p] = true
}

func hasStarted(t testing.TB, p Peer) bool {
	mu.Lock()
	defer mu.Unlock()
	return started[whole(t)][p]
}

func whole(t testing.TB) string {
	name, _, _ := strings.Cut(t.Name(), "/")
	return name
}
