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

// FreshFor is how long an org's answer need not be asked for again.
const FreshFor = 5 * time.Minute

// Known is what the directory knows of a number.
type Known struct {
	Result crm.Result // matches, best first, never none; Cached is set
	Choice string     // id of the record that the agent picked for this number; "" for none
	Fresh  bool       // the org said so in the last five minutes: it need not be asked again
}

// mostCandidates bounds how many records with the same last digits are compared. A switchboard's number may stand in
// hundreds of records of one company.
const mostCandidates = 50

// Recall tells who a number belonged to the last time, or else who of the org's records carries it. It answers in
// microseconds and waits for nothing but the file's pages. ok is false when nobody is known.
func (d *Directory) Recall(org string, n crm.Number) (k Known, ok bool) {
	if org == "" || n.E164 == "" {
		return Known{}, false
	}
	s, ctx := d.store.Load(), context.Background()
	k, ok, err := d.answer(ctx, s, org, n)
	if err == nil && !ok {
		k, ok, err = d.synced(ctx, s, org, n)
	}
	if err != nil {
		d.o.Log.Warn("the directory of callers could not be read", "err", err)
		return Known{}, false
	}
	return k, ok
}

// answer is what the org said of the number the last time.
func (d *Directory) answer(ctx context.Context, s *store, org string, n crm.Number) (Known, bool, error) {
	var doc, picked []byte
	var at sql.NullInt64
	err := s.answer.QueryRowContext(ctx, org, n.E164).Scan(&doc, &picked, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return Known{}, false, nil
	}
	if err != nil {
		return Known{}, false, err
	}
	ms := decodeMatches(doc)
	if len(ms) == 0 { // one damaged row
		return Known{}, false, nil
	}
	when := time.UnixMicro(at.Int64)
	age := d.o.Now().Sub(when)
	if age > d.o.Keep {
		return Known{}, false, nil // it waits for the next eviction
	}
	k := Known{
		Result: crm.Result{Number: n, Matches: ms, At: when, Cached: true, Org: org},
		Choice: string(picked),
		Fresh:  age >= 0 && age < FreshFor,
	}
	if k.Choice != "" && !contains(ms, k.Choice) {
		k.Choice = ""
	}
	return k, true, nil
}

// synced finds the number among the org's records.
func (d *Directory) synced(ctx context.Context, s *store, org string, n crm.Number) (Known, bool, error) {
	tails := n.Tails()
	if len(tails) == 0 {
		return Known{}, false, nil
	}
	rows, err := s.candidates.QueryContext(ctx, org, tails[0], tails[len(tails)-1], mostCandidates)
	if err != nil {
		return Known{}, false, err
	}
	defer func() { _ = rows.Close() }()
	var ms []crm.Match
	for rows.Next() {
		var doc []byte
		if err := rows.Scan(&doc); err != nil {
			return Known{}, false, err
		}
		var r crm.Record
		if json.Unmarshal(doc, &r) != nil {
			continue // one damaged row
		}
		if why, ok := crm.BestPhone(r, n, n.Region); ok {
			ms = append(ms, crm.Match{Record: r, Why: why})
		}
	}
	if err := rows.Err(); err != nil || len(ms) == 0 {
		return Known{}, false, err
	}
	crm.Rank(ms)
	ms = slices.CompactFunc(ms, func(a, b crm.Match) bool { return a.ID == b.ID }) // one found by either tail
	return Known{Result: crm.Result{Number: n, Matches: ms, Cached: true, Org: org}}, true, nil
}

func decodeMatches(doc []byte) []crm.Match {
	var ms []crm.Match
	if json.Unmarshal(doc, &ms) != nil {
		return nil
	}
	return slices.DeleteFunc(ms, func(m crm.Match) bool { return m.IsZero() })
}

func contains(ms []crm.Match, id string) bool {
	return slices.ContainsFunc(ms, func(m crm.Match) bool { return m.ID == id })
}
