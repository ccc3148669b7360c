//go:build !windows

package aside

import "golang.org/x/sys/unix"

// freeBytes is what a user may still write to the disk of a folder.
func freeBytes(dir string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil // the types differ by system
}
