package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"linecard/crm"
)

// mostMatches bounds what is kept of one answer; the agent picks from no longer list.
const mostMatches = 50

// RememberAnswer keeps what the org answered about a number. An answer without matches is not kept and takes nothing back.
// A choice of the agent's stays if the answer still has that record.
func (d *Directory) RememberAnswer(ctx context.Context, org string, r crm.Result) error {
	ms := slices.DeleteFunc(slices.Clone(r.Matches), func(m crm.Match) bool { return m.IsZero() })
	if org == "" || r.Number.E164 == "" || len(ms) == 0 {
		return nil
	}
	ms = ms[:min(len(ms), mostMatches)]
	at := r.At
	if at.IsZero() {
		at = d.o.Now()
	}
	return d.change(ctx, "remember an answer", org, r.Number.E164, func(e *entry) {
		if !contains(ms, e.picked) {
			e.picked = ""
		}
		e.matches, e.at = ms, at
	})
}

// Remember keeps that a number belongs to a record. One that the agent picked stays until another is picked: a record that
// was only found does not take its place, but refreshes what is known of it when it is the same.
func (d *Directory) Remember(ctx context.Context, org string, n crm.Number, m crm.Match, picked bool) error {
	if org == "" || n.E164 == "" || m.IsZero() {
		return nil
	}
	return d.change(ctx, "remember", org, n.E164, func(e *entry) {
		if e.picked != "" && e.picked != m.ID && !picked {
			return
		}
		i := slices.IndexFunc(e.matches, func(old crm.Match) bool { return old.ID == m.ID })
		switch {
		case i >= 0:
			e.matches[i] = m
		case picked:
			e.matches = append([]crm.Match{m}, e.matches[:min(len(e.matches), mostMatches-1)]...)
		default:
			e.matches = []crm.Match{m}
		}
		if picked {
			e.picked = m.ID
		}
		if e.at.IsZero() {
			// A record that was found in some other way is not an answer of the org's: the org is asked again.
			e.at = d.o.Now().Add(-FreshFor)
		}
	})
}

// entry is one row of answers.
type entry struct {
	matches []crm.Match
	picked  string
	at      time.Time
}

// change changes what is remembered of one number. An entry left without matches is not kept.
func (d *Directory) change(ctx context.Context, op, org, number string, f func(*entry)) error {
	return d.write(ctx, op, func(s *store) error {
		err := s.write(ctx, func(tx *sql.Tx) error {
			key, err := orgKey(ctx, tx, org)
			if err != nil {
				return err
			}
			e, err := readEntry(ctx, tx, key, number)
			if err != nil {
				return err
			}
			f(&e)
			return writeEntry(ctx, tx, key, number, e)
		})
		if err != nil {
			return err
		}
		return d.evictNowAndThen(ctx, s)
	})
}

func readEntry(ctx context.Context, tx *sql.Tx, key int64, number string) (e entry, err error) {
	var doc, picked []byte
	var at sql.NullInt64
	err = tx.QueryRowContext(ctx, "SELECT matches, picked, at FROM answers WHERE org = ? AND number = ?", key, number).Scan(&doc, &picked, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return entry{}, nil
	}
	e.matches = decodeMatches(doc)
	if len(e.matches) > 0 {
		e.picked, e.at = string(picked), time.UnixMicro(at.Int64)
	}
	return e, err
}

func writeEntry(ctx context.Context, tx *sql.Tx, key int64, number string, e entry) error {
	if len(e.matches) == 0 {
		_, err := tx.ExecContext(ctx, "DELETE FROM answers WHERE org = ? AND number = ?", key, number)
		return err
	}
	doc, err := json.Marshal(e.matches)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO answers (org, number, matches, picked, at) VALUES (?1, ?2, ?3, ?4, ?5)
		ON CONFLICT (org, number) DO UPDATE SET matches = ?3, picked = ?4, at = ?5`, key, number, string(doc), e.picked, e.at.UnixMicro())
	return err
}

// evictEvery is how many changes go by between two evictions.
const evictEvery = 128

func (d *Directory) evictNowAndThen(ctx context.Context, s *store) error {
	if d.changes++; d.changes%evictEvery != 0 {
		return nil
	}
	return d.evict(ctx, s)
}

// evict drops answers that are too old, and the oldest beyond the bound: those that were only found first.
func (d *Directory) evict(ctx context.Context, s *store) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM answers WHERE at < ?", d.o.Now().Add(-d.o.Keep).UnixMicro()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE (org, number) IN (
			SELECT org, number FROM answers ORDER BY picked <> '', at LIMIT max(0, (SELECT count(*) FROM answers) - ?))`, d.o.Most)
		return err
	})
}

// Forget drops everything of an org; "" drops everything there is.
func (d *Directory) Forget(ctx context.Context, org string) error {
	return d.write(ctx, "forget", func(s *store) error {
		return s.write(ctx, func(tx *sql.Tx) error {
			const of = " WHERE ?1 = '' OR org IN (SELECT key FROM orgs WHERE id = ?1)"
			for _, table := range []string{"answers", "phones", "records"} {
				if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+of, org); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, "DELETE FROM orgs WHERE ?1 = '' OR id = ?1", org)
			return err
		})
	})
}
