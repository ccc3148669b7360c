package journal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"linecard/app/aside"
	"linecard/fault"
)

// A damaged journal stays where it is until all that can be read of it is in a new one beside it, which then takes its name. So an end at any
// moment, or a disk that has no room for the new one, loses nothing: the next Open finds the damaged one, or the new one whole.

// besides are the ends of the names of what is beside a journal and goes aside with it.
var besides = append(slices.Clone(aside.SQLite), suspectSuffix)

// renewEvery is how often a damaged journal on a full disk is tried again: each time it is read as a whole.
const renewEvery = time.Minute

// openOrRenew opens the journal at path, or a new one in place of a damaged one.
func openOrRenew(path string, o Options) (*Journal, error) {
	removeAll(path + readingSuffix)
	finished, err := aside.Finish(path, o.Now(), besides...)
	if err != nil {
		return nil, explain(path, "finish the new one", err)
	}
	gone := emptied(path)
	j, err := open(path, o)
	if errors.Is(err, ErrDamaged) {
		return renew(path, o, err)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case gone:
		j.note(fault.New(Emptied))
	case finished:
		o.Log.Warn("the new journal takes the place of the damaged one, after a crash")
		n, err := j.carried(context.Background())
		if err != nil {
			return nil, errors.Join(err, j.closeDBs())
		}
		j.noteRenewed(aside.Newest(path), n)
	}
	return j, nil
}

// renew puts a new journal, with all that can be read of the damaged one at path, in its place, and opens it. On a disk that has no room for
// it the error is both ErrFull and ErrDamaged.
func renew(path string, o Options, why error) (*Journal, error) {
	if err := os.WriteFile(path+suspectSuffix, nil, 0o600); err != nil { // what found the damage may be gone when it is read again
		o.Log.Warn("journal damage could not be noted", "err", err)
	}
	o.Log.Error("journal is damaged; a new one is begun", "err", why)
	o.damaged = false
	n, err := carryOver(path+aside.New, path, o)
	if err != nil {
		removeAll(path + aside.New)
		return nil, errors.Join(err, ErrDamaged)
	}
	moved, err := aside.Replace(path, o.Now(), besides...)
	if err != nil {
		return nil, explain(path, "move aside", err)
	}
	o.Log.Error("journal was damaged; a new one is in its place", "aside", moved)
	j, err := open(path, o)
	if err != nil {
		return nil, err
	}
	j.noteRenewed(moved, n)
	return j, nil
}

// carryOver makes a journal at fresh with all that can be read of the damaged one, settled as after a crash, and closes it.
func carryOver(fresh, damaged string, o Options) (n salvaged, err error) {
	j, err := open(fresh, o)
	if err != nil {
		return n, err
	}
	defer func() { err = errors.Join(err, j.closeDBs()) }()
	ctx := context.Background()
	if n, err = j.salvage(ctx, damaged); err != nil {
		return n, err
	}
	return n, errors.Join(j.recover(ctx), j.doubtAll(ctx))
}

// carried counts what a journal has that was filled before a crash.
func (j *Journal) carried(ctx context.Context) (n salvaged, err error) {
	err = j.reader().QueryRowContext(ctx, `SELECT (SELECT count(*) FROM calls),
		(SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'discarded'))`).Scan(&n.calls, &n.waiting)
	return n, explain(j.path, "count", err)
}

func (j *Journal) noteRenewed(moved string, n salvaged) {
	if n.calls == 0 {
		j.note(fault.New(RenewedEmpty, "file", filepath.Base(moved)))
		return
	}
	j.note(fault.New(Renewed, "file", filepath.Base(moved), "count", n.calls, "waiting", n.waiting))
}

func missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}
