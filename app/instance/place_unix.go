//go:build unix

package instance

import (
	"io/fs"
	"os"
	"syscall"
)

func isMine(st fs.FileInfo) bool {
	s, ok := st.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Getuid()
}
