package journal

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncData leaves out the time of the file's change, which would cost the disk a second write.
func syncData(f *os.File) error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if err != unix.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
