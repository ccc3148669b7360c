package app

import (
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"sync"
	"testing"

	"github.com/mattn/go-sqlite3"

	"linecard/app/journal"
	"linecard/crm"
)

// disks are the connections of the journals that write, by the path of the file: a disk is made unwritable through them.
var disks struct {
	mu      sync.Mutex
	writers map[string]*sqlite3.SQLiteConn
}

func init() {
	disks.writers = map[string]*sqlite3.SQLiteConn{}
	db, err := sql.Open("sqlite3", "")
	if err != nil {
		panic(err)
	}
	db.Driver().(*sqlite3.SQLiteDriver).ConnectHook = noteWriter
	if err := db.Close(); err != nil {
		panic(err)
	}
	sql.Register(unwatched, &sqlite3.SQLiteDriver{})
}

// unwatched is the driver of those who open the file of a journal and are none.
const unwatched = "sqlite3 unwatched"

// noteWriter keeps a connection that can write.
func noteWriter(c *sqlite3.SQLiteConn) error {
	file := c.GetFilename("")
	rows, err := c.Query("PRAGMA query_only", nil)
	if file == "" || err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	readOnly := make([]driver.Value, 1)
	if err := rows.Next(readOnly); err != nil {
		return err
	}
	disks.mu.Lock()
	defer disks.mu.Unlock()
	if readOnly[0] == int64(0) {
		disks.writers[disk(file)] = c
	}
	return nil
}

// disk is the name of a journal's file, short of what a link in the path makes of it.
func disk(file string) string { return filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file) }

// setFull makes the disk of the journal at path unwritable, or writable again.
func setFull(t failer, path string, full bool) {
	disks.mu.Lock()
	c := disks.writers[disk(path)]
	disks.mu.Unlock()
	pragma := "PRAGMA query_only = 0"
	if full {
		pragma = "PRAGMA query_only = 1"
	}
	if c == nil {
		t.Fatalf("no connection to %s", path)
	}
	if _, err := c.Exec(pragma, nil); err != nil {
		t.Fatal(err)
	}
}

// full makes the disk unwritable, or writable again.
func (l *life) full(full bool) {
	setFull(l.t, l.path, full)
	l.isFull = full
	if full {
		return
	}
	l.await("the disk has everything", func() bool {
		l.desk.disk.Put(noteAlive{l.clock.Now()})
		l.quiet()
		return l.died() || l.journal.Unsaved().Calls == 0
	})
}

// "Don't log" that is said on a full disk frees what waits as soon as there is room, whatever the org did with an attempt
// by then.
func TestDontLogOnAFullDisk(t *testing.T) {
	for name, tt := range map[string]struct {
		ask   bool
		fates []fate
		made  int
	}{
		"the agent was to be asked":      {ask: true},
		"the org refuses it":             {fates: []fate{{refused: answersNo(crm.ClassRejected, 0)}}},
		"an attempt has arrived":         {fates: []fate{{commits: true, lost: true}}, made: 1},
		"an attempt has not arrived yet": {fates: []fate{{commits: true, lost: true, after: 80e9}}, made: 1},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, t.TempDir())
			l.rules.Ask, l.org.fates = tt.ask, tt.fates
			l.begin()
			t.Cleanup(func() { l.close() })
			id := l.talk()
			l.await("the attempt", func() bool { return len(tt.fates) == 0 || l.standsStill(id) })
			l.full(true)
			l.say(id, crm.DontLog)
			if err := l.desk.DontLog(id); err != nil {
				t.Fatal(err)
			}
			l.quiet()
			l.full(false)
			l.end()
			if waiting, err := l.desk.Outbox(); err != nil || len(waiting) > 0 {
				t.Errorf("still in the outbox: %+v, %v", waiting, err)
			}
			if l.org.ever[id] != tt.made {
				t.Errorf("%d Tasks were made, want %d", l.org.ever[id], tt.made)
			}
		})
	}
}

// standsStill reports whether the first attempt at a call is over.
func (l *life) standsStill(id string) bool {
	e, err := l.journal.Entry(l.ctx(), id)
	return err == nil && e.Attempts > 0 && e.State != journal.Sending
}
