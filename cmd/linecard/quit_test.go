package main

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // holds the journal as another program would

	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/app/journal"
	"linecard/app/program"
	"linecard/app/settings"
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
	dir := t.TempDir()
	p, err := program.New(t.Context(), program.Config{
		Dir: dir, Settings: settings.InMemory(settings.Default()), Secrets: &settings.Memory{}, Listen: "127.0.0.1", NoSound: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	path, j := filepath.Join(dir, journal.FileName), p.Journal()
	f := &quitFace{}
	c := control{&running{program: p}, f}
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
		if err := quit(args); err == nil || f.quits != 1 || !strings.HasPrefix(catalogue.Error(err), "1 call could not be saved") || !strings.HasSuffix(catalogue.Error(err), "linecard quit --force") {
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
