package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"linecard/crm"
)

// Point says, at any time after its end, who a call was with: the agent's word. nil means nobody who is known. The history and
// the entry of the outbox change together:
//
//   - one that waits, or is held, carries the record when it goes out; one that the org has refused goes out with it;
//   - one that is being sent, or that the org has, becomes an [Update] of that same Task;
//   - one that must not be logged stays so.
//
// It is ErrState while the call lives, and when the record is of another org than the call's log.
func (j *Journal) Point(ctx context.Context, id string, to *crm.Record) error {
	record := crm.Record{}
	if to != nil {
		record = *to
	}
	err := j.write(ctx, id, change{"point", func(ctx context.Context, tx *sql.Tx) error { return point(ctx, tx, id, record) }})
	j.tellChanged()
	return err
}

// PointIn is Point at a record of an org, to which the call goes with it; the errors are those of [Journal.Move] too.
func (j *Journal) PointIn(ctx context.Context, id string, to crm.Record, org, user string) error {
	err := j.write(ctx, id, change{"point in", func(ctx context.Context, tx *sql.Tx) error {
		if err := moveCall(ctx, tx, id, org, user); err != nil {
			return err
		}
		return point(ctx, tx, id, to)
	}})
	j.tellChanged()
	return err
}

func point(ctx context.Context, tx *sql.Tx, id string, record crm.Record) error {
	var number, dial, earlier string
	var ended int64
	if err := tx.QueryRowContext(ctx, "SELECT number, dial, earlier, ended FROM calls WHERE id = ?", id).
		Scan(text(&number), text(&dial), text(&earlier), &ended); err != nil {
		return unknown(err)
	}
	if ended == 0 {
		return fmt.Errorf("%w: the call is on", ErrState)
	}
	if err := pointEntry(ctx, tx, id, record); err != nil {
		return err
	}
	object := record.Object
	if record.IsZero() { // the call needs no record any more; for the rules it is one without
		object = crm.ObjectNone
	}
	if _, err := tx.ExecContext(ctx, "UPDATE calls SET name = ?, company = ?, who = ?, object = ?, search = ?, unasked = 0 WHERE id = ?",
		record.Name, record.Company, encodeRef(record.Ref), object, searchText(record.Name, record.Company, number, dial, partiesText(decodeParties(earlier))), id); err != nil {
		return err
	}
	return settleBy(ctx, tx, id)
}

// pointEntry changes the entry of a call, if it has one.
func pointEntry(ctx context.Context, tx *sql.Tx, id string, to crm.Record) error {
	e, err := entryOf(ctx, tx, id)
	switch {
	case errors.Is(err, ErrUnknown):
		return nil
	case err != nil:
		return err
	case e.unreadable:
		return fmt.Errorf("%w: the activity is damaged", ErrState)
	case to.Org != "" && e.Org != "" && to.Org != e.Org:
		return fmt.Errorf("%w: the record is of another org", ErrState)
	}
	a := e.Activity
	a.Who, a.What = crm.Target(to)
	a.PartyName, a.Company, a.Unidentified, a.Make = to.Name, to.Company, false, ""
	doc, err := encodeActivity(a)
	if err != nil {
		return err
	}
	// As in edit, and what was refused is tried again.
	return one(tx.ExecContext(ctx, `UPDATE outbox SET activity = ?2, rev = rev + 1, unidentified = 0,
		due = iif(state IN ('done', 'parked'), 0, due), hold = iif(state IN ('done', 'parked'), 0, hold), reason = iif(state = 'parked', '', reason),
		state = iif(state IN ('done', 'parked'), 'ready', state) WHERE call = ?1`, id, doc))
}
