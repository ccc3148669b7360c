package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Begin marks a ready entry as being sent and returns it as it stands, which is what to send. Once Begin has returned
// nil the mark is on disk: a crash from here on leaves an entry with CheckFirst. On any error nothing may be sent.
//
// Entry.Begun is now, or, while an earlier attempt is not settled, the beginning of that one. A check that was made after
// the settling time and found nothing settles it: tell [Journal.Absent] before creating.
func (j *Journal) Begin(ctx context.Context, id string, now time.Time) (Entry, error) {
	return j.begin(ctx, id, now, false)
}

// BeginUpsert is Begin for an attempt that can be nothing but an upsert by the call's id. Entry.Keyed tells whether the earlier
// ones that are not settled were that as well.
func (j *Journal) BeginUpsert(ctx context.Context, id string, now time.Time) (Entry, error) {
	return j.begin(ctx, id, now, true)
}

func (j *Journal) begin(ctx context.Context, id string, now time.Time, keyed bool) (Entry, error) {
	var e Entry
	err := j.try(ctx, change{"begin", func(ctx context.Context, tx *sql.Tx) error {
		// rev_oldest keeps the lowest revision among attempts that may have been written.
		err := move(ctx, tx, id, `state = 'sending', attempts = attempts + 1, rev_begun = rev,
			rev_oldest = CASE WHEN check_first AND rev_oldest > 0 THEN rev_oldest ELSE rev END,
			keyed = CASE WHEN task <> '' THEN keyed WHEN check_first THEN keyed AND ?3 ELSE ?3 END,
			begun = CASE WHEN task <> '' OR check_first AND begun > 0 THEN begun ELSE ?2 END`, Ready, micros(now), keyed)
		if err != nil {
			return err
		}
		e, err = entryOf(ctx, tx, id)
		if err == nil && e.unreadable {
			return fmt.Errorf("%w: the activity is damaged", ErrState)
		}
		return err
	}})
	return e, err
}

// Absent notes, between Begin and the first byte of a create, that the org was asked late enough and has nothing of any
// earlier attempt: they are settled, and only the one under way, begun now, may still arrive. Without it the next attempt
// would count the settling time from an attempt that is over, and could create a second Task while the org still works on
// the one before. keyed tells that the one under way can be nothing but an upsert by the call's id.
func (j *Journal) Absent(ctx context.Context, id string, now time.Time, keyed bool) error {
	return j.try(ctx, change{"absent", func(ctx context.Context, tx *sql.Tx) error {
		if err := sure(ctx, tx, id); err != nil {
			return err
		}
		return move(ctx, tx, id, "check_first = 0, rev_oldest = rev_begun, begun = ?2, keyed = ?3", Sending, micros(now), keyed)
	}})
}

// Done notes that the org has the activity as a Task. What the agent changed since the attempt that was written becomes
// an [Update] of that Task, due at once, or once the agent has stopped typing ([Journal.TypeActivity]).
//
// again is when to look once more for surplus Tasks ([Journal.NextLook]), unless a look is due sooner; zero leaves a look that is
// due as it was. An earlier attempt that is not settled stays noted: it may still arrive ([Entry.Late]).
func (j *Journal) Done(ctx context.Context, id string, as crm.Logged, again time.Time) error {
	err := j.write(ctx, id, change{"done", func(ctx context.Context, tx *sql.Tx) error {
		// A Task that existed may hold the oldest unsettled revision; one just made or updated holds the one begun.
		return attempted(ctx, tx, id, `state = CASE WHEN rev > iif(?3 AND task = '', rev_oldest, rev_begun) THEN 'ready' ELSE 'done' END,
			task = ?2, begun = iif(task <> '' OR check_first, begun, 0), check_first = 0, rev_oldest = 0, due = hold, reason = '',
			again = iif(?4 > 0 AND (again = 0 OR again > ?4), ?4, again)`,
			encodeRef(as.Ref), as.Existed, micros(again))
	}})
	j.tellChanged()
	return err
}

