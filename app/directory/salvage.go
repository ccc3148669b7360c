package directory

import (
	"context"
	"database/sql"
)

// salvage reads the answers of a damaged file, also on a disk that cannot be written. owners are whose they are, by org.
func salvage(ctx context.Context, path string) (saved map[key]entry, owners map[string]string) {
	// To read a file with its log of writes, SQLite writes beside it; where it cannot, it reads the file alone.
	for _, dsn := range []string{dsn(path, "_query_only=1"), readOnlyDSN(path, "mode=ro"), readOnlyDSN(path, "mode=ro&immutable=1")} {
		if saved, owners = salvageFrom(ctx, dsn); len(saved)+len(owners) > 0 {
			break
		}
	}
	return saved, owners
}

// salvageFrom reads the answers of a damaged file. A torn page ends a scan, so the numbers are collected from both ends of
// the table and of its index by age; then each row is read separately.
func salvageFrom(ctx context.Context, dsn string) (saved map[key]entry, owners map[string]string) {
	saved = map[key]entry{}
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return saved, map[string]string{}
	}
	defer func() { _ = db.Close() }()
	type rowKey struct {
		org    int64
		number string
	}
	found := map[rowKey]bool{}
	for _, scan := range []string{
		"NOT INDEXED ORDER BY org, number", "NOT INDEXED ORDER BY org DESC, number DESC",
		"INDEXED BY answers_age ORDER BY picked <> '', used", "INDEXED BY answers_age ORDER BY picked <> '' DESC, used DESC",
	} {
		rows, err := db.QueryContext(ctx, "SELECT org, number FROM answers "+scan)
		if err != nil {
			continue
		}
		for rows.Next() {
			var k rowKey
			if rows.Scan(&k.org, &k.number) == nil {
				found[k] = true
			}
		}
		_ = rows.Close()
	}
	for k := range found {
		id, ok := sql.NullString{}, true
		if db.QueryRowContext(ctx, "SELECT id FROM orgs WHERE key = ?", k.org).Scan(&id) == nil {
			ok = id.Valid // without an id it was forgotten
		}
		row := db.QueryRowContext(ctx, "SELECT matches, picked, at, used, sum FROM answers WHERE org = ? AND number = ?", k.org, k.number)
		e, err := scanEntry(k.number, row.Scan)
		if ok && err == nil && !e.empty() {
			saved[key{e.matches[0].Org, k.number}] = e // each match has its org, see people; the table of orgs may be torn
		}
	}
	return saved, readOwners(ctx, db)
}
