package journal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Held is the reason of a draft of an ended call that the rules want logged, and that waits for the agent all the same: the
// hour had too many calls in which nobody talked. Whoever can make a phone ring makes such calls, under any number, and each
// would be a Task. None is lost: the history has them all, and [Journal.SendHeld] and [Journal.DropHeld] settle them.
const Held fault.Code = "journal.held"

// heldReason is Held as the column has it.
var heldReason = fault.New(Held).Encode()

// Held reports whether the entry waits because the hour had too many calls in which nobody talked.
func (e Entry) Held() bool { return e.State == Draft && e.Reason.Is(Held) }

// bounded reports whether a call is of the kind that is bounded: an inbound one in which nobody talked. What the agent dials
// or answers is never held.
func bounded(c Call) bool {
	return c.Direction == crm.Inbound && c.AnsweredAt.IsZero() && c.Word != crm.LogIt
}

// crowded reports whether an org's user has as many Tasks of bounded calls in the hour before end as there may be.
func (j *Journal) crowded(ctx context.Context, tx *sql.Tx, org, user string, end time.Time) (bool, error) {
	if j.o.MissedPerHour == nil {
		return false, nil
	}
	most := j.o.MissedPerHour()
	if most <= 0 {
		return false, nil
	}
	var n int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM outbox WHERE missed > 0 AND org = ? AND user = ? AND missed > ? AND missed <= ?",
		org, user, micros(end.Add(-time.Hour)), micros(end)).Scan(&n)
	return n >= most, err
}

// isHeld is what the index of open entries answers.
const isHeld = "state NOT IN ('done','discarded') AND state = 'draft' AND reason = ?1"

// SendHeld makes everything due that is held, and tells how much that was. It is the agent's word for each of these calls.
func (j *Journal) SendHeld(ctx context.Context) (int, error) {
	return j.settleHeld(ctx, "send held", crm.LogIt, "ready")
}

// DropHeld is the agent's "don't log" of everything that is held. The history keeps the calls.
func (j *Journal) DropHeld(ctx context.Context) (int, error) {
	return j.settleHeld(ctx, "drop held", crm.DontLog, "discarded")
}

func (j *Journal) settleHeld(ctx context.Context, op string, word crm.Word, state State) (n int, err error) {
	err = j.try(ctx, change{op, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE calls SET word = ?2 WHERE id IN (SELECT call FROM outbox WHERE "+isHeld+")", heldReason, word); err != nil {
			return err
		}
		n, err = affected(tx.ExecContext(ctx, fmt.Sprintf("UPDATE outbox SET state = '%s', due = 0, hold = 0, reason = '' WHERE %s", state, isHeld), heldReason))
		return err
	}})
	j.tellChanged()
	return n, err
}
