package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"linecard/crm"
)

// maxCandidates bounds how many records with the same last digits are compared. Hundreds of records of one company may
// have the number of its switchboard.
const maxCandidates = 50

// candidate is a record of a copy that may have a number. It is decoded when it is asked for only: most that are found beside an answer are
// older than the answer.
type candidate struct {
	id  string
	doc []byte
	put time.Time // when it was synced
}

// record is false for a document that cannot be read.
func (c candidate) record() (r crm.Record, ok bool) {
	if json.Unmarshal(c.doc, &r) != nil {
		return crm.Record{}, false
	}
	return cleaned(r), true
}

// candidates are records of a copy, each once.
type candidates struct {
	all []candidate

	none bool // there is no copy
}

// add adds a row of the table records, unless it is damaged or there already.
func (s *candidates) add(r row) {
	id := string(r.name)
	micros, _ := r.at.(int64)
	if r.sum == sumOf(r.doc, id, micros) && !s.has(id) { // a record may be found by several tails
		s.all = append(s.all, candidate{id, r.doc, moment(micros)})
	}
}

func (s candidates) has(id string) bool {
	return slices.ContainsFunc(s.all, func(c candidate) bool { return c.id == id })
}

// newer are those that were synced at a time or later.
func (s candidates) newer(at time.Time) (out candidates) {
	for _, c := range s.all {
		if !c.put.Before(at) {
			out.all = append(out.all, c)
		}
	}
	return out
}

// matches are those that have a number, best first.
func (s candidates) matches(n crm.Number) (ms []crm.Match) {
	for _, c := range s.all {
		r, ok := c.record()
		if !ok {
			continue
		}
		if why, ok := crm.BestPhone(r, n, n.Region); ok {
			ms = append(ms, crm.Match{Record: r, Why: why})
		}
	}
	crm.Rank(ms)
	return ms
}

// recall reads what is remembered of a number, and the records that may have it. The file is asked once for both, as long as the number has one end
// by which records are found. Where that fails, the tables are asked one by one: a damaged page may be of one of them only.
func (d *Directory) recall(ctx context.Context, at key, n crm.Number) (e entry, found candidates, err error) {
	s := d.store.Load()
	e, known := d.waits(at)
	org := at.org
	if known {
		org = "" // which has no answers
	}
	book, shown := d.shown(at.org)
	tails := n.Tails()
	if !shown || len(tails) == 0 {
		book, tails = "", []uint32{0} // no book has that name
	}
	take := func(r row) {
		if r.name == nil {
			e, found.none = entryOf(at.number, r.doc, r.picked, r.at, r.used, r.sum), r.copied == int64(0)
			return
		}
		found.add(r)
	}
	if err = eachRow(ctx, s.recall, take, org, at.number, book, tails[0], 1+maxCandidates); err == nil {
		if len(tails) > 1 {
			err = found.search(ctx, s, book, tails[1:])
		}
		return e, found, err
	}
	found = candidates{}
	if !known {
		e, _ = s.read(ctx, at)
	}
	_ = found.search(ctx, s, book, tails)
	return e, found, err
}

// search adds the records of a book that are found by the ends of a number.
func (s *candidates) search(ctx context.Context, in *store, book string, tails []uint32) error {
	list, err := json.Marshal(tails)
	if err != nil {
		return err
	}
	return eachRow(ctx, in.candidates, s.add, book, string(list), maxCandidates)
}

// others adds to what was found by the number the records of an answer that were not: they do not have the number any more.
func (d *Directory) others(ctx context.Context, org string, answer []crm.Match, found candidates) (candidates, error) {
	var ids []string
	for _, m := range answer {
		if !found.has(m.ID) {
			ids = append(ids, m.ID)
		}
	}
	book, ok := d.shown(org)
	if len(ids) == 0 || found.none || !ok {
		return found, nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return found, err
	}
	found.all = slices.Clone(found.all)
	err = eachRow(ctx, d.store.Load().byID, found.add, book, string(list))
	return found, err
}

// row is one of recallQuery, candidatesQuery or byIDQuery: of the table answers, where it has no name, or of the table records. A damaged column may
// have another type than it should.
type row struct {
	name, doc, picked     []byte
	at, used, sum, copied any
}

// eachRow calls f for every row of a query. After an error it has been called for the rows before it.
func eachRow(ctx context.Context, query *sql.Stmt, f func(row), args ...any) error {
	rows, err := query.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.name, &r.doc, &r.picked, &r.at, &r.used, &r.sum, &r.copied); err != nil {
			return err
		}
		f(r)
	}
	return rows.Err()
}
