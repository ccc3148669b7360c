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

// repair puts a new file in the place of a damaged one, with the answers that can still be read. Where the disk does not let it, they are
// kept in memory, and the damaged file stays where it is until it does. The caller holds turn, or no other goroutine uses d. Synced records
// are fetched again by the next sync.
func (d *Directory) repair(ctx context.Context) error {
	if s := d.store.Load(); s != nil {
		_ = s.close() // a running Recall fails, which is handled
	}
	saved, owners := salvage(ctx, d.path)
	maps.Copy(owners, d.owned())
	d.ownedBy(owners)
	s, err := d.renew(ctx, saved, owners)
	d.torn.Store(false)
	if err == nil {
		d.store.Store(s)
		return nil
	}
	if err := d.openMemory(ctx, err); err != nil {
		return err
	}
	for k, e := range saved {
		if _, younger := d.waiting[k]; !younger && !d.forgotten(k.org) && !differ(owners[k.org], d.reader(k.org)) {
			d.keep(k, e)
		}
	}
	return nil
}

// renew writes what was saved of a damaged file into a new one beside it, and gives that its name once all is in it: an end in between
// loses nothing.
func (d *Directory) renew(ctx context.Context, saved map[key]entry, owners map[string]string) (*store, error) {
	if _, err := aside.Finish(d.path, d.o.Now(), aside.SQLite...); err != nil {
		return nil, err
	}
	s, err := openFile(ctx, d.path+aside.New)
	if err != nil {
		return nil, err
	}
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
	if err := errors.Join(err, s.close()); err != nil {
		return nil, err
	}
	from, err := aside.Replace(d.path, d.o.Now(), aside.SQLite...)
	if err != nil {
		return nil, err
	}
	d.o.Log.Error("directory of callers damaged; started a new one", "aside", from, "saved", len(saved))
	d.say(fault.New(Renewed, "file", filepath.Base(from)))
	return openFile(ctx, d.path)
}
