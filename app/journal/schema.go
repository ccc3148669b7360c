package journal

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations[n] brings a file from schema version n to n+1. They are never edited once released, only added to.
//
// Times are microseconds since 1970, 0 for none. Refs and activities are JSON, as package crm spells them: they are
// read whole and never searched by.
var migrations = []string{
	`CREATE TABLE calls (
		id        TEXT PRIMARY KEY,            -- UUID of the call, Task.CallObject
		direction TEXT    NOT NULL,
		outcome   TEXT    NOT NULL DEFAULT '', -- '' while the call lives
		name      TEXT    NOT NULL DEFAULT '',
		company   TEXT    NOT NULL DEFAULT '',
		number    TEXT    NOT NULL DEFAULT '', -- as shown
		dial      TEXT    NOT NULL DEFAULT '', -- as dialled; '' when withheld
		called    TEXT    NOT NULL DEFAULT '',
		withheld  INTEGER NOT NULL DEFAULT 0,
		extension INTEGER NOT NULL DEFAULT 0,
		nolog     INTEGER NOT NULL DEFAULT 0,
		who       TEXT    NOT NULL DEFAULT '', -- JSON crm.Ref
		started   INTEGER NOT NULL,
		answered  INTEGER NOT NULL DEFAULT 0,
		ended     INTEGER NOT NULL DEFAULT 0,
		alive     INTEGER NOT NULL,            -- last time the call was known to live
		seen      INTEGER NOT NULL DEFAULT 0,
		search    TEXT    NOT NULL DEFAULT '', -- folded name, company and number
		digits    TEXT    NOT NULL DEFAULT ''  -- digits of number and dial
	);
	CREATE INDEX calls_started ON calls(started DESC, id DESC);
	CREATE INDEX calls_open    ON calls(id) WHERE ended = 0;
	CREATE INDEX calls_missed  ON calls(started DESC, id DESC) WHERE outcome = 'missed';
	CREATE INDEX calls_unseen  ON calls(id) WHERE outcome = 'missed' AND seen = 0;

	CREATE TABLE outbox (
		call       TEXT PRIMARY KEY REFERENCES calls(id),
		state      TEXT    NOT NULL CHECK (state IN ('draft','ready','sending','done','parked','discarded')),
		activity   TEXT    NOT NULL,            -- JSON crm.Activity, as it should be in the org
		task       TEXT    NOT NULL DEFAULT '', -- JSON crm.Ref, once the org has it
		check_first INTEGER NOT NULL DEFAULT 0, -- an attempt may have been written
		rev        INTEGER NOT NULL DEFAULT 1,  -- counts changes of activity
		rev_begun  INTEGER NOT NULL DEFAULT 0,  -- rev the attempt under way carries
		rev_oldest INTEGER NOT NULL DEFAULT 0,  -- lowest rev an unsettled attempt carried; 0 when none is unsettled
		attempts   INTEGER NOT NULL DEFAULT 0,
		due        INTEGER NOT NULL DEFAULT 0,
		hold       INTEGER NOT NULL DEFAULT 0,  -- the agent types: no update before that time
		reason     TEXT    NOT NULL DEFAULT ''
	);
	CREATE INDEX outbox_ready ON outbox(due) WHERE state = 'ready';
	CREATE INDEX outbox_open  ON outbox(call) WHERE state NOT IN ('done','discarded');

	CREATE TABLE known (
		number TEXT PRIMARY KEY,
		match  TEXT    NOT NULL, -- JSON crm.Match
		picked INTEGER NOT NULL DEFAULT 0,
		at     INTEGER NOT NULL
	);
	CREATE INDEX known_at ON known(at);`,
}

// migrate brings the file to the newest schema, one transaction a step.
func migrate(ctx context.Context, db *sql.DB) error {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("%w: schema %d, this Linecard knows %d", errTooNew, version, len(migrations))
	}
	for v := version; v < len(migrations); v++ {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		// user_version is in the file's header and takes part in the transaction.
		if _, err = tx.ExecContext(ctx, migrations[v]+fmt.Sprintf("; PRAGMA user_version = %d", v+1)); err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("to schema %d: %w", v+1, err)
		}
		if err = tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}
