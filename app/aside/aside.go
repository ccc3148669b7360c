// Package aside keeps a file that cannot be used, so that nothing of it is lost and a new one can take its name.
package aside

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// mark stands between the name a file had and the date on which it was found broken.
const mark = ".broken-"

// SQLite is what SQLite keeps beside a database, by the ends of the names.
var SQLite = []string{"-wal", "-shm", "-journal"}

// Move renames the file at path to path.broken-YYYY-MM-DD, with -2, -3 … behind it where there is one of that day, and the files
// beside it that end in one of beside along with it. After an error, to is where the file is now.
func Move(path string, now time.Time, beside ...string) (to string, err error) {
	to = free(path, now, beside...)
	if err := os.Rename(path, to); err != nil {
		return path, err
	}
	for _, end := range beside {
		if err := os.Rename(path+end, to+end); ignoreMissing(err) != nil {
			return to, err
		}
	}
	return to, nil
}

// free is the first name of today that neither a file nor one beside it has.
func free(path string, now time.Time, beside ...string) string {
	day := path + mark + now.Format(time.DateOnly)
	name := day
	for n := 2; taken(name) || slices.ContainsFunc(beside, func(end string) bool { return taken(name + end) }); n++ {
		name = fmt.Sprintf("%s-%d", day, n)
	}
	return name
}

// Remove deletes what [Move] has moved aside of the file at path, on any day, and what a [Replace] that failed has left of a new one. Where
// there is no file at path, path.new is the only one that is whole, and stays.
func Remove(path string) error {
	begun := path + New
	if Missing(path) {
		begun = ""
	}
	var errs []error
	files, err := with(path)
	for _, name := range files {
		if strings.HasPrefix(name, path+mark) || begun != "" && (name == begun || strings.HasPrefix(name, begun+"-")) {
			errs = append(errs, ignoreMissing(os.Remove(name)))
		}
	}
	return errors.Join(append(errs, err)...)
}

// Delete removes a file that is of no use, if there is one. What is beside it goes first: SQLite would take it for that of the next file of
// the name.
func Delete(name string, beside ...string) error {
	var errs []error
	for _, end := range beside {
		if !Missing(name + end) { // on a disk that cannot be written the system refuses to remove also what is not there
			errs = append(errs, ignoreMissing(os.Remove(name+end)))
		}
	}
	if err := errors.Join(errs...); err != nil || Missing(name) {
		return err
	}
	return ignoreMissing(os.Remove(name))
}

// Newest is the file at path that was moved aside last; "" without one.
func Newest(path string) string {
	files, _ := with(path)
	files = slices.DeleteFunc(files, func(name string) bool {
		end, ok := strings.CutPrefix(name, path+mark)
		return !ok || len(end) < len(time.DateOnly) || strings.Trim(end, "-0123456789") != "" // what was beside it
	})
	if len(files) == 0 {
		return ""
	}
	return slices.MaxFunc(files, func(a, b string) int {
		day := len(path + mark + time.DateOnly)
		return cmp.Or(cmp.Compare(a[:day], b[:day]), cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}

// with are the files whose names begin with that at path, the longest first: what is beside a file comes before it.
func with(path string) (names []string, err error) {
	dir, base := filepath.Split(path)
	files, err := os.ReadDir(cmp.Or(dir, "."))
	for _, f := range files {
		if strings.HasPrefix(f.Name(), base) {
			names = append(names, dir+f.Name())
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return names, ignoreMissing(err)
}

// Missing reports whether there is nothing at path.
func Missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// taken reports whether there is something at path. Where the system cannot tell, such as of a name that is too long, nothing is known to be.
func taken(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
