package journal

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"os"
	"time"

	"linecard/crm"
)

// patience bounds how many reads may fail before the rest of a table is given up: about a second.
const patience = 4000

// reading reads the rows of one table of a damaged file.
type reading struct {
	db       *sql.DB
	table    string
	visit    func(cells)
	seen     map[int64]bool
	failures int
	hopeless bool // SQLite cannot make sense of the schema: no read of any row works, and each try opens the file again
}

// read visits every row of a table that can be read and reports whether that was all of it.
func read(ctx context.Context, db *sql.DB, file, table string, visit func(cells)) bool {
	r := &reading{db: db, table: table, visit: visit, seen: map[int64]bool{}}
	return r.all(ctx, file)
}

func (r *reading) all(ctx context.Context, file string) (whole bool) {
	last, err := r.run(ctx, math.MinInt64, math.MaxInt64, false)
	if err == nil || r.hopeless {
		return err == nil
	}
	first, err := r.run(ctx, last+1, math.MaxInt64, true)
	if err == nil {
		return false // what is between was read from its other end; one row at least is gone
	}
	if first == math.MaxInt64 { // nothing from the far end: the ids go on for as many rows as the file can hold
		first = last
		if first < 0 {
			first = 0
		}
		if st, err := os.Stat(file); err == nil {
			first += st.Size() / 100
		}
		first++
	}
	r.between(ctx, max(last+1, 1), first-1)
	return false
}

// run reads rows from lo to hi, or from hi to lo, until one cannot be read. It returns the last id it read, or the one
// before where it began.
func (r *reading) run(ctx context.Context, lo, hi int64, down bool) (last int64, err error) {
	order := "ASC"
	if last = lo - 1; lo == math.MinInt64 {
		last = 0
	}
	if down {
		order, last = "DESC", hi
		if hi != math.MaxInt64 {
			last = hi + 1
		}
	}
	rows, err := r.db.QueryContext(ctx, "SELECT rowid AS row_id, * FROM "+r.table+" NOT INDEXED WHERE rowid BETWEEN ? AND ? ORDER BY rowid "+order, lo, hi)
	if err != nil { // before it has looked at a row
		r.failures++
		r.hopeless = true
		return last, err
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return last, err
	}
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return last, err
		}
		id, ok := values[0].(int64)
		if !ok {
			return last, errMalformed
		}
		last = id
		if !r.seen[id] {
			r.seen[id] = true
			c := cells{}
			for i, name := range names {
				c[name] = values[i]
			}
			r.visit(c)
		}
	}
	if err := rows.Err(); err != nil {
		r.failures++
		return last, err
	}
	return last, nil
}

// between reads what is left from lo to hi, from both ends and then half by half, around what cannot be read.
func (r *reading) between(ctx context.Context, lo, hi int64) {
	if lo > hi || r.failures > patience || r.hopeless || ctx.Err() != nil {
		return
	}
	last, err := r.run(ctx, lo, hi, false)
	if err == nil || lo == hi {
		return
	}
	lo = max(lo, last+1)
	first, err := r.run(ctx, lo, hi, true)
	if err == nil {
		return
	}
	hi = min(hi, first-1)
	if lo >= hi {
		return
	}
	middle := lo + (hi-lo)/2
	r.between(ctx, lo, middle)
	r.between(ctx, middle+1, hi)
}

// cells is one row as it was found, by column: an older file has other columns.
type cells map[string]any

func (c cells) text(column string) (s string) {
	_ = text(&s).Scan(c[column])
	return s
}

func (c cells) number(column string) (n int64) {
	_ = number(&n).Scan(c[column])
	return n
}

func (c cells) time(column string) time.Time { return at(c.number(column)) }

func (c cells) call() Call {
	call := Call{
		ID: c.text("id"), Account: c.text("account"), Org: c.text("org"), User: c.text("user"), Direction: crm.Direction(c.text("direction")),
		Outcome: crm.Outcome(c.text("outcome")), Name: c.text("name"), Company: c.text("company"), Number: c.text("number"),
		Dial: c.text("dial"), Earlier: decodeParties(c.text("earlier")), Called: c.text("called"), Withheld: c.number("withheld") != 0, Extension: c.number("extension") != 0,
		Object: c.text("object"), Unasked: c.number("unasked") != notUnasked, LeftOff: c.number("unasked") == leftOff, Verdict: crm.Log(c.text("verdict")), Word: crm.Word(c.text("word")), Cut: c.number("cut") != 0,
		Started: c.time("started"), AnsweredAt: c.time("answered"), Ended: c.time("ended"),
		Talked: time.Duration(max(0, min(c.number("talked"), latestTalk))) * time.Microsecond,
	}
	call.Who, _ = decodeRef(c.text("who"))
	call.Why = decodeReason(c.text("why"))
	call.Story = decodeStory(c.text("story"))
	if c.number("nolog") != 0 { // of schema 1
		call.Verdict = crm.LogNo
	}
	return call
}

func (c cells) entry() Entry {
	e := Entry{
		ID: c.text("call"), Account: c.text("account"), Org: c.text("org"), User: c.text("user"), State: State(c.text("state")),
		Begun: c.time("begun"), Again: c.time("again"), Making: c.time("making"), Attempts: int(c.number("attempts")), Reason: decodeReason(c.text("reason")),
	}
	var docErr, taskErr error
	e.Activity, docErr = decodeActivity(c.text("activity"))
	e.Task, taskErr = decodeRef(c.text("task"))
	e.Made, _ = decodeRef(c.text("made"))
	e.unreadable = errors.Join(docErr, taskErr) != nil || e.Activity.CallID != e.ID
	if e.Org == "" && !e.unreadable { // of schema 1
		e.Org, e.User = e.Activity.Org, e.Activity.User
	}
	return e
}
