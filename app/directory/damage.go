package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"linecard/fault"
)

// damaged reports whether err means that SQLite cannot read the file.
func damaged(err error) bool {
	if errors.Is(err, errMalformed) {
		return true
	}
	var s sqlite3.Error
	return errors.As(err, &s) && (s.Code == sqlite3.ErrCorrupt || s.Code == sqlite3.ErrNotADB)
}

// repair moves a damaged file to another name, opens a new one and copies the answers that can still be read. The
// caller holds turn, or no other goroutine uses d. Synced records are fetched again by the next sync.
func (d *Directory) repair(ctx context.Context) error {
	if s := d.store.Load(); s != nil {
		_ = s.close() // a running Recall fails, which is handled
	}
	from, err := moveAside(d.path, d.o.Now())
	var s *store
	if err == nil {
		s, err = openFile(ctx, d.path)
	}
	if err == nil {
		d.store.Store(s)
		d.say(fault.New(Renewed, "file", filepath.Base(from)))
	} else if err := d.openMemory(ctx, err); err != nil {
		return err
	}
	d.torn.Store(false)
	saved := salvage(ctx, from)
	d.o.Log.Error("directory of callers damaged; started a new one", "aside", from, "saved", len(saved))
	s = d.store.Load()
	err = s.write(ctx, func(tx *sql.Tx) error {
		for k, e := range saved {
			if d.forgotten(k.org) {
				continue
			}
			if err := writeEntry(ctx, tx, k, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil { // the disk does not accept writes now
		for k, e := range saved {
			if _, younger := d.waiting[k]; !younger && !d.forgotten(k.org) {
				d.keep(k, e)
			}
		}
	}
	return nil
}

const asideSuffix = ".broken-"

// moveAside renames a damaged file together with the two files that SQLite keeps beside it. The new name has the date.
// After an error aside is the path where the file still is.
func moveAside(path string, now time.Time) (aside string, err error) {
	aside = path + asideSuffix + now.Format(time.DateOnly)
	for n := 2; ; n++ { // there is already one from the same day
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s%s%s-%d", path, asideSuffix, now.Format(time.DateOnly), n)
	}
	if err := os.Rename(path, aside); err != nil {
		return path, err
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return aside, err
		}
	}
	return aside, nil
}

// removeAside deletes the files that moveAside renamed: when an org is forgotten, it cannot be removed from a damaged
// file alone.
func removeAside(path string) error {
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var errs []error
	for _, f := range files {
		if strings.HasPrefix(f.Name(), filepath.Base(path)+asideSuffix) {
			errs = append(errs, os.Remove(filepath.Join(filepath.Dir(path), f.Name())))
		}
	}
	return errors.Join(errs...)
}
