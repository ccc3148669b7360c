package journal

import (
	"context"
	"database/sql"
	"slices"
)

// Where what users write is private, whether an attempt has arrived can be told by the user alone in whose name it was made. So an entry that
// the agent gives to another user of the org notes who has to be asked, until each of them was.

// unsureBy are the users who must be asked once an entry is user's.
func unsureBy(e Entry, user string) []string {
	by := slices.Clone(e.Activity.UnsureBy)
	if (e.CheckFirst || !e.Making.IsZero()) && e.User != "" {
		by = append(by, e.User)
	}
	slices.Sort(by)
	return slices.DeleteFunc(slices.Compact(by), func(by string) bool { return by == user })
}

// tells reports whether each user can be asked who must be before an entry is written as user's. An org that refuses a second record of the
// call by itself need not be asked for a Task.
func tells(e Entry, user string, linked Linked) bool {
	return linked == nil || !e.Doubtful() && e.Making.IsZero() || !slices.ContainsFunc(unsureBy(e, user), func(by string) bool { return !linked(e.Org, by) })
}

// sure notes that all were asked, and that nothing of an earlier attempt has arrived.
func sure(ctx context.Context, tx *sql.Tx, id string) error {
	e, err := entryOf(ctx, tx, id)
	if err != nil || len(e.Activity.UnsureBy) == 0 {
		return err
	}
	e.Activity.UnsureBy = nil
	doc, err := encodeActivity(e.Activity)
	if err != nil {
		return err
	}
	return one(tx.ExecContext(ctx, "UPDATE outbox SET activity = ?2 WHERE call = ?1 AND state = 'sending'", id, doc))
}
