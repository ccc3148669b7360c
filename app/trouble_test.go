package app

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // holds the journal as another program would

	"linecard/crm"
	"linecard/fault"
)

// What can be read may still not be written: the sentence stays until a write succeeds, which is tried without any call.
func TestAJournalInTroubleIsToldUntilItCanBeWritten(t *testing.T) {
	t.Parallel() // SQLite waits 5 s for a journal that is held
	r := newRig(t)
	r.wait("the history read", func(v View) bool { return v.Org.State == crm.Linked })
	db, err := sql.Open("sqlite3", "file:"+r.path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	hold, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	r.NoticeAbout(AboutSecrets, fault.New(fault.Plain, "text", "no keyring"))
	r.disk.Put(writeRing{call: call{id: "c1", direction: crm.Inbound, started: time.Now()}})
	r.disk.Put(readHistory{}) // works: it only reads
	told := r.Events(t.Context())
	r.disk.Put(sayWritten{Event{Event: "barrier"}})
	for e := range told {
		if e.Event == "barrier" {
			break
		}
	}
	r.SetDND(true) // whatever was to be said before has been said once this is seen
	if v := r.wait("the barrier", func(v View) bool { return v.DND }); !strings.Contains(v.Notice, "call journal") {
		t.Errorf("the journal can't be written, and the agent reads %q", v.Notice)
	}

	if v := r.View(); !strings.HasPrefix(v.Unsaved, "1 call could not be saved") || v.Unsaved != r.Unsaved() {
		t.Errorf("of what quitting loses, the agent reads %q", v.Unsaved)
	}

	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
	until(t, "the sentence taken back", func() bool { return r.View().Notice == "no keyring" })
	if v := r.wait("all saved", func(v View) bool { return v.Unsaved == "" }); r.Unsaved() != "" {
		t.Errorf("View %q, desk %q", v.Unsaved, r.Unsaved())
	}
	if _, err := r.cfg.Journal.Call(t.Context(), "c1"); err != nil {
		t.Errorf("the call that was kept in memory is not on disk: %v", err)
	}
}
