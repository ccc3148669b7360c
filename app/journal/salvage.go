package journal

import (
	"context"
	"database/sql"

	"linecard/crm"
	"linecard/fault"
)

// salvaged counts what could be read in a damaged journal.
type salvaged struct {
	calls   int // of the history
	waiting int // that have still to be logged
}

// salvage copies out of a damaged journal all that can be read: calls and entries row by row, each table by itself, for a
// page that is damaged belongs to one table only. What was ready there may have been sent since, so it comes with
// CheckFirst. It does not judge: [Journal.recover] does, afterwards. An error means that the disk takes no more.
func (j *Journal) salvage(ctx context.Context, from string) (s salvaged, err error) {
	file, err := wholeCopy(from)
	switch {
	case unwritable(explain(from, "copy", err)):
		return s, explain(from, "copy", err)
	case err != nil: // no file at all, perhaps
		j.log.Warn("damaged journal is read in place", "err", err)
		file = from
	default:
		defer func() { _ = removeAll(file) }() // the next Open removes what is left
	}
	old, err := sql.Open("sqlite3", uri(file)+"?_query_only=1&_cache_size=-2048")
	if err != nil {
		return s, nil //nolint:nilerr // nothing of it can be read
	}
	defer func() { _ = old.Close() }()
	old.SetMaxOpenConns(1)

	calls, waiting := map[string]bool{}, map[string]bool{}
	batch := newBatch(j)
	aCall := func(c cells) {
		call := c.call()
		if call.ID == "" || calls[call.ID] || call.Started.IsZero() {
			return
		}
		calls[call.ID] = true
		batch.add(ctx, &s.calls, func(tx *sql.Tx) error { return copyCall(ctx, tx, call, c) })
	}
	anEntry := func(c cells) {
		e := c.entry()
		if e.ID == "" || waiting[e.ID] {
			return
		}
		if !calls[e.ID] { // its call is on a damaged page; the activity tells most of it
			call, ok := callOf(e.Activity)
			if e.unreadable || !ok {
				return
			}
			calls[e.ID] = true
			batch.add(ctx, &s.calls, func(tx *sql.Tx) error { return upsertCall(ctx, tx, call) })
		}
		waiting[e.ID] = true
		count := &s.waiting
		if e.State == Done || e.State == Discarded {
			count = new(int)
		}
		batch.add(ctx, count, func(tx *sql.Tx) error { return j.copyEntry(ctx, tx, e, c) })
	}
	leaves := j.leaves(ctx, file)
	// What SQLite does not complain of may be a part only: a page that points to another, a transaction it overlooks.
	leaves("calls", aCall)
	whole := read(ctx, old, file, "calls", aCall)
	leaves("outbox", anEntry)
	entries := read(ctx, old, file, "outbox", anEntry)
	known := read(ctx, old, file, "known", func(c cells) {
		batch.add(ctx, new(int), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO known (number, match, picked, at) VALUES (?, ?, ?, ?)",
				c.text("number"), c.text("match"), c.number("picked"), c.number("at"))
			return err
		})
	})
	batch.flush(ctx)
	j.log.Warn("journal salvaged", "calls", s.calls, "waiting", s.waiting, "callsWhole", whole, "outboxWhole", entries, "knownWhole", known, "refused", batch.refused)
	return s, batch.full
}

// leaves reads rows that SQLite does not reach, see pages.go. The files are read now: SQLite may remove a -wal file.
func (j *Journal) leaves(ctx context.Context, file string) func(table string, each func(cells)) {
	layout, err := layoutOf(ctx, j.reader())
	var p *pages
	if err == nil {
		p, err = openPages(file, layout)
	}
	if err != nil {
		j.log.Warn("pages of the damaged journal could not be read", "err", err)
		return func(string, func(cells)) {}
	}
	return func(table string, each func(cells)) { p.rows(ctx, table, each) }
}

