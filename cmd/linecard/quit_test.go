package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // holds the journal as another program would

	"linecard/app"
	"linecard/app/instance"
	"linecard/app/journal"
	"linecard/crm"
)

// quitFace counts how often it was told to quit.
type quitFace struct {
	noFace
	quits int
}

func (f *quitFace) quit() { f.quits++ }

func TestQuitIsRefusedWhileCallsAreUnsaved(t *testing.T) {
	t.Parallel() // SQLite waits 5 s for a journal that is held
	path := filepath.Join(t.TempDir(), journal.FileName)
	j, err := journal.Open(path, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	f := &quitFace{}
	c := control{&engine{desk: app.New(app.Config{Journal: j}), journal: j}, f, func() {}}
	quit := func(args map[string]string) error {
		return c.handle(t.Context(), instance.Request{Verb: "quit", Args: args}, func(any) error { return nil })
	}
	if err := quit(nil); err != nil || f.quits != 1 {
		t.Errorf("with all saved: %v, quit %d times", err, f.quits)
	}

	other, err := sql.Open("sqlite3", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	hold, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	ring := journal.Call{ID: "c1", Direction: crm.Inbound, Number: "+14155550132", Started: time.Now()}
	if err := j.Ring(t.Context(), ring); err == nil {
		t.Fatal("a held journal was written")
	}
	for _, args := range []map[string]string{nil, {"force": "false"}} {
		if err := quit(args); err == nil || f.quits != 1 || !strings.HasPrefix(err.Error(), "1 call could not be saved") || !strings.Contains(err.Error(), "--force") {
			t.Errorf("%v: %v, quit %d times", args, err, f.quits)
		}
	}
	if err := quit(map[string]string{"force": "true"}); err != nil || f.quits != 2 {
		t.Errorf("--force: %v, quit %d times", err, f.quits)
	}
	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
}
