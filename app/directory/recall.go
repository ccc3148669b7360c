package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"linecard/crm"
)

// FreshFor is how long an org's answer is used without asking again.
const FreshFor = 5 * time.Minute

// Known is what the directory knows about a number.
type Known struct {
	Result crm.Result // matches, best first, never empty; Cached is set
	Choice string     // id of the record that the agent picked for this number; "" for none
	Fresh  bool       // the org gave this answer in the last five minutes: it need not be asked again
}

// Doubt makes every answer so far be asked for again before it is used as a fresh one: the org is searched in another way now.
func (d *Directory) Doubt() { d.doubted.Store(d.o.Now().UnixNano()) }

// maxCandidates bounds how many records with the same last digits are compared. Hundreds of records of one company may
// have the number of its switchboard.
const maxCandidates = 50

// Recall returns who had a number the last time, or else which of the org's records has it. It answers in microseconds
// and waits for nothing but the file's pages. ok is false when no record is known, and for a number that is withheld or
// an extension.
func (d *Directory) Recall(org string, n crm.Number) (k Known, ok bool) {
	at, ok := keyOf(org, n)
	if !ok {
		return Known{}, false
	}
	ctx := context.Background()
	e, err := d.look(ctx, at)
	d.note(err)
	if now := d.o.Now(); !e.empty() && !e.expired(now, d.o) { // an expired entry waits for the next eviction
		if k := d.known(ctx, org, n, e, now); len(k.Result.Matches) > 0 {
			return k, true
		}
	}
	ms, err := d.synced(ctx, org, n)
	d.note(err)
	ms = d.searched(org, ms)
	return Known{Result: crm.Result{Number: n, Matches: ms, Cached: true, Org: org}}, len(ms) > 0
}

// known returns what an entry says, with newer data of its records from a sync.
func (d *Directory) known(ctx context.Context, org string, n crm.Number, e entry, now time.Time) Known {
	age := now.Sub(e.at)
	k := Known{
		Result: crm.Result{Number: n, Matches: slices.Clone(e.matches), More: e.more, At: e.at, Cached: true, Org: org},
		Fresh:  !e.at.IsZero() && age >= 0 && age < FreshFor && e.at.UnixNano() >= d.doubted.Load(),
	}
	if e.at.IsZero() {
		k.Result.At = e.used
	}
	if contains(e.matches, e.picked) {
		k.Choice = e.picked
	}
	d.note(d.refresh(ctx, org, n, k.Result))
	k.Result.Matches = d.searched(org, k.Result.Matches)
	return k
}

// searched leaves out those of objects in which callers are not found any more: the table of objects may be another one than
// when they were stored.
func (d *Directory) searched(org string, ms []crm.Match) []crm.Match {
	if d.o.Searched == nil {
		return ms
	}
	objects := d.o.Searched(org)
	return slices.DeleteFunc(ms, func(m crm.Match) bool { return !m.Among(objects) })
}

// refresh replaces an answer's records by what was synced after the answer.
func (d *Directory) refresh(ctx context.Context, org string, n crm.Number, r crm.Result) error {
	ids := make([]string, len(r.Matches))
	for i, m := range r.Matches {
		ids[i] = m.ID
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	book, ok := d.shown(org)
	if !ok {
		return nil
	}
	return each(ctx, d.store.Load().byID, func(s crm.Record, put time.Time) {
		i := slices.Index(ids, s.ID)
		if i < 0 || put.Before(r.At) || s.LastModified.Before(r.Matches[i].LastModified) {
			return
		}
		m := &r.Matches[i]
		s.Details = m.Details
		m.Record = s
		if why, ok := crm.BestPhone(s, n, n.Region); ok {
			m.Why = why
		}
	}, book, string(list))
}

// synced finds the number among the org's records.
func (d *Directory) synced(ctx context.Context, org string, n crm.Number) (ms []crm.Match, err error) {
	tails := n.Tails()
	book, ok := d.shown(org)
	if len(tails) == 0 || !ok {
		return nil, nil
	}
	keys, err := json.Marshal(tails)
	if err != nil {
		return nil, err
	}
	err = each(ctx, d.store.Load().candidates, func(r crm.Record, _ time.Time) {
		if why, ok := crm.BestPhone(r, n, n.Region); ok {
			ms = append(ms, crm.Match{Record: r, Why: why})
		}
	}, book, string(keys), maxCandidates)
	crm.Rank(ms)
	return slices.CompactFunc(ms, func(a, b crm.Match) bool { return a.ID == b.ID }), err // a record may be found by several tails
}

// each calls f for every undamaged record of a query. After an error it has been called for the records before it.
func each(ctx context.Context, query *sql.Stmt, f func(r crm.Record, put time.Time), args ...any) error {
	rows, err := query.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, doc []byte
		var put, sum any
		if err := rows.Scan(&id, &doc, &put, &sum); err != nil {
			return err
		}
		putMicros, _ := put.(int64)
		var r crm.Record
		if sum == sumOf(doc, string(id), putMicros) && json.Unmarshal(doc, &r) == nil {
			f(cleaned(r), moment(putMicros))
		}
	}
	return rows.Err()
}
