// Package aside keeps a file that cannot be used, so that nothing of it is lost and a new one can take its name.
package aside

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// mark stands between the name a file had and the date on which it was found broken.
const mark = ".broken-"

// SQLite is what SQLite keeps beside a database, by the ends of the names.
var SQLite = []string{"-wal", "-shm"}

// Move renames the file at path to path.broken-YYYY-MM-DD, with -2, -3 … behind it where there is one of that day, and the files
// beside it that end in one of beside along with it. After an error, to is where the file is now.
func Move(path string, now time.Time, beside ...string) (to string, err error) {
	day := path + mark + now.Format(time.DateOnly)
	to = day
	for n := 2; ; n++ {
		if _, err := os.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		}
		to = fmt.Sprintf("%s-%d", day, n)
	}
	if err := os.Rename(path, to); err != nil {
		return path, err
	}
	for _, end := range beside {
		if err := os.Rename(path+end, to+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return to, err
		}
	}
	return to, nil
}

// Remove deletes what [Move] has moved aside of the file at path, on any day.
func Remove(path string) error {
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var errs []error
	for _, f := range files {
		if strings.HasPrefix(f.Name(), filepath.Base(path)+mark) {
			errs = append(errs, os.Remove(filepath.Join(filepath.Dir(path), f.Name())))
		}
	}
	return errors.Join(errs...)
}
