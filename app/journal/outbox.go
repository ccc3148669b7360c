package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"linecard/crm"
)

// State is where an entry of the outbox stands.
type State string

// The states.
const (
	Draft     State = "draft"     // the call is on, or the agent has not said whether to log it
	Ready     State = "ready"     // waits for its time
	Sending   State = "sending"   // an attempt is under way
	Done      State = "done"      // in the org as the agent last left it
	Parked    State = "parked"    // the org refuses it; a person must look
	Discarded State = "discarded" // the agent said don't log
)

// Kind is what is to be done with an entry.
type Kind string

// The kinds.
const (
	Create Kind = "create" // no Task yet
	Update Kind = "update" // Entry.Task is to be brought up to date
)

// Entry is one activity of the outbox.
type Entry struct {
	ID         string // the call's
	State      State
	Kind       Kind
	Activity   crm.Activity
	Task       crm.Ref // what the org made of it; zero while Kind is Create
	CheckFirst bool    // an earlier attempt may have been written: look for Activity.CallID before creating
	Attempts   int     // begun so far
	Due        time.Time
	Reason     string // why it waits or is parked: one plain sentence
}

const entryColumns = `o.call, o.state, o.activity, o.task, o.check_first, o.attempts, o.due, o.reason`

func scanEntry(row interface{ Scan(...any) error }) (e Entry, err error) {
	var doc, task string
	var due int64
	if err := row.Scan(&e.ID, &e.State, &doc, &task, &e.CheckFirst, &e.Attempts, &due, &e.Reason); err != nil {
		return e, unknown(err)
	}
	e.Due = at(due)
	if e.Activity, err = decodeActivity(doc); err != nil {
		return e, err
	}
	if e.Task, err = decodeRef(task); err != nil {
		return e, err
	}
	e.Kind = Create
	if !e.Task.IsZero() {
		e.Kind, e.CheckFirst = Update, false
	}
	return e, nil
}

// NextDue returns the entry whose turn it is at now, ok true. When none is due, wait is how long until the first one
// is, 0 when none waits at all ([Journal.Changed] tells when that changes).
func (j *Journal) NextDue(ctx context.Context, now time.Time) (e Entry, wait time.Duration, ok bool, err error) {
	// A full disk's backlog may hold a hang-up: this is asked often enough to be its second chance.
	if err := j.inTurn(ctx, func() error { return j.replay(ctx) }); err != nil && !kept(err) {
		return Entry{}, 0, false, err
	}
	e, err = scanEntry(j.r.QueryRowContext(ctx, `SELECT `+entryColumns+` FROM outbox o JOIN calls c ON c.id = o.call
		WHERE o.state = 'ready' ORDER BY o.due, c.started LIMIT 1`))
	switch {
	case errors.Is(err, ErrUnknown):
		return Entry{}, 0, false, nil
	case err != nil:
		return Entry{}, 0, false, j.explain("next due", err)
	case e.Due.After(now):
		return Entry{}, e.Due.Sub(now), false, nil
	}
	return e, 0, true, nil
}

// Begin marks a ready entry as being sent and returns it as it stands, which is what to send. Once Begin has returned
// nil the mark is on disk: a crash from here on leaves an entry with CheckFirst. On any error nothing may be sent.
func (j *Journal) Begin(ctx context.Context, id string) (Entry, error) {
	var e Entry
	err := j.try(ctx, change{"begin", func(ctx context.Context, tx *sql.Tx) error {
		// rev_oldest keeps the lowest revision among attempts that may have been written.
		err := move(ctx, tx, id, `state = 'sending', attempts = attempts + 1, rev_begun = rev,
			rev_oldest = CASE WHEN check_first AND rev_oldest > 0 THEN rev_oldest ELSE rev END`, Ready)
		if err != nil {
			return err
		}
		e, err = scanEntry(tx.QueryRowContext(ctx, `SELECT `+entryColumns+` FROM outbox o WHERE o.call = ?`, id))
		return err
	}})
	return e, err
}

// Done notes that the org has the activity as a Task. What the agent changed since the attempt that was written becomes
// an [Update] of that Task, due at once, or once the agent has stopped typing ([Journal.TypeActivity]).
func (j *Journal) Done(ctx context.Context, id string, as crm.Logged) error {
	err := j.write(ctx, id, change{"done", func(ctx context.Context, tx *sql.Tx) error {
		// A Task that existed may hold the oldest unsettled revision; one just made or updated holds the one begun.
		return move(ctx, tx, id, `state = CASE WHEN rev > iif(?3 AND task = '', rev_oldest, rev_begun) THEN 'ready' ELSE 'done' END,
			task = ?2, check_first = 0, rev_oldest = 0, due = hold, reason = ''`, Sending, encodeRef(as.Ref), as.Existed)
	}})
	j.tellChanged()
	return err
}

// Retry puts an entry back whose attempt failed, to be tried again at the given time. ambiguous says that the org may
// have written it all the same; that is remembered until the Task is found or made.
func (j *Journal) Retry(ctx context.Context, id string, at time.Time, reason string, ambiguous bool) error {
	err := j.write(ctx, id, change{"retry", func(ctx context.Context, tx *sql.Tx) error {
		return move(ctx, tx, id, `state = 'ready', due = ?2, reason = ?3,
			rev_oldest = iif(check_first OR ?4, rev_oldest, 0), check_first = check_first OR ?4`,
			Sending, micros(at), reason, ambiguous)
	}})
	j.tellChanged()
	return err
}

