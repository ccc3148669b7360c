package journal

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// limitPages makes the file system look full: SQLite answers SQLITE_FULL as it does for ENOSPC.
func limitPages(t *testing.T, j *Journal, pages int) {
	t.Helper()
	var got int
	if err := j.w.QueryRow(fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&got); err != nil {
		t.Fatal(err)
	}
}

// fill writes calls until the disk is full and returns the id of the first that was refused.
func fill(t *testing.T, j *Journal) string {
	t.Helper()
	limitPages(t, j, 1) // SQLite raises it to what the file has
	for i := range 10_000 {
		c := ringing(fmt.Sprintf("fill%d", i))
		c.Company = strings.Repeat("x", 500)
		if err := j.Ring(ctx, c); err != nil {
			if !errors.Is(err, ErrFull) {
				t.Fatal(err)
			}
			return c.ID
		}
	}
	t.Fatal("the disk never got full")
	return ""
}

// A write that hangs does not keep the program from ending.
func TestCloseDoesNotWaitForADiskThatHangs(t *testing.T) {
	j := openTemp(t)
	was := closePatience
	closePatience = 20 * time.Millisecond
	defer func() { closePatience = was }()
	j.turn <- struct{}{} // a write that does not end
	closed := make(chan error, 1)
	go func() { closed <- j.Close() }()
	select {
	case err := <-closed:
		if !errors.Is(err, ErrBusy) {
			t.Errorf("closed: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it never ends")
	}
	<-j.turn
}

func TestFullDiskLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	c0, a0 := ended("before")
	must(t, j.Hangup(ctx, c0, a0))
	_, err := j.Begin(ctx, "before", noon)
	must(t, err)
	first := fill(t, j)

	// A call comes, is talked through, ends; the agent types; a Task comes back. All refused with a sentence.
	c, a := ended("during")
	for name, err := range map[string]error{
		"ring":   j.Ring(ctx, ringing("during")),
		"hangup": j.Hangup(ctx, c, a),
		"edit":   j.EditActivity(ctx, "during", notes("typed on a full disk")),
		"done":   j.Done(ctx, "before", crm.Logged{Ref: task}, time.Time{}),
	} {
		var said *Error
		if !errors.As(err, &said) || !errors.Is(err, ErrFull) {
			t.Fatalf("%s: %v", name, err)
		}
		if said.Code != Full {
			t.Errorf("%s: the agent is told %s", name, said.Code)
		}
	}
	if got := j.Unsaved().Fault(); got.Code != KeptFull || got.Values["count"] != 3 {
		t.Errorf("unsaved: %v %v", got, got.Values)
	}
	// Nothing is sent that cannot be marked as sent, and history still reads.
	if _, err := j.Begin(ctx, "before", noon); !errors.Is(err, ErrFull) {
		t.Errorf("begin on a full disk: %v", err)
	}
	if rows, err := j.History(ctx, Filter{Limit: 1}); err != nil || len(rows) != 1 {
		t.Errorf("history on a full disk: %d rows, %v", len(rows), err)
	}

	// Space again: the writer's next look brings everything to disk, in order.
	limitPages(t, j, 1<<30)
	if e, _, ok, err := j.NextDue(ctx, noon.Add(time.Hour), nil); err != nil || !ok || e.ID != "during" || e.Activity.Notes != "typed on a full disk" {
		t.Fatalf("next due %+v, %v, %v", e, ok, err)
	}
	if got := j.Unsaved().Fault(); !got.IsZero() {
		t.Errorf("with all of it on disk: %v", got)
	}
	must(t, j.Close())
	j = openAt(t, path)
	if e := entry(t, j, "before"); e.State != Done || e.Task != task {
		t.Errorf("before: %+v", e)
	}
	if e := entry(t, j, "during"); e.State != Ready || e.CheckFirst {
		t.Errorf("during: %+v", e)
	}
	if _, err := j.Call(ctx, first); err != nil {
		t.Errorf("first refused call: %v", err)
	}
}

// Another program that holds the file (a backup, a curious administrator) costs nothing either.
func TestLockedFileLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	if _, err := j.w.Exec("PRAGMA busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite3", dsn(path, "_txlock=exclusive"))
	must(t, err)
	defer func() { must(t, other.Close()) }()
	tx, err := other.Begin()
	must(t, err)
	c, a := ended("c1")
	err = j.Hangup(ctx, c, a)
	if !errors.Is(err, ErrBusy) || fault.Of(err).Code != Busy || fault.Of(err).Values["folder"] != filepath.Dir(path) {
		t.Errorf("hang-up: %v", err)
	}
	if got := j.Unsaved().Fault(); got.Code != KeptBusy || got.Values["count"] != 1 {
		t.Errorf("unsaved: %v %v", got, got.Values)
	}
	must(t, tx.Rollback())
	if e, _, ok, err := j.NextDue(ctx, noon, nil); err != nil || !ok || e.ID != "c1" {
		t.Errorf("next due %+v, %v, %v", e, ok, err)
	}
}

func TestCloseOnAFullDiskSaysSo(t *testing.T) {
	j := openTemp(t)
	fill(t, j)
	if err := j.Close(); !errors.Is(err, ErrFull) {
		t.Errorf("close with calls unsaved: %v", err)
	}
	if lost := j.Unsaved(); lost.Calls != 1 {
		t.Errorf("%d calls lost, want 1", lost.Calls)
	}
}
