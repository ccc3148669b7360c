package journal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"linecard/crm"
)

// opPast is what is typed about a past call, all of it: the last one counts.
const opPast = "edit past"

// EditPast changes what the agent wrote about a call that is over and off the desk, however long ago that was: what waits or was refused goes
// out with it, and a Task that was written becomes an Update that is not sent before until. with gets the activity as it is, changes what was
// typed and nothing else, and may run more than once. whole tells that it sets all that was typed before, too.
//
// It is ErrUnknown where there is nothing to log of the call, and ErrState while it lives, where it must not be logged, and where the file is damaged.
func (j *Journal) EditPast(ctx context.Context, id string, whole bool, until time.Time, with func(crm.Activity) crm.Activity) error {
	op := "edit of a past call"
	if whole {
		op = opPast
	}
	err := j.write(ctx, id, change{op, func(ctx context.Context, tx *sql.Tx) error {
		e, err := entryOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := mustBeOver(ctx, tx, id); err != nil {
			return err
		}
		var word crm.Word
		if err := tx.QueryRowContext(ctx, "SELECT word FROM calls WHERE id = ?", id).Scan(text(&word)); err != nil {
			return err
		}
		if e.unreadable || e.State == Discarded || word == crm.DontLog { // it may be on its way still, and is taken back then
			return fmt.Errorf("%w: the activity is %s", ErrState, e.State)
		}
		was, err := encodeActivity(e.Activity)
		if err != nil {
			return err
		}
		a := with(e.Activity)
		a.CallID, a.Account, a.Org, a.User = id, e.Account, e.Org, e.User
		doc, err := encodeActivity(a)
		if err != nil {
			return err
		}
		if doc == was { // nothing to send, but perhaps sooner
			return rehold(ctx, tx, id, until)
		}
		return retype(ctx, tx, a, doc, until)
	}})
	j.tellChanged()
	return err
}
