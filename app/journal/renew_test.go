package journal

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"linecard/app/aside"
	"linecard/fault"
)

// atMessage is a log that does something the first time that it gets a message.
type atMessage struct {
	slog.Handler
	message string
	do      func()
}

func (h *atMessage) Enabled(context.Context, slog.Level) bool { return true }

func (h *atMessage) Handle(_ context.Context, r slog.Record) error {
	if r.Message == h.message && h.do != nil {
		do := h.do
		h.do = nil
		do()
	}
	return nil
}

// tryAgain has a journal in memory try the disk with its next change.
func tryAgain(j *Journal) {
	j.turn <- struct{}{}
	j.tried = time.Time{}
	<-j.turn
}

// damagedSmall puts a damaged journal with one call, which waits to be logged, at path.
func damagedSmall(t *testing.T, path string) {
	t.Helper()
	j := openAt(t, path)
	c, a := ended("earlier")
	must(t, j.Hangup(ctx, c, a))
	must(t, j.Close())
	must(t, os.WriteFile(path+suspectSuffix, nil, 0o600))
}

// notRenewed fails unless the damaged journal is in its place and the calls are kept in memory.
func notRenewed(t *testing.T, j *Journal, path string) {
	t.Helper()
	if n := j.NoticeFault(); n.Code != InMemory {
		t.Errorf("notice %v", n)
	}
	if aside.Missing(path) || aside.Newest(path) != "" {
		t.Error("the damaged journal is not in its place")
	}
}

// renewed fails unless the new journal has the call of damagedSmall and that of now.
func renewed(t *testing.T, j *Journal, now string) {
	t.Helper()
	if n := j.NoticeFault(); n.Code != Renewed {
		t.Errorf("notice %v", n)
	}
	if e := entry(t, j, "earlier"); e.State != Ready {
		t.Errorf("%+v", e)
	}
	if _, err := j.Call(ctx, now); err != nil {
		t.Error(err)
	}
}

// Another program that reads the new journal keeps what was written to it from its own file: it does not take the name before that is there.
func TestANewJournalThatAnotherProgramReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	damagedSmall(t, path)
	var other *sql.DB
	var tx *sql.Tx
	log := &atMessage{Handler: slog.DiscardHandler, message: "journal salvaged", do: func() {
		var err error
		other, err = sql.Open("sqlite3", dsn(path+aside.New, "_query_only=1"))
		must(t, err)
		tx, err = other.Begin()
		must(t, err)
		var n int
		must(t, tx.QueryRow("SELECT count(*) FROM calls").Scan(&n))
	}}
	j := logged(t, path, log)
	if tx == nil {
		t.Fatal("nobody reads")
	}
	notRenewed(t, j, path)
	if err := j.Ring(ctx, ringing("now")); !errors.Is(err, ErrFull) {
		t.Errorf("ring: %v", err)
	}
	must(t, errors.Join(tx.Rollback(), other.Close()))
	tryAgain(j)
	must(t, j.Ring(ctx, ringing("then")))
	renewed(t, j, "now")
}

func logged(t *testing.T, path string, h slog.Handler) *Journal {
	t.Helper()
	j, err := Open(path, Options{Log: slog.New(h)})
	must(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// The -wal file of a new journal that is not there any more is not taken for that of the next one.
func TestAWalFileOfAnEarlierNewJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	damagedSmall(t, path)
	j := openTemp(t)
	c, a := ended("of another")
	must(t, j.Hangup(ctx, c, a))
	for _, to := range []string{path + aside.New, path + readingSuffix} {
		copyFile(t, j.path+"-wal", to+"-wal")
	}
	must(t, os.WriteFile(path+aside.New+suspectSuffix, nil, 0o600))
	j = openAt(t, path)
	renewed(t, j, "earlier")
	if _, err := j.Call(ctx, "of another"); !errors.Is(err, ErrUnknown) {
		t.Errorf("a call of the other journal: %v", err)
	}
}

// What cannot be removed is in the way of a new journal, and the phone starts all the same. Each time that the damaged one was tried, the next
// is twice as far away.
func TestANewJournalThatCannotBeBegun(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	damagedSmall(t, path)
	inTheWay := filepath.Join(path+aside.New+"-wal", "folder")
	must(t, os.MkdirAll(inTheWay, 0o700))
	j := openAt(t, path)
	notRenewed(t, j, path)
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		if j.everyTry != want*time.Minute {
			t.Errorf("tried again after %v, want %v minutes", j.everyTry, int(want))
		}
		tryAgain(j)
		if err := j.Ring(ctx, ringing("now")); !errors.Is(err, ErrFull) {
			t.Errorf("ring: %v", err)
		}
	}
	must(t, os.RemoveAll(filepath.Dir(inTheWay)))
	tryAgain(j)
	must(t, j.Ring(ctx, ringing("then")))
	renewed(t, j, "now")
}

// A disk without room for a copy and a new journal is asked for its room each minute, and nothing is read.
func TestADamagedJournalWithoutRoom(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	damagedSmall(t, path)
	defer func() { room = aside.Room }()
	room = func(string, ...string) bool { return false }
	j := logged(t, path, &atMessage{Handler: slog.DiscardHandler, message: "journal is damaged; a new one is begun", do: func() {
		if !room(path) {
			t.Error("it is read")
		}
	}})
	notRenewed(t, j, path)
	for range 3 {
		tryAgain(j)
		if err := j.Ring(ctx, ringing("now")); !errors.Is(err, ErrFull) || fault.Of(err).Code != Full {
			t.Errorf("ring: %v", err)
		}
		if j.everyTry != renewEvery {
			t.Errorf("tried again after %v", j.everyTry)
		}
	}
	room = aside.Room
	tryAgain(j)
	must(t, j.Ring(ctx, ringing("then")))
	renewed(t, j, "now")
}
