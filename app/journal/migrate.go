package journal

import (
	"context"
	"database/sql"
	"fmt"
)

// mark is the file's application_id at a schema version. The version stands in the file twice: user_version alone would
// say after one flipped bit that a newer Linecard wrote it, or that it is empty. Files of version 1 have no mark.
func mark(version int) int { return 'L'<<24 | 'C'<<16 | version }

// marked is the version that a mark names, 0 for none that this Linecard knows.
func marked(m int) int {
	for v := 2; v <= len(migrations); v++ {
		if m == mark(v) {
			return v
		}
	}
	return 0
}

// versionOf returns the schema version of a file, 0 for one that is empty. Where the two places differ, one of them is
// damaged: the mark is right, for damage that makes a mark out of another is rare.
func versionOf(ctx context.Context, db *sql.DB) (int, error) {
	var version, id, tables int
	for pragma, p := range map[string]*int{"user_version": &version, "application_id": &id} {
		if err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(p); err != nil {
			return 0, err
		}
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return 0, err
	}
	switch {
	case version == 0 && tables == 0:
		return 0, nil
	case tables > 0 && marked(id) > 0 && marked(id) != version:
		_, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", marked(id)))
		return marked(id), err
	case version > len(migrations) && id == mark(version):
		return 0, fmt.Errorf("%w: schema %d, this Linecard knows %d", errTooNew, version, len(migrations))
	case version <= 0 || version > len(migrations):
		return 0, fmt.Errorf("%w: schema %d of %d tables and indexes", errMalformed, version, tables)
	}
	return version, nil
}

// migrate brings the file to the newest schema, one transaction a step. from is the version it had.
func migrate(ctx context.Context, db *sql.DB) (from int, err error) {
	if from, err = versionOf(ctx, db); err != nil {
		return 0, err
	}
	if from > 0 {
		if err := complete(ctx, db, from); err != nil {
			return from, err
		}
	}
	for v := from; v < len(migrations); v++ {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return from, err
		}
		// Both stand in the file's header and take part in the transaction.
		step := fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", v+1, mark(v+1))
		if q := already[v]; q == "" || !answers(ctx, tx, q) {
			step = migrations[v] + "; " + step
		}
		if _, err = tx.ExecContext(ctx, step); err != nil {
			_ = tx.Rollback()
			return from, fmt.Errorf("to schema %d: %w", v+1, err)
		}
		if err = tx.Commit(); err != nil {
			return from, err
		}
	}
	return from, nil
}

func answers(ctx context.Context, tx *sql.Tx, query string) bool {
	rows, err := tx.QueryContext(ctx, query)
	return err == nil && rows.Close() == nil
}

// complete looks for the tables a file of that version must have, by a column of each that only it has. A version that
// lies and a table that is gone are damage.
func complete(ctx context.Context, db *sql.DB, version int) error {
	probes := []string{"SELECT match FROM known LIMIT 0", "SELECT check_first, hold FROM outbox LIMIT 0", "SELECT nolog, digits FROM calls LIMIT 0"}
	if version >= 2 {
		probes = []string{"SELECT match FROM known LIMIT 0", "SELECT check_first, again FROM outbox LIMIT 0", "SELECT digits, talked FROM calls LIMIT 0"}
	}
	if version >= 4 {
		probes = append(probes, already[3])
	}
	if version >= 5 {
		probes = append(probes, already[4])
	}
	if version >= 6 {
		probes = append(probes, already[5])
	}
	if version >= 7 {
		probes = append(probes, already[6])
	}
	if version >= 8 {
		probes = append(probes, already[7])
	}
	if version >= 9 {
		probes = append(probes, already[8])
	}
	for _, q := range probes {
		rows, err := db.QueryContext(ctx, q)
		if err != nil {
			return fmt.Errorf("%w: schema %d: %w", errMalformed, version, err)
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

// allColumns are the columns of the tables of the newest schema.
var allColumns = map[string]string{
	"calls": "id, direction, outcome, name, company, number, dial, called, withheld, extension, who, started, answered, ended, alive, seen, search, digits, " +
		"account, org, user, object, verdict, word, cut, talked, why, earlier, story, unasked, cards, settled",
	"outbox": "call, state, activity, task, check_first, rev, rev_begun, rev_oldest, attempts, due, hold, reason, account, org, user, unidentified, begun, again, " +
		"missed, making, made, keyed",
	"known": "number, match, picked, at",
}

// sensible looks for every column. One flipped bit in the text of the schema gives a column another name, which is no damage to SQLite, and
// every query that names it would fail.
func sensible(ctx context.Context, db *sql.DB) error {
	for table, columns := range allColumns {
		rows, err := db.QueryContext(ctx, "SELECT "+columns+" FROM "+table+" LIMIT 0")
		if err != nil {
			return senseless(err)
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}
