package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"linecard/crm"
	"linecard/fault"
)

// upsertCall writes c. What belongs to somebody stays theirs: an account, org, user or word on disk is not displaced, and
// neither is a verdict by none.
func upsertCall(ctx context.Context, tx *sql.Tx, c Call) error {
	alive := c.Started
	for _, t := range []time.Time{c.AnsweredAt, c.Ended} {
		if t.After(alive) {
			alive = t
		}
	}
	if c.Object == "" {
		c.Object = c.Who.Object
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO calls (id, direction, outcome, name, company, number, dial, called, withheld,
		extension, who, started, answered, ended, alive, search, digits, account, org, user, object, verdict, word, cut, talked, why, earlier, story, unasked)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29)
		ON CONFLICT (id) DO UPDATE SET direction = ?2, outcome = ?3, name = ?4, company = ?5, number = ?6, dial = ?7,
		called = ?8, withheld = ?9, extension = ?10, who = ?11, started = ?12, answered = ?13, ended = ?14,
		alive = max(alive, ?15), search = ?16, digits = ?17, account = iif(account = '', ?18, account),
		org = iif(org = '', ?19, org), user = iif(user = '' AND org IN ('', ?19), ?20, user), object = ?21,
		verdict = iif(?22 = '', verdict, ?22), word = iif(?23 = '', word, ?23), cut = ?24, talked = ?25,
		why = ?26, earlier = ?27, story = iif(?28 = '', story, ?28), unasked = ?29`,
		c.ID, c.Direction, c.Outcome, c.Name, c.Company, c.Number, c.Dial, c.Called, c.Withheld, c.Extension,
		encodeRef(c.Who), micros(c.Started), micros(c.AnsweredAt), micros(c.Ended), micros(alive),
		searchText(c.Name, c.Company, c.Number, c.Dial, partiesText(c.Earlier)), searchDigits(c.Number, c.Dial),
		c.Account, c.Org, c.User, c.Object, c.Verdict, c.Word, c.Cut, c.Talked.Microseconds(), c.Why.Encode(), encodeParties(c.Earlier), encodeStory(c.Story), unasked(c))
	return err
}

// Values of the column unasked.
const (
	notUnasked = iota
	isUnasked
	leftOff // and nobody is asked any more
)

func unasked(c Call) int {
	switch {
	case !c.Unasked:
		return notUnasked
	case c.LeftOff:
		return leftOff
	}
	return isUnasked
}

// latestTalk is a year: what is longer is damage.
const latestTalk = 365 * 24 * 3600 * 1e6

// columns and callScan go together; the call table is named c in every query.
const columns = `c.id, c.direction, c.outcome, c.name, c.company, c.number, c.dial, c.called, c.withheld, c.extension,
	c.who, c.started, c.answered, c.ended, c.account, c.org, c.user, c.object, c.verdict, c.word, c.cut, c.talked,
	c.why, c.earlier, c.story, c.unasked`

// callScan reads columns, row after row. A cell that cannot be read is empty.
type callScan struct {
	call   Call
	who    string
	talked int64
	asked  int64
	why    string
	story  string

	earlier string
	into    []any
}

// newCallScan makes one; more is for what the query adds.
func newCallScan(more ...any) *callScan {
	s := &callScan{}
	c := &s.call
	s.into = append([]any{
		text(&c.ID), text(&c.Direction), text(&c.Outcome), text(&c.Name), text(&c.Company), text(&c.Number), text(&c.Dial),
		text(&c.Called), flag(&c.Withheld), flag(&c.Extension), text(&s.who), moment(&c.Started), moment(&c.AnsweredAt),
		moment(&c.Ended), text(&c.Account), text(&c.Org), text(&c.User), text(&c.Object), text(&c.Verdict), text(&c.Word),
		flag(&c.Cut), number(&s.talked), text(&s.why), text(&s.earlier), text(&s.story), number(&s.asked),
	}, more...)
	return s
}

func (s *callScan) scan(row interface{ Scan(...any) error }) (Call, error) {
	if err := row.Scan(s.into...); err != nil {
		return Call{}, unknown(err)
	}
	s.call.Talked = time.Duration(max(0, min(s.talked, latestTalk))) * time.Microsecond
	s.call.Who, _ = decodeRef(s.who)
	s.call.Story = decodeStory(s.story)
	s.call.Earlier = decodeParties(s.earlier)
	s.call.Unasked, s.call.LeftOff = s.asked != notUnasked, s.asked == leftOff
	cleanCall(&s.call)
	s.call.Why = decodeReason(s.why)
	return s.call, nil
}

func encodeRef(r crm.Ref) string {
	if r.IsZero() {
		return ""
	}
	b, _ := json.Marshal(r) // five strings cannot fail
	return string(b)
}

func decodeRef(s string) (r crm.Ref, err error) {
	if s == "" {
		return r, nil
	}
	if r, ok := plainRef(s); ok {
		return cleanRef(r), nil
	}
	if err = json.Unmarshal([]byte(s), &r); err != nil {
		return crm.Ref{}, fmt.Errorf("%w: ref: %w", errMalformed, err)
	}
	return cleanRef(r), nil
}

// plainRef reads a ref as encodeRef writes it, if no text in it is escaped; not ok leaves it to encoding/json. A page of the
// history has hundreds of refs, and reading them in the general way took a third of its time.
func plainRef(s string) (r crm.Ref, ok bool) {
	rest, ok := strings.CutPrefix(s, "{")
	for ok {
		var key, value string
		if key, rest, ok = plainText(rest); !ok || rest == "" || rest[0] != ':' {
			return r, false
		}
		if value, rest, ok = plainText(rest[1:]); !ok {
			return r, false
		}
		switch key {
		case "object":
			r.Object = value
		case "id":
			r.ID = value
		case "name":
			r.Name = value
		case "url":
			r.URL = value
		case "org":
			r.Org = value
		case "user":
			r.User = value
		default:
			return r, false
		}
		if rest == "}" {
			return r, true
		}
		rest, ok = strings.CutPrefix(rest, ",")
	}
	return r, false
}

// plainText cuts a JSON string off s that has no escapes and is valid.
func plainText(s string) (text, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", "", false
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return s[1:i], s[i+1:], utf8.ValidString(s[1:i])
		case c == '\\' || c < ' ':
			return "", "", false
		}
	}
	return "", "", false
}

// encodeStory writes what the phone told; "" where that is nothing.
func encodeStory(s crm.Story) string {
	b, err := json.Marshal(s)
	if err != nil || string(b) == "{}" {
		return ""
	}
	return string(b)
}

// decodeStory reads it. A damaged one is none.
func decodeStory(s string) (story crm.Story) {
	if s == "" || json.Unmarshal([]byte(s), &story) != nil {
		return crm.Story{}
	}
	return story
}

func encodeActivity(a crm.Activity) (string, error) {
	b, err := json.Marshal(a)
	if err != nil { // a time beyond the year 9999
		return "", fmt.Errorf("journal: activity of call %s: %w", a.CallID, err)
	}
	return string(b), nil
}

// decodeActivity reads an activity. Linecard 0.1 kept the default subject as a text, in English; this is the one place that
// knows it again, and takes it for none, so that it still follows the outcome and the name.
func decodeActivity(s string) (a crm.Activity, err error) {
	if err = json.Unmarshal([]byte(s), &a); err != nil {
		return crm.Activity{}, fmt.Errorf("%w: activity: %w", errMalformed, err)
	}
	if a.Subject != "" && a.Subject == crm.DefaultSubject(a) {
		a.Subject = ""
	}
	cleanActivity(&a)
	return a, nil
}

// decodeReason reads why an entry waits. A damaged one is none: the entry itself is not damaged by that.
func decodeReason(s string) fault.Fault {
	if len(s) > 0 && s[0] == '{' && !json.Valid([]byte(s)) {
		return fault.Fault{}
	}
	return fault.Decode(s)
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
