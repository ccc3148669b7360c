package fault

import (
	"syscall"
	"testing"
)

// The numbers are those of Windows, not the ones that package syscall invents.
func TestNumbersOfWindows(t *testing.T) {
	for n, is := range map[syscall.Errno]func(error) bool{10048: PortTaken, 10013: PortTaken, 112: DiskFull, 39: DiskFull, 19: ReadOnly, 10061: Refused} {
		if !is(n) {
			t.Errorf("%d is not recognized", uint(n))
		}
	}
}
