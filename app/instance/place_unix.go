//go:build unix

package instance

import (
	"io/fs"
	"os"
	"syscall"
)

// errRefused is what dialling a socket gives that nobody listens on any more.
var errRefused error = syscall.ECONNREFUSED

func isMine(st fs.FileInfo) bool {
	s, ok := st.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Getuid()
}
