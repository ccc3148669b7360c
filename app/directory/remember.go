package directory

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"strings"
	"time"

	"linecard/crm"
)

// RememberAnswer stores the org's answer about a number. An answer without matches is not stored and removes nothing;
// an answer older than the stored one changes nothing, nor does one to another user than the one whose answers are shown. The agent's choice stays, and is kept longer, if the answer
// still has that record. What another user than the one whose book is shown was answered is not stored.
func (d *Directory) RememberAnswer(ctx context.Context, org string, r crm.Result) error {
	ms := people(org, r.Matches)
	if len(ms) == 0 || differ(r.User, d.reader(org)) { // of two users of an org one may be asked in the other's place
		return nil
	}
	return d.change(ctx, "remember an answer", org, r.Number, func(e *entry, now time.Time) {
		at := r.At
		if at.IsZero() || at.After(now) {
			at = now
		}
		e.answer(ms, r.More || len(ms) < len(r.Matches), at, now)
	})
}

// Remember stores that a number belongs to a record. A record that the agent picked stays until another is picked: one
// that was only found does not replace it, but updates it when it is the same record.
func (d *Directory) Remember(ctx context.Context, org string, n crm.Number, m crm.Match, picked bool) error {
	ms := people(org, []crm.Match{m})
	if len(ms) == 0 {
		return nil
	}
	return d.change(ctx, "remember", org, n, func(e *entry, now time.Time) { e.remember(ms[0], picked, now) })
}

// Unpick drops the record that the agent picked for a number: the agent has said since that it is not theirs. What the org
// answered stays.
func (d *Directory) Unpick(ctx context.Context, org string, n crm.Number) error {
	return d.change(ctx, "drop a choice", org, n, func(e *entry, _ time.Time) { e.unpick() })
}

// change changes what is remembered of one number. When the disk refuses, the change is kept in memory, see keep.
func (d *Directory) change(ctx context.Context, op, org string, n crm.Number, f func(*entry, time.Time)) error {
	k, ok := keyOf(org, n)
	if !ok {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return explain(op, err)
	}
	ctx = context.WithoutCancel(ctx) // one small row is always written
	d.turn.Lock()
	defer d.turn.Unlock()
	if d.closed {
		return explain(op, fs.ErrClosed)
	}
	e, err := d.look(ctx, k)
	d.note(err)
	now := d.o.Now()
	if e.expired(now, d.o) {
		e = entry{}
	}
	f(&e, now)
	d.keep(k, e)
	if d.flush(ctx) == nil {
		d.evictNowAndThen(ctx)
	}
	return nil
}

// Import stores what the journal of an earlier Linecard remembered of a number, see journal.TakeKnown. It belongs to
// the org of the record, or else to org. A number that is not in E.164 form is skipped, since it cannot be a
// customer's. What is known about the number already stays. An error means that it is not on disk, so that the journal
// must not drop it.
func (d *Directory) Import(ctx context.Context, org, number string, m crm.Match, picked bool, at time.Time) error {
	if m.Org != "" {
		org = m.Org
	}
	ms := people(org, []crm.Match{m})
	if org == "" || len(ms) == 0 || !strings.HasPrefix(number, "+") {
		return nil
	}
	k := key{org, number}
	return d.write(ctx, "import", func(s *store) error {
		if s.memory || s.readOnly {
			return errMemory
		}
		e, err := s.read(ctx, k)
		if err != nil {
			return err
		}
		switch {
		case e.empty():
			e = entry{matches: ms, used: at}
			if picked {
				e.picked = m.ID
			}
		case picked && e.picked == "" && contains(e.matches, m.ID):
			e.picked = m.ID
		default:
			return nil
		}
		return s.write(ctx, func(tx *sql.Tx) error { return writeEntry(ctx, tx, k, e) })
	})
}

// errMemory is the reason for not storing large data, or data that is safe elsewhere, in memory.
var errMemory = errors.New("there is no file to write it to")

func writeEntry(ctx context.Context, tx *sql.Tx, k key, e entry) error {
	org, err := orgKey(ctx, tx, k.org)
	if err != nil {
		return err
	}
	if e.empty() {
		_, err := tx.ExecContext(ctx, "DELETE FROM answers WHERE org = ? AND number = ?", org, k.number)
		return err
	}
	doc, err := e.encode()
	if err != nil {
		return err
	}
	at, used := micros(e.at), micros(e.used)
	_, err = tx.ExecContext(ctx, `INSERT INTO answers (org, number, matches, picked, at, used, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (org, number) DO UPDATE SET matches = ?3, picked = ?4, at = ?5, used = ?6, sum = ?7`,
		org, k.number, string(doc), e.picked, at, used, sumOf(doc, k.number, e.picked, at, used))
	return err
}
