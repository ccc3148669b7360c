package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"github.com/mattn/go-sqlite3"
)

// store is one open database with the statements of the ring path prepared.
type store struct {
	w *sql.DB // one connection: every write
	r *sql.DB // a few connections that only read; in WAL mode they never wait for a write

	answer     *sql.Stmt
	candidates *sql.Stmt
}

const (
	answerQuery = `SELECT a.matches, a.picked, a.at FROM answers a JOIN orgs o ON o.key = a.org WHERE o.id = ? AND a.number = ?`

	candidatesQuery = `SELECT r.doc FROM orgs o JOIN phones p ON p.org = o.key JOIN records r ON r.key = p.record
		WHERE o.id = ? AND p.tail IN (?, ?) LIMIT ?`
)

// openFile opens the database at path, making it when missing.
func openFile(ctx context.Context, path string) (*store, error) {
	// SQLite gives its -wal and -shm files the mode of the database, so the database must be there first with ours.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return nil, err
	}
	return openStore(ctx, dsn(path, "_txlock=immediate"), dsn(path, "_query_only=1"), 2)
}

// openMemory opens a database that ends with the process.
func openMemory(ctx context.Context, name string) (*store, error) {
	return openStore(ctx, memoryDSN(name), "", 0)
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
	s.r = s.w
	if reader != "" {
		if s.r, err = sql.Open("sqlite3", reader); err != nil {
			return nil, err
		}
		s.r.SetMaxOpenConns(readers)
		s.r.SetMaxIdleConns(readers) // the ring path opens no file
	}
	if s.answer, err = s.r.PrepareContext(ctx, answerQuery); err != nil {
		return nil, err
	}
	s.candidates, err = s.r.PrepareContext(ctx, candidatesQuery)
	return s, err
}

func (s *store) close() error {
	var errs []error
	for _, stmt := range []*sql.Stmt{s.answer, s.candidates} {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	if s.r != nil && s.r != s.w {
		errs = append(errs, s.r.Close())
	}
	if s.w != nil { // last: the last connection folds the WAL into the file
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

// orgKey returns the number of an org, giving it one when it has none.
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

// damaged reports whether SQLite cannot make sense of the file.
func damaged(err error) bool {
	if errors.Is(err, errMalformed) {
		return true
	}
	var s sqlite3.Error
	return errors.As(err, &s) && (s.Code == sqlite3.ErrCorrupt || s.Code == sqlite3.ErrNotADB)
}

func explain(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("directory: %s: %w", op, err)
}
