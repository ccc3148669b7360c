package aside

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// New ends the name of a file that is to take the place of a damaged one. It is filled beside it, so that an end at any moment leaves the
// one or the other, see [Replace] and [Finish].
const New = ".new"

// Replace moves the file at path aside, as [Move] does, and gives its name to the one at path.new, which must be whole and closed.
// Whatever comes in between, [Finish] goes on with.
func Replace(path string, now time.Time, beside ...string) (to string, err error) {
	if to, err = Move(path, now, beside...); err != nil {
		return to, err
	}
	return to, os.Rename(path+New, path)
}

// Finish is called before the file at path is opened. It completes a [Replace] that was cut off, and says so. A file at path.new that was
// not yet whole is removed with what is beside it; the damaged one is still at path then.
func Finish(path string, now time.Time, beside ...string) (finished bool, err error) {
	if _, err := os.Lstat(path + New); err != nil {
		return false, ignoreMissing(err)
	}
	_, err = os.Lstat(path)
	switch {
	case err == nil:
		err = ignoreMissing(os.Remove(path + New))
		for _, end := range beside {
			err = errors.Join(err, ignoreMissing(os.Remove(path+New+end)))
		}
		return false, err
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	for _, end := range beside { // they belong to the damaged file, and would be taken for the new one's
		if _, err := Move(path+end, now); ignoreMissing(err) != nil {
			return false, err
		}
	}
	err = os.Rename(path+New, path)
	return err == nil, err
}

// Newest is the file at path that was moved aside last; "" without one.
func Newest(path string) string {
	files, err := filepath.Glob(path + mark + "????-??-??*")
	if err != nil {
		return ""
	}
	files = slices.DeleteFunc(files, func(name string) bool { // what was beside it
		return strings.Trim(name[len(path+mark):], "-0123456789") != ""
	})
	if len(files) == 0 {
		return ""
	}
	return slices.MaxFunc(files, func(a, b string) int {
		day := len(path + mark + time.DateOnly)
		return cmp.Or(cmp.Compare(a[:day], b[:day]), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