func copyCall(ctx context.Context, tx *sql.Tx, call Call, c cells) error {
	if err := upsertCall(ctx, tx, call); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "UPDATE calls SET seen = ?, alive = max(alive, ?), cards = ?, settled = ? WHERE id = ?",
		c.number("seen") != 0, micros(at(c.number("alive"))), c.text("cards"), c.number("settled"), call.ID)
	return err
}

func (j *Journal) copyEntry(ctx context.Context, tx *sql.Tx, e Entry, c cells) error {
	check := false
	switch {
	case e.State == Done || e.State == Discarded || e.State == Draft:
	case e.unreadable:
		e.State, e.Reason = Parked, fault.New(Unreadable)
	case e.State == Sending:
		e.State = Ready
		fallthrough
	default:
		// rev is above what any earlier attempt carried, so that a Task that turns out to exist is brought up to date.
		if check = true; e.Begun.IsZero() {
			e.Begun = j.o.Now()
		}
	}
	rev := max(1, c.number("rev")) + 1
	_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO outbox (call, state, activity, task, account, org, user, unidentified, check_first,
		begun, again, attempts, reason, rev, rev_begun, rev_oldest, making, made)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)`,
		e.ID, e.State, c.text("activity"), c.text("task"), e.Account, e.Org, e.User, e.Activity.Unidentified, check,
		micros(e.Begun), micros(e.Again), e.Attempts, e.Reason.Encode(), rev, rev-1, map[bool]int64{true: rev - 1}[check], micros(e.Making), encodeRef(e.Made))
	return err
}

// doubtAll has the org asked first for whatever waits, also of calls that seem to have been on: the damage may have taken their
// ends, and entries that were written.
func (j *Journal) doubtAll(ctx context.Context) error {
	return j.try(ctx, change{"doubt", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE outbox SET check_first = 1, begun = ?1, keyed = 0, rev_oldest = rev
			WHERE state NOT IN ('done','discarded') AND state = 'ready' AND task = '' AND NOT check_first`, micros(j.o.Now()))
		return err
	}})
}

// callOf is a call of which only the activity could be read.
func callOf(a crm.Activity) (Call, bool) {
	who := a.Who
	if who.IsZero() {
		who = a.What
	}
	return Call{
		ID: a.CallID, Account: a.Account, Org: a.Org, User: a.User, Direction: a.Direction, Outcome: a.Outcome, Name: a.PartyName,
		Number: a.Number, Dial: a.Number, Called: a.Called, Withheld: a.Number == "", Who: who,
		Started: a.Started, AnsweredAt: a.AnsweredAt, Ended: a.Ended, Talked: a.Talked,
	}, !a.Started.IsZero()
}

// batch writes rows in transactions of some hundred.
type batch struct {
	j       *Journal
	rows    []salvagedRow
	refused int   // rows that the new journal does not take
	full    error // the disk takes no more
}

type salvagedRow struct {
	write func(*sql.Tx) error
	count *int // of rows of its kind that were written
}

func newBatch(j *Journal) *batch { return &batch{j: j} }

func (b *batch) add(ctx context.Context, count *int, write func(*sql.Tx) error) {
	if b.rows = append(b.rows, salvagedRow{write, count}); len(b.rows) >= 500 {
		b.flush(ctx)
	}
}

func (b *batch) flush(ctx context.Context) {
	rows := b.rows
	b.rows = nil
	if b.full != nil {
		return
	}
	err := b.j.try(ctx, change{"salvage", func(_ context.Context, tx *sql.Tx) error {
		for _, row := range rows {
			if err := row.write(tx); err != nil {
				return err
			}
		}
		return nil
	}})
	switch {
	case err == nil:
		for _, row := range rows {
			*row.count++
		}
	case Kept(err):
		b.full = err
	case len(rows) > 1: // one of them cannot be written: the others can
		for _, row := range rows {
			b.rows = append(b.rows[:0], row)
			b.flush(ctx)
		}
	default:
		b.refused++
		b.j.log.Error("a row of the damaged journal is not taken over", "err", err)
	}
}
