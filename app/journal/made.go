package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"linecard/crm"
)

// A rule may have a record made of a call. It is made once, under the same rule as the call's Task: the attempt is on disk
// before its first byte goes out, and one whose end is not known is looked for before another begins. It belongs to the entry
// of the call, so that a call that must not be logged has none.

// Making notes that an attempt to make a record of the call begins now. It is ErrState where none may begin: the record is
// there, the agent said "don't log", or the entry is neither a draft nor being sent.
func (j *Journal) Making(ctx context.Context, id string, now time.Time) error {
	return j.try(ctx, change{"making", func(ctx context.Context, tx *sql.Tx) error {
		err := one(tx.ExecContext(ctx, `UPDATE outbox SET making = ?2 WHERE call = ?1 AND state IN ('draft', 'sending') AND made = ''
			AND (SELECT word FROM calls WHERE id = ?1) <> ?3`, id, micros(now), crm.DontLog))
		if errors.Is(err, ErrUnknown) {
			return fmt.Errorf("%w: no record is to be made", ErrState)
		}
		return err
	}})
}

// NotMade notes that the attempt to make a record has surely come to an end without one.
func (j *Journal) NotMade(ctx context.Context, id string) error {
	return j.write(ctx, id, change{"not made", func(ctx context.Context, tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE outbox SET making = 0 WHERE call = ? AND made = ''", id))
	}})
}

// Made notes the record that was made of the call, which is with that record from now on unless the agent or the org has named
// another. For the rules it stays a call that no record matched. If the agent, or the end of the call, has said meanwhile that it must not
// be logged, a look is due that takes the record back.
func (j *Journal) Made(ctx context.Context, id string, r crm.Record) error {
	err := j.write(ctx, id, change{"made", func(ctx context.Context, tx *sql.Tx) error {
		if err := one(tx.ExecContext(ctx, `UPDATE outbox SET made = ?2, making = 0, due = iif(state = 'ready' AND task = '', 0, due),
			again = iif(state IN ('done', 'discarded') AND (SELECT word = ?3 OR word = '' AND verdict = ?4 AND outcome <> ?5 FROM calls WHERE id = ?1),
			1, again) WHERE call = ?1`,
			id, encodeRef(r.Ref), crm.DontLog, crm.LogNo, crm.AnsweredElsewhere)); err != nil {
			return err
		}
		if r.Object == crm.Case { // that is nobody
			return nil
		}
		var number, dial, earlier string
		err := tx.QueryRowContext(ctx, "SELECT number, dial, earlier FROM calls WHERE id = ?", id).Scan(text(&number), text(&dial), text(&earlier))
		if err != nil {
			return unknown(err)
		}
		_, err = tx.ExecContext(ctx, "UPDATE calls SET name = ?2, company = ?3, who = ?4, object = ?5, search = ?6 WHERE id = ?1 AND who = ''",
			id, r.Name, r.Company, encodeRef(r.Ref), crm.ObjectNone, searchText(r.Name, r.Company, number, dial, partiesText(decodeParties(earlier))))
		return err
	}})
	j.tellChanged()
	return err
}

// Unmade notes that the record was deleted from the org again, or stays there because somebody has changed it.
func (j *Journal) Unmade(ctx context.Context, id string) error {
	return j.write(ctx, id, change{"unmade", func(ctx context.Context, tx *sql.Tx) error {
		if err := one(tx.ExecContext(ctx, "UPDATE outbox SET made = '', making = 0 WHERE call = ?", id)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE calls SET who = '', object = '' WHERE id = ? AND object = ?", id, crm.ObjectNone)
		return err
	}})
}
