package journal

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"

	"linecard/crm"
)

// Recovery counts what a crash had left behind and Open has settled.
type Recovery struct {
	Calls    int // were on when the process died: ended at the last time they were known to live, activity queued
	Attempts int // were under way: may be in the org, CheckFirst is set
}

// Recovered tells what Open had to settle; zero after a clean exit.
func (j *Journal) Recovered() Recovery { return j.recovered }

func (j *Journal) recover(ctx context.Context) (r Recovery, err error) {
	err = j.try(ctx, change{"recover", func(ctx context.Context, tx *sql.Tx) error {
		r = Recovery{}
		// Updates say the same thing twice without harm: scanEntry leaves their CheckFirst off.
		res, err := tx.ExecContext(ctx, "UPDATE outbox SET state = 'ready', due = 0, check_first = 1 WHERE state = 'sending'")
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		r.Attempts = int(n)
		open, err := openCalls(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range open {
			if err := closeCall(ctx, tx, c); err != nil {
				return err
			}
		}
		r.Calls = len(open)
		return nil
	}})
	if r != (Recovery{}) && err == nil {
		slog.Warn("journal settled what a crash left", "calls", r.Calls, "attempts", r.Attempts)
	}
	return r, err
}

// openCalls returns the calls without an end, Ended set to the last time each was known to live.
func openCalls(ctx context.Context, tx *sql.Tx) (calls []Call, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT "+columns+", c.alive FROM calls c INDEXED BY calls_open WHERE c.ended = 0")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var c Call
		var alive int64
		if err := scanCall(rows, &c, &alive); err != nil {
			return nil, err
		}
		c.Ended = at(alive)
		calls = append(calls, c)
	}
	return calls, rows.Err()
}

func closeCall(ctx context.Context, tx *sql.Tx, c Call) error {
	switch {
	case !c.AnsweredAt.IsZero():
		c.Outcome = crm.Answered
	case c.Direction == crm.Inbound:
		c.Outcome = crm.Missed // it rang and nobody can have answered it
	default:
		c.Outcome = crm.Failed
	}
	if err := upsertCall(ctx, tx, c); err != nil {
		return err
	}
	if c.NoLog {
		return nil
	}
	a := activityOf(c)
	var doc string
	switch err := tx.QueryRowContext(ctx, "SELECT activity FROM outbox WHERE call = ?", c.ID).Scan(&doc); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	default: // what the agent had typed goes with it
		typed, err := decodeActivity(doc)
		if err != nil {
			return err
		}
		a = atItsEnd(typed, a)
	}
	doc, err := encodeActivity(a)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO outbox (call, state, activity) VALUES (?1, 'ready', ?2)
		ON CONFLICT (call) DO UPDATE SET state = 'ready', activity = ?2, rev = rev + 1 WHERE state = 'draft'`, c.ID, doc)
	return err
}

// activityOf is the log of a call of which nothing but the call itself is known.
func activityOf(c Call) crm.Activity {
	a := crm.Activity{
		CallID: c.ID, Direction: c.Direction, Outcome: c.Outcome, Number: c.Dial, PartyName: c.Name,
		Called: c.Called, Started: c.Started, AnsweredAt: c.AnsweredAt, Ended: c.Ended,
	}
	if a.Number == "" && !c.Withheld {
		a.Number = c.Number
	}
	a.Who, a.What = crm.Target(crm.Record{Ref: c.Who})
	a.Subject = crm.DefaultSubject(a)
	// The crash may have come before the answer of the org did.
	a.Unidentified = c.Who.IsZero() && a.Number != "" && !c.Extension
	return a
}

// atItsEnd is what the agent had drafted when the crash came, with the end of the call that the draft did not know.
func atItsEnd(draft, end crm.Activity) crm.Activity {
	standard := draft.Subject == "" || draft.Subject == crm.DefaultSubject(draft)
	draft.Outcome, draft.AnsweredAt, draft.Ended = end.Outcome, end.AnsweredAt, end.Ended
	if standard {
		draft.Subject = crm.DefaultSubject(draft)
	}
	return draft
}
