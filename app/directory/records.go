package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
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
			p, err := newPutter(ctx, tx, org)
			if err != nil {
				return err
			}
			p.org, p.region, p.now = org, d.o.Region, micros(d.o.Now())
			for _, r := range records {
				if err := p.put(ctx, r); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// putter stores and deletes records in one transaction. The end of the transaction closes its statements.
type putter struct {
	org    string // that the records say
	region string
	now    int64

	key   int64 // of the org or the book
	added int   // records more than before

	find, insert, change, remove, noPhones, phone, named, name, noName *sql.Stmt
}

// newPutter makes a putter for an org, or for a book by its id.
func newPutter(ctx context.Context, tx *sql.Tx, id string) (*putter, error) {
	p := &putter{}
	var err error
	if p.key, err = orgKey(ctx, tx, id); err != nil {
		return nil, err
	}
	names := namesTable(p.key)
	if _, err = tx.ExecContext(ctx, createNames(p.key)); err != nil {
		return nil, err
	}
	for stmt, query := range map[**sql.Stmt]string{
		&p.find:     "SELECT key FROM records WHERE org = ? AND id = ?",
		&p.insert:   "INSERT INTO records (org, id, doc, put, sum) VALUES (?, ?, ?, ?, ?)",
		&p.change:   "UPDATE records SET doc = ?, put = ?, sum = ? WHERE key = ?",
		&p.remove:   "DELETE FROM records WHERE key = ?",
		&p.noPhones: "DELETE FROM phones WHERE record = ?",
		&p.phone:    "INSERT OR IGNORE INTO phones (org, tail, record) VALUES (?, ?, ?)",
		&p.named:    "SELECT words FROM " + names + " WHERE docid = ?",
		&p.name:     "INSERT INTO " + names + " (docid, words) VALUES (?, ?)",
		&p.noName:   "DELETE FROM " + names + " WHERE docid = ?",
	} {
		if *stmt, err = tx.PrepareContext(ctx, query); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *putter) put(ctx context.Context, r crm.Record) error {
	r.Org, r.Details = p.org, nil // the related records are fetched when the record is shown
	doc, err := json.Marshal(r)
	if err != nil {
		return err
	}
	sum := sumOf(doc, r.ID, p.now)
	words := wordsOf(r)
	key, known, err := p.keyOf(ctx, r.ID)
	switch {
	case err != nil:
		return err
	case known:
		if _, err = p.change.ExecContext(ctx, string(doc), p.now, sum, key); err != nil {
			return err
		}
		if _, err = p.noPhones.ExecContext(ctx, key); err != nil {
			return err
		}
	default:
		res, err := p.insert.ExecContext(ctx, p.key, r.ID, string(doc), p.now, sum)
		if err != nil {
			return err
		}
		if key, err = res.LastInsertId(); err != nil {
			return err
		}
		p.added++
	}
	if err := p.setName(ctx, key, known, words); err != nil {
		return err
	}
	for _, f := range r.Phones {
		for _, t := range crm.Tails(f.Value, p.region) {
			if _, err := p.phone.ExecContext(ctx, p.key, t, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// setName makes a record be found by its words.
func (p *putter) setName(ctx context.Context, key int64, known bool, words string) error {
	if known {
		var before string
		err := p.named.QueryRowContext(ctx, key).Scan(&before)
		if err == nil && before == words {
			return nil
		}
		if err == nil {
			_, err = p.noName.ExecContext(ctx, key)
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	_, err := p.name.ExecContext(ctx, key, words)
	return err
}

func (p *putter) keyOf(ctx context.Context, id string) (key int64, known bool, err error) {
	err = p.find.QueryRowContext(ctx, p.key, id).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return key, err == nil, err
}

// drop deletes the record with an id; one that is not there is no error.
func (p *putter) drop(ctx context.Context, id string) error {
	key, known, err := p.keyOf(ctx, id)
	if err != nil || !known {
		return err
	}
	return p.dropKey(ctx, key)
}

func (p *putter) dropKey(ctx context.Context, key int64) error {
	for _, stmt := range []*sql.Stmt{p.noName, p.remove} { // the second also deletes its phones
		if _, err := stmt.ExecContext(ctx, key); err != nil {
			return err
		}
	}
	p.added--
	return nil
}

// Count returns how many answers and records of an org are on disk.
func (d *Directory) Count(ctx context.Context, org string) (answers, records int, err error) {
	err = d.store.Load().r.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM answers a JOIN orgs o ON o.key = a.org WHERE o.id = ?1),
		(SELECT count(*) FROM records r JOIN orgs o ON o.key = r.org WHERE o.id = ?1)`, org).Scan(&answers, &records)
	return answers, records, explain("count", err)
}
