package journal

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"linecard/fault"
)

// Linked tells whether the link of an org's user is there. It is asked with user "" about an entry whose user is not
// known: whether any user of that org is linked; and with org "" about one that goes to any org: whether any is linked. A
// nil Linked says yes to all.
type Linked = func(org, user string) bool

// NextDue returns the entry whose turn it is at now, ok true: of those whose link is there the one that has been due
// longest. When none is due, wait is how long until the first one is, 0 when none waits at all ([Journal.Changed] tells
// when that changes).
func (j *Journal) NextDue(ctx context.Context, now time.Time, linked Linked) (e Entry, wait time.Duration, ok bool, err error) {
	// A full disk's backlog may hold a hang-up: this is asked often enough to be its second chance.
	switch onDisk, err := j.retryKept(ctx); {
	case err != nil:
		return Entry{}, 0, false, err
	case !onDisk: // ask again soon: each time the disk is tried
		return Entry{}, 10 * time.Second, false, nil
	}
	if err := j.clampClock(ctx, now); err != nil {
		return Entry{}, 0, false, err
	}
	return j.next(ctx, now, linked, isReady, "due")
}

// AlsoDue returns, after [Journal.NextDue] has returned first, what else of the same org and user is due at now: at most n
// entries, the longest due first.
func (j *Journal) AlsoDue(ctx context.Context, first Entry, now time.Time, n int) ([]Entry, error) {
	rows, err := j.reader().QueryContext(ctx, `SELECT `+entryColumns+` FROM outbox o LEFT JOIN calls c ON c.id = o.call
		WHERE o.org = ?1 AND o.user = ?2 AND o.call <> ?3 AND `+isReady+` AND o.due <= ?4 ORDER BY o.due, c.started LIMIT ?5`,
		first.Org, first.User, first.ID, micros(now), n)
	if err != nil {
		return nil, j.explain("also due", err)
	}
	defer func() { _ = rows.Close() }()
	var es []Entry
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, j.explain("also due", err)
		}
		if !e.unreadable {
			es = append(es, e)
		}
	}
	return es, j.explain("also due", rows.Err())
}

// isReady is what the index of open entries answers: it wants its own condition word for word.
const isReady = "state NOT IN ('done','discarded') AND state = 'ready'"

// isToLook are the entries that can be looked at: an attempt is neither under way nor coming. One that is parked with its Task waits for
// a person, and the surplus does not wait for them.
const isToLook = "again > 0 AND (state IN ('done', 'discarded') OR state = 'parked' AND task <> '')"

// NextLook returns the entry of which surplus Tasks must be looked for now, as [Journal.NextDue] does. [Journal.Looked]
// ends it. The entry may have been taken back ([Discarded]): then every Task that carries the call's id is surplus.
func (j *Journal) NextLook(ctx context.Context, now time.Time, linked Linked) (e Entry, wait time.Duration, ok bool, err error) {
	if onDisk, err := j.retryKept(ctx); err != nil || !onDisk {
		return Entry{}, 0, false, err
	}
	if err := j.clampClock(ctx, now); err != nil {
		return Entry{}, 0, false, err
	}
	return j.next(ctx, now, linked, isToLook, "again")
}

// next finds the first entry by time among those that match and are linked. Unreadable ones are parked on the way.
func (j *Journal) next(ctx context.Context, now time.Time, linked Linked, match, when string) (Entry, time.Duration, bool, error) {
	for {
		owner, first, err := j.nextOwner(ctx, linked, match, when)
		switch {
		case err != nil:
			return Entry{}, 0, false, j.explain("next due", err)
		case owner == 0:
			return Entry{}, 0, false, nil
		case first.After(now):
			return Entry{}, first.Sub(now), false, nil
		}
		e, err := scanEntry(j.reader().QueryRowContext(ctx, `SELECT `+entryColumns+` FROM outbox o LEFT JOIN calls c ON c.id = o.call
			WHERE o.org IS (SELECT org FROM outbox WHERE rowid = ?1) AND o.user IS (SELECT user FROM outbox WHERE rowid = ?1)
			AND `+match+` ORDER BY o.`+when+`, c.started LIMIT 1`, owner))
		switch {
		case errors.Is(err, ErrUnknown): // it moved on since
			continue
		case err != nil:
			return Entry{}, 0, false, j.explain("next due", err)
		case !e.unreadable:
			return e, 0, true, nil
		}
		if err := j.parkUnreadable(ctx, e); err != nil {
			return Entry{}, 0, false, err
		}
	}
}

// nextOwner tells whose entry comes first, by the row of one of theirs; 0 when nothing waits. There are few owners and
// may be many entries, so linked is asked once for an owner.
func (j *Journal) nextOwner(ctx context.Context, linked Linked, match, when string) (rowid int64, first time.Time, err error) {
	rows, err := j.reader().QueryContext(ctx, `SELECT org, user, min(`+when+`), rowid FROM outbox WHERE `+match+` GROUP BY org, user ORDER BY 3`)
	if err != nil {
		return 0, time.Time{}, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var org, user string
		if err := rows.Scan(text(&org), text(&user), moment(&first), &rowid); err != nil {
			return 0, time.Time{}, err
		}
		if linked == nil || linked(org, user) {
			return rowid, first, nil
		}
	}
	return 0, time.Time{}, rows.Err()
}

// parkUnreadable sets an entry aside that cannot be read. If it is over, only the look at it is given up.
func (j *Journal) parkUnreadable(ctx context.Context, e Entry) error {
	j.log.Error("journal entry is damaged", "call", e.ID)
	err := j.try(ctx, change{"park unreadable", func(ctx context.Context, tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, `UPDATE outbox SET state = iif(state IN ('done', 'discarded'), state, 'parked'), again = 0, reason = ?2
			WHERE rowid = ?1`, e.rowid, fault.New(Unreadable).Encode()))
	}})
	j.tellChanged()
	return err
}

// LongestPause is how far ahead a due time can be: the pause after a used-up quota, with its jitter, is the longest.
const LongestPause = 20 * time.Minute

// clampClock mends times that were noted while the clock was wrong: nothing is due later than LongestPause from now, and
// nothing began in the future.
func (j *Journal) clampClock(ctx context.Context, now time.Time) error {
	// Each of the two goes by an index that has waiting entries only: this is asked before every attempt.
	const waits, looks = isReady + " AND (due > ?1 OR begun > ?2)", "again > 0 AND again > ?1"
	latest := micros(now.Add(j.o.LongestPause))
	var wrong bool
	err := j.reader().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM outbox WHERE "+waits+") OR EXISTS (SELECT 1 FROM outbox WHERE "+looks+")",
		latest, micros(now)).Scan(&wrong)
	if err != nil || !wrong {
		return j.explain("clamp", err)
	}
	return j.try(ctx, change{"clamp", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE outbox SET due = min(due, ?1), hold = min(hold, ?1), begun = min(begun, ?2) WHERE `+waits,
			latest, micros(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE outbox SET again = min(again, ?1) WHERE "+looks, latest)
		return err
	}})
}
