package journal

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"

	"linecard/app/aside"
)

// readingSuffix ends the name of the copy from which a damaged journal is read.
const readingSuffix = ".reading"

// wholeCopy copies a damaged file, and the -wal file beside it, to read from: SQLite reads not one row of a file that is
// shorter than its header says, so the copy gets empty pages in place of those that were cut off. The damaged file itself
// stays as it was found.
func wholeCopy(path string) (name string, err error) {
	name = path + readingSuffix
	if err := removeAll(name); err != nil { // a -wal file of an earlier one would be taken for its own
		return "", err
	}
	defer func() {
		if err != nil {
			_ = removeAll(name)
		}
	}()
	for _, suffix := range []string{"", "-wal"} {
		if err := copyTo(name+suffix, path+suffix); err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
			return "", err
		}
	}
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := f.Stat()
	if err != nil {
		return "", err
	}
	// The header has the size of a page at 16 (1 means 65,536) and the number of pages at 28.
	var header [32]byte
	if _, err := f.ReadAt(header[:], 0); err != nil {
		return name, nil // not even a header: nothing to be made whole
	}
	page := int64(binary.BigEndian.Uint16(header[16:]))
	if page == 1 {
		page = 65536
	}
	// A header that lies must not fill the disk.
	if whole := page * int64(binary.BigEndian.Uint32(header[28:])); whole > st.Size() && whole <= max(8*st.Size(), 64<<20) {
		return name, f.Truncate(whole) // a hole: it takes no room
	}
	return name, nil
}

func copyTo(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// removeAll removes a copy, or a new journal that is not whole, with all that is beside it.
func removeAll(name string) error { return aside.Delete(name, besides...) }
