//go:build unix

package nodejs

import (
	"os"
	"syscall"
)

// turn waits until no other process installs the same packages; tests of several packages need them at the same time. The end of a
// process ends its turn.
func turn(name string) (end func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
