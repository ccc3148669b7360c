package journal

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/crmtest"
)

// manyCalls is a closed journal of n calls, every seventh of which waits, and the bytes of its file.
func manyCalls(t *testing.T, n int) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	for i := range n {
		c, a := ended(fmt.Sprintf("c%04d", i))
		c.Started, c.Verdict, c.Org, c.User = noon.Add(time.Duration(i)*time.Minute), crm.LogYes, "A", "anna"
		if i%7 == 0 {
			must(t, j.Hangup(ctx, c, a))
		} else {
			must(t, j.Import(ctx, []Past{{Call: c, Activity: a, Task: task}}))
		}
	}
	must(t, j.Close())
	b, err := os.ReadFile(path)
	must(t, err)
	return b
}

// readable counts the ids that SQLite itself still reads in a table, one by one.
func readable(t *testing.T, path, table string, upTo int) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	must(t, err)
	defer func() { must(t, db.Close()) }()
	for id := 1; id <= upTo; id++ {
		rows, err := db.Query("SELECT * FROM "+table+" NOT INDEXED WHERE rowid = ?", id)
		if err != nil {
			continue
		}
		if rows.Next() {
			n++
		}
		_ = rows.Close()
	}
	return n
}

// Damage to some pages costs the calls on those pages, and nothing else.
func TestSalvageReadsWhatCanBeRead(t *testing.T) {
	const calls = 140
	whole := manyCalls(t, calls)
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 1))
	type harm func([]byte) []byte
	cases := map[string]harm{
		"the last page is cut off": func(b []byte) []byte { return b[:len(b)-4096] },
		"cut in half":              func(b []byte) []byte { return b[:len(b)/2/4096*4096] },
	}
	for i := range 6 {
		cases[fmt.Sprintf("20 bits flipped, %d", i)] = func(b []byte) []byte {
			for range 20 {
				bit := 4096*8 + r.IntN((len(b)-4096)*8) // not the first page: without it SQLite reads nothing
				b[bit/8] ^= 1 << (bit % 8)
			}
			return b
		}
	}
	for name, harm := range cases {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), FileName)
			must(t, os.WriteFile(path, harm(append([]byte(nil), whole...)), 0o600))
			copied, err := wholeCopy(path)
			must(t, err)
			could := max(readable(t, copied, "calls", calls), readable(t, copied, "outbox", calls))
			removeAll(copied)
			j := openAt(t, path)
			rows, err := j.History(ctx, Filter{Limit: calls})
			must(t, err)
			if j.NoticeFault().IsZero() { // nothing that SQLite could see: then all is there
				could = calls - 20
			}
			// Bits that flipped inside a row may have made the row itself senseless.
			t.Logf("%d calls read, SQLite could read %d", len(rows), could)
			if len(rows) < could-20 || len(rows) == 0 {
				t.Errorf("seed %d: %d calls in the history, SQLite could read %d", seed, len(rows), could)
			}
			es, err := j.Outbox(ctx)
			must(t, err)
			if strings.HasPrefix(name, "20 bits") && len(es) < calls/7/2 || len(es) == 0 && could == calls {
				t.Errorf("seed %d: %d entries still wait", seed, len(es))
			}
			for _, e := range es {
				if !j.NoticeFault().IsZero() && e.State == Ready && (!e.CheckFirst || e.Begun.IsZero()) {
					t.Errorf("%s may be in the org already: %+v", e.ID, e)
				}
			}
		})
	}
}

