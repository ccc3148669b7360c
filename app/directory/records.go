package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"linecard/crm"
)

// batch is how many records one transaction holds: large enough to be quick, small enough that a look-up's choice can be
// written in between.
const batch = 1000

// Put takes over records of an org with their phone numbers; a record that is there already is replaced. Each thousand is
// one transaction, so a crash leaves whole records.
func (d *Directory) Put(ctx context.Context, org string, records iter.Seq[crm.Record]) error {
	next, stop := iter.Pull(records)
	defer stop()
	for more := true; more; {
		err := d.write(ctx, "put records", func(s *store) error {
			return s.write(ctx, func(tx *sql.Tx) error {
				key, err := orgKey(ctx, tx, org)
				if err != nil {
					return err
				}
				for range batch {
					r, ok := next()
					if !ok {
						more = false
						return nil
					}
					if err := putRecord(ctx, tx, key, d.o.Region, r); err != nil {
						return err
					}
				}
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func putRecord(ctx context.Context, tx *sql.Tx, org int64, region string, r crm.Record) error {
	if r.IsZero() {
		return nil
	}
	r.Details = nil // what stands beside a record is asked for when it is shown
	doc, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var key int64
	err = tx.QueryRowContext(ctx, `INSERT INTO records (org, id, doc) VALUES (?1, ?2, ?3)
		ON CONFLICT (org, id) DO UPDATE SET doc = ?3 RETURNING key`, org, r.ID, string(doc)).Scan(&key)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM phones WHERE record = ?", key); err != nil {
		return err
	}
	for _, p := range r.Phones {
		for _, t := range crm.Tails(p.Value, region) {
			if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO phones (org, tail, record) VALUES (?, ?, ?)", org, t, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// Drop forgets one record: the org has deleted or merged it. Answers that name it lose it.
func (d *Directory) Drop(ctx context.Context, ref crm.Ref) error {
	return d.write(ctx, "drop", func(s *store) error {
		return s.write(ctx, func(tx *sql.Tx) error {
			key, err := orgKey(ctx, tx, ref.Org)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM records WHERE org = ? AND id = ?", key, ref.ID); err != nil {
				return err
			}
			numbers, err := naming(ctx, tx, key, ref.ID)
			if err != nil {
				return err
			}
			for _, n := range numbers {
				e, err := readEntry(ctx, tx, key, n)
				if err != nil {
					return err
				}
				e.without(ref.ID)
				if err := writeEntry(ctx, tx, key, n, e); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// naming returns the numbers whose answers contain a record's id, be it by chance in another field.
func naming(ctx context.Context, tx *sql.Tx, org int64, id string) (numbers []string, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT number FROM answers WHERE org = ? AND instr(matches, ?) > 0", org, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, rows.Err()
}

// without takes a record out of an entry.
func (e *entry) without(id string) {
	kept := e.matches[:0]
	for _, m := range e.matches {
		if m.ID != id {
			kept = append(kept, m)
		}
	}
	e.matches = kept
	if e.picked == id {
		e.picked = ""
	}
}

// Count tells how many answers and records there are of an org.
func (d *Directory) Count(ctx context.Context, org string) (answers, records int, err error) {
	err = d.store.Load().r.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM answers a JOIN orgs o ON o.key = a.org WHERE o.id = ?1),
		(SELECT count(*) FROM records r JOIN orgs o ON o.key = r.org WHERE o.id = ?1)`, org).Scan(&answers, &records)
	return answers, records, explain("count", err)
}
