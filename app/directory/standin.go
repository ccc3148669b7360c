package directory

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"linecard/fault"
)

// A store that stands in serves while the file cannot be written: the file itself, opened to be read only, or where it
// cannot even be read one in memory. With each change the file is tried again.

// standIn puts a store in place of the file that cannot be written, because of cause.
func (d *Directory) standIn(ctx context.Context, cause error) error {
	if errors.Is(cause, errNewer) {
		return d.openMemory(ctx, cause)
	}
	s, err := openReadOnly(ctx, d.path)
	switch {
	case damaged(err):
		return d.keepSaved(ctx, cause)
	case err != nil:
		return d.openMemory(ctx, cause)
	}
	d.o.Log.Warn("the directory of callers can only be read", "err", cause)
	d.store.Store(s)
	d.say(fault.New(MemoryOnly))
	return nil
}

// openReadOnly opens a file that is there without writing anything beside it.
func openReadOnly(ctx context.Context, path string) (_ *store, err error) {
	// With its log of writes beside it, as a crash leaves it; else as a file that nobody changes, which a log that cannot be
	// opened is no part of.
	for _, more := range []string{"mode=ro", "mode=ro&immutable=1"} {
		var s *store
		if s, err = openStore(ctx, readOnlyDSN(path, more), readOnlyDSN(path, more), readers); err == nil {
			s.readOnly = true
			return s, nil
		}
	}
	return nil, err
}

// regain puts the file in the place of a store that stands in, if it can be written by now. Whoever calls it holds turn.
func (d *Directory) regain(ctx context.Context) {
	old := d.store.Load()
	if !old.readOnly && !old.memory || d.Notice().Is(Newer) {
		return
	}
	if err := d.finish(); err != nil {
		return // as before
	}
	s, err := openFile(ctx, d.path)
	s, err = d.handOver(ctx, old, s, err)
	if damaged(err) && !time.Now().Before(d.again) { // it was found damaged on a disk that could not be written, or is now
		s, err = d.renew(ctx)
		s, err = d.handOver(ctx, old, s, err)
	}
	if err != nil {
		return
	}
	clear(d.gone)
	d.ownedBy(readOwners(ctx, s.r))
	d.store.Store(s)
	_ = old.close() // a Recall under way fails, which is an answer too
	d.o.Log.Info("the directory of callers can be written again")
	if d.said().Is(MemoryOnly) {
		d.say(fault.Fault{})
	}
}

// handOver gives a file that was opened, unless with err, what a store in memory has.
func (d *Directory) handOver(ctx context.Context, old, s *store, err error) (*store, error) {
	if err != nil || !old.memory {
		return s, err
	}
	if err := s.takeOver(ctx, old, d.gone, d.owned()); err != nil {
		d.o.Log.Warn("the directory of callers stays in memory", "err", err)
		_ = s.close()
		return nil, err
	}
	return s, nil
}

// takeOver writes the answers of another store into s, where orgs that were forgotten since are forgotten first, and what others
// than the owners were answered. What s has of a number already is older.
func (s *store) takeOver(ctx context.Context, other *store, forgotten map[string]bool, owners map[string]string) error {
	all, err := other.answers(ctx)
	if err != nil {
		return err
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := disown(ctx, tx, forgotten); err != nil {
			return err
		}
		if err := own(ctx, tx, owners); err != nil {
			return err
		}
		for k, e := range all {
			if err := writeEntry(ctx, tx, k, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// answers are all that a store remembers.
func (s *store) answers(ctx context.Context) (map[key]entry, error) {
	rows, err := s.r.QueryContext(ctx, `SELECT o.id, a.number, a.matches, a.picked, a.at, a.used, a.sum FROM answers a JOIN orgs o ON o.key = a.org
		WHERE o.id IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	all := map[key]entry{}
	for rows.Next() {
		var k key
		var doc, picked []byte
		var at, used, sum any
		if err := rows.Scan(&k.org, &k.number, &doc, &picked, &at, &used, &sum); err != nil {
			return nil, err
		}
		if e := entryOf(k.number, doc, picked, at, used, sum); !e.empty() {
			all[k] = e
		}
	}
	return all, rows.Err()
}