// Park sets an entry aside that the org refuses, with the reason the agent reads.
func (j *Journal) Park(ctx context.Context, id, reason string) error {
	err := j.write(ctx, id, change{"park", func(ctx context.Context, tx *sql.Tx) error {
		return move(ctx, tx, id, `state = 'parked', reason = ?2, rev_oldest = iif(check_first, rev_oldest, 0)`, Sending, reason)
	}})
	j.tellChanged()
	return err
}

// Requeue makes an entry due at once: a parked one, one that waits for a later time, a draft, or one the agent
// discarded before.
func (j *Journal) Requeue(ctx context.Context, id string) error {
	err := j.write(ctx, id, change{"requeue", func(ctx context.Context, tx *sql.Tx) error {
		var state State
		err := tx.QueryRowContext(ctx, "SELECT state FROM outbox WHERE call = ?", id).Scan(&state)
		if err != nil {
			return unknown(err)
		}
		if state == Sending || state == Done {
			return fmt.Errorf("%w: the activity is %s", ErrState, state)
		}
		return move(ctx, tx, id, "state = 'ready', due = 0, hold = 0, reason = ''", state)
	}})
	j.tellChanged()
	return err
}

// RequeueAll makes everything due at once that is parked or waits for a later time: the org is linked again, the
// administrator has opened a field. It tells how many there were.
func (j *Journal) RequeueAll(ctx context.Context) (n int, err error) {
	err = j.try(ctx, change{"requeue all", func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'ready', due = 0, hold = 0, reason = ''
			WHERE state = 'parked' OR state = 'ready' AND due > 0`)
		if err != nil {
			return err
		}
		rows, err := res.RowsAffected()
		n = int(rows)
		return err
	}})
	j.tellChanged()
	return n, err
}

// Discard is the agent's "don't log". One that is being sent or was written cannot be taken back (ErrState); of a
// written one whose changes wait, only the changes are dropped.
func (j *Journal) Discard(ctx context.Context, id string) error {
	err := j.write(ctx, id, change{"discard", func(ctx context.Context, tx *sql.Tx) error {
		e, err := scanEntry(tx.QueryRowContext(ctx, `SELECT `+entryColumns+` FROM outbox o WHERE o.call = ?`, id))
		if err != nil {
			return err
		}
		switch {
		case e.State == Sending || e.State == Done:
			return fmt.Errorf("%w: the activity is %s", ErrState, e.State)
		case e.Kind == Update:
			return move(ctx, tx, id, "state = 'done', reason = '', due = 0", e.State)
		}
		return move(ctx, tx, id, "state = 'discarded', reason = '', due = 0", e.State)
	}})
	j.tellChanged()
	return err
}

// TakenBack notes that the written Task was deleted from the org again, because the agent said so.
func (j *Journal) TakenBack(ctx context.Context, id string) error {
	err := j.write(ctx, id, change{"taken back", func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'discarded', task = '', due = 0, hold = 0, reason = ''
			WHERE call = ? AND state IN ('done', 'ready')`, id)
		return one(res, err)
	}})
	j.tellChanged()
	return err
}

// Outbox lists what is not in the org as it should be: drafts of ended calls, and what is ready, sending or parked;
// the next due first.
func (j *Journal) Outbox(ctx context.Context) ([]Entry, error) {
	rows, err := j.r.QueryContext(ctx, `SELECT `+entryColumns+` FROM outbox o JOIN calls c ON c.id = o.call
		WHERE o.state NOT IN ('done','discarded') AND (o.state <> 'draft' OR c.ended > 0)
		ORDER BY o.state = 'parked', o.due, c.started`)
	if err != nil {
		return nil, j.explain("outbox", err)
	}
	defer func() { _ = rows.Close() }()
	var es []Entry
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, j.explain("outbox", err)
		}
		es = append(es, e)
	}
	return es, j.explain("outbox", rows.Err())
}

// Entry returns the entry of one call; ErrUnknown when there is nothing to log of it.
func (j *Journal) Entry(ctx context.Context, id string) (Entry, error) {
	e, err := scanEntry(j.r.QueryRowContext(ctx, `SELECT `+entryColumns+` FROM outbox o WHERE o.call = ?`, id))
	return e, j.explain("entry", err)
}

// move changes the entry if it is in state from. set may use ?2 and up for args.
func move(ctx context.Context, tx *sql.Tx, id, set string, from State, args ...any) error {
	where := fmt.Sprintf(" WHERE call = ?1 AND state = '%s'", from)
	err := one(tx.ExecContext(ctx, "UPDATE outbox SET "+set+where, append([]any{id}, args...)...))
	if !errors.Is(err, ErrUnknown) {
		return err
	}
	var is State
	if err := tx.QueryRowContext(ctx, "SELECT state FROM outbox WHERE call = ?", id).Scan(&is); err != nil {
		return unknown(err)
	}
	return fmt.Errorf("%w: the activity is %s, not %s", ErrState, is, from)
}