func TestSalvageKeepsToTheVerdict(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	for id, verdict := range map[string]crm.Log{"yes": crm.LogYes, "no": crm.LogNo, "ask": crm.LogAsk} {
		c := ringing("live " + id)
		c.Verdict, c.Org, c.User = verdict, "A", "anna"
		must(t, j.Ring(ctx, c))
		must(t, j.EditActivity(ctx, c.ID, notes("typed")))
	}
	c, a := ended("waits for Save")
	c.Verdict = crm.LogAsk
	must(t, j.Hangup(ctx, c, a))
	must(t, j.Ring(ctx, ringing("live word")))
	must(t, j.Say(ctx, "live word", crm.DontLog))
	must(t, j.Close())
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	_, err = db.Exec("DROP TABLE known")
	must(t, errors.Join(err, db.Close()))

	j = openJudged(t, path, crmtest.LogAll())
	if j.NoticeFault().Code != Renewed {
		t.Fatalf("notice %v", j.NoticeFault())
	}
	for id, want := range map[string]State{
		"live yes": Ready, "live no": Discarded, "live ask": Ready, "live word": "", "waits for Save": Draft,
	} {
		if got := stateOf(t, j, id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	if e := entry(t, j, "live yes"); !e.Doubtful() || e.Begun.IsZero() {
		t.Errorf("its end, and its entry, may have been lost: %+v", e)
	}
	if row, _ := j.Call(ctx, "live yes"); row.Org != "A" || row.User != "anna" || !row.Cut {
		t.Errorf("%+v", row)
	}
}

// A file of the first version is salvaged too.
func TestSalvageOfAnOlderFile(t *testing.T) {
	path := oldFile(t, "outbox.db")
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	_, err = db.Exec("DROP TABLE known")
	must(t, errors.Join(err, db.Close()))
	j := openJudged(t, path, crmtest.LogAll())
	for id, want := range map[string]State{"ready": Ready, "sending": Ready, "parked": Parked, "done": Done, "discarded": Discarded} {
		if got := stateOf(t, j, id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
		if e := entry(t, j, id); e.Org != oldOrg {
			t.Errorf("%s is of org %q", id, e.Org)
		}
	}
}

// A header that lies is damage, and damage costs as little as it can.
func TestHeaderThatLies(t *testing.T) {
	for name, harm := range map[string]string{
		"a negative version":       "PRAGMA user_version = -5",
		"no version, good tables":  "PRAGMA user_version = 0",
		"the next version":         fmt.Sprintf("PRAGMA user_version = %d", len(migrations)+1),
		"a far version":            "PRAGMA user_version = 16777218",
		"the first version":        "PRAGMA user_version = 1",
		"no outbox":                "DROP TABLE outbox",
		"a version without tables": "PRAGMA foreign_keys = 0; DROP TABLE outbox; DROP TABLE calls; DROP TABLE known",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), FileName)
			j := openAt(t, path)
			c, a := ended("c1")
			must(t, j.Hangup(ctx, c, a))
			must(t, j.Close())
			db, err := sql.Open("sqlite3", path)
			must(t, err)
			_, err = db.Exec(harm)
			must(t, errors.Join(err, db.Close()))

			j = openAt(t, path)
			if code := j.NoticeFault().Code; !strings.Contains(harm, "DROP") && code != "" { // the version stands in the file twice
				t.Errorf("notice %v for a version that can be told", code)
			} else if strings.Contains(harm, "DROP") && code != Renewed && code != RenewedEmpty {
				t.Errorf("notice %v", code)
			}
			if strings.Contains(harm, "calls") {
				return
			}
			if _, err := j.Call(ctx, "c1"); err != nil {
				t.Errorf("the call is gone: %v", err)
			}
			if !strings.Contains(harm, "outbox") && stateOf(t, j, "c1") != Ready {
				t.Error("what waited is gone")
			}
		})
	}
}

// The version before, too, is one bit away: bringing the file up to date once more mends it, and costs nothing.
func TestVersionBeforeIsMended(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	c, a := ended("c1")
	must(t, j.Hangup(ctx, c, a))
	_, err := j.w.Exec(fmt.Sprintf("PRAGMA user_version = %d", len(migrations)-1))
	must(t, errors.Join(err, j.Close()))
	for range 2 {
		j = openAt(t, path)
		if !j.NoticeFault().IsZero() || stateOf(t, j, "c1") != Ready {
			t.Errorf("notice %q, entry %s", j.NoticeFault(), stateOf(t, j, "c1"))
		}
		must(t, j.Close())
	}
}

func TestEmptiedFileIsSaid(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	must(t, os.WriteFile(path, nil, 0o600))
	must(t, openAt(t, path).Close())
	must(t, os.Remove(path))
	must(t, os.WriteFile(filepath.Join(dir, "settings.toml"), []byte("version = 2"), 0o600))
	j := openAt(t, path)
	if n := j.NoticeFault(); !n.IsZero() {
		t.Errorf("a first start: %v", n)
	}
	must(t, j.Close())
	must(t, os.WriteFile(path, nil, 0o600))
	if j = openAt(t, path); j.NoticeFault().Code != Emptied {
		t.Errorf("after a power cut: %v", j.NoticeFault())
	}
}
