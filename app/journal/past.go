package journal

import (
	"context"
	"database/sql"

	"linecard/crm"
)

// Past is a call that was logged before this journal knew of it.
type Past struct {
	Call     Call          // over
	Activity *crm.Activity // nil when it was never logged
	Task     crm.Ref       // what the org has of it
}

// Import takes over calls of the past, all in one transaction. Those known by their id already are left alone.
func (j *Journal) Import(ctx context.Context, past []Past) error {
	defer func() {
		for _, p := range past {
			j.index.touched.add(p.Call.ID)
		}
	}()
	return j.try(ctx, change{"import", func(ctx context.Context, tx *sql.Tx) error {
		for _, p := range past {
			var n int
			if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM calls WHERE id = ?", p.Call.ID).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				continue
			}
			if err := upsertCall(ctx, tx, p.Call); err != nil {
				return err
			}
			if p.Activity == nil {
				continue
			}
			a := *p.Activity
			a.CallID = p.Call.ID
			doc, err := encodeActivity(a)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO outbox (call, state, activity, task, account, org, user)
				VALUES (?, 'done', ?, ?, ?, ?, ?)`, p.Call.ID, doc, encodeRef(p.Task), a.Account, a.Org, a.User); err != nil {
				return err
			}
		}
		for _, p := range past { // in whatever order they came
			if err := settleWith(ctx, tx, p.Call); err != nil {
				return err
			}
		}
		return nil
	}})
}
