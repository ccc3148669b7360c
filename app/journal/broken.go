package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"linecard/fault"
)

// checkLimit is how large a file is read through at every start, in bytes: it takes about 3 ms a megabyte.
const checkLimit = 4 << 20

// suspectSuffix names an empty file beside a journal in which damage was met while it was open.
const suspectSuffix = "-suspect"

// suspect reports whether a journal is worth reading through before use: it is small, or its last process did not close it
// (the -wal file is still there).
func suspect(f *os.File) bool {
	if st, err := f.Stat(); err != nil || st.Size() <= checkLimit {
		return true
	}
	_, err := os.Lstat(f.Name() + "-wal")
	return err == nil
}

// check looks for damage before the file is used.
func (j *Journal) check(ctx context.Context, thorough bool) error {
	if _, err := os.Lstat(j.path + suspectSuffix); err == nil || j.o.damaged { // a check need not find what a query has met
		return fmt.Errorf("%w: damage was met while it was open", errMalformed)
	}
	if !thorough {
		_, err := j.w.ExecContext(ctx, "PRAGMA schema_version") // reads the header: enough to find no database at all
		return err
	}
	if said, err := ask(ctx, j.w, "PRAGMA quick_check"); err != nil || said != "" { // reads every page
		return errors.Join(err, malformed(said))
	}
	// An index that does not fit its table can be made again out of the table.
	said, err := ask(ctx, j.w, "PRAGMA integrity_check")
	if err == nil && said == "" {
		return nil
	}
	j.log.Warn("journal makes its indexes again", "said", said, "err", err)
	_, err = j.w.ExecContext(ctx, "REINDEX")
	var s sqlite3.Error
	if errors.As(err, &s) && s.Code == sqlite3.ErrConstraint { // two rows of one id: no index of it can be made
		return fmt.Errorf("%w: %w", errMalformed, err)
	}
	return err
}

// senseless is the error of a statement of our own that the file makes no sense to: damage to the text of its schema is none to
// SQLite, as long as it is a schema.
func senseless(err error) error {
	if s, ok := errors.AsType[sqlite3.Error](err); ok && s.Code == sqlite3.ErrError {
		return &Error{Fault: fault.New(Damaged), Kind: ErrDamaged, Err: err}
	}
	return err
}

// ask runs one of SQLite's checks and returns its first complaint, "" for none.
func ask(ctx context.Context, db *sql.DB, pragma string) (complaint string, err error) {
	rows, err := db.QueryContext(ctx, pragma)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var said string
		if err := rows.Scan(text(&said)); err != nil {
			return "", err
		}
		// A cell without the value it must have is one row's damage, which costs that row and not the file.
		if said != "ok" && !strings.HasPrefix(said, "NULL value in ") {
			return said, nil
		}
	}
	return "", rows.Err()
}

func malformed(said string) error {
	if said == "" {
		return nil
	}
	return fmt.Errorf("%w: %s", errMalformed, said)
}

// explain is [explain] for an open journal: damage is noted, so that the next Open looks for it.
func (j *Journal) explain(op string, err error) error {
	err = explain(j.path, op, err)
	if errors.Is(err, ErrDamaged) {
		if err := noteDamage(j.path); err != nil {
			j.log.Error("journal damage could not be noted", "err", err)
		}
	}
	return err
}

// doubtful is the time that the lock's file has while damage was met that could not be noted in a file.
var doubtful = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// noteDamage has the next Open take the journal at path for damaged. A disk may have no room even for an empty file: to give the lock's file
// another time takes none, and has the next Open read the journal through.
func noteDamage(path string) error {
	err := os.WriteFile(path+suspectSuffix, nil, 0o600)
	if err != nil {
		err = errors.Join(err, os.Chtimes(path+lockSuffix, doubtful, doubtful))
	}
	return err
}

// doubted reports whether the lock's file says that damage was met.
func doubted(path string) bool {
	st, err := os.Stat(path + lockSuffix)
	return err == nil && st.ModTime().Equal(doubtful)
}

// trust takes back what the lock's file says. If it cannot, the next Open reads the journal through, and no more.
func trust(path string) {
	now := time.Now()
	_ = os.Chtimes(path+lockSuffix, now, now)
}

// emptied reports whether the file at path has lost all it had: it is there and empty, beside files of an older start.
func emptied(path string) bool {
	st, err := os.Stat(path)
	if err != nil || st.Size() > 0 {
		return false
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), filepath.Base(path)) && !strings.HasSuffix(e.Name(), ".lock") {
			return true
		}
	}
	return false
}
