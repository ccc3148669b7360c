package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"linecard/crm"
)

// Call is a call as the history keeps it.
type Call struct {
	ID         string
	Direction  crm.Direction
	Outcome    crm.Outcome // "" while the call lives
	Name       string      // best name known; "" when nobody was found
	Company    string
	Number     string // for showing
	Dial       string // what click-to-dial dials; "" when withheld
	Called     string // inbound: the number the caller dialled
	Withheld   bool
	Extension  bool // a colleague's
	NoLog      bool // calls of this kind are not logged, not even after a crash
	Who        crm.Ref
	Started    time.Time // ring or dial
	AnsweredAt time.Time // zero when nobody answered
	Ended      time.Time // zero while the call lives
}

// Duration is the time talked, zero when nobody answered.
func (c Call) Duration() time.Duration {
	if c.AnsweredAt.IsZero() || c.Ended.Before(c.AnsweredAt) {
		return 0
	}
	return c.Ended.Sub(c.AnsweredAt)
}

// Ring puts a call on disk that begins to ring or is being dialled.
func (j *Journal) Ring(ctx context.Context, c Call) error {
	return j.write(ctx, c.ID, change{"ring", func(ctx context.Context, tx *sql.Tx) error { return upsertCall(ctx, tx, c) }})
}

// Answered notes when the call was answered.
func (j *Journal) Answered(ctx context.Context, id string, at time.Time) error {
	return j.write(ctx, id, change{"answered", func(ctx context.Context, tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE calls SET answered = ?1, alive = max(alive, ?1) WHERE id = ?2", micros(at), id))
	}})
}

// Identify notes who the call is with, once looked up or picked, also after it ended. Empty name and company and a zero
// who take back what was noted.
func (j *Journal) Identify(ctx context.Context, id, name, company string, who crm.Ref) error {
	return j.write(ctx, id, change{"identify", func(ctx context.Context, tx *sql.Tx) error {
		var number, dial string
		err := tx.QueryRowContext(ctx, "SELECT number, dial FROM calls WHERE id = ?", id).Scan(&number, &dial)
		if err != nil {
			return unknown(err)
		}
		_, err = tx.ExecContext(ctx, "UPDATE calls SET name = ?, company = ?, who = ?, search = ? WHERE id = ?",
			name, company, encodeRef(who), searchText(name, company, number, dial), id)
		return err
	}})
}

// Alive notes that every live call still lived at that time: the best guess at when it ended should the next thing be a
// crash. Call it every half minute or so while there are calls.
func (j *Journal) Alive(ctx context.Context, at time.Time) error {
	return j.try(ctx, change{"alive", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE calls SET alive = max(alive, ?) WHERE ended = 0", micros(at))
		return err
	}})
}

// Hangup notes the end of a call (final is the call with all that is known, Ended and Outcome set) and queues its
// activity, in one transaction. What [Journal.EditActivity] drafted during the call is replaced by activity.
//
// With a nil activity nothing is queued; a draft stays a draft, for the agent to Requeue ("log it") or Discard.
//
// Telling the same end twice changes nothing: an activity that is on its way or written is left alone.
func (j *Journal) Hangup(ctx context.Context, final Call, activity *crm.Activity) error {
	if final.Ended.IsZero() {
		return fmt.Errorf("journal: hangup of call %s without its end", final.ID)
	}
	var doc string
	if activity != nil {
		a := *activity // the caller's is not to be changed
		a.CallID = final.ID
		var err error
		if doc, err = encodeActivity(a); err != nil {
			return err
		}
	}
	err := j.write(ctx, final.ID, change{"hangup", func(ctx context.Context, tx *sql.Tx) error {
		if err := upsertCall(ctx, tx, final); err != nil {
			return err
		}
		if doc == "" {
			return nil
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO outbox (call, state, activity) VALUES (?1, 'ready', ?2)
			ON CONFLICT (call) DO UPDATE SET state = 'ready', activity = ?2, rev = rev + 1 WHERE state = 'draft'`, final.ID, doc)
		return err
	}})
	j.tellChanged()
	return err
}

func upsertCall(ctx context.Context, tx *sql.Tx, c Call) error {
	alive := c.Started
	for _, t := range []time.Time{c.AnsweredAt, c.Ended} {
		if t.After(alive) {
			alive = t
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO calls (id, direction, outcome, name, company, number, dial, called, withheld,
		extension, nolog, who, started, answered, ended, alive, search, digits)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
		ON CONFLICT (id) DO UPDATE SET direction = ?2, outcome = ?3, name = ?4, company = ?5, number = ?6, dial = ?7,
		called = ?8, withheld = ?9, extension = ?10, nolog = ?11, who = ?12, started = ?13, answered = ?14, ended = ?15,
		alive = max(alive, ?16), search = ?17, digits = ?18`,
		c.ID, c.Direction, c.Outcome, c.Name, c.Company, c.Number, c.Dial, c.Called, c.Withheld, c.Extension, c.NoLog,
		encodeRef(c.Who), micros(c.Started), micros(c.AnsweredAt), micros(c.Ended), micros(alive),
		searchText(c.Name, c.Company, c.Number, c.Dial), searchDigits(c.Number, c.Dial))
	return err
}

// columns and scanCall go together; the call table is named c in every query.
const columns = `c.id, c.direction, c.outcome, c.name, c.company, c.number, c.dial, c.called, c.withheld, c.extension,
	c.nolog, c.who, c.started, c.answered, c.ended`

func (c *Call) fields(who *string, started, answered, ended *int64) []any {
	return []any{
		&c.ID, &c.Direction, &c.Outcome, &c.Name, &c.Company, &c.Number, &c.Dial, &c.Called, &c.Withheld,
		&c.Extension, &c.NoLog, who, started, answered, ended,
	}
}

// scanCall scans columns into c and whatever the query adds into more.
func scanCall(row interface{ Scan(...any) error }, c *Call, more ...any) error {
	var who string
	var started, answered, ended int64
	if err := row.Scan(append(c.fields(&who, &started, &answered, &ended), more...)...); err != nil {
		return err
	}
	c.Started, c.AnsweredAt, c.Ended = at(started), at(answered), at(ended)
	var err error
	c.Who, err = decodeRef(who)
	return err
}

// micros is how a time is stored, at the way back.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func at(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us)
}

func encodeRef(r crm.Ref) string {
	if r.IsZero() {
		return ""
	}
	b, _ := json.Marshal(r) // four strings cannot fail
	return string(b)
}

func decodeRef(s string) (r crm.Ref, err error) {
	if s == "" {
		return r, nil
	}
	if err = json.Unmarshal([]byte(s), &r); err != nil {
		err = fmt.Errorf("%w: ref: %w", errMalformed, err)
	}
	return r, err
}

func encodeActivity(a crm.Activity) (string, error) {
	b, err := json.Marshal(a)
	if err != nil { // a time beyond the year 9999
		return "", fmt.Errorf("journal: activity of call %s: %w", a.CallID, err)
	}
	return string(b), nil
}

func decodeActivity(s string) (a crm.Activity, err error) {
	if err = json.Unmarshal([]byte(s), &a); err != nil {
		err = fmt.Errorf("%w: activity: %w", errMalformed, err)
	}
	return a, err
}

// one is for statements that must hit a row.
func one(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return ErrUnknown
	}
	return nil
}

func unknown(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown
	}
	return err
}
