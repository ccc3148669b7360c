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

// DontLog notes the agent's word that a call is not to be logged, and makes a look for what the org has of it due at the
// given time, in one transaction: a look made before the word was known would find nothing to delete. Without an entry
// there is only the word.
func (j *Journal) DontLog(ctx context.Context, id string, at time.Time) error {
	err := j.write(ctx, id, change{"don't log", func(ctx context.Context, tx *sql.Tx) error {
		if err := say(ctx, tx, id, crm.DontLog); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE outbox SET again = ?2 WHERE call = ?1", id, max(1, micros(at)))
		return err
	}})
	j.tellChanged()
	return err
}
