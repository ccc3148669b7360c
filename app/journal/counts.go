package journal

import (
	"context"
	"database/sql"
	"math"
	"time"

	"linecard/fault"
)

// Counts is what the badges and the status bar tell.
type Counts struct {
	Missed    int // missed calls the agent has not looked at
	NotLogged int // ended calls that are not in the org, though they should be

	Waiting          int         // entries ready or being sent, updates among them
	WaitingElsewhere int         // those of them whose org or user is not linked
	Checking         int         // those of them that an earlier attempt may have written: that is being found out
	Parked           int         // entries the org refuses
	Held             int         // entries that wait because the hour had too many calls in which nobody talked, see [Held]
	Reason           fault.Fault // why the next one waits; zero when it has not failed yet, or none is linked
	NextTry          time.Time   // when the next one is tried; zero when none waits, it is due at once, or none is linked
}

// Counts counts what is open now.
func (j *Journal) Counts(ctx context.Context, linked Linked) (n Counts, err error) {
	// What is open but not logged, less what belongs to a call that lives: of those there are very few.
	var live int
	err = j.reader().QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM calls WHERE outcome = 'missed' AND seen = 0),
		(SELECT count(*) FROM calls c INDEXED BY calls_open CROSS JOIN outbox o ON o.call = c.id WHERE c.ended = 0 AND `+notLogged+`)`).
		Scan(&n.Missed, &live)
	if err != nil {
		return n, j.explain("counts", err)
	}
	rows, err := j.reader().QueryContext(ctx, `SELECT state, org, user, count(*), sum(task = ''), sum(check_first AND task = ''), min(due), reason, sum(state = 'draft' AND reason = ?)
		FROM outbox INDEXED BY outbox_open WHERE state NOT IN ('done','discarded') GROUP BY state, org, user`, heldReason)
	if err != nil {
		return n, j.explain("counts", err)
	}
	defer func() { _ = rows.Close() }()
	n.NotLogged = -live
	next := int64(math.MaxInt64)
	for rows.Next() {
		var state State
		var org, user, reason string
		var count, unwritten, checking, held int
		var due *int64
		err := rows.Scan(text(&state), text(&org), text(&user), &count, number(&unwritten), number(&checking), optional(&due), text(&reason), number(&held))
		if err != nil {
			return n, j.explain("counts", err)
		}
		n.NotLogged += unwritten
		n.Held += held
		switch state {
		case Parked:
			n.Parked += count
			continue
		case Ready, Sending:
		default:
			continue
		}
		n.Waiting += count
		n.Checking += checking
		if linked != nil && !linked(org, user) {
			n.WaitingElsewhere += count
			continue
		}
		if state == Ready && due != nil && *due < next { // SQLite takes a bare column from the row that has the min
			next = *due
			n.NextTry, n.Reason = at(next), decodeReason(reason)
		}
	}
	n.NotLogged = max(0, n.NotLogged) // a call may have ended between the two questions
	return n, j.explain("counts", rows.Err())
}

// waitingOfOrg reads the index of what is open, and there what is the org's alone. Drafts of calls that live do not wait: of those there
// are very few.
const waitingOfOrg = `SELECT
	(SELECT count(*) FROM outbox INDEXED BY outbox_open
		WHERE state NOT IN ('done','discarded') AND state IN ('draft','ready','sending','parked') AND org = ?1) -
	(SELECT count(*) FROM calls c INDEXED BY calls_open CROSS JOIN outbox o ON o.call = c.id
		WHERE c.ended = 0 AND o.state = 'draft' AND o.org = ?1)`

// Waiting is how many calls of an org [Journal.Outbox] lists: those that are over and not in the org as they should be.
func (j *Journal) Waiting(ctx context.Context, org string) (n int, err error) {
	err = j.reader().QueryRowContext(ctx, waitingOfOrg, org).Scan(&n)
	return n, j.explain("waiting", err)
}

// Day counts the calls of one day.
type Day struct{ Calls, Missed, NotLogged int }

// Today counts the calls that began on the day of now, in now's time zone.
func (j *Journal) Today(ctx context.Context, now time.Time) (d Day, err error) {
	y, m, day := now.Date()
	from := time.Date(y, m, day, 0, 0, 0, 0, now.Location())
	to := time.Date(y, m, day+1, 0, 0, 0, 0, now.Location())
	err = j.reader().QueryRowContext(ctx, `SELECT count(*), coalesce(sum(c.outcome = 'missed'), 0),
		coalesce(sum(c.ended > 0 AND o.call IS NOT NULL AND `+notLogged+`), 0)
		FROM calls c LEFT JOIN outbox o ON o.call = c.id WHERE c.started >= ? AND c.started < ?`, micros(from), micros(to)).
		Scan(&d.Calls, &d.Missed, &d.NotLogged)
	return d, j.explain("today", err)
}

// MarkSeen notes that the agent has looked at these missed calls; without ids, at all of them.
func (j *Journal) MarkSeen(ctx context.Context, ids ...string) error {
	q, args := "UPDATE calls SET seen = 1 WHERE outcome = 'missed' AND seen = 0", []any(nil)
	if len(ids) > 0 {
		q, args = q+" AND id IN "+listed, []any{asList(ids)}
	}
	return j.try(ctx, change{"mark seen", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, q, args...)
		return err
	}})
}
