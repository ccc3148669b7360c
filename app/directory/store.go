package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/mattn/go-sqlite3"

	"linecard/app/aside"
)

// store is one open database with the prepared statements of the ring path.
type store struct {
	w *sql.DB // one connection for all writes
	r *sql.DB // a few connections that only read; in WAL mode they never wait for a write
	f *sql.DB // one more for whatever may take its time, so that no call waits for it

	memory   bool // the database ends with the process
	readOnly bool // a file that cannot be written

	recall     *sql.Stmt
	answer     *sql.Stmt
	candidates *sql.Stmt
	byID       *sql.Stmt
}

// readers is how many connections look callers up.
const readers = 2

// serial makes the names of databases in memory unique in the process.
var serial atomic.Int64

const (
	answerQuery = `SELECT a.matches, a.picked, a.at, a.used, a.sum FROM answers a JOIN orgs o ON o.key = a.org WHERE o.id = ? AND a.number = ?`

	// CROSS JOIN keeps the order: the org, the phones, the records. The columns are those of row.
	candidatesQuery = `SELECT r.id, r.doc, '', r.put, 0, r.sum, 1 FROM orgs o CROSS JOIN json_each(?2) j CROSS JOIN phones p ON p.org = o.key AND p.tail = j.value
		CROSS JOIN records r ON r.key = p.record WHERE o.id = ?1 LIMIT ?3`

	byIDQuery = `SELECT r.id, r.doc, '', r.put, 0, r.sum, 1 FROM orgs o CROSS JOIN json_each(?2) j CROSS JOIN records r ON r.org = o.key AND r.id = j.value
		WHERE o.id = ?1`

	// recallQuery is answerQuery and, for a number with one end, candidatesQuery in one: each question to the file takes as long as the look-up
	// itself. A list of ends would take as long again.
	recallQuery = `SELECT NULL, a.matches, a.picked, a.at, a.used, a.sum, EXISTS (SELECT 1 FROM orgs b CROSS JOIN records r ON r.org = b.key WHERE b.id = ?3)
		FROM orgs o CROSS JOIN answers a ON a.org = o.key WHERE o.id = ?1 AND a.number = ?2
		UNION ALL
		SELECT r.id, r.doc, '', r.put, 0, r.sum, 1 FROM orgs o CROSS JOIN phones p ON p.org = o.key CROSS JOIN records r ON r.key = p.record
		WHERE o.id = ?3 AND p.tail = ?4 LIMIT ?5`
)

// openFile opens the database at path, and creates it when it does not exist.
func openFile(ctx context.Context, path string) (*store, error) {
	// SQLite gives its -wal and -shm files the mode of the database, so the database must exist before, with mode 0600.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return nil, err
	}
	return openStore(ctx, dsn(path, "_txlock=immediate"), dsn(path, "_query_only=1"), readers)
}

// openMemory opens a database that ends with the process.
func openMemory(ctx context.Context) (*store, error) {
	s, err := openStore(ctx, memoryDSN(fmt.Sprintf("directory-%d", serial.Add(1))), "", 0)
	if err == nil {
		s.memory = true
	}
	return s, err
}

// openStore opens a database for one writer and some readers; without a DSN for readers the writer's connection reads.
func openStore(ctx context.Context, writer, reader string, readers int) (_ *store, err error) {
	s := &store{}
	defer func() {
		if err != nil {
			_ = s.close()
		}
	}()
	if s.w, err = sql.Open("sqlite3", writer); err != nil {
		return nil, err
	}
	s.w.SetMaxOpenConns(1)
	if err = migrate(ctx, s.w); err != nil {
		return nil, err
	}
	s.r, s.f = s.w, s.w
	if reader != "" {
		if s.f, err = sql.Open("sqlite3", reader); err != nil {
			return nil, err
		}
		s.f.SetMaxOpenConns(1)
		if s.r, err = sql.Open("sqlite3", reader); err != nil {
			return nil, err
		}
		s.r.SetMaxOpenConns(readers)
		s.r.SetMaxIdleConns(readers) // the ring path opens no file
	}
	for stmt, query := range map[**sql.Stmt]string{&s.recall: recallQuery, &s.answer: answerQuery, &s.candidates: candidatesQuery, &s.byID: byIDQuery} {
		if *stmt, err = s.r.PrepareContext(ctx, query); err != nil {
			if e := (sqlite3.Error{}); errors.As(err, &e) && e.Code == sqlite3.ErrError { // no such table or column: another program's file
				err = fmt.Errorf("%w: %w", errMalformed, err)
			}
			return nil, err
		}
	}
	return s, s.warm(ctx, readers)
}

// warm has each reading connection opened, its schema read and the statements compiled, all of which the first call of the
// day would wait for otherwise.
func (s *store) warm(ctx context.Context, readers int) error {
	for range readers {
		tx, err := s.r.BeginTx(ctx, nil) // held until all are open, so that each is another connection
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		for stmt, args := range map[*sql.Stmt][]any{s.recall: {"", "", "", 0, 0}, s.answer: {"", ""}, s.candidates: {"", "[]", 0}, s.byID: {"", "[]"}} {
			rows, err := tx.StmtContext(ctx, stmt).QueryContext(ctx, args...)
			if err != nil {
				return err
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *store) close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{s.recall, s.answer, s.candidates, s.byID} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	for _, db := range []*sql.DB{s.r, s.f} {
		if db != nil && db != s.w {
			errs = append(errs, db.Close())
		}
	}
	if s.w != nil { // it is closed last: the last connection writes the WAL into the file
		errs = append(errs, s.w.Close())
	}
	return errors.Join(errs...)
}

// write runs f as one transaction.
func (s *store) write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.w.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// read returns what is remembered of a number; it is the zero entry when there is nothing.
func (s *store) read(ctx context.Context, k key) (entry, error) {
	e, err := scanEntry(k.number, s.answer.QueryRowContext(ctx, k.org, k.number).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return entry{}, nil
	}
	return e, err
}

// left reports whether an org was forgotten but not deleted completely.
func (s *store) left(ctx context.Context) (left bool, err error) {
	err = s.r.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM orgs WHERE id IS NULL)").Scan(&left)
	return left, err
}

// fold writes the WAL into the file and empties it.
func (s *store) fold(ctx context.Context) error {
	if s.memory || s.readOnly {
		return nil
	}
	return aside.Fold(ctx, s.w)
}

// shrink gives the disk back what the file does not need any more, where that is most of it.
func (s *store) shrink(ctx context.Context) error {
	if s.memory || s.readOnly {
		return nil
	}
	var size, pages, free int64
	for query, v := range map[string]*int64{"PRAGMA page_size": &size, "PRAGMA page_count": &pages, "PRAGMA freelist_count": &free} {
		if err := s.w.QueryRowContext(ctx, query).Scan(v); err != nil {
			return err
		}
	}
	if free*size < 1<<20 || free < pages/2 {
		return nil
	}
	if _, err := s.w.ExecContext(ctx, "VACUUM"); err != nil && damaged(err) {
		return err // else the disk has no room for it now; the pages are used again
	}
	return nil
}

// orgKey returns the number of an org; an org without one gets a new number.
func orgKey(ctx context.Context, tx *sql.Tx, org string) (key int64, err error) {
	err = tx.QueryRowContext(ctx, "SELECT key FROM orgs WHERE id = ?", org).Scan(&key)
	if !errors.Is(err, sql.ErrNoRows) {
		return key, err
	}
	res, err := tx.ExecContext(ctx, "INSERT INTO orgs (id) VALUES (?)", org)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func explain(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("directory: %s: %w", op, err)
}