// Looked notes that the look for surplus Tasks was made, and that nothing more of the call can arrive.
func (j *Journal) Looked(ctx context.Context, id string) error {
	return j.write(ctx, id, change{"looked", func(ctx context.Context, tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE outbox SET again = 0, begun = iif(task <> '' AND state IN ('done', 'parked'), 0, begun) WHERE call = ?", id))
	}})
}

// Retry puts an entry back whose attempt failed, to be tried again at the given time. ambiguous says that the org may
// have written it all the same; that, and when it began, is remembered until the Task is found or made.
func (j *Journal) Retry(ctx context.Context, id string, at time.Time, reason fault.Fault, ambiguous bool) error {
	err := j.write(ctx, id, change{"retry", func(ctx context.Context, tx *sql.Tx) error {
		return attempted(ctx, tx, id, `state = 'ready', due = ?2, reason = ?3, rev_oldest = iif(check_first OR ?4, rev_oldest, 0),
			begun = iif(task <> '' OR check_first OR ?4, begun, 0), check_first = check_first OR ?4`,
			micros(at), reason.Encode(), ambiguous)
	}})
	j.tellChanged()
	return err
}

// Park sets an entry aside that the org refuses, with the reason the agent reads. What the agent has changed and saved, or
// pointed at another record, since the attempt began has not been refused: it stays due.
func (j *Journal) Park(ctx context.Context, id string, reason fault.Fault) error {
	err := j.write(ctx, id, change{"park", func(ctx context.Context, tx *sql.Tx) error {
		return attempted(ctx, tx, id, `state = iif(rev > rev_begun AND hold = 0, 'ready', 'parked'),
			due = iif(rev > rev_begun AND hold = 0, 0, due), reason = ?2, rev_oldest = iif(check_first, rev_oldest, 0),
			begun = iif(task <> '' OR check_first, begun, 0)`, reason.Encode())
	}})
	j.tellChanged()
	return err
}

// Discard is the agent's "don't log" of what waits. One that is being sent or was written cannot be taken back (ErrState);
// of a written one whose changes wait, only the changes are dropped. One that may have arrived is looked for at once. It is
// ErrState while the call lives, for what is said during a call is [Journal.DontLog].
func (j *Journal) Discard(ctx context.Context, id string) error {
	err := j.write(ctx, id, change{"discard", func(ctx context.Context, tx *sql.Tx) error {
		e, err := entryOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := mustBeOver(ctx, tx, id); err != nil {
			return err
		}
		switch {
		case e.State == Sending || e.State == Done:
			return fmt.Errorf("%w: the activity is %s", ErrState, e.State)
		case e.Kind == Update:
			// No attempt carries this text: typed once more, it is sent.
			return move(ctx, tx, id, "state = 'done', reason = '', due = 0, rev_begun = 0", e.State)
		}
		if err := say(ctx, tx, id, crm.DontLog); err != nil {
			return err
		}
		return move(ctx, tx, id, "state = 'discarded', reason = '', due = 0, again = iif(check_first OR made <> '' OR making > 0, 1, again)", e.State)
	}})
	j.tellChanged()
	return err
}

