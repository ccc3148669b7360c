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

// Known is who a number belonged to the last time it was looked up.
type Known struct {
	Match  crm.Match
	Picked bool // the agent chose this record among several
	At     time.Time
}

// knownLimit bounds the memory: the card of the caller of months ago is not worth its place.
const knownLimit = 10_000

// Remember keeps the record a number (E.164 or extension) was matched with, to be shown the moment it rings again. A
// record the agent picked stays until another is picked: a later lookup's own winner does not displace it, but
// refreshes what is known of it when it is the same record.
func (j *Journal) Remember(ctx context.Context, number string, m crm.Match, picked bool) error {
	if number == "" || m.IsZero() {
		return nil
	}
	doc, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("journal: remember: %w", err)
	}
	now := j.o.Now()
	return j.try(ctx, change{"remember", func(ctx context.Context, tx *sql.Tx) error {
		var old string
		var wasPicked bool
		err := tx.QueryRowContext(ctx, "SELECT match, picked FROM known WHERE number = ?", number).Scan(text(&old), flag(&wasPicked))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var before crm.Match
		if wasPicked && !picked && json.Unmarshal([]byte(old), &before) == nil && before.ID != m.ID {
			return nil
		}
		if _, err = tx.ExecContext(ctx, `INSERT INTO known (number, match, picked, at) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (number) DO UPDATE SET match = ?2, picked = max(picked, ?3), at = ?4`, number, string(doc), picked, micros(now)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM known WHERE at < (SELECT at FROM known ORDER BY at DESC LIMIT 1 OFFSET ?)`,
			knownLimit-1)
		return err
	}})
}

// AllKnown returns everything Remember kept, by number: the desk holds it in memory, so that the first card of a call
// waits for no disk.
func (j *Journal) AllKnown(ctx context.Context) (map[string]Known, error) {
	rows, err := j.reader().QueryContext(ctx, "SELECT number, match, picked, at FROM known")
	if err != nil {
		return nil, j.explain("all known", err)
	}
	defer func() { _ = rows.Close() }()
	all := map[string]Known{}
	for rows.Next() {
		var n, doc string
		var k Known
		if err := rows.Scan(text(&n), text(&doc), flag(&k.Picked), moment(&k.At)); err != nil {
			return nil, j.explain("all known", err)
		}
		if json.Unmarshal([]byte(doc), &k.Match) == nil { // one torn memory is no reason to lose the others
			all[n] = k
		}
	}
	return all, j.explain("all known", rows.Err())
}

// TakeKnown hands everything Remember kept to take, for another memory to keep, and then drops it here. If take fails,
// nothing is dropped and the next TakeKnown begins again.
func (j *Journal) TakeKnown(ctx context.Context, take func(number string, k Known) error) error {
	all, err := j.AllKnown(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	for n, k := range all {
		if err := take(n, k); err != nil {
			return err
		}
	}
	return j.Forget(ctx)
}

// Forget drops everything Remember kept: the org was unlinked, its data goes.
func (j *Journal) Forget(ctx context.Context) error {
	return j.try(ctx, change{"forget", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM known")
		return err
	}})
}
