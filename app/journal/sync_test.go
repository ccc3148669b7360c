package journal

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"sync"
	"testing"
)

// counted counts how often the disk is waited for.
func counted(j *Journal) *int {
	n, file := 0, j.fsyncs.file
	j.fsyncs.file = func(path string) (int64, error) {
		n++
		return file(path)
	}
	return &n
}

// Only a call that rings is written without waiting for the disk, also after one that could not be written.
func TestOnlyARingDoesNotWaitForTheDisk(t *testing.T) {
	j := openTemp(t)
	n := counted(j)
	must(t, j.Ring(ctx, ringing("c1")))
	if *n != 0 {
		t.Error("a ring waits for the disk")
	}
	must(t, j.Answered(ctx, "c1", noon, ""))
	if *n != 1 {
		t.Errorf("an answered call waited for the disk %d times", *n)
	}
	failed := errors.New("no")
	if err := j.try(ctx, change{"alive", func(context.Context, *sql.Tx) error { return failed }}); !errors.Is(err, failed) || *n != 1 {
		t.Errorf("a change that fails: %v, after %d waits", err, *n)
	}
}

// A call that comes while another change waits for the disk is written meanwhile: its caller waits to hear it ring.
func TestARingIsWrittenWhileTheDiskIsWaitedFor(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	waits, goOn := make(chan struct{}), make(chan struct{})
	j.fsyncs.file = func(string) (int64, error) {
		close(waits)
		<-goOn
		return 0, nil
	}
	answered := make(chan error)
	go func() { answered <- j.Answered(ctx, "c1", noon, "") }()
	<-waits
	must(t, j.Ring(ctx, ringing("c2")))
	select {
	case err := <-answered:
		t.Fatalf("the answer did not wait for the disk: %v", err)
	default:
	}
	close(goOn)
	must(t, <-answered)
}

// Those that wait for the disk together are served by one wait, and none of them before its own change is there.
func TestOneWaitServesAll(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	const others = 20
	n, waits, goOn := 0, make(chan struct{}), make(chan struct{})
	j.fsyncs.file = func(string) (int64, error) {
		if n++; n == 1 {
			close(waits)
			<-goOn
		}
		return 0, nil
	}
	var wg sync.WaitGroup
	errs := make(chan error, others+1)
	wg.Go(func() { errs <- j.Sync(ctx) })
	<-waits
	before := j.written.Load()
	for range others {
		wg.Go(func() { errs <- j.Answered(ctx, "c1", noon, "") })
	}
	for j.written.Load() < before+others { // all are in the file, and wait for the disk
		must(t, j.inTurn(ctx, func() error { return nil }))
	}
	close(goOn)
	wg.Wait()
	for range others + 1 {
		must(t, <-errs)
	}
	if n != 2 {
		t.Errorf("%d changes waited for the disk %d times", others+1, n)
	}
}

// A -wal file that has grown is folded into the journal beside the changes, so that it does not grow for ever, and begun again before the next
// call comes.
func TestAGrownWALIsFolded(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	file := j.fsyncs.file
	j.fsyncs.file = func(path string) (int64, error) {
		_, err := file(path)
		return foldAt, err
	}
	frames := func() (log int) {
		var busy, folded int
		must(t, j.reader().QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &log, &folded))
		return log
	}
	for range foldEvery {
		must(t, j.Answered(ctx, "c1", noon, ""))
	}
	if log := frames(); log != 1 { // what begins it
		t.Errorf("the -wal file has %d frames once it is folded", log)
	}
	folded := j.fsyncs.last
	must(t, j.Answered(ctx, "c1", noon, ""))
	if j.fsyncs.last != folded {
		t.Error("it is folded after each change")
	}
}

func TestSync(t *testing.T) {
	j := openTemp(t)
	must(t, j.Sync(ctx))
	must(t, j.Ring(ctx, ringing("c1")))
	must(t, j.Sync(ctx))
	must(t, j.Ring(ctx, ringing("c2")))
	must(t, os.Remove(j.path+"-wal")) // as where there is none, because all is in the journal's own file
	must(t, j.Sync(ctx))
	must(t, os.Mkdir(j.path+"-wal", 0o700))
	must(t, j.inTurn(ctx, func() error { j.written.Add(1); return nil }))
	if _, ok := errors.AsType[*Error](j.Sync(ctx)); !ok {
		t.Error("a disk that fails is not told of")
	}
}
