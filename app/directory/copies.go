package directory

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"linecard/crm"
	"linecard/fault"
)

// Book names a copy: the people of an org as one of its users may see them. Another user may see others, so nothing of a book
// is shown to another user.
type Book struct{ Org, User string }

// id is the book among the orgs; without a user it is the org's own.
func (b Book) id() string {
	if b.User == "" {
		return b.Org
	}
	return b.Org + "/" + b.User
}

// SetReaders says which books are shown: of each org the first that is named, which is that of the user who is linked. What another one that
// is named was answered is not shown, and stays. The records of an org that is not named are those that belong to no user.
func (d *Directory) SetReaders(all ...Book) {
	readers, linked := map[string]string{}, map[Book]bool{}
	for _, b := range all {
		linked[b] = true
		if _, has := readers[b.Org]; !has && b.Org != "" { // the first is asked
			readers[b.Org] = b.User
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.readers, d.linked = readers, linked
}

// reader is the user of an org who is linked; "" for nobody.
func (d *Directory) reader(org string) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.readers[org]
}

// shown is the id of the book that is shown of an org; false when nothing of it is.
func (d *Directory) shown(org string) (string, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	b := Book{org, d.readers[org]}
	return b.id(), org != "" && !d.hidden[org] && !d.hidden[""] && !d.hidden[b.id()]
}

// Part is a part of a copy, with how far the copying is then. It is stored as a whole or not at all.
type Part struct {
	crm.Copied
	Region string    // the country of numbers without a country code
	At     time.Time // when it was read, for DropOlder; zero means now
	State  []byte    // nil leaves it as it was

	// Continues tells that the copy is there already. Where it is not any more, since a damaged file was replaced by one
	// without it, nothing is stored and the error is [ErrLost].
	Continues bool
}

// PutCopy stores a part of a copy in one short transaction. It fails when there is no file.
func (d *Directory) PutCopy(ctx context.Context, b Book, part Part) error {
	return d.writeCopy(ctx, "copy", b, func(tx *sql.Tx, p *putter) error {
		if part.Continues {
			state, _, _, err := readCopy(ctx, p.copy(ctx, tx))
			if err != nil {
				return err
			}
			if len(state) == 0 {
				return ErrLost
			}
		}
		p.region = part.Region
		if !part.At.IsZero() {
			p.now = micros(part.At)
		}
		for _, r := range part.Records {
			if r.IsZero() {
				continue
			}
			if err := p.put(ctx, r); err != nil {
				return err
			}
		}
		gone := map[string]bool{}
		for _, id := range part.Gone {
			gone[id] = true
			if err := p.drop(ctx, id); err != nil {
				return err
			}
		}
		if len(gone) > 0 {
			if err := dropAnswers(ctx, tx, b.Org, gone); err != nil {
				return err
			}
		}
		return p.save(ctx, tx, part.State)
	})
}

// DropOlder deletes a batch of the records of an object that were stored before a time, as a copy of all leaves those that
// are not in the org any more. The object is named by how its ids begin; person accounts, whose ids are those of contacts, are
// dropped apart from the others. more is true while there may be others.
func (d *Directory) DropOlder(ctx context.Context, b Book, prefix string, persons bool, before time.Time) (more bool, err error) {
	err = d.writeCopy(ctx, "drop", b, func(tx *sql.Tx, p *putter) error {
		rows, err := tx.QueryContext(ctx, "SELECT key, id FROM records WHERE org = ? AND id >= ? AND id < ? AND put < ? AND (instr(doc, ?) > 0) = ? LIMIT ?",
			p.key, prefix, prefix+"\x7f", micros(before), `"personAccount":true`, persons, batch)
		if err != nil {
			return err
		}
		gone := map[string]bool{}
		var keys []int64
		for rows.Next() {
			var key int64
			var id string
			if err := rows.Scan(&key, &id); err != nil {
				_ = rows.Close()
				return err
			}
			keys, gone[id] = append(keys, key), true
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		for _, key := range keys {
			if err := p.dropKey(ctx, key); err != nil {
				return err
			}
		}
		if len(gone) > 0 {
			if err := dropAnswers(ctx, tx, b.Org, gone); err != nil {
				return err
			}
		}
		more = len(keys) == batch
		return p.save(ctx, tx, nil)
	})
	return more, err
}

// writeCopy changes a copy in one transaction.
func (d *Directory) writeCopy(ctx context.Context, op string, b Book, f func(*sql.Tx, *putter) error) error {
	return d.write(ctx, op, func(s *store) error {
		if s.memory || s.readOnly {
			return errMemory
		}
		return s.write(ctx, func(tx *sql.Tx) error {
			p, err := newPutter(ctx, tx, b.id())
			if err != nil {
				return err
			}
			p.org, p.region, p.now = b.Org, d.o.Region, micros(d.o.Now())
			return f(tx, p)
		})
	})
}

// copy reads how far the copying is.
func (p *putter) copy(ctx context.Context, tx *sql.Tx) *sql.Row {
	return tx.QueryRowContext(ctx, "SELECT state, records, sum FROM copies WHERE org = ?", p.key)
}

// save stores how far a copying is, and how many records there are.
func (p *putter) save(ctx context.Context, tx *sql.Tx, state []byte) error {
	before, records, known, err := readCopy(ctx, p.copy(ctx, tx))
	if err != nil {
		return err
	}
	if !known {
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM records WHERE org = ?", p.key).Scan(&records); err != nil {
			return err
		}
	} else {
		records += p.added
	}
	if state == nil {
		state = before
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO copies (org, state, records, sum) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (org) DO UPDATE SET state = ?2, records = ?3, sum = ?4",
		p.key, state, records, sumOf(state, records))
	return err
}

// count brings the number of records up to date, where there is a copy.
func (p *putter) count(ctx context.Context, tx *sql.Tx) error {
	_, _, known, err := readCopy(ctx, p.copy(ctx, tx))
	if err != nil || !known {
		return err
	}
	return p.save(ctx, tx, nil)
}

// readCopy reads a row of copies. A damaged one is as if there were none: the copying begins again.
func readCopy(_ context.Context, row *sql.Row) (state []byte, records int, known bool, err error) {
	var sum int64
	switch err := row.Scan(&state, &records, &sum); {
	case errors.Is(err, sql.ErrNoRows):
		return []byte{}, 0, false, nil
	case err != nil:
		return nil, 0, false, err
	}
	if sum != sumOf(state, records) {
		return []byte{}, 0, false, nil
	}
	return state, records, true, nil
}

// Copy returns how far the copying of a book is, and how many of its records there are; nil when there is no copy.
func (d *Directory) Copy(ctx context.Context, b Book) (state []byte, records int, err error) {
	if d.forgotten(b.Org) || d.forgotten(b.id()) {
		return nil, 0, nil
	}
	state, records, known, err := readCopy(ctx, d.store.Load().f.QueryRowContext(ctx, "SELECT c.state, c.records, c.sum FROM copies c JOIN orgs o ON o.key = c.org WHERE o.id = ?", b.id()))
	if err != nil || !known {
		d.note(err)
		return nil, 0, explain("copy", err)
	}
	return state, records, nil
}

// Books returns the books of which there is a copy.
func (d *Directory) Books(ctx context.Context) (all []Book, err error) {
	rows, err := d.store.Load().f.QueryContext(ctx, "SELECT o.id FROM copies c JOIN orgs o ON o.key = c.org WHERE o.id IS NOT NULL ORDER BY o.id")
	if err != nil {
		d.note(err)
		return nil, explain("books", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, explain("books", err)
		}
		org, user, _ := strings.Cut(id, "/")
		all = append(all, Book{org, user})
	}
	return all, explain("books", rows.Err())
}

// ForgetCopy deletes a copy, as [Directory.Forget] does an org; what was answered about numbers stays.
func (d *Directory) ForgetCopy(ctx context.Context, b Book) error {
	if b.User == "" {
		return nil
	}
	return d.Forget(ctx, b.id())
}

// ErrLost is the reason why a part of a copy is not stored: the copy that it is a part of is not there any more.
var ErrLost = errors.New("the copy is not there any more")

// ErrNoFile is the reason why a copy is not stored: the directory is in memory, or its file cannot be written.
var ErrNoFile = errMemory

// IsFull reports whether err means that the disk has no room.
func IsFull(err error) bool {
	var s sqlite3.Error
	return errors.As(err, &s) && (s.Code == sqlite3.ErrFull || s.Code == sqlite3.ErrIoErr) || fault.DiskFull(err)
}

// Size returns how many bytes the directory takes on the disk.
func (d *Directory) Size() (bytes int64) {
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(d.path + suffix); err == nil {
			bytes += info.Size()
		}
	}
	return bytes
}
