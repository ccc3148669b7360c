package journal

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"testing"
)

// Only a call that rings is written without waiting for the disk, also after one that could not be written.
func TestOnlyARingDoesNotWaitForTheDisk(t *testing.T) {
	j := openTemp(t)
	waits := func() (full bool) {
		var mode int
		must(t, j.w.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&mode))
		return mode == 2
	}
	must(t, j.Ring(ctx, ringing("c1")))
	if !waits() {
		t.Error("after a ring nothing waits for the disk any more")
	}
	var during bool
	must(t, j.try(ctx, change{opRing, func(ctx context.Context, tx *sql.Tx) error {
		var mode int
		err := tx.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&mode)
		during = mode == 2
		return err
	}}))
	if during {
		t.Error("a ring waits for the disk")
	}
	failed := errors.New("no")
	if err := j.try(ctx, change{opRing, func(context.Context, *sql.Tx) error { return failed }}); !errors.Is(err, failed) || !waits() {
		t.Errorf("a ring that fails: %v; the next change waits for the disk: %v", err, waits())
	}
}

// A call that comes while an earlier one is waiting for the disk is written meanwhile: its caller waits to hear it ring.
func TestARingIsWrittenWhileTheDiskIsWaitedFor(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	waits, goOn := make(chan struct{}), make(chan struct{})
	j.syncFile = func(string) error {
		close(waits)
		<-goOn
		return nil
	}
	synced := make(chan error)
	go func() { synced <- j.Sync(ctx) }()
	<-waits
	must(t, j.Ring(ctx, ringing("c2")))
	select {
	case err := <-synced:
		t.Fatalf("it did not wait for the disk: %v", err)
	default:
	}
	close(goOn)
	must(t, <-synced)
}

func TestSync(t *testing.T) {
	j := openTemp(t)
	must(t, j.Sync(ctx))
	must(t, j.Ring(ctx, ringing("c1")))
	must(t, j.Sync(ctx))
	must(t, os.Remove(j.path+"-wal")) // as where there is none, because all is in the journal's own file
	must(t, j.Sync(ctx))
	must(t, os.Mkdir(j.path+"-wal", 0o700))
	if _, ok := errors.AsType[*Error](j.Sync(ctx)); !ok {
		t.Error("a disk that fails is not told of")
	}
}
