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
	now := time.Now()
	return j.try(ctx, change{"remember", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO known (number, match, picked, at) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (number) DO UPDATE SET match = ?2, picked = max(picked, ?3), at = ?4
			WHERE ?3 OR NOT picked OR json_extract(match, '$.id') = ?5`, number, string(doc), picked, micros(now), m.ID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM known WHERE at < (SELECT at FROM known ORDER BY at DESC LIMIT 1 OFFSET ?)`,
			knownLimit-1)
		return err
	}})
}

// Choice returns what Remember kept for a number; ok is false when it kept nothing.
func (j *Journal) Choice(ctx context.Context, number string) (k Known, ok bool, err error) {
	var doc string
	var us int64
	err = j.r.QueryRowContext(ctx, "SELECT match, picked, at FROM known WHERE number = ?", number).Scan(&doc, &k.Picked, &us)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Known{}, false, nil
	case err != nil:
		return Known{}, false, j.explain("choice", err)
	}
	k.At = at(us)
	if err := json.Unmarshal([]byte(doc), &k.Match); err != nil {
		return Known{}, false, j.explain("choice", fmt.Errorf("%w: match: %w", errMalformed, err))
	}
	return k, true, nil
}

// AllKnown returns everything Remember kept, by number: the desk holds it in memory, so that the first card of a call
// waits for no disk.
func (j *Journal) AllKnown(ctx context.Context) (map[string]Known, error) {
	rows, err := j.r.QueryContext(ctx, "SELECT number, match, picked, at FROM known")
	if err != nil {
		return nil, j.explain("all known", err)
	}
	defer func() { _ = rows.Close() }()
	all := map[string]Known{}
	for rows.Next() {
		var number, doc string
		var k Known
		var us int64
		if err := rows.Scan(&number, &doc, &k.Picked, &us); err != nil {
			return nil, j.explain("all known", err)
		}
		k.At = at(us)
		if json.Unmarshal([]byte(doc), &k.Match) == nil { // one torn memory is no reason to lose the others
			all[number] = k
		}
	}
	return all, j.explain("all known", rows.Err())
}

// Forget drops everything Remember kept: the org was unlinked, its data goes.
func (j *Journal) Forget(ctx context.Context) error {
	return j.try(ctx, change{"forget", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM known")
		return err
	}})
}
