package directory

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"path/filepath"
	"time"

	"github.com/mattn/go-sqlite3"

	"linecard/app/aside"
	"linecard/fault"
)

// renewEvery is how long a disk that has refused a new file is left alone by changes, the second time twice as long, up to longestRenew: each
// time all of the damaged file is read.
const (
	renewEvery   = time.Minute
	longestRenew = 30 * time.Minute
)

var errNoRoom = errors.New("no room for a new file")

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
	s, err := d.renew(ctx)
	d.torn.Store(false)
	if err != nil {
		return d.keepSaved(ctx, err)
	}
	d.ownedBy(readOwners(ctx, s.r))
	d.store.Store(s)
	return nil
}

// keepSaved has in memory what can be read of a damaged file that cannot be renewed, because of cause.
func (d *Directory) keepSaved(ctx context.Context, cause error) error {
	saved, owners := salvage(ctx, d.path)
	maps.Copy(owners, d.owned())
	d.ownedBy(owners)
	if err := d.openMemory(ctx, cause); err != nil {
		return err
	}
	for k, e := range saved {
		if _, younger := d.waiting[k]; !younger && !d.dropped(k.org) && !differ(owners[k.org], d.reader(k.org)) {
			d.keep(k, e)
		}
	}
	return nil
}

// renew puts a new file in the place of a damaged one, once all that can be read of that is in it: an end in between loses nothing. Where it
// fails, the damaged file is left alone.
func (d *Directory) renew(ctx context.Context) (*store, error) {
	finished, err := aside.Finish(d.path, d.o.Now(), aside.SQLite...)
	switch {
	case err != nil:
		return nil, err
	case finished:
		d.tellRenewed(aside.Newest(d.path))
		return openFile(ctx, d.path)
	case !aside.Room(d.path, "-wal"):
		return nil, errNoRoom
	}
	n, err := d.fill(ctx, d.path+aside.New)
	from := d.path
	if err == nil {
		from, err = aside.Replace(d.path, d.o.Now(), aside.SQLite...)
	}
	if err != nil {
		if from == d.path { // else Finish goes on with it
			err = errors.Join(err, aside.Delete(d.path+aside.New, aside.SQLite...))
		}
		return nil, err
	}
	d.o.Log.Error("directory of callers damaged; started a new one", "aside", from, "saved", n)
	d.tellRenewed(from)
	return openFile(ctx, d.path)
}

// fill writes what can be read of the damaged file into a new one, all of which is in one file then. A disk that takes no new file at all
// is found out before the damaged one is read; one that refuses it later is left alone for a while.
func (d *Directory) fill(ctx context.Context, path string) (n int, err error) {
	s, err := openFile(ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	saved, owners := salvage(ctx, d.path)
	d.pause = min(max(2*d.pause, renewEvery), longestRenew)
	d.again = time.Now().Add(d.pause)
	now := d.owned()
	return len(saved), errors.Join(s.write(ctx, func(tx *sql.Tx) error {
		for k, e := range saved {
			if d.dropped(k.org) || differ(owners[k.org], now[k.org]) {
				continue
			}
			if err := writeEntry(ctx, tx, k, e); err != nil {
				return err
			}
		}
		maps.Copy(owners, now)
		maps.DeleteFunc(owners, func(org, _ string) bool { return d.dropped(org) })
		return own(ctx, tx, owners)
	}), s.fold(ctx))
}

// tellRenewed says that the damaged file is kept at from. One that has people of forgotten orgs is not.
func (d *Directory) tellRenewed(from string) {
	d.pause, d.again = 0, time.Time{}
	switch {
	case len(d.gone)+len(d.hidden) > 0:
		if err := aside.Remove(d.path); err != nil {
			d.o.Log.Error("a damaged directory of callers with people of a forgotten org could not be removed", "err", err)
		}
	case from != "":
		d.say(fault.New(Renewed, "file", filepath.Base(from)))
	}
}

// finish completes a renewal that was cut off. After an error the file has no name yet, and none may be begun.
func (d *Directory) finish() error {
	finished, err := aside.Finish(d.path, d.o.Now(), aside.SQLite...)
	if finished {
		d.tellRenewed(aside.Newest(d.path))
	}
	if err != nil && !aside.Missing(d.path) {
		d.o.Log.Warn("a new directory of callers that was not whole could not be removed", "err", err)
		return nil
	}
	return err
}

// dropped reports whether an org was forgotten, and a file may have it still. The caller holds turn.
func (d *Directory) dropped(org string) bool {
	return d.forgotten(org) || d.gone[org] || d.gone[""]
}
