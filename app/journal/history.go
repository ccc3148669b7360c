package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Row is a call of the history with where its log stands.
type Row struct {
	Call
	Seen     bool    // a missed call the agent has looked at
	Settled  bool    // a missed call whose caller somebody has talked with since, or that the agent has done with; see [Journal.Owed]
	State    State   // "" when there is nothing to log of it
	Task     crm.Ref // what the org has of it, also while an Update of it waits
	Attempts int
	Due      time.Time   // ready: when it is tried next
	Reason   fault.Fault // why it waits or is parked

	Unidentified bool // the activity's: the org could not be asked who it was
	NeedsRecord  bool // it is logged, or will be, with no record, and the agent has not said that it was nobody
}

// Filter asks for a page of the history. The zero Filter asks for the newest 200 calls.
type Filter struct {
	Text      string    // every word of it is part of the name, company or number; case, accents and punctuation don't matter
	Missed    bool      // missed calls only
	NotLogged bool      // ended calls that are not in the org, though they should be: drafts, queued, parked
	Before    time.Time // only calls that began before; zero means from the newest
	BeforeID  string    // of those that began just at Before, the ones that are listed behind the call with this id, too
	Limit     int       // at most so many; 0 means 200
	Account   string    // only calls of the phone account with this id; "" means all

	From      time.Time     // only calls that began at that time or later; zero means however long ago
	Direction crm.Direction // "" means both
	Outcome   crm.Outcome   // "" means all

	NeedsRecord bool // only calls that are logged, or will be, with no record; see [Row]
}

const rowQuery = `SELECT ` + columns + `, c.seen, c.settled = 1, coalesce(o.state, ''), coalesce(o.task, ''), coalesce(o.attempts, 0),
	coalesce(o.due, 0), coalesce(o.reason, ''), coalesce(o.unidentified, 0),
	coalesce(` + needsRecord + `, 0) FROM calls c LEFT JOIN outbox o ON o.call = c.id`

// notLogged is true for an outbox row o of an ended call that the org has nothing of and should.
const notLogged = `o.task = '' AND o.state NOT IN ('done','discarded')`

// needsRecord is true for a call c with the outbox row o that the org was asked about and that is nobody's. Colleagues and withheld numbers have no
// record, a call that a rule has made a Case of has that, and what the agent has said of one is kept in object; see point.
const needsRecord = `c.who = '' AND c.object <> '` + crm.ObjectNone + `' AND o.unidentified = 0 AND c.withheld = 0 AND c.extension = 0 AND c.ended > 0
	AND o.state <> 'discarded' AND o.made = ''`

// rowScan reads what rowQuery asks for, row after row.
type rowScan struct {
	*callScan
	row          Row
	task, reason string
}

func newRowScan() *rowScan {
	s := &rowScan{}
	r := &s.row
	s.callScan = newCallScan(flag(&r.Seen), flag(&r.Settled), text(&r.State), text(&s.task), number(&r.Attempts), moment(&r.Due), text(&s.reason), flag(&r.Unidentified), flag(&r.NeedsRecord))
	return s
}

func (s *rowScan) scan(row interface{ Scan(...any) error }) (r Row, err error) {
	c, err := s.callScan.scan(row)
	if err != nil {
		return Row{}, err
	}
	r = s.row
	r.Call, r.Reason = c, decodeReason(s.reason)
	r.Task, _ = decodeRef(s.task)
	return r, nil
}

// History returns calls, newest first. Live ones are among them, with a zero Ended.
func (j *Journal) History(ctx context.Context, f Filter) ([]Row, error) {
	if f.Limit <= 0 {
		f.Limit = 200
	}
	if f.Text != "" {
		if rows, found, err := j.searchIndex(ctx, f); found || err != nil {
			return rows, j.explain("history", err)
		}
	}
	rows, err := j.readHistory(ctx, f)
	return rows, j.explain("history", err)
}

// readHistory is History out of the file.
func (j *Journal) readHistory(ctx context.Context, f Filter) ([]Row, error) {
	q := newQuery(f)
	if f.Missed {
		q.add("c.outcome = 'missed'")
	}
	for _, cond := range searchConditions(f.Text) {
		q.add(cond.sql(), string(cond.part))
	}
	return rowsIn(ctx, j.reader(), q.String()+newestFirst+" LIMIT ?", append(q.args, f.Limit))
}

const newestFirst = " ORDER BY c.started DESC, c.id DESC"

// query asks for rows of the history.
type query struct {
	from  string
	where []string
	args  []any
}

// newQuery makes one with the conditions that a search in memory does not know.
func newQuery(f Filter) *query {
	q := &query{from: rowQuery}
	if f.NotLogged { // driven by the few outbox rows that are open, not by all calls
		q.from = strings.Replace(rowQuery, "FROM calls c LEFT JOIN outbox o ON o.call = c.id",
			"FROM outbox o JOIN calls c ON c.id = o.call", 1)
		q.add(notLogged + " AND c.ended > 0")
	}
	if f.NeedsRecord {
		q.add(needsRecord)
	}
	if f.Account != "" {
		q.add("c.account = ?", f.Account)
	}
	if f.Direction != "" {
		q.add("c.direction = ?", f.Direction)
	}
	if f.Outcome != "" {
		q.add("c.outcome = ?", f.Outcome)
	}
	if !f.From.IsZero() {
		q.add("c.started >= ?", micros(f.From))
	}
	switch {
	case f.BeforeID != "":
		q.add("(c.started, c.id) < (?, ?)", micros(f.Before), f.BeforeID)
	case !f.Before.IsZero():
		q.add("c.started < ?", micros(f.Before))
	}
	return q
}

func (q *query) add(cond string, arg ...any) {
	q.where, q.args = append(q.where, cond), append(q.args, arg...)
}

func (q *query) String() string {
	if len(q.where) == 0 {
		return q.from
	}
	return q.from + " WHERE " + strings.Join(q.where, " AND ")
}

// listed stands for the values of a list in a query, which has asList of it as its value: however many there are, they are one value to SQLite.
const listed = "(SELECT value FROM json_each(?))"

func asList[T int64 | string](values []T) string {
	doc, _ := json.Marshal(values) // numbers and texts cannot fail
	return string(doc)
}

// rowsOf are those of some calls that a filter asks for, newest first.
func rowsOf(ctx context.Context, db *sql.DB, rowids []int64, f Filter) ([]Row, error) {
	if len(rowids) == 0 {
		return nil, nil
	}
	q := newQuery(f)
	q.add("c.rowid IN "+listed, asList(rowids))
	return rowsIn(ctx, db, q.String()+newestFirst, q.args)
}

func rowsIn(ctx context.Context, db *sql.DB, q string, args []any) (page []Row, err error) {
	rows, err := db.QueryContext(ctx, q, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	scan := newRowScan()
	for rows.Next() {
		r, err := scan.scan(rows)
		if err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, rows.Err()
}

// Call returns one call; ErrUnknown when there is none with that id.
func (j *Journal) Call(ctx context.Context, id string) (Row, error) {
	r, err := newRowScan().scan(j.reader().QueryRowContext(ctx, rowQuery+" WHERE c.id = ?", id))
	return r, j.explain("call", err)
}
