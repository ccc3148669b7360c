package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
		pragma = "PRAGMA quick_check" // reads every page
	}
	rows, err := db.QueryContext(ctx, pragma)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var said string
		if err := rows.Scan(text(&said)); err != nil {
			return err
		}
		// A cell without the value it must have is one row's damage, which costs that row and not the file.
		if thorough && said != "ok" && !strings.HasPrefix(said, "NULL value in ") {
			return fmt.Errorf("%w: %s", errMalformed, said)
		}
	}
	return rows.Err()
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
