package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

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
	for _, suffix := range []string{"-wal", "-shm"} {
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
		slog.Warn("nothing can be read from the damaged journal", "err", err)
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
