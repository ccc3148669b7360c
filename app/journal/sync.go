package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// SQLite could wait for the disk itself (synchronous=FULL), but it would hold the file meanwhile, and a caller who waits to hear it ring would
// wait too. So it only writes (synchronous=NORMAL), in order and whole, and whoever must know that a change outlives a power cut waits here,
// beside the others. Who waits together is served by one fsync.

// fsyncs are who waits for the disk.
type fsyncs struct {
	turn chan struct{} // held by the one that waits for the disk
	done uint64        // of Journal.written, what is on the disk; guarded by turn
	fold chan struct{} // held by the one that folds the -wal file
	last uint64        // of Journal.written, when the -wal file was folded last; guarded by fold
	file func(path string) (size int64, err error)
}

func newFsyncs() fsyncs {
	return fsyncs{turn: make(chan struct{}, 1), fold: make(chan struct{}, 1), file: syncFile}
}

// A -wal file is folded into the journal from a size of 1000 pages on, in bytes, as SQLite does. It keeps its size then, and is written from its
// beginning: the next time is so many changes later.
const (
	foldAt    = 1000 * 4096
	foldEvery = 100
)

// Sync returns when all that was written before is on the disk and outlives a power cut. Every change but [Journal.Ring] waits for that by
// itself.
func (j *Journal) Sync(ctx context.Context) error {
	size, err := j.sync(ctx)
	if err == nil && size >= foldAt {
		j.foldWAL(ctx)
	}
	return err
}

// sync returns the size of the -wal file, or 0 when somebody else has waited for the disk, who knows it.
func (j *Journal) sync(ctx context.Context) (size int64, err error) {
	want := j.written.Load()
	select {
	case j.fsyncs.turn <- struct{}{}:
	case <-ctx.Done():
		return 0, fmt.Errorf("journal: %w", context.Cause(ctx))
	}
	defer func() { <-j.fsyncs.turn }()
	if j.fsyncs.done >= want {
		return 0, nil
	}
	upTo := j.written.Load()
	if size, err = j.fsyncs.file(j.path + "-wal"); err != nil {
		return 0, j.explain("sync", err)
	}
	j.fsyncs.done = upTo
	return size, nil
}

// foldWAL moves what is in the -wal file into the journal's own, on a connection of the readers: SQLite would do it within a change, and a
// call that comes would wait for it. The first write after that begins the -wal file again, for which SQLite waits for the disk: that is done
// here, too.
func (j *Journal) foldWAL(ctx context.Context) {
	select {
	case j.fsyncs.fold <- struct{}{}:
		defer func() { <-j.fsyncs.fold }()
	default:
		return
	}
	now, r := j.written.Load(), j.reader()
	if now-j.fsyncs.last < foldEvery || r == nil { // no reader: the journal is being opened
		return
	}
	j.fsyncs.last = now
	_, err := r.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
	if err == nil {
		err = j.inTurn(ctx, func() error {
			_, err := j.w.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(migrations)))
			return err
		})
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrClosed) {
		j.log.Warn("the journal's -wal file could not be folded", "err", j.explain("fold", err))
	}
}

// syncFile waits until a file is on the disk, whoever wrote it, and returns its size in bytes. SQLite takes no locks on a -wal file: this
// process may open and close it.
func syncFile(path string) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) { // all of it is in the journal's own file, and SQLite has waited for that
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	st, err := f.Stat()
	if err == nil {
		size = st.Size()
	}
	return size, errors.Join(err, syncData(f), f.Close())
}
