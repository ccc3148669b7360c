package journal

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"linecard/crm"
)

// columnsOf lists the columns of a table.
func columnsOf(t *testing.T, db *sql.DB, table string) (names []string) {
	t.Helper()
	rows, err := db.Query("SELECT name FROM pragma_table_info(?)", table)
	must(t, err)
	defer func() { must(t, rows.Close()) }()
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		names = append(names, name)
	}
	must(t, rows.Err())
	return names
}

// damage puts value into one cell, past every constraint, as a flipped bit would.
func damage(t *testing.T, path, table, column, key, id string, value any) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_foreign_keys=0&_ignore_check_constraints=1")
	must(t, err)
	defer func() { must(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("PRAGMA ignore_check_constraints = 1")
	must(t, err)
	_, err = db.Exec(fmt.Sprintf("UPDATE %s SET %s = ? WHERE %s = ?", table, column, key), value, id)
	must(t, err)
}

// garbage is what damage leaves in a cell: bytes, text that is no UTF-8, half a JSON, a number where text was.
func garbage(r *rand.Rand) []any {
	b := make([]byte, 1+r.IntN(40))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return []any{b, string(b), `{"code":`, `{"id":{}}`, int64(r.Uint64()), -1, 3.5e300, ""}
}

// TestOneDamagedCellHidesNothingElse damages one cell of one row, of every column in turn, and asks for all other rows:
// SQLite has no checksums and calls such a file sound.
func TestOneDamagedCellHidesNothingElse(t *testing.T) {
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	template := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, template)
	states := []string{"ready1", "victim", "ready2", "victim-done", "done"}
	for i, id := range states {
		c, a := ended(id)
		c.Started = noon.Add(time.Duration(i) * time.Minute)
		c.Verdict = crm.LogYes
		must(t, j.Hangup(ctx, c, a))
	}
	for _, id := range []string{"victim-done", "done"} {
		_, err := j.Begin(ctx, id, noon)
		must(t, err)
		must(t, j.Done(ctx, id, crm.Logged{Ref: task}, noon))
	}
	tables := map[string][]string{"calls": columnsOf(t, j.reader(), "calls"), "outbox": columnsOf(t, j.reader(), "outbox")}
	must(t, j.Close())

	for table, names := range tables {
		key := map[string]string{"calls": "id", "outbox": "call"}[table]
		for _, column := range names {
			for _, victim := range []string{"victim", "victim-done"} {
				values := garbage(r)
				value := values[r.IntN(len(values))]
				path := filepath.Join(t.TempDir(), FileName)
				copyFile(t, template, path)
				damage(t, path, table, column, key, victim, value)
				what := fmt.Sprintf("%s.%s of %s = %#v", table, column, victim, value)
				lookAround(t, what, path)
			}
		}
	}
}

// lookAround asks for everything that is not damaged.
func lookAround(t *testing.T, what, path string) {
	t.Helper()
	j, err := Open(path, Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer func() { _ = j.Close() }()
	if n := j.NoticeFault(); !n.IsZero() {
		t.Errorf("%s: one cell is no reason to begin a new journal: %v", what, n)
	}
	rows, err := j.History(ctx, Filter{})
	if err != nil {
		t.Fatalf("%s: history: %v", what, err)
	}
	listed := ids(rows)
	for _, id := range []string{"ready1", "ready2", "done"} {
		if !slices.Contains(listed, id) {
			t.Errorf("%s: %s is not in the history", what, id)
		}
	}
	if _, err := j.Outbox(ctx); err != nil {
		t.Errorf("%s: outbox: %v", what, err)
	}
	if _, err := j.Counts(ctx, nil); err != nil {
		t.Errorf("%s: counts: %v", what, err)
	}
	if _, err := j.Today(ctx, noon); err != nil {
		t.Errorf("%s: today: %v", what, err)
	}
	var sent []string
	for range 10 {
		e, _, ok, err := j.NextDue(ctx, noon.Add(time.Hour), nil)
		if err != nil {
			t.Fatalf("%s: next due: %v", what, err)
		}
		if !ok {
			break
		}
		if _, err := j.Begin(ctx, e.ID, noon); err != nil {
			t.Fatalf("%s: begin %s: %v", what, e.ID, err)
		}
		if err := j.Done(ctx, e.ID, crm.Logged{Ref: task}, time.Time{}); err != nil {
			t.Fatalf("%s: done %s: %v", what, e.ID, err)
		}
		sent = append(sent, e.ID)
	}
	if !slices.Contains(sent, "ready1") || !slices.Contains(sent, "ready2") {
		t.Errorf("%s: only %v were due", what, sent)
	}
	var looked []string
	for range 10 {
		e, _, ok, err := j.NextLook(ctx, noon.Add(time.Hour), nil)
		if err != nil {
			t.Fatalf("%s: next look: %v", what, err)
		}
		if !ok {
			break
		}
		if err := j.Looked(ctx, e.ID); err != nil {
			t.Fatalf("%s: looked at %s: %v", what, e.ID, err)
		}
		looked = append(looked, e.ID)
	}
	if !slices.Contains(looked, "done") {
		t.Errorf("%s: only %v were looked at", what, looked)
	}
	if _, err := j.Prune(ctx, noon.AddDate(1, 0, 0), 0); err != nil {
		t.Errorf("%s: prune: %v", what, err)
	}
}

// An activity that cannot be read is parked with a reason, and can be discarded.
func TestUnreadableIsParked(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	c, a := ended("c1")
	must(t, j.Hangup(ctx, c, a))
	must(t, j.Close())
	damage(t, path, "outbox", "activity", "call", "c1", "{not json")
	j = openAt(t, path)
	if e, _, ok, err := j.NextDue(ctx, noon, nil); ok || err != nil {
		t.Fatalf("%+v, %v", e, err)
	}
	if e := entry(t, j, "c1"); e.State != Parked || e.Reason.Code != Unreadable {
		t.Errorf("%+v", e)
	}
	if n, err := j.Counts(ctx, nil); err != nil || n.Parked != 1 || n.Waiting != 0 {
		t.Errorf("counts %+v, %v", n, err)
	}
	if row, err := j.Call(ctx, "c1"); err != nil || row.State != Parked || row.Reason.Code != Unreadable {
		t.Errorf("row %+v, %v", row, err)
	}
	must(t, j.Discard(ctx, "c1"))
	if stateOf(t, j, "c1") != Discarded {
		t.Error("the agent cannot get rid of it")
	}
}
