package journal

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"linecard/fault"
)

// unwritable reports whether err is about a disk that is full or cannot be written: one that may be well again later.
func unwritable(err error) bool { return errors.Is(err, ErrFull) }

// openInMemory opens a journal beside the disk that cannot be written. Reads show what has happened since; what is on the
// disk already shows once the journal has moved there. Nothing is sent to an org from memory: what is being sent must be
// marked on disk first.
func openInMemory(path string, o Options, why error) (*Journal, error) {
	o.Log.Error("journal is kept in memory", "err", why)
	j := newJournal(path, o)
	j.doubt(why)
	db, err := sql.Open("sqlite3", "file::memory:?_txlock=immediate&_foreign_keys=1")
	if err != nil {
		return nil, explain(path, "open in memory", err)
	}
	db.SetMaxOpenConns(1) // a second one would see another database
	db.SetMaxIdleConns(1)
	db.SetConnMaxLifetime(0)
	db.SetConnMaxIdleTime(0)
	j.w, j.noDisk, j.tried = db, why, time.Now()
	j.r.Store(db)
	if _, err := migrate(context.Background(), db); err != nil {
		return nil, errors.Join(explain(path, "open in memory", err), db.Close())
	}
	j.note(fault.New(InMemory))
	if fault.Of(why).Code == NoAccess {
		j.note(fault.New(InMemoryReadOnly, "folder", dirOf(path)))
	}
	return j, nil
}

// moveToDisk moves a journal in memory to the disk once that can be written, with all that has happened; the caller has the
// turn. While it cannot, it says why.
func (j *Journal) moveToDisk() error {
	if j.noDisk == nil {
		return nil
	}
	if time.Since(j.tried) < j.everyTry {
		return j.noDisk
	}
	j.tried = time.Now()
	d, err := openOnDisk(j.path, j.o, 0)
	if err != nil {
		if j.doubt(err); unwritable(err) {
			j.noDisk = err
		} else {
			j.log.Error("journal stays in memory", "err", err)
		}
		return j.noDisk
	}
	// Somebody may be reading what is in memory this moment: it is closed with the journal.
	j.retired = append(j.retired, j.w)
	j.w, j.lock, j.noDisk = d.w, d.lock, nil
	j.r.Store(d.r.Load())
	j.recovered.Store(d.recovered.Load())
	j.notice.Store(d.notice.Load())
	j.log.Info("journal has moved to disk", "changes", len(j.backlog))
	j.tellChanged()
	return nil
}

// doubt remembers that the file was found damaged, and that there was no room for a new one.
func (j *Journal) doubt(err error) {
	switch {
	case errors.Is(err, errReplaced):
		j.o.damaged = false
	case !errors.Is(err, ErrDamaged):
	case errors.Is(err, errNoRoom): // which costs little to ask
		j.o.damaged, j.everyTry = true, renewEvery
	default:
		j.o.damaged, j.everyTry = true, min(max(2*j.everyTry, renewEvery), longestRenew)
	}
}