// TakenBack notes that the written Task was deleted from the org again, because the agent said so.
func (j *Journal) TakenBack(ctx context.Context, id string) error {
	err := j.write(ctx, id, change{"taken back", func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'discarded', task = '', check_first = 0, rev_oldest = 0, due = 0, hold = 0, reason = ''
			WHERE call = ? AND state IN ('done', 'ready')`, id)
		if err := one(res, err); err != nil {
			return err
		}
		return say(ctx, tx, id, crm.DontLog)
	}})
	j.tellChanged()
	return err
}

// LogAs is the agent's "log it as B": a call that has to be logged becomes another user's, of another org perhaps, and is
// due at once. What the first org said of the caller is dropped, and who it is will be asked of the other one. It is
// ErrState when the first org has the Task, or may be getting it this moment, and ErrUnsure when an attempt may have
// arrived there and the call would go to another org, which cannot be asked for it. Within one org it is ErrUnsure too while a user in whose
// name it may have arrived is not linked: what users write may be private, so that the new one would not find it
// ([crm.Activity.UnsureBy]).
func (j *Journal) LogAs(ctx context.Context, id, org, user string, linked Linked) error {
	err := j.write(ctx, id, change{"log as", func(ctx context.Context, tx *sql.Tx) error {
		e, err := entryOf(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case e.unreadable:
			return fmt.Errorf("%w: the activity is damaged", ErrState)
		case e.State == Sending || e.Kind == Update:
			return fmt.Errorf("%w: the activity is %s", ErrState, e.State)
		case e.Org != org && e.CheckFirst && (e.State != Discarded || !e.Again.IsZero()):
			return ErrUnsure
		case e.Org == org && !tells(e, user, linked):
			return ErrUnsure
		}
		e.Activity.UnsureBy = unsureBy(e, user)
		a, doc, err := handed(e.Activity, org, user)
		if err != nil {
			return err
		}
		if err := one(tx.ExecContext(ctx, `UPDATE calls SET who = iif(org = ?2, who, ''), object = iif(org = ?2, object, ''),
			unasked = iif(org = ?2, unasked, ?4), org = ?2, user = ?3, word = 'log' WHERE id = ?1`, id, org, user, a.Unidentified)); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, `UPDATE outbox SET state = 'ready', activity = ?2, org = ?3, user = ?4, unidentified = ?5,
			rev = rev + 1, rev_oldest = iif(org = ?3, rev_oldest, 0), check_first = check_first AND org = ?3, begun = iif(org = ?3, begun, 0),
			making = iif(org = ?3, making, 0), made = iif(org = ?3, made, ''), due = 0, hold = 0, reason = '' WHERE call = ?1`, id, doc, org, user, a.Unidentified))
	}})
	j.tellChanged()
	return err
}

// Move gives a call to another org: whoever it is with was found there. What is drafted of it goes along, without what the first org said; a
// log that the first org was not ready for, or has refused, is due in the other one. It is ErrState where the first org has the log, or is
// getting it this moment, ErrUnsure where it may have it, and ErrMade where a record of the call is made there.
func (j *Journal) Move(ctx context.Context, id, org, user string) error {
	err := j.write(ctx, id, change{"move", func(ctx context.Context, tx *sql.Tx) error { return moveCall(ctx, tx, id, org, user) }})
	j.tellChanged()
	return err
}

func moveCall(ctx context.Context, tx *sql.Tx, id, org, user string) error {
	if err := one(tx.ExecContext(ctx, `UPDATE calls SET who = iif(org = ?2, who, ''), object = iif(org = ?2, object, ''), name = iif(org = ?2 OR who = '', name, ''),
		company = iif(org = ?2, company, ''), unasked = iif(org = ?2 OR who = '', unasked, 1), org = ?2, user = ?3 WHERE id = ?1`, id, org, user)); err != nil {
		return err
	}
	return moveEntry(ctx, tx, id, org, user)
}

// moveEntry gives the entry of a call to another org, if the call has one.
func moveEntry(ctx context.Context, tx *sql.Tx, id, org, user string) error {
	e, err := entryOf(ctx, tx, id)
	switch {
	case errors.Is(err, ErrUnknown):
		return nil
	case err != nil:
		return err
	case !e.Making.IsZero() || !e.Made.IsZero():
		return ErrMade
	case e.unreadable, e.State == Sending, e.State == Done, e.Kind == Update:
		return fmt.Errorf("%w: the activity is %s", ErrState, e.State)
	case e.CheckFirst, e.State == Discarded && !e.Again.IsZero():
		return ErrUnsure
	}
	a, doc, err := handed(e.Activity, org, user)
	if err != nil {
		return err
	}
	// How long the first org wanted to be left alone, and what it refused, is nothing to the other one. Why a draft is held is.
	return one(tx.ExecContext(ctx, `UPDATE outbox SET activity = ?2, org = ?3, user = ?4, unidentified = ?5, rev = rev + 1,
		due = iif(state = 'parked' OR state = 'ready' AND org <> ?3, hold, due), reason = iif(state = 'parked' OR state = 'ready' AND org <> ?3, '', reason),
		state = iif(state = 'parked', 'ready', state) WHERE call = ?1`, id, doc, org, user, a.Unidentified))
}

// Elsewhere gives a call to another org, which knows whom it was with, during an attempt and before anything is sent: it is due there at once.
// It is ErrState where an earlier attempt may have arrived.
func (j *Journal) Elsewhere(ctx context.Context, id, org, user string) error {
	err := j.try(ctx, change{"elsewhere", func(ctx context.Context, tx *sql.Tx) error {
		e, err := entryOf(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case e.unreadable, e.CheckFirst, e.Kind == Update, !e.Making.IsZero(), !e.Made.IsZero():
			return fmt.Errorf("%w: the activity is %s", ErrState, e.State)
		}
		a, doc, err := handed(e.Activity, org, user)
		if err != nil {
			return err
		}
		if err := move(ctx, tx, id, `state = 'ready', activity = ?2, org = ?3, user = ?4, unidentified = ?5, rev = rev + 1, rev_oldest = 0, begun = 0, due = 0, hold = 0,
			reason = ''`, Sending, doc, org, user, a.Unidentified); err != nil {
			return err
		}
		if err := obey(ctx, tx, id); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, "UPDATE calls SET org = ?2, user = ?3 WHERE id = ?1", id, org, user))
	}})
	j.tellChanged()
	return err
}

// handed is an activity that is given to a user of an org, and as it is on disk then.
func handed(a crm.Activity, org, user string) (crm.Activity, string, error) {
	switch {
	case a.Org != org:
		a = stranger(a)
		a.TriedBy, a.UnsureBy = nil, nil
	case a.User != "" && a.User != user && !slices.Contains(a.TriedBy, a.User):
		a.TriedBy = append(slices.Clone(a.TriedBy), a.User)
	}
	a.Org, a.User = org, user
	doc, err := encodeActivity(a)
	return a, doc, err
}

// stranger is a without what one org said of the caller.
func stranger(a crm.Activity) crm.Activity {
	if !a.Who.IsZero() || !a.What.IsZero() {
		a.PartyName = ""
	}
	a.Who, a.What = crm.Ref{}, crm.Ref{}
	a.Company, a.Agent, a.Make = "", "", ""
	a.Unidentified = a.Number != ""
	return a
}

// mustBeOver is ErrState while a call lives.
func mustBeOver(ctx context.Context, tx *sql.Tx, id string) error {
	var ended int64
	if err := tx.QueryRowContext(ctx, "SELECT ended FROM calls WHERE id = ?", id).Scan(&ended); err != nil {
		return unknown(err)
	}
	if ended == 0 {
		return fmt.Errorf("%w: the call is on", ErrState)
	}
	return nil
}

// attempted is move at the end of an attempt. What the agent said in the meantime holds from now on.
func attempted(ctx context.Context, tx *sql.Tx, id, set string, args ...any) error {
	if err := move(ctx, tx, id, set, Sending, args...); err != nil {
		return err
	}
	return obey(ctx, tx, id)
}

// move changes the entry if it is in state from. set may use ?2 and up for args.
func move(ctx context.Context, tx *sql.Tx, id, set string, from State, args ...any) error {
	where := fmt.Sprintf(" WHERE call = ?1 AND state = '%s'", from)
	err := one(tx.ExecContext(ctx, "UPDATE outbox SET "+set+where, append([]any{id}, args...)...))
	if !errors.Is(err, ErrUnknown) {
		return err
	}
	var is State
	if err := tx.QueryRowContext(ctx, "SELECT state FROM outbox WHERE call = ?", id).Scan(text(&is)); err != nil {
		return unknown(err)
	}
	return fmt.Errorf("%w: the activity is %s, not %s", ErrState, is, from)
}
