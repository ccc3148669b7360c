package journal

import (
	"context"
	"database/sql"
	"time"

	"linecard/crm"
)

// LookAgain makes a look for surplus Tasks due at the given time ([Journal.NextLook]), in place of one that was due before.
// It is on disk before something is done that may leave a surplus, so that a crash does not lose the look. Of an entry that
// waits or is being sent it becomes due once that has ended.
func (j *Journal) LookAgain(ctx context.Context, id string, at time.Time) error {
	err := j.write(ctx, id, change{"look again", func(ctx context.Context, tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE outbox SET again = ?2 WHERE call = ?1", id, max(1, micros(at))))
	}})
	j.tellChanged()
	return err
}

// DontLog notes the agent's word that a call must not be logged, and does what follows from it, in one transaction: what
// waits is discarded, and a look for what the org has of the call, or may have, is due at the given time. Of an attempt
// under way that holds as soon as it ends. Without an entry there is only the word.
func (j *Journal) DontLog(ctx context.Context, id string, at time.Time) error {
	err := j.write(ctx, id, change{"don't log", func(ctx context.Context, tx *sql.Tx) error {
		if err := say(ctx, tx, id, crm.DontLog); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE outbox SET again = ?2 WHERE call = ?1 AND state IN ('sending', 'done')", id, max(1, micros(at))); err != nil {
			return err
		}
		return obey(ctx, tx, id)
	}})
	j.tellChanged()
	return err
}

// Rejudge notes, during an attempt and before anything is sent, what the rules say of a call whose party the org has named only
// now: [crm.LogNo] discards it, and a look for what an earlier attempt may have left is due at the given time; [crm.LogAsk] leaves it
// to the agent. The agent's own word outweighs that, and is not touched: heeded is false then, and the attempt goes on.
func (j *Journal) Rejudge(ctx context.Context, id string, verdict crm.Log, at time.Time) (heeded bool, err error) {
	state := Discarded
	if verdict == crm.LogAsk {
		state = Draft
	}
	err = j.try(ctx, change{"rejudge", func(ctx context.Context, tx *sql.Tx) error {
		heeded = false
		n, err := affected(tx.ExecContext(ctx, "UPDATE calls SET verdict = ?2 WHERE id = ?1 AND word = ''", id, verdict))
		if err != nil || n == 0 {
			return err
		}
		e, err := entryOf(ctx, tx, id)
		if err != nil {
			return err
		}
		e.Activity.Unidentified = false
		doc, err := encodeActivity(e.Activity)
		if err != nil {
			return err
		}
		heeded = true
		return move(ctx, tx, id, `activity = ?4, unidentified = 0, state = ?2, reason = '', due = 0, hold = 0, again = iif((check_first OR `+leavesRecord+`) AND ?2 = 'discarded', ?3, again),
			rev_oldest = iif(check_first, rev_oldest, 0), begun = iif(check_first, begun, 0)`, Sending, state, max(1, micros(at)), doc)
	}})
	j.tellChanged()
	return heeded && err == nil, err
}

// obeyed takes back what waits although the agent said "don't log". A look for its Task is due at once where there is one,
// or may be.
const obeyed = `UPDATE outbox SET again = iif(task <> '' OR check_first OR ` + leavesRecord + `, 1, again), state = iif(task = '', 'discarded', 'done'),
	reason = '', due = 0, hold = 0
	WHERE state NOT IN ('done','discarded') AND state IN ('draft', 'ready', 'parked') AND (SELECT word FROM calls WHERE id = call) = ?1`

// obey has an entry follow the agent's word "don't log", if that is the word: after anything that makes it wait.
func obey(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, obeyed+" AND call = ?2", crm.DontLog, id)
	return err
}
