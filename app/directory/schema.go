package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// migrations[n] brings a file from schema version n to n+1. A released one is never edited; new ones are added.
//
// Times are microseconds since 1970. Each org is stored once and referred to by number: in a million phone numbers, its
// 18 characters would take more space than the numbers.
var migrations = []string{
	`CREATE TABLE orgs (
		key INTEGER PRIMARY KEY,
		id  TEXT UNIQUE                       -- NULL once it is forgotten, until its rows are deleted
	);

	CREATE TABLE answers (
		org     INTEGER NOT NULL REFERENCES orgs(key),
		number  TEXT    NOT NULL,             -- E.164
		matches TEXT    NOT NULL,             -- JSON []crm.Match, best first, never empty
		picked  TEXT    NOT NULL DEFAULT '',  -- id of the record the agent picked; '' for none
		at      INTEGER NOT NULL,             -- when the org gave this answer; 0 when it came in some other way
		used    INTEGER NOT NULL,             -- the last time that the org or the agent said so
		sum     INTEGER NOT NULL,             -- CRC-32 of the row, see sumOf
		PRIMARY KEY (org, number)
	) WITHOUT ROWID;
	CREATE INDEX answers_age ON answers(picked <> '', used);

	CREATE TABLE records (
		key INTEGER PRIMARY KEY,
		org INTEGER NOT NULL REFERENCES orgs(key),
		id  TEXT    NOT NULL,                 -- 18 characters
		doc TEXT    NOT NULL,                 -- JSON crm.Record
		put INTEGER NOT NULL,                 -- when it was synced
		sum INTEGER NOT NULL,                 -- CRC-32 of the row, see sumOf
		UNIQUE (org, id)
	);

	CREATE TABLE phones (
		org    INTEGER NOT NULL,
		tail   INTEGER NOT NULL,              -- the last eight digits of a number of the record
		record INTEGER NOT NULL REFERENCES records(key) ON DELETE CASCADE,
		PRIMARY KEY (org, tail, record)
	) WITHOUT ROWID;
	CREATE INDEX phones_record ON phones(record);`,

	// The names of a copy's people are in a table of their own for each copy, see namesTable.
	`CREATE TABLE copies (
		org     INTEGER PRIMARY KEY REFERENCES orgs(key) ON DELETE CASCADE, -- whose id is that of a Book
		state   BLOB    NOT NULL,             -- how far the copying is, in the form of whoever copies
		records INTEGER NOT NULL,             -- how many records there are
		sum     INTEGER NOT NULL              -- CRC-32 of the row, see sumOf
	);`,

	`CREATE TABLE owners (
		org  TEXT PRIMARY KEY,
		user TEXT NOT NULL                    -- who got the org's answers
	) WITHOUT ROWID;`,
}

var (
	errMalformed = errors.New("malformed")
	errNewer     = errors.New("schema of a newer Linecard")
)

// migrate brings the file to the newest schema, one transaction for each step.
func migrate(ctx context.Context, db *sql.DB) error {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("%w: %d, this one knows %d", errNewer, version, len(migrations))
	}
	if version < 0 {
		return fmt.Errorf("%w: schema %d", errMalformed, version)
	}
	for v := version; v < len(migrations); v++ {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, migrations[v]+fmt.Sprintf("; PRAGMA user_version = %d", v+1)); err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("%w: to schema %d: %w", errMalformed, v+1, err)
		}
		if err = tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// cacheSize bounds the page cache of one connection, in SQLite's negative KiB. A look-up uses a dozen pages; the
// operating system caches the file's pages for all connections.
const cacheSize = -512

// uri encodes path so that none of its characters counts as a parameter.
func uri(path string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") { // C:/Users/…
		p = "/" + p
	}
	return (&url.URL{Scheme: "file", Path: p}).String()
}

// dsn is a file with the options of every connection.
func dsn(path string, more string) string {
	// NORMAL syncs at a checkpoint only: a power cut may lose the last minutes of changes, but never the file. Deleted
	// data is overwritten: people of an unlinked org do not stay in free pages.
	return fmt.Sprintf("%s?_secure_delete=1&_journal_mode=WAL&_synchronous=NORMAL&_busy_timeout=5000&_foreign_keys=1&_cache_size=%d&%s", uri(path), cacheSize, more)
}

// readOnlyDSN is a file that is opened for reading only.
func readOnlyDSN(path, more string) string {
	return fmt.Sprintf("%s?_busy_timeout=5000&_cache_size=%d&%s", uri(path), cacheSize, more)
}

// memoryDSN is a database that exists as long as a connection to it. It needs its own name: with the same name, two
// directories of one process would share one database.
func memoryDSN(name string) string {
	return fmt.Sprintf("file:%s?mode=memory&cache=shared&_foreign_keys=1&_busy_timeout=5000&_cache_size=%d", url.PathEscape(name), cacheSize)
}
