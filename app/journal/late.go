package journal

import (
	"context"
	"database/sql"
	"errors"

	"linecard/crm"
)

// TellLate changes the story of a call that is over and that nobody has before them any more: in the history, and in the Task, where there is
// one, as [Journal.EditActivity] would. with may run more than once. A call that is not known is left alone.
func (j *Journal) TellLate(ctx context.Context, id string, with func(*crm.Story)) error {
	err := j.write(ctx, id, change{"tell late", func(ctx context.Context, tx *sql.Tx) error {
		var kept string
		err := tx.QueryRowContext(ctx, "SELECT story FROM calls WHERE id = ? AND ended > 0", id).Scan(text(&kept))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		story := decodeStory(kept)
		with(&story)
		if _, err := tx.ExecContext(ctx, "UPDATE calls SET story = ?2 WHERE id = ?1", id, encodeStory(story)); err != nil {
			return err
		}
		e, err := entryOf(ctx, tx, id)
		if errors.Is(err, ErrUnknown) || e.unreadable {
			return nil
		}
		if err != nil {
			return err
		}
		was, err := encodeActivity(e.Activity)
		if err != nil {
			return err
		}
		with(&e.Activity.Story)
		doc, err := encodeActivity(e.Activity)
		if err != nil || doc == was {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE outbox SET activity = ?2, rev = rev + 1,
			due = iif(state = 'done', 0, due), state = iif(state = 'done', 'ready', state) WHERE call = ?1`, id, doc)
		return err
	}})
	j.tellChanged()
	return err
}
