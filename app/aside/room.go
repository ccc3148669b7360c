package aside

import (
	"os"
	"path/filepath"
)

// Room reports whether the disk has room to copy the file at path, with what is beside it, and to write a new one of that size. One that does
// not tell how much is free has.
func Room(path string, beside ...string) bool {
	var size uint64
	for _, end := range append([]string{""}, beside...) {
		if st, err := os.Stat(path + end); err == nil && st.Mode().IsRegular() {
			size += uint64(st.Size())
		}
	}
	free, err := freeBytes(filepath.Dir(path))
	return err != nil || free >= 2*size
}
