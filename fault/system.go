package fault

import (
	"errors"
	"slices"
	"syscall"
)

// What an error of the operating system means, by whatever number that system tells it. It lies here because the phone, the org and the
// app all ask, and this is the package that all of them have.

// PortTaken reports whether err says that another program has a port.
func PortTaken(err error) bool { return isOneOf(err, portTaken) }

// DiskFull reports whether err says that there is no room for what is written: on the disk, in a quota or in a file.
func DiskFull(err error) bool { return isOneOf(err, diskFull) }

// ReadOnly reports whether err says that nothing can be written to a disk.
func ReadOnly(err error) bool { return isOneOf(err, readOnly) }

// Refused reports whether err says that a machine is there, and that no program listens on the port that was asked for.
func Refused(err error) bool { return isOneOf(err, refused) }

func isOneOf(err error, numbers []syscall.Errno) bool {
	var n syscall.Errno
	return errors.As(err, &n) && slices.Contains(numbers, n)
}
