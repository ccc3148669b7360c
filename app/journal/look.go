package journal

import (
	"context"
	"database/sql"
	"time"
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
