package journal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"linecard/crm"
	"linecard/fault"
)

// What waits is made due at once: one entry, those of some users, or those that wait for one reason.

// dueNow is what becomes of an entry that is made due at once.
const dueNow = "state = 'ready', due = 0, hold = 0, reason = ''"

// Requeue makes an entry due at once: a parked one, one that waits for a later time, a draft, or one the agent
// discarded before. It is ErrState while the call lives: it has no end that could be written.
func (j *Journal) Requeue(ctx context.Context, id string) error {
	err := j.write(ctx, id, change{"requeue", func(ctx context.Context, tx *sql.Tx) error {
		var state State
		err := tx.QueryRowContext(ctx, "SELECT state FROM outbox WHERE call = ?", id).Scan(text(&state))
		if err != nil {
			return unknown(err)
		}
		if state == Sending || state == Done || !slices.Contains(states, state) {
			return fmt.Errorf("%w: the activity is %s", ErrState, state)
		}
		if err := mustBeOver(ctx, tx, id); err != nil {
			return err
		}
		if state == Draft || state == Discarded {
			if err := say(ctx, tx, id, crm.LogIt); err != nil {
				return err
			}
		}
		return move(ctx, tx, id, dueNow, state)
	}})
	j.tellChanged()
	return err
}

// RequeueAll makes everything due at once that is parked or waits for a later time, of those users whose link is there: it is there again,
// the administrator has opened a field. It tells how many there were. What others wait for, or were refused, is left as it is.
func (j *Journal) RequeueAll(ctx context.Context, linked Linked) (n int, err error) {
	const waits = "state NOT IN ('done','discarded') AND (state = 'parked' OR state = 'ready' AND due > 0)"
	err = j.try(ctx, change{"requeue all", func(ctx context.Context, tx *sql.Tx) error {
		n = 0
		owners, err := waitingOwners(ctx, tx, waits, linked)
		if err != nil {
			return err
		}
		for _, rowid := range owners {
			more, err := affected(tx.ExecContext(ctx, "UPDATE outbox SET "+dueNow+" WHERE "+waits+`
				AND org IS (SELECT org FROM outbox WHERE rowid = ?1) AND user IS (SELECT user FROM outbox WHERE rowid = ?1)`, rowid))
			if err != nil {
				return err
			}
			n += more
		}
		return nil
	}})
	j.tellChanged()
	return n, err
}

// waitingOwners are those of the entries that match whose link is there, each by the row of one entry.
func waitingOwners(ctx context.Context, tx *sql.Tx, match string, linked Linked) (rowids []int64, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT org, user, min(rowid) FROM outbox WHERE "+match+" GROUP BY org, user")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var org, user string
		var rowid int64
		if err := rows.Scan(text(&org), text(&user), &rowid); err != nil {
			return nil, err
		}
		if linked == nil || linked(org, user) {
			rowids = append(rowids, rowid)
		}
	}
	return rowids, rows.Err()
}

// RequeueWaiting makes due at once what waits for a later time for the reason with that code, which is over.
func (j *Journal) RequeueWaiting(ctx context.Context, over fault.Code) error {
	err := j.try(ctx, change{"requeue waiting", func(ctx context.Context, tx *sql.Tx) error {
		waiting, err := waitingFor(ctx, tx, over)
		for _, rowid := range waiting {
			if err == nil {
				_, err = tx.ExecContext(ctx, "UPDATE outbox SET "+dueNow+" WHERE rowid = ?", rowid)
			}
		}
		return err
	}})
	j.tellChanged()
	return err
}

// waitingFor are the rows of what waits for a reason.
func waitingFor(ctx context.Context, tx *sql.Tx, why fault.Code) (rowids []int64, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT reason, rowid FROM outbox WHERE "+isReady+" AND due > 0")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var reason string
		var rowid int64
		if err := rows.Scan(text(&reason), &rowid); err != nil {
			return nil, err
		}
		if decodeReason(reason).Is(why) {
			rowids = append(rowids, rowid)
		}
	}
	return rowids, rows.Err()
}

// RequeueUnsure makes due at once what waits for users who are there again ([crm.Activity.UnsureBy]): what waits or is parked for the reason
// with that code, and the looks for what such a user may have written of a call that must not be logged. A look for a surplus keeps its time.
func (j *Journal) RequeueUnsure(ctx context.Context, why fault.Code, back Linked) error {
	err := j.try(ctx, change{"requeue unsure", func(ctx context.Context, tx *sql.Tx) error {
		waiting, err := unsureOf(ctx, tx, why, back)
		for _, rowid := range waiting {
			if err == nil {
				_, err = tx.ExecContext(ctx, `UPDATE outbox SET again = iif(`+isToLook+`, 1, again), due = iif(state IN ('ready', 'parked'), hold, due),
					reason = iif(state = 'parked', '', reason), state = iif(state = 'parked', 'ready', state) WHERE rowid = ?`, rowid)
			}
		}
		return err
	}})
	j.tellChanged()
	return err
}

// unsureOf are the rows of what waits for users who are there again.
func unsureOf(ctx context.Context, tx *sql.Tx, why fault.Code, back Linked) (rowids []int64, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT rowid, org, activity, reason, state IN ('ready', 'parked') FROM outbox WHERE "+
		"state NOT IN ('done','discarded') AND state IN ('ready', 'parked') OR "+
		isToLook+" AND (state = 'discarded' OR (SELECT word FROM calls WHERE id = call) = ?)", crm.DontLog)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var rowid int64
		var org, doc, reason string
		var waits bool
		if err := rows.Scan(&rowid, text(&org), text(&doc), text(&reason), flag(&waits)); err != nil {
			return nil, err
		}
		a, err := decodeActivity(doc)
		if err != nil || waits && !decodeReason(reason).Is(why) { // a damaged one is not for here
			continue
		}
		if slices.ContainsFunc(a.UnsureBy, func(by string) bool { return back(org, by) }) {
			rowids = append(rowids, rowid)
		}
	}
	return rowids, rows.Err()
}
