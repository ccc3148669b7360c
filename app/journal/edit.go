package journal

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"linecard/crm"
)

// EditActivity notes what the agent has typed or picked, at any time:
//
//   - during the call it is kept as a draft, so that a crash does not lose it;
//   - while it is queued or parked it is changed in place (a parked one stays parked until it is requeued);
//   - while it is being sent, or once it is in the org, it becomes an Update of that same Task;
//   - of a discarded one the text is kept, should the agent change their mind.
func (j *Journal) EditActivity(ctx context.Context, id string, a crm.Activity) error {
	return j.edit(ctx, id, a, time.Time{})
}

// TypeActivity is EditActivity while the agent is still typing: the change is on disk at once, but a Task that was
// written already is not touched before until, or before the next EditActivity. So a sentence costs one request and not
// one a letter.
func (j *Journal) TypeActivity(ctx context.Context, id string, a crm.Activity, until time.Time) error {
	return j.edit(ctx, id, a, until)
}

func (j *Journal) edit(ctx context.Context, id string, a crm.Activity, hold time.Time) error {
	a.CallID = id
	if _, err := encodeActivity(a); err != nil {
		return err
	}
	err := j.write(ctx, id, change{opEdit, func(ctx context.Context, tx *sql.Tx) error {
		a := a // may run more than once
		if err := whose(ctx, tx, &a); err != nil {
			return err
		}
		var old string
		var dropped bool // the org's Task does not have what the entry says: its changes were discarded
		err := tx.QueryRowContext(ctx, "SELECT activity, state = 'done' AND rev_begun = 0 FROM outbox WHERE call = ?", id).Scan(text(&old), &dropped)
		none := errors.Is(err, sql.ErrNoRows)
		if err != nil && !none {
			return err
		}
		if was, err := decodeActivity(old); err == nil && was.Org == a.Org { // the one who types does not know
			a.TriedBy, a.UnsureBy = was.TriedBy, was.UnsureBy
		}
		doc, err := encodeActivity(a)
		switch {
		case err != nil:
			return err
		case none:
			return draft(ctx, tx, a, doc)
		case old == doc && !dropped: // nothing to send twice for, but perhaps sooner
			return rehold(ctx, tx, id, hold)
		}
		return retype(ctx, tx, a, doc, hold)
	}})
	j.tellChanged()
	return err
}

// rehold has an update that waits for the agent wait until hold.
func rehold(ctx context.Context, tx *sql.Tx, id string, hold time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE outbox SET hold = ?2,
		due = iif(state = 'ready' AND task <> '' AND due = hold, ?2, due) WHERE call = ?1`, id, micros(hold))
	return err
}

// retype puts another activity into an entry. An update that waits for its next attempt keeps that time; one that waited for the agent takes
// the new hold.
func retype(ctx context.Context, tx *sql.Tx, a crm.Activity, doc string, hold time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE outbox SET activity = ?2, rev = rev + 1, hold = ?3, unidentified = ?4,
		account = ?5, org = ?6, user = ?7,
		due = iif(state = 'done' OR (state = 'ready' AND task <> '' AND due = hold), ?3, due),
		state = iif(state = 'done', 'ready', state) WHERE call = ?1`, a.CallID, doc, micros(hold), a.Unidentified, a.Account, a.Org, a.User)
	return err
}

// draft begins the entry of a call that has none. Of a call that has ended and must not be logged the text is kept, and
// no more: a draft would wait for an answer that was given.
func draft(ctx context.Context, tx *sql.Tx, a crm.Activity, doc string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO outbox (call, state, activity, account, org, user, unidentified)
		SELECT id, iif(ended > 0 AND (verdict = 'no' OR word = ?7), 'discarded', 'draft'), ?2, ?3, ?4, ?5, ?6 FROM calls WHERE id = ?1`,
		a.CallID, doc, a.Account, a.Org, a.User, a.Unidentified, crm.DontLog)
	return err
}

// Amend changes what the attempt under way is about to carry: something the one that writes found out itself, such as
// who the call was with. with gets the activity as it is now, including what the agent has typed since Begin, and may
// run more than once. What Amend returns is what to send: it counts as this attempt's, so no Update follows from it.
//
// It must be called between Begin and the first byte; on an error the activity is as it was.
func (j *Journal) Amend(ctx context.Context, id string, with func(crm.Activity) crm.Activity) (crm.Activity, error) {
	var amended crm.Activity
	err := j.try(ctx, change{"amend", func(ctx context.Context, tx *sql.Tx) error {
		e, err := entryOf(ctx, tx, id)
		if err != nil {
			return err
		}
		amended = with(e.Activity)
		amended.CallID = id
		doc, err := encodeActivity(amended)
		if err != nil {
			return err
		}
		// An earlier attempt that may have been written still carries what it carried.
		return move(ctx, tx, id, `activity = ?2, rev = rev + 1, rev_begun = rev + 1, unidentified = ?3,
			rev_oldest = iif(check_first, rev_oldest, rev + 1)`, Sending, doc, amended.Unidentified)
	}})
	return amended, err
}
