package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// change is one transaction: what it is called in the log, and what it does. apply may run more than once, each time
// from a state where it had not run.
type change struct {
	op    string
	apply func(context.Context, *sql.Tx) error
}

// keptChange is a change to a call that the disk refused.
type keptChange struct {
	call string
	change
}

// write runs c, a change to a call, as one transaction, after everything an earlier full disk kept back. A change that
// meets a full disk itself is kept and will not be lost while the process lives: the call has happened, the Task was
// written, the agent has typed; none of that can be asked for again.
func (j *Journal) write(ctx context.Context, call string, c change) error {
	defer j.index.touched.add(call)
	return j.inTurn(ctx, func() error {
		noDisk := j.moveToDisk()
		if noDisk != nil { // done in memory, for everybody to read, and kept for the disk
			if err := j.transact(ctx, c); err != nil {
				return err
			}
			j.keep(call, c, noDisk)
			return noDisk
		}
		err := j.replay(ctx)
		if err == nil {
			err = j.transact(ctx, c)
		}
		if Kept(err) {
			j.keep(call, c, err)
		}
		return err
	})
}

// What is typed comes with every key.
const (
	opEdit  = "edit"  // in the form
	opCards = "cards" // on cards
)

// opRing does not wait for the disk, see [Journal.Ring].
const opRing = "ring"

// keep puts a change into the backlog. Of what is typed, only the last counts.
func (j *Journal) keep(call string, c change, err error) {
	k := keptChange{call, c}
	if n := len(j.backlog); n > 0 && (c.op == opEdit || c.op == opPast || c.op == opCards) && j.backlog[n-1].op == c.op && j.backlog[n-1].call == call {
		j.backlog[n-1] = k
		return
	}
	j.backlog = append(j.backlog, k)
	j.log.Error("journal keeps a change in memory", "op", c.op, "kept", len(j.backlog), "err", err)
}

// try runs c as one transaction and forgets it when it fails: for changes that the caller repeats, or must not count on.
func (j *Journal) try(ctx context.Context, c change) error {
	return j.inTurn(ctx, func() error {
		if err := j.moveToDisk(); err != nil {
			return err
		}
		if err := j.replay(ctx); err != nil {
			return err
		}
		return j.transact(ctx, c)
	})
}

func (j *Journal) inTurn(ctx context.Context, f func() error) error {
	select {
	case j.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("journal: %w", context.Cause(ctx))
	}
	defer func() { <-j.turn }()
	if j.closed {
		return ErrClosed
	}
	err := f()
	j.tally(err)
	return err
}

// retryKept writes what an earlier full disk kept back; that it still does is no error. onDisk is false while the whole
// journal is in memory.
func (j *Journal) retryKept(ctx context.Context) (onDisk bool, err error) {
	err = j.inTurn(ctx, func() error {
		if err := j.moveToDisk(); err != nil {
			return err
		}
		onDisk = true
		return j.replay(ctx)
	})
	if Kept(err) {
		err = nil
	}
	return onDisk, err
}

// replay writes the backlog, oldest first, and stops at the first change the disk still refuses.
func (j *Journal) replay(ctx context.Context) error {
	for len(j.backlog) > 0 {
		c := j.backlog[0]
		switch err := j.transact(ctx, c.change); {
		case err == nil:
		case errors.Is(err, ErrUnknown), errors.Is(err, ErrState), errors.Is(err, ErrUnsure):
			j.log.Error("journal drops a kept change that no longer applies", "op", c.op, "err", err)
		default:
			return err
		}
		j.backlog = j.backlog[1:]
		j.index.touched.add(c.call)
		j.tellChanged()
	}
	j.backlog = nil
	return nil
}

func (j *Journal) transact(ctx context.Context, c change) (err error) {
	if c.op == opRing { // sqlite.org/pragma.html#pragma_synchronous: with a -wal file, either keeps what was committed in order, and the file whole
		if _, err := j.w.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
			return j.explain(c.op, err)
		}
		defer func() {
			_, again := j.w.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = FULL")
			err = errors.Join(err, j.explain(c.op, again))
		}()
	}
	tx, err := j.w.BeginTx(ctx, nil)
	if err != nil {
		return j.explain(c.op, err)
	}
	if err := c.apply(ctx, tx); err != nil {
		_ = tx.Rollback() // SQLite has rolled back by itself when the disk was full
		return j.explain(c.op, err)
	}
	return j.explain(c.op, tx.Commit())
}
