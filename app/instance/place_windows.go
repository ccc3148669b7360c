package instance

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

// errRefused is what dialling a socket gives that nobody listens on any more; syscall.ECONNREFUSED is another number.
var errRefused error = windows.WSAECONNREFUSED

// isMine: the temporary directory of Windows is the user's own.
func isMine(fs.FileInfo) bool { return true }
