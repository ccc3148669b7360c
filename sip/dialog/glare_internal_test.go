package dialog

import (
	"testing"

	"github.com/emiago/sipgo/sip"
)

// RFC 3261 §14.1: who owns the Call-ID waits for 2.1 s to 4 s, the other side for at most 2 s, in steps of 10 ms. The tests' timers are
// shorter than the RFC's by the same factor all over.
func TestGlareWaits(t *testing.T) {
	step := sip.T1 / 50
	for name, tc := range map[string]struct {
		call        *Call
		least, most int
	}{
		"the owner":      {&Call{}, 210, 400},
		"the other side": {&Call{inbound: true}, 0, 200},
	} {
		seen := map[int]bool{}
		for range 20000 {
			wait := tc.call.glareWait()
			steps := int(wait / step)
			if wait%step != 0 || steps < tc.least || steps > tc.most {
				t.Fatalf("%s waits %v, want %d to %d steps of %v", name, wait, tc.least, tc.most, step)
			}
			seen[steps] = true
		}
		if !seen[tc.least] || !seen[tc.most] || len(seen) != tc.most-tc.least+1 {
			t.Errorf("%s draws from %d waits only", name, len(seen))
		}
	}
}
