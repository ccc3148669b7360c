package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"linecard/app/aside"
	"linecard/crm"
	"linecard/fault"
)

// evictEvery is the number of changes between two evictions.
const evictEvery = 128

// evictNowAndThen drops answers that are too old and, beyond the bound, the oldest ones, of which those that were only
// found go first. When it fails, a later call tries again.
func (d *Directory) evictNowAndThen(ctx context.Context) {
	if d.changes < evictEvery {
		return
	}
	d.changes = 0
	now := d.o.Now()
	err := d.run(ctx, func(s *store) error {
		return s.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM answers WHERE (picked <> '') = 0 AND used < ? OR (picked <> '') = 1 AND used < ?",
				now.Add(-d.o.Keep).UnixMicro(), now.Add(-d.o.KeepPicked).UnixMicro())
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `DELETE FROM answers WHERE (org, number) IN (
				SELECT org, number FROM answers ORDER BY picked <> '', used LIMIT max(0, (SELECT count(*) FROM answers) - ?))`, d.o.MaxNumbers)
			return err
		})
	})
	if err != nil {
		d.o.Log.Warn("eviction in the directory of callers failed", "err", err)
	}
}

// Forget removes everything of an org; "" removes everything. None of it is recalled from the call of Forget on. It is
// deleted from the file in batches, between which others may write; what is left when ctx or the program ends is
// deleted after the next Open. An error means that some of it is still on the disk, such as in a file that cannot be written.
func (d *Directory) Forget(ctx context.Context, org string) error {
	err := d.hide(ctx, org)
	if err == nil {
		err = d.sweep(ctx)
	}
	err = errors.Join(err, d.removeKept())
	if err == nil && d.Notice().Is(Renewed) {
		d.say(fault.Fault{}) // the file that the notice names does not exist any more
	}
	return explain("forget", err)
}

// removeKept deletes damaged files, which may have people of any org. A file that is not in use is not deleted, for it has others too: it is an
// error that it is there.
func (d *Directory) removeKept() error {
	d.turn.Lock() // nobody fills a new one
	defer d.turn.Unlock()
	if d.closed {
		return fs.ErrClosed
	}
	err := aside.Remove(d.path)
	if d.store.Load().memory && (!aside.Missing(d.path) || !aside.Missing(d.path+aside.New)) {
		err = errors.Join(err, errMemory)
	}
	return err
}

// ForgetAnswers deletes what was answered and picked in an org; copies stay.
func (d *Directory) ForgetAnswers(ctx context.Context, org string) error {
	return d.write(ctx, "forget answers", func(s *store) error {
		d.mu.Lock()
		maps.DeleteFunc(d.waiting, func(k key, _ entry) bool { return k.org == org })
		d.mu.Unlock()
		return s.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM answers WHERE org = (SELECT key FROM orgs WHERE id = ?)", org)
			return err
		})
	})
}

// hide makes an org unknown, first in memory and then on disk.
func (d *Directory) hide(ctx context.Context, org string) error {
	d.turn.Lock()
	defer d.turn.Unlock()
	if d.closed {
		return fs.ErrClosed
	}
	d.mu.Lock()
	maps.DeleteFunc(d.waiting, func(k key, _ entry) bool { return org == "" || k.org == org })
	d.hidden[org] = true
	d.mu.Unlock()
	if d.store.Load().memory {
		d.gone[org] = true
	}
	return d.flush(context.WithoutCancel(ctx))
}

// sweep deletes the rows that forgotten orgs, which have no id, have left.
func (d *Directory) sweep(ctx context.Context) error {
	for more := true; more; {
		err := d.write(ctx, "delete", func(s *store) error {
			return s.write(ctx, func(tx *sql.Tx) (err error) {
				more, err = sweepBatch(ctx, tx)
				return err
			})
		})
		if err != nil {
			return err
		}
	}
	// The WAL still has the old pages.
	return d.write(ctx, "delete", func(s *store) error { return errors.Join(s.shrink(ctx), s.fold(ctx)) })
}

// sweepBatch deletes a batch of rows of an org without an id, and after the last batch the org itself. more is false
// when there is no such org.
func sweepBatch(ctx context.Context, tx *sql.Tx) (more bool, err error) {
	var org int64
	err = tx.QueryRowContext(ctx, "SELECT key FROM orgs WHERE id IS NULL LIMIT 1").Scan(&org)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	left := int64(batch)
	for _, query := range []string{
		"DELETE FROM answers WHERE (org, number) IN (SELECT org, number FROM answers WHERE org = ? LIMIT ?)",
		"DELETE FROM records WHERE key IN (SELECT key FROM records WHERE org = ? LIMIT ?)", // this also deletes its phones
	} {
		res, err := tx.ExecContext(ctx, query, org, left)
		if err != nil {
			return false, err
		}
		n, err := res.RowsAffected()
		if left -= n; err != nil || left <= 0 {
			return true, err
		}
	}
	for _, query := range []string{"DROP TABLE IF EXISTS " + namesTable(org), fmt.Sprintf("DELETE FROM orgs WHERE key = %d", org)} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return true, err
		}
	}
	return true, nil
}

// Drop forgets one record that the org has deleted or merged, and removes it from all answers.
func (d *Directory) Drop(ctx context.Context, ref crm.Ref) error {
	book, shown := d.shown(ref.Org)
	return d.write(ctx, "drop", func(s *store) error {
		return s.write(ctx, func(tx *sql.Tx) error {
			if err := dropAnswers(ctx, tx, ref.Org, map[string]bool{ref.ID: true}); err != nil || !shown {
				return err
			}
			p, err := newPutter(ctx, tx, book)
			if err != nil {
				return err
			}
			if err := p.drop(ctx, ref.ID); err != nil || p.added == 0 {
				return err
			}
			return p.count(ctx, tx)
		})
	})
}

// dropAnswers removes records from all answers of an org.
func dropAnswers(ctx context.Context, tx *sql.Tx, org string, gone map[string]bool) error {
	changed, err := naming(ctx, tx, org, gone)
	if err != nil {
		return err
	}
	for number, e := range changed {
		for id := range gone {
			e.without(id)
		}
		if err := writeEntry(ctx, tx, key{org, number}, e); err != nil {
			return err
		}
	}
	return nil
}

// naming returns the answers of an org that contain some of the records.
func naming(ctx context.Context, tx *sql.Tx, org string, ids map[string]bool) (map[string]entry, error) {
	rows, err := tx.QueryContext(ctx, "SELECT a.number, a.matches, a.picked, a.at, a.used, a.sum FROM answers a JOIN orgs o ON o.key = a.org WHERE o.id = ?", org)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	found := map[string]entry{}
	for rows.Next() {
		var number string
		var doc, picked []byte
		var at, used, sum any
		if err := rows.Scan(&number, &doc, &picked, &at, &used, &sum); err != nil {
			return nil, err
		}
		e := entryOf(number, doc, picked, at, used, sum)
		if slices.ContainsFunc(e.matches, func(m crm.Match) bool { return ids[m.ID] }) {
			found[number] = e
		}
	}
	return found, rows.Err()
}
