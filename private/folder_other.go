//go:build !windows

package private

import (
	"io/fs"
	"os"
	"syscall"
)

// Folder makes a folder, and those above it, for this user alone. One that is there already stays as it is, unless it is this user's and
// others may write there: they could put files of theirs in the place of Linecard's. A folder such as /tmp, in which each changes their own
// files only, is left alone.
func Folder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	owner, known := info.Sys().(*syscall.Stat_t)
	if info.Mode().Perm()&0o022 != 0 && info.Mode()&fs.ModeSticky == 0 && known && int(owner.Uid) == os.Geteuid() {
		_ = os.Chmod(dir, 0o700) // on a disk that is read-only nobody puts a file there
	}
	return nil
}
