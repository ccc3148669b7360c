package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"linecard/crm"
)

// batch is how many records one transaction puts or deletes: large enough to be fast, small enough that the choice of a
// call can be written in between.
const batch = 1000

// Put stores records of an org with their phone numbers. A record with the same id is replaced, and an older answer
// that names it shows the new one. Each thousand records are one transaction, so a crash leaves only complete records.
// Put fails when there is no file, since a million records do not fit into memory.
func (d *Directory) Put(ctx context.Context, org string, records iter.Seq[crm.Record]) error {
	some := make([]crm.Record, 0, batch)
	for r := range records {
		if r.IsZero() {
			continue
		}
		if some = append(some, r); len(some) == batch {
			if err := d.put(ctx, org, some); err != nil {
				return err
			}
			some = some[:0]
		}
	}
	return d.put(ctx, org, some)
}

func (d *Directory) put(ctx context.Context, org string, records []crm.Record) error {
	if org == "" || len(records) == 0 {
		return nil
	}
	return d.write(ctx, "put records", func(s *store) error {
		if s.memory || s.readOnly {
			return errMemory
		}
		return s.write(ctx, func(tx *sql.Tx) error {
			key, err := orgKey(ctx, tx, org)
			if err != nil {
				return err
			}
			p, err := newPutter(ctx, tx)
			if err != nil {
				return err
			}
			defer p.close()
			now := micros(d.o.Now())
			for _, r := range records {
				r.Org = org
				if err := p.put(ctx, key, d.o.Region, now, r); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// putter holds the statements that store a record.
type putter struct{ record, noPhones, phone *sql.Stmt }

func newPutter(ctx context.Context, tx *sql.Tx) (p putter, err error) {
	for stmt, query := range map[**sql.Stmt]string{
		&p.record: `INSERT INTO records (org, id, doc, put, sum) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT (org, id) DO UPDATE SET doc = ?3, put = ?4, sum = ?5 RETURNING key`,
		&p.noPhones: "DELETE FROM phones WHERE record = ?",
		&p.phone:    "INSERT OR IGNORE INTO phones (org, tail, record) VALUES (?, ?, ?)",
	} {
		if *stmt, err = tx.PrepareContext(ctx, query); err != nil {
			return p, err // the end of the transaction closes the others
		}
	}
	return p, nil
}

func (p putter) close() {
	for _, s := range []*sql.Stmt{p.record, p.noPhones, p.phone} {
		_ = s.Close()
	}
}

func (p putter) put(ctx context.Context, org int64, region string, now int64, r crm.Record) error {
	r.Details = nil // the related records are fetched when the record is shown
	doc, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var key int64
	if err := p.record.QueryRowContext(ctx, org, r.ID, string(doc), now, sumOf(doc, r.ID, now)).Scan(&key); err != nil {
		return err
	}
	if _, err := p.noPhones.ExecContext(ctx, key); err != nil {
		return err
	}
	for _, f := range r.Phones {
		for _, t := range crm.Tails(f.Value, region) {
			if _, err := p.phone.ExecContext(ctx, org, t, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// Count returns how many answers and records of an org are on disk.
func (d *Directory) Count(ctx context.Context, org string) (answers, records int, err error) {
	err = d.store.Load().r.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM answers a JOIN orgs o ON o.key = a.org WHERE o.id = ?1),
		(SELECT count(*) FROM records r JOIN orgs o ON o.key = r.org WHERE o.id = ?1)`, org).Scan(&answers, &records)
	return answers, records, explain("count", err)
}
