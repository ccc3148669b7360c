package journal

import (
	"context"
	"errors"
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

// renewEvery is how often a damaged journal on a full disk is tried again. Where that was more than a look at the room there is, for it was read
// as a whole, the next time is twice as far away, up to longestRenew.
const (
	renewEvery   = time.Minute
	longestRenew = 30 * time.Minute
)

var (
	errNoRoom   = errors.New("no room for a new journal")
	errReplaced = errors.New("the new journal is in place")
)

// room is a variable for tests only.
var room = aside.Room

// openOrRenew opens the journal at path, or a new one in place of a damaged one.
func openOrRenew(path string, o Options) (*Journal, error) {
	doubted := doubted(path)
	o.thorough = doubted || !aside.Missing(path+readingSuffix) || !aside.Missing(path+aside.New)
	if err := removeAll(path + readingSuffix); err != nil {
		o.Log.Warn("the copy of a damaged journal could not be removed", "err", err)
	}
	finished, err := aside.Finish(path, o.Now(), besides...)
	switch {
	case err != nil && aside.Missing(path): // the new one is whole, and somebody holds one of the files: the phone starts all the same
		return nil, errors.Join(explain(path, "finish the new one", err), ErrFull)
	case err != nil:
		o.Log.Warn("a new journal that was not whole could not be removed", "err", err)
	case finished:
		o.damaged = false
	}
	gone := emptied(path)
	j, err := open(path, o)
	if errors.Is(err, ErrDamaged) {
		return renew(path, o, err)
	}
	if err != nil {
		return nil, err
	}
	if doubted {
		trust(path)
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

// renew puts a new journal, with all that can be read of the damaged one at path, in its place, and opens it. Where the disk does not let it,
// the damaged one is left alone, and the error is both ErrFull and ErrDamaged.
func renew(path string, o Options, why error) (*Journal, error) {
	if err := noteDamage(path); err != nil { // what found the damage may be gone when it is read again
		o.Log.Warn("journal damage could not be noted", "err", err)
	}
	if !room(path, "-wal") {
		return nil, errors.Join(explain(path, "begin a new one", errNoRoom), ErrDamaged)
	}
	o.Log.Error("journal is damaged; a new one is begun", "err", why)
	o.damaged = false
	n, err := carryOver(path+aside.New, path, o)
	moved := path
	if err == nil {
		moved, err = aside.Replace(path, o.Now(), besides...)
	}
	switch err = explain(path, "put a new one in its place", err); {
	case err != nil && moved != path: // openOrRenew goes on with it
		return nil, errors.Join(err, ErrFull)
	case err != nil:
		if left := removeAll(path + aside.New); left != nil {
			o.Log.Warn("a new journal that was not whole could not be removed", "err", left)
		}
		return nil, errors.Join(err, ErrDamaged, ErrFull)
	}
	trust(path)
	o.Log.Error("journal was damaged; a new one is in its place", "aside", moved)
	j, err := open(path, o)
	if err != nil {
		return nil, errors.Join(err, errReplaced)
	}
	j.noteRenewed(moved, n)
	return j, nil
}

// carryOver makes a journal at fresh with all that can be read of the damaged one, settled as after a crash, and closes it: one whole file.
func carryOver(fresh, damaged string, o Options) (n salvaged, err error) {
	if err := removeAll(fresh); err != nil { // what is beside it would be taken for its own
		return n, err
	}
	j, err := open(fresh, o)
	if err != nil {
		return n, err
	}
	defer func() { err = errors.Join(err, j.closeDBs()) }()
	ctx := context.Background()
	if n, err = j.salvage(ctx, damaged); err != nil {
		return n, err
	}
	if err := errors.Join(j.recover(ctx), j.doubtAll(ctx)); err != nil {
		return n, err
	}
	return n, aside.Fold(ctx, j.w)
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
