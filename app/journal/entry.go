package journal

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// State is where an entry of the outbox stands.
type State string

// The states.
const (
	Draft     State = "draft"     // the call is on, or the agent has not said whether to log it
	Ready     State = "ready"     // waits for its time
	Sending   State = "sending"   // an attempt is under way
	Done      State = "done"      // in the org as the agent last left it
	Parked    State = "parked"    // the org refuses it; a person must look
	Discarded State = "discarded" // not to be logged: the agent or the rules said so
)

var states = []State{Draft, Ready, Sending, Done, Parked, Discarded}

// Kind is what must be done with an entry.
type Kind string

// The kinds.
const (
	Create Kind = "create" // no Task yet
	Update Kind = "update" // Entry.Task must be brought up to date
)

// Entry is one activity of the outbox.
type Entry struct {
	ID        string // the call's
	Account   string // the call's
	Org, User string // who is to write it: nobody else ever gets it; "" goes to whoever is linked
	State     State
	Kind      Kind
	Activity  crm.Activity // its Account, Org and User are the entry's
	Task      crm.Ref      // what the org made of it; zero while Kind is Create

	// CheckFirst: an earlier attempt may have been written. The org must be asked for Activity.CallID, and nothing may be
	// created before Begun and the time an org may take to finish.
	CheckFirst bool
	// Keyed: every attempt that is not settled, the one under way among them, is an upsert by the call's id. Repeating it makes no
	// second Task, so nothing need be asked and no time be waited for.
	Keyed bool
	// Begun is when the first attempt began whose end is not known, the one under way among them; zero when there is none. Of a
	// call that the org has it is that of an earlier attempt that may still arrive.
	Begun time.Time

	Attempts int // begun so far
	Due      time.Time
	Again    time.Time   // when to look once more for surplus Tasks; zero for not
	Reason   fault.Fault // why it waits or is parked

	Making time.Time // when an attempt to make a record of the call began whose end is not known; zero when there is none
	Made   crm.Ref   // the record that a rule had made of the call

	unreadable bool // the file is damaged there
	rowid      int64
}

const entryColumns = `o.call, o.account, o.org, o.user, o.state, o.activity, o.task, o.check_first, o.begun, o.attempts, o.due, o.again, o.reason, o.making, o.made, o.keyed, o.rowid`

// scanEntry reads entryColumns. An entry that is damaged reads as parked: it must hide nothing else.
func scanEntry(row interface{ Scan(...any) error }) (e Entry, err error) {
	var doc, task, reason, made string
	if err := row.Scan(text(&e.ID), text(&e.Account), text(&e.Org), text(&e.User), text(&e.State), text(&doc), text(&task),
		flag(&e.CheckFirst), moment(&e.Begun), number(&e.Attempts), moment(&e.Due), moment(&e.Again), text(&reason),
		moment(&e.Making), text(&made), flag(&e.Keyed), &e.rowid); err != nil {
		return e, unknown(err)
	}
	var docErr, taskErr error
	e.Activity, docErr = decodeActivity(doc)
	damaged := docErr != nil || e.Activity.CallID != e.ID || !slices.Contains(states, e.State)
	e.Activity.CallID = e.ID
	e.Activity.Account, e.Activity.Org, e.Activity.User = e.Account, e.Org, e.User
	e.Task, taskErr = decodeRef(task)
	e.Made, _ = decodeRef(made)
	e.Kind, e.Reason = Create, decodeReason(reason)
	if !e.Task.IsZero() {
		e.Kind, e.CheckFirst = Update, false // an update says the same thing twice without harm
	}
	if damaged || taskErr != nil {
		e.unreadable = true
		if e.State != Done && e.State != Discarded {
			e.State, e.Reason = Parked, fault.New(Unreadable)
		}
	}
	return e, nil
}

// Doubtful reports whether an earlier attempt may have made a Task that another create would double: the org must be asked first.
func (e Entry) Doubtful() bool { return e.Kind == Create && e.CheckFirst && !e.Keyed }

// Late reports whether an earlier attempt may still arrive, in so far as the journal knows: there may be more of the call in the
// org later than there is now.
func (e Entry) Late() bool { return e.CheckFirst || e.Kind == Update && !e.Begun.IsZero() }

// entryOf reads one entry inside a transaction.
func entryOf(ctx context.Context, tx *sql.Tx, id string) (Entry, error) {
	return scanEntry(tx.QueryRowContext(ctx, `SELECT `+entryColumns+` FROM outbox o WHERE o.call = ?`, id))
}

// Entry returns the entry of one call; ErrUnknown when there is nothing to log of it.
func (j *Journal) Entry(ctx context.Context, id string) (Entry, error) {
	e, err := scanEntry(j.reader().QueryRowContext(ctx, `SELECT `+entryColumns+` FROM outbox o WHERE o.call = ?`, id))
	return e, j.explain("entry", err)
}

// Outbox lists what is not in the org as it should be: drafts of ended calls, and what is ready, sending or parked;
// the next due first.
func (j *Journal) Outbox(ctx context.Context) ([]Entry, error) {
	rows, err := j.reader().QueryContext(ctx, `SELECT `+entryColumns+` FROM outbox o LEFT JOIN calls c ON c.id = o.call
		WHERE o.state NOT IN ('done','discarded') AND (o.state <> 'draft' OR c.ended > 0)
		ORDER BY o.state = 'parked', o.due, c.started`)
	if err != nil {
		return nil, j.explain("outbox", err)
	}
	defer func() { _ = rows.Close() }()
	var es []Entry
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, j.explain("outbox", err)
		}
		es = append(es, e)
	}
	return es, j.explain("outbox", rows.Err())
}
