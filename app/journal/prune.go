package journal

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// pruneBatch is how many calls one transaction forgets: a ring that comes in the meantime waits for one of
// them, a few milliseconds.
const pruneBatch = 200

// Prune forgets calls that began before the given time, and all but the newest keep; the zero time and 0 set no bound.
// What has still to be logged, or saved of a card, stays, and so does a call whose Tasks must be looked at once more. It tells how many
// calls went, also when an error or the end of ctx stopped it.
//
// What is forgotten is overwritten in the file (secure_delete), as soon as SQLite folds its -wal file into it: at the
// latest when the journal is closed.
func (j *Journal) Prune(ctx context.Context, before time.Time, keep int) (n int, err error) {
	oldest := micros(before)
	if keep > 0 {
		var started int64
		err := j.reader().QueryRowContext(ctx, "SELECT started FROM calls ORDER BY started DESC, id DESC LIMIT 1 OFFSET ?", keep-1).Scan(number(&started))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, j.explain("prune", err)
		}
		oldest = max(oldest, started)
	}
	for {
		var gone int
		err := j.try(ctx, change{"prune", func(ctx context.Context, tx *sql.Tx) (err error) {
			gone, err = pruneSome(ctx, tx, oldest)
			return err
		}})
		if err != nil {
			return n, err
		}
		if n += gone; gone < pruneBatch {
			return n, nil
		}
	}
}

// pruneSome forgets up to pruneBatch calls, the oldest first.
func pruneSome(ctx context.Context, tx *sql.Tx, before int64) (n int, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT c.rowid, o.rowid FROM calls c LEFT JOIN outbox o ON o.call = c.id
		WHERE c.started < ? AND c.ended > 0 AND c.cards = '' AND coalesce(o.state, 'done') IN ('done','discarded') AND coalesce(o.again, 0) = 0
		ORDER BY c.started LIMIT ?`, before, pruneBatch)
	if err != nil {
		return 0, err
	}
	var calls []int64
	var entries []sql.NullInt64
	for rows.Next() {
		var c int64
		var o sql.NullInt64
		if err := rows.Scan(&c, &o); err != nil {
			return 0, errors.Join(err, rows.Close())
		}
		calls, entries = append(calls, c), append(entries, o)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	for i := range calls {
		if entries[i].Valid {
			if _, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE rowid = ?", entries[i].Int64); err != nil {
				return 0, err
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM calls WHERE rowid = ?", calls[i]); err != nil {
			return 0, err
		}
	}
	return len(calls), nil
}
