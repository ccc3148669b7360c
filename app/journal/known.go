package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"linecard/crm"
)

// Known is who a number belonged to the last time an older Linecard looked it up. That is kept elsewhere by now
// (app/directory); what a journal still has of it can be taken from there.
type Known struct {
	Match  crm.Match
	Picked bool // the agent chose this record among several
	At     time.Time
}

// TakeKnown hands everything that is remembered of callers here to take, by number (E.164 or extension), for another
// memory to keep, and then drops it. If take fails, nothing is dropped and the next TakeKnown begins again.
func (j *Journal) TakeKnown(ctx context.Context, take func(number string, k Known) error) error {
	all, err := j.allKnown(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	for n, k := range all {
		if err := take(n, k); err != nil {
			return err
		}
	}
	return j.try(ctx, change{"forget", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM known")
		return err
	}})
}

func (j *Journal) allKnown(ctx context.Context) (map[string]Known, error) {
	rows, err := j.reader().QueryContext(ctx, "SELECT number, match, picked, at FROM known")
	if err != nil {
		return nil, j.explain("known", err)
	}
	defer func() { _ = rows.Close() }()
	all := map[string]Known{}
	for rows.Next() {
		var n, doc string
		var k Known
		if err := rows.Scan(text(&n), text(&doc), flag(&k.Picked), moment(&k.At)); err != nil {
			return nil, j.explain("known", err)
		}
		if json.Unmarshal([]byte(doc), &k.Match) == nil { // a damaged row must not lose the others
			all[n] = k
		}
	}
	return all, j.explain("known", rows.Err())
}
