package directory

import (
	"context"

	"linecard/crm"
)

// The first call of the day would wait for the disk: for each of the upper pages on the way to a number, which all look-ups
// share, and for code that has not run yet. Reading some numbers spread over the file brings both into memory. That is some
// hundred pages of a file of a million records, and it is done beside the start.

// How many places of a table are read: as many as a table of a million records has upper pages.
const (
	probedRecords = 300
	probedPhones  = 30
)

// warmUp reads the upper pages of the file, and looks one number up.
func (s *store) warmUp(ctx context.Context, region string) error {
	var first, last int64
	if err := s.f.QueryRowContext(ctx, "SELECT ifnull(min(key), 0), ifnull(max(key), 0) FROM records").Scan(&first, &last); err != nil || last == 0 {
		return err
	}
	if err := s.probe(ctx, "SELECT key FROM records WHERE key >= ? LIMIT 1", first, last, probedRecords); err != nil {
		return err
	}
	orgs, err := s.keys(ctx, "SELECT key FROM orgs")
	if err != nil {
		return err
	}
	const highest = 99_999_999 // a tail is eight digits
	for _, org := range orgs {
		if err := s.probe(ctx, "SELECT record FROM phones WHERE org = ? AND tail >= ? LIMIT 1", 0, highest, probedPhones, org); err != nil {
			return err
		}
	}
	rows, err := s.f.QueryContext(ctx, "SELECT id, doc, put, sum FROM records WHERE key >= ? LIMIT 1", first)
	if err != nil {
		return err
	}
	found, err := scanRecords(rows, nil)
	for _, r := range found {
		for _, p := range r.Phones {
			n := crm.ParseNumber(p.Value, crm.NumberPlan{Region: region})
			n.Tails()
			crm.BestPhone(r, n, n.Region)
		}
	}
	return err
}

// probe runs a query for places spread evenly from first to last, which is its last argument.
func (s *store) probe(ctx context.Context, query string, first, last, places int64, args ...any) error {
	stmt, err := s.f.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for i := range places {
		rows, err := stmt.QueryContext(ctx, append(args[:len(args):len(args)], first+(last-first)*i/places)...)
		if err != nil {
			return err
		}
		rows.Next()
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

// keys are the numbers that a query returns.
func (s *store) keys(ctx context.Context, query string) (all []int64, err error) {
	rows, err := s.f.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key int64
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		all = append(all, key)
	}
	return all, rows.Err()
}
