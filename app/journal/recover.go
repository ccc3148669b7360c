package journal

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// recovery counts what a crash had left behind and Open has settled.
type recovery struct {
	Calls    int // were on when the process died: ended at the last time they were known to live
	Attempts int // were under way: may be in the org, CheckFirst is set
	Freed    int // drafts of an older Linecard that nobody was ever going to log
}

// recover settles what was left; of a journal that was salvaged it runs once more.
func (j *Journal) recover(ctx context.Context) error {
	var r recovery
	err := j.try(ctx, change{"recover", func(ctx context.Context, tx *sql.Tx) error {
		r = recovery{}
		var err error
		if r.Attempts, err = affected(tx.ExecContext(ctx, `UPDATE outbox SET state = 'ready', due = 0, check_first = 1,
			begun = iif(begun = 0 AND task = '', ?, begun) WHERE state NOT IN ('done','discarded') AND state = 'sending'`, micros(j.o.Now()))); err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, obeyed, crm.DontLog); err != nil {
			return err
		}
		// A state that is none hides its entry from every query.
		if _, err = tx.ExecContext(ctx, `UPDATE outbox SET state = 'parked', reason = ?
			WHERE state NOT IN ('draft','ready','sending','done','parked','discarded')`, fault.New(Unreadable).Encode()); err != nil {
			return err
		}
		open, err := callsOf(ctx, tx, "calls c INDEXED BY calls_open WHERE c.ended = 0")
		if err != nil {
			return err
		}
		for _, c := range open {
			if err := j.closeCall(ctx, tx, c); err != nil {
				return err
			}
		}
		r.Calls = len(open)
		r.Freed, err = j.freeOldDrafts(ctx, tx)
		return err
	}})
	if r != (recovery{}) && err == nil {
		j.log.Warn("journal settled what was left", "calls", r.Calls, "attempts", r.Attempts, "freed", r.Freed)
	}
	j.recovered.Store(&r)
	return err
}

// callsOf returns calls, Ended of those without an end set to the last time each was known to live.
func callsOf(ctx context.Context, tx *sql.Tx, from string) (calls []Call, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT "+columns+", c.alive FROM "+from)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var alive time.Time
	scan := newCallScan(moment(&alive))
	for rows.Next() {
		c, err := scan.scan(rows)
		if err != nil {
			return nil, err
		}
		if c.Ended.IsZero() {
			if c.Ended = alive; alive.IsZero() {
				c.Ended = time.UnixMicro(1) // without an end it would count as live
			}
		}
		calls = append(calls, c)
	}
	return calls, rows.Err()
}

// CutOff is why a call has an end that is a guess: Linecard, or the computer, ended during the call.
const CutOff fault.Code = "journal.cut-off"

// closeCall ends a call that a crash cut off, and judges what becomes of it.
func (j *Journal) closeCall(ctx context.Context, tx *sql.Tx, c Call) error {
	c.Outcome, c.Cut = crm.OutcomeSoFar(c.Direction, !c.AnsweredAt.IsZero()), c.Why.IsZero() // with a reason it was refused before
	if c.AnsweredAt.After(c.Ended) {                                                         // when it lived last is damaged
		c.Ended = c.AnsweredAt.Add(c.Talked)
	}
	if c.Why.IsZero() {
		c.Why = fault.New(CutOff)
	}
	c.Talked = min(c.Talked, c.Ended.Sub(c.AnsweredAt)) // more than that is damage
	var v crm.Verdict
	c.Verdict, v = j.verdict(c)
	if err := errors.Join(upsertCall(ctx, tx, c), settleWith(ctx, tx, c)); err != nil {
		return err
	}
	a := activityOf(c)
	var (
		doc, made string
		making    time.Time
		begun     *crm.Activity // as it was when a record was begun to be made of the call
	)
	switch err := tx.QueryRowContext(ctx, "SELECT activity, making, made FROM outbox WHERE call = ?", c.ID).Scan(text(&doc), moment(&making), text(&made)); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	default: // what the agent had typed goes with it
		if typed, err := decodeActivity(doc); err == nil {
			end := a
			a = atItsEnd(typed, end)
			if a.Make == "" && !a.Unidentified && end.Unidentified && j.creates(c) {
				a.Unidentified = true // the draft is older than what the rules want made, and says not whether the org knows nobody, or several
			}
			if !making.IsZero() || made != "" {
				begun = &typed
			}
		}
	}
	a.CallID, a.Owner = c.ID, v.Owner
	if v.Create != "" || a.Unidentified { // a draft from after the org's answer knows that a record will be made
		a.Make = v.Create
	}
	j.lay(&a, c)
	if begun != nil && begun.Make == crm.Case && a.WrittenAs() == crm.Case { // the call has a Case, and its log is about that
		a.Layout, a.Object = begun.Layout, begun.Object
	}
	return j.settleDraft(ctx, tx, c, &a)
}

