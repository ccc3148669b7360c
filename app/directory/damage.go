package directory

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"path/filepath"

	"github.com/mattn/go-sqlite3"

	"linecard/app/aside"
	"linecard/fault"
)

// damaged reports whether err means that SQLite cannot read the file.
func damaged(err error) bool {
	if errors.Is(err, errMalformed) {
		return true
	}
	var s sqlite3.Error
	return errors.As(err, &s) && (s.Code == sqlite3.ErrCorrupt || s.Code == sqlite3.ErrNotADB || s.ExtendedCode == sqlite3.ErrIoErrShortRead)
}

// repair moves a damaged file to another name, opens a new one and copies the answers that can still be read. The
// caller holds turn, or no other goroutine uses d. Synced records are fetched again by the next sync.
func (d *Directory) repair(ctx context.Context) error {
	if s := d.store.Load(); s != nil {
		_ = s.close() // a running Recall fails, which is handled
	}
	from, err := aside.Move(d.path, d.o.Now(), aside.SQLite...)
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
	saved, owners := salvage(ctx, from)
	maps.Copy(owners, d.owned())
	d.ownedBy(owners)
	d.o.Log.Error("directory of callers damaged; started a new one", "aside", from, "saved", len(saved))
	s = d.store.Load()
	err = s.write(ctx, func(tx *sql.Tx) error {
		if err := own(ctx, tx, owners); err != nil {
			return err
		}
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
			if _, younger := d.waiting[k]; !younger && !d.forgotten(k.org) && !differ(owners[k.org], d.reader(k.org)) {
				d.keep(k, e)
			}
		}
	}
	return nil
}
