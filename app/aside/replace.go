package aside

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// New ends the name of a file that is to take the place of a damaged one. It is filled beside it, so that an end at any moment leaves the
// one or the other, see [Replace] and [Finish].
const New = ".new"

// ErrHeld means that a file cannot be made one with what is beside it, for another program reads it.
var ErrHeld = errors.New("the file is held by another program")

// Replace moves the file at path aside, as [Move] does, and gives its name to the one at path.new, which must be whole and closed, with
// nothing beside it: else the error is [ErrHeld], and nothing is moved. Whatever comes in between, [Finish] goes on with: after an error the
// file at path is gone unless to is path.
func Replace(path string, now time.Time, beside ...string) (to string, err error) {
	for _, end := range beside {
		if !Missing(path + New + end) { // a part of it may be there, and would lose its name
			return path, fmt.Errorf("%w: there is %s", ErrHeld, filepath.Base(path+New+end))
		}
	}
	if to, err = Move(path, now, beside...); err != nil {
		return to, err
	}
	return to, os.Rename(path+New, path)
}

// Finish is called before the file at path is opened. It completes a [Replace] that was cut off, and says so. A file at path.new that was
// not yet whole is removed with what is beside it; the damaged one is still at path then. After an error without a file at path none
// may be begun there, or the one at path.new would be taken for one that is not whole.
func Finish(path string, now time.Time, beside ...string) (finished bool, err error) {
	if Missing(path+New) || !Missing(path) {
		return false, Delete(path+New, beside...)
	}
	moved := cmp.Or(Newest(path), path+mark+now.Format(time.DateOnly))
	for _, end := range beside { // they belong to the damaged file, and would be taken for the new one's
		to := moved
		if taken(to + end) {
			to = free(path, now, end)
		}
		if err := os.Rename(path+end, to+end); ignoreMissing(err) != nil {
			return false, err
		}
	}
	for _, end := range beside { // Replace leaves none; somebody may have deleted the damaged file while the new one was filled
		if err := os.Rename(path+New+end, path+end); ignoreMissing(err) != nil {
			return false, err
		}
	}
	err = os.Rename(path+New, path)
	return err == nil, err
}

// Fold writes all that an SQLite database has in its -wal file into the file itself, and empties it. To close a database does that too, but
// tells nobody when it has failed. The error is [ErrHeld] when another program is reading.
func Fold(ctx context.Context, db *sql.DB) error {
	var busy, pages, moved int
	err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	if err == nil && busy != 0 {
		return ErrHeld
	}
	return err
}
