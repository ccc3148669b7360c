package directory

import (
	"cmp"
	"context"
	"database/sql"
	"io/fs"
	"maps"
	"time"
)

// maxWaiting bounds how many entries are kept in memory while the disk refuses writes.
const maxWaiting = 1000

// write runs f with the store, one writer at a time, after the waiting entries have been written.
func (d *Directory) write(ctx context.Context, op string, f func(*store) error) error {
	d.turn.Lock()
	defer d.turn.Unlock()
	if d.closed {
		return explain(op, fs.ErrClosed)
	}
	if err := d.flush(ctx); err != nil {
		return explain(op, err)
	}
	return explain(op, d.run(ctx, f))
}

// run runs f with the store; the caller holds turn. A file that turns out to be damaged is repaired first, and f runs
// once more: what is being remembered now is worth more than what could not be read.
func (d *Directory) run(ctx context.Context, f func(*store) error) error {
	d.regain(context.WithoutCancel(ctx))
	if !d.torn.Load() {
		err := f(d.store.Load())
		if !damaged(err) {
			return err
		}
		d.note(err)
	}
	if err := d.repair(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	return f(d.store.Load())
}

// keep puts an entry where Recall looks first, until flush has written it. Beyond the bound it drops the oldest: what
// was only found before what was picked.
func (d *Directory) keep(k key, e entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e.user = d.readers[k.org]
	d.waiting[k] = e
	for len(d.waiting) > maxWaiting {
		var worst key
		var w entry
		for k, e := range d.waiting {
			if worst.org == "" || e.lessWorth(w) {
				worst, w = k, e
			}
		}
		delete(d.waiting, worst)
	}
}

// lessWorth reports whether e is evicted before o.
func (e entry) lessWorth(o entry) bool {
	if (e.picked != "") != (o.picked != "") {
		return e.picked == ""
	}
	return e.used.Before(o.used)
}

// Retry writes what is kept in memory, if the disk takes it by now. While it does not, the notice is MemoryOnly.
func (d *Directory) Retry(ctx context.Context) {
	if !d.Notice().Is(MemoryOnly) {
		return
	}
	d.turn.Lock()
	defer d.turn.Unlock()
	if !d.closed {
		d.again = time.Time{}
		d.regain(ctx)
		_ = d.flush(ctx) // the notice tells
	}
}

// flush writes what waits as one transaction: orgs to be forgotten, answers of others to be deleted, then entries. The caller
// holds turn. What the disk refuses continues to wait, for the next change or for Close.
func (d *Directory) flush(ctx context.Context) error {
	claims, _ := d.claims()
	due, stale := d.writable(claims)
	if len(due)+len(d.hidden)+len(claims) == 0 && !stale { // hidden changes only under turn
		return nil
	}
	err := d.run(ctx, func(s *store) error {
		return s.write(ctx, func(tx *sql.Tx) error {
			if err := disown(ctx, tx, d.hidden); err != nil {
				return err
			}
			if err := own(ctx, tx, claims); err != nil {
				return err
			}
			for k, e := range due {
				if err := writeEntry(ctx, tx, k, e); err != nil {
					return err
				}
			}
			return nil
		})
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		d.changes += len(due)
		maps.DeleteFunc(d.waiting, func(k key, e entry) bool {
			_, written := due[k]
			return written || !d.linked[Book{k.org, e.user}]
		})
		maps.DeleteFunc(d.owners, func(org, _ string) bool { return d.hidden[org] || d.hidden[""] })
		maps.Copy(d.owners, claims)
		clear(d.hidden)
	}
	if refused := err != nil; refused != d.refused {
		d.refused = refused
		d.o.Log.Warn("writing the directory of callers: state changed", "refused", refused, "err", err)
	}
	return err
}

// writable are the entries that wait and can be written: those of the user whose answers the file has, or will have with the claims. stale
// tells that there are others of users who have no link any more.
func (d *Directory) writable(claims map[string]string) (due map[key]entry, stale bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	due = map[key]entry{}
	for k, e := range d.waiting {
		if differ(e.user, cmp.Or(claims[k.org], d.owners[k.org])) {
			stale = stale || !d.linked[Book{k.org, e.user}]
			continue
		}
		due[k] = e
	}
	return due, stale
}

// disown takes the ids of orgs away, so that nothing of them is found until it is deleted.
func disown(ctx context.Context, tx *sql.Tx, orgs map[string]bool) error {
	for org := range orgs {
		if _, err := tx.ExecContext(ctx, "UPDATE orgs SET id = NULL WHERE ?1 = '' OR id = ?1 OR substr(id, 1, length(?1) + 1) = ?1 || '/'", org); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM owners WHERE ?1 = '' OR org = ?1", org); err != nil {
			return err
		}
	}
	return nil
}

// look finds an entry that waits to be written or is on disk.
func (d *Directory) look(ctx context.Context, k key) (entry, error) {
	if e, known := d.waits(k); known {
		return e, nil
	}
	return d.store.Load().read(ctx, k)
}

// waits finds an entry that waits to be written. known tells that the disk need not be asked: the entry is there, or nothing may be shown.
func (d *Directory) waits(k key) (e entry, known bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	e, ok := d.waiting[k]
	if ok && differ(e.user, d.readers[k.org]) {
		e, ok = entry{}, false
	}
	return e, ok || d.hidden[k.org] || d.hidden[""] || d.anothers(k.org)
}

// forgotten reports whether an org is hidden because its rows on disk could not be deleted yet.
func (d *Directory) forgotten(org string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.hidden[org] || d.hidden[""]
}

// note records an error of a look-up: the next write repairs a damaged file.
func (d *Directory) note(err error) {
	if err == nil {
		return
	}
	d.o.Log.Warn("directory of callers not readable", "err", err)
	if damaged(err) {
		d.torn.Store(true)
	}
}