// lay chooses the layout of a call that a crash cut off, as the desk does at the end of a call.
func (j *Journal) lay(a *crm.Activity, c Call) {
	if j.o.Judge == nil {
		return
	}
	a.Layout, a.Object = j.judged(c).Layout, ""
	if j.o.Object != nil {
		if object := j.o.Object(c.Org, a.Layout); object != crm.Task {
			a.Object = object
		}
	}
}

// judged is what the rules say of a call that is over, from what is on disk.
func (j *Journal) judged(c Call) crm.Verdict {
	f := c.Facts()
	f.Live, f.Unasked = false, c.Who.IsZero() && f.Caller != "" && !c.Extension // the crash may have come before the answer
	return j.o.Judge(f)
}

// creates reports whether the rules have a record made of a call that is over, if no record matches it.
func (j *Journal) creates(c Call) bool {
	if j.o.Judge == nil {
		return false
	}
	f := c.Facts()
	f.Live, f.Unasked = false, false
	return j.o.Judge(f).Create != ""
}

// verdict judges a call from what is on disk, and tells all that the rules say. What must not be logged stays unlogged, whatever rules say by now: only the
// agent's own word outweighs that.
func (j *Journal) verdict(c Call) (log crm.Log, all crm.Verdict) {
	v := crm.Verdict{Log: crm.LogYes} // as an older Linecard, which noted only what is not logged
	if c.Verdict == crm.LogAsk {
		v.Log = crm.LogAsk
	}
	if j.o.Judge != nil {
		v = j.judged(c)
	}
	switch {
	case c.Word == crm.LogIt:
		v.Log = crm.LogYes
	case c.Word == crm.DontLog || c.Verdict == crm.LogNo:
		v.Log = crm.LogNo
	}
	return v.Log, v
}

// freeOldDrafts settles drafts of ended calls without a verdict: an older Linecard left them, some because the agent was to
// be asked, some because it forgot to discard them. What today's rules don't want goes. The others wait for the agent, as
// they did: that an older rule would have logged them cannot be known.
func (j *Journal) freeOldDrafts(ctx context.Context, tx *sql.Tx) (freed int, err error) {
	old, err := callsOf(ctx, tx, `outbox o JOIN calls c ON c.id = o.call WHERE o.state NOT IN ('done','discarded')
		AND o.state = 'draft' AND c.ended > 0 AND c.verdict = ''`)
	if err != nil {
		return 0, err
	}
	for _, c := range old {
		c.Verdict = crm.LogAsk
		if j.o.Judge != nil && j.judged(c).Log == crm.LogNo {
			c.Verdict = crm.LogNo
			freed++
		}
		if err := upsertCall(ctx, tx, c); err != nil {
			return 0, err
		}
		if err := j.settleDraft(ctx, tx, c, nil); err != nil {
			return 0, err
		}
	}
	return freed, nil
}

// affected counts the rows a statement has changed.
func affected(res sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// activityOf is the log of a call of which nothing but the call itself is known.
func activityOf(c Call) crm.Activity {
	a := crm.Activity{
		CallID: c.ID, Direction: c.Direction, Outcome: c.Outcome, Number: c.plain(), PartyName: c.Name,
		Called: c.Called, Started: c.Started, AnsweredAt: c.AnsweredAt, Ended: c.Ended, Talked: c.Talked,
		Account: c.Account, Org: c.Org, User: c.User, Earlier: c.Earlier.Logged(),
	}
	a.Story = c.Story
	a.Cut, a.Company = c.Cut, c.Company
	if a.Number == "" && !c.Withheld {
		a.Number = c.Number
	}
	a.Who, a.What = crm.Target(crm.Record{Ref: c.Who})
	// The crash may have come before the answer of the org did.
	a.Unidentified = c.Who.IsZero() && a.Number != "" && !c.Extension
	return a
}

// atItsEnd is what the agent had drafted when the crash came, with the end of the call that the draft did not know.
func atItsEnd(draft, end crm.Activity) crm.Activity {
	draft.Outcome, draft.AnsweredAt, draft.Ended, draft.Talked, draft.Cut = end.Outcome, end.AnsweredAt, end.Ended, end.Talked, end.Cut
	return draft
}
