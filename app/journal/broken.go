package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// checkLimit is how large a file is read through at every start, in bytes: it takes about 3 ms a megabyte.
const checkLimit = 4 << 20

// suspectSuffix names an empty file beside a journal in which damage was met while it was open.
const suspectSuffix = "-suspect"

// suspect reports whether a journal is worth reading through before use: it is small, its last process did not close it
// (the -wal file is still there), or damage was met last time.
func suspect(f *os.File) bool {
	if st, err := f.Stat(); err != nil || st.Size() <= checkLimit {
		return true
	}
	for _, suffix := range []string{"-wal", suspectSuffix} {
		if _, err := os.Lstat(f.Name() + suffix); err == nil {
			return true
		}
	}
	return false
}

// check finds a torn file before anything is built on it.
func check(ctx context.Context, db *sql.DB, thorough bool) error {
	pragma := "PRAGMA schema_version" // reads the header: enough to find a file cut short or no database at all
	if thorough {
		pragma = "PRAGMA quick_check(1)" // reads every page
	}
	var said string
	if err := db.QueryRowContext(ctx, pragma).Scan(&said); err != nil {
		return err
	}
	if thorough && said != "ok" {
		return fmt.Errorf("%w: %s", errMalformed, said)
	}
	return nil
}

// explain is [explain] for an open journal: damage is noted, so that the next Open looks for it.
func (j *Journal) explain(op string, err error) error {
	err = explain(j.path, op, err)
	if errors.Is(err, ErrDamaged) {
		if err := os.WriteFile(j.path+suspectSuffix, nil, 0o600); err != nil {
			j.log.Error("journal damage could not be noted", "err", err)
		}
	}
	return err
}

// moveAside renames a damaged journal and the two files SQLite keeps beside it, so that nothing is deleted and the name
// is free. The new name tells when.
func moveAside(path string, now time.Time) (aside string, err error) {
	aside = path + ".broken-" + now.Format("2006-01-02")
	for n := 2; ; n++ { // a second one on the same day
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.broken-%s-%d", path, now.Format("2006-01-02"), n)
	}
	if err := os.Rename(path, aside); err != nil {
		return "", err
	}
	for _, suffix := range []string{"-wal", "-shm", suspectSuffix} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}

// salvage copies out of a damaged journal what has still to be logged, as far as it can be read; it tells how many
// entries. Whatever was ready there may have been sent since, so all of it comes with CheckFirst.
func (j *Journal) salvage(aside string) (saved int) {
	old, err := sql.Open("sqlite3", dsn(aside, "mode=ro&_query_only=1"))
	if err != nil {
		return 0
	}
	defer func() { _ = old.Close() }()
	ctx := context.Background()
	rows, err := old.QueryContext(ctx, `SELECT `+columns+`, o.activity, o.task FROM outbox o JOIN calls c ON c.id = o.call
		WHERE o.state NOT IN ('done','discarded')`)
	if err != nil {
		j.log.Warn("nothing can be read from the damaged journal", "err", err)
		return 0
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var c Call
		var doc, task string
		if err := scanCall(rows, &c, &doc, &task); err != nil {
			continue // this row is damaged, the next may not be
		}
		if _, err := decodeActivity(doc); err != nil {
			continue
		}
		if c.Ended.IsZero() {
			c.Ended = c.Started
		}
		err := j.try(ctx, change{"salvage", func(ctx context.Context, tx *sql.Tx) error {
			if err := upsertCall(ctx, tx, c); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO outbox (call, state, activity, task, check_first, rev_oldest, rev)
				VALUES (?, 'ready', ?, ?, 1, 1, 2)`, c.ID, doc, task)
			return err
		}})
		if err == nil {
			saved++
		}
	}
	return saved
}

func damagedNotice(aside string, saved int) string {
	s := "The call journal was damaged, so a new one was begun; the old one is kept as " + filepath.Base(aside) + "."
	switch saved {
	case 0:
		return s
	case 1:
		return s + " One call that was waiting to be logged has been carried over."
	}
	return fmt.Sprintf("%s %d calls that were waiting to be logged have been carried over.", s, saved)
}
