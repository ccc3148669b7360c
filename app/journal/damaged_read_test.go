package journal

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
)

// Where the damage is in the schema, SQLite reads no row however it is asked: it is asked once. The rows are found in the pages all the
// same.
func TestDamagedSchemaIsReadOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	old(t, j, 300)
	must(t, j.Close())
	b, err := os.ReadFile(path)
	must(t, err)
	at := bytes.Index(b, []byte("CREATE TABLE calls"))
	if at < 0 {
		t.Fatal("the tables are described nowhere")
	}
	clear(b[at-30 : at+200])
	must(t, os.WriteFile(path, b, 0o600))

	db, err := sql.Open("sqlite3", uri(path)+"?_query_only=1")
	must(t, err)
	r := &reading{db: db, table: "calls", visit: func(cells) {}, seen: map[int64]bool{}}
	if r.all(ctx, path) || r.failures != 1 {
		t.Errorf("%d reads failed, want one", r.failures)
	}
	must(t, db.Close())

	j = openAt(t, path)
	var calls int
	must(t, j.reader().QueryRowContext(ctx, "SELECT count(*) FROM calls").Scan(&calls))
	if calls != 300 {
		t.Errorf("%d calls are left of 300", calls)
	}
}
