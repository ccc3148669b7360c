package journal

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"linecard/fault"
)

func TestDamagedFileIsMovedAside(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"not a database": func(t *testing.T, path string) {
			must(t, os.WriteFile(path, []byte(strings.Repeat("junk ", 500)), 0o600))
		},
		"cut short": func(t *testing.T, path string) {
			st, err := os.Stat(path)
			must(t, err)
			must(t, os.Truncate(path, st.Size()/2))
		},
		"a column has another name": func(t *testing.T, path string) { // as by one bit that flipped in the schema
			db, err := sql.Open("sqlite3", "file:"+path)
			must(t, err)
			_, err = db.Exec("ALTER TABLE calls RENAME COLUMN called TO callee")
			must(t, errors.Join(err, db.Close()))
		},
		"a page overwritten": func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			must(t, err)
			_, err = f.WriteAt([]byte(strings.Repeat("\xff", 4096)), 4096)
			must(t, errors.Join(err, f.Close()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), FileName)
			j := openAt(t, path)
			c, a := ended("c1")
			must(t, j.Hangup(ctx, c, a))
			must(t, j.Close())
			damage(t, path)
			was, err := os.ReadFile(path)
			must(t, err)

			j = openAt(t, path)
			n := j.NoticeFault()
			if file, _ := n.Values["file"].(string); n.Code != Renewed && n.Code != RenewedEmpty || !strings.HasPrefix(file, "journal.db.broken-") {
				t.Errorf("notice %v %v", n, n.Values)
			}
			must(t, j.Ring(ctx, ringing("c2"))) // the new one works
			asides, err := filepath.Glob(path + ".broken-*")
			must(t, err)
			var kept bool
			for _, a := range asides {
				is, err := os.ReadFile(a)
				must(t, err)
				kept = kept || string(is) == string(was)
			}
			if !kept {
				t.Errorf("the damaged file is not among %v as it was", asides)
			}
		})
	}
}

// The page that is damaged holds history; what waits to be logged is elsewhere and must go on to the org.
func TestSalvageCarriesTheOutboxOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	for _, id := range []string{"c1", "c2", "c3"} {
		c, a := ended(id)
		must(t, j.Hangup(ctx, c, a))
	}
	_, err := j.Begin(ctx, "c3", noon)
	must(t, err)
	var root int64
	must(t, j.reader().QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'known'").Scan(&root))
	must(t, j.Close())
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt([]byte(strings.Repeat("\xff", 4096)), (root-1)*4096)
	must(t, errors.Join(err, f.Close()))

	j = openAt(t, path)
	if n := j.NoticeFault(); n.Code != Renewed || n.Values["count"] != 3 || n.Values["waiting"] != 3 {
		t.Errorf("notice %v %v", n, n.Values)
	}
	es, err := j.Outbox(ctx)
	must(t, err)
	if len(es) != 3 {
		t.Fatalf("%d entries", len(es))
	}
	for _, e := range es {
		if e.State != Ready || !e.CheckFirst || e.Activity.Who != dana {
			t.Errorf("entry %+v", e)
		}
	}
}

// A large journal is not read through at every start; damage met while it was open is looked for at the next.
func TestDamageMetWhileOpenIsSettledAtTheNextStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	tx, err := j.w.Begin()
	must(t, err)
	for i := range 15_000 {
		c, _ := ended(fmt.Sprintf("c%d", i))
		c.Called = strings.Repeat("x", 200)
		must(t, upsertCall(ctx, tx, c))
	}
	must(t, tx.Commit())
	must(t, j.Close())
	st, err := os.Stat(path)
	must(t, err)
	if st.Size() <= checkLimit {
		t.Fatalf("%d bytes is not large", st.Size())
	}
	all, err := os.ReadFile(path)
	must(t, err)
	for page := range slices.Chunk(all, 4096) { // the rows themselves; indexes don't hold that column
		if bytes.Contains(page, []byte(strings.Repeat("x", 200))) {
			copy(page, strings.Repeat("\xff", 4096))
		}
	}
	must(t, os.WriteFile(path, all, 0o600))

	j = openAt(t, path)
	if n := j.NoticeFault(); !n.IsZero() {
		t.Fatalf("read through at start: %v", n)
	}
	if _, err := j.History(ctx, Filter{}); !errors.Is(err, ErrDamaged) || fault.Of(err).Code != Damaged {
		t.Fatalf("history of a damaged journal: %v", err)
	}
	_ = j.Close()
	j = openAt(t, path)
	if j.NoticeFault().IsZero() {
		t.Error("nothing was done about the damage")
	}
	if _, err := j.History(ctx, Filter{}); err != nil {
		t.Error(err)
	}
}

func TestNewerSchemaIsRefusedUntouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	must(t, openAt(t, path).Close())
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	_, err = db.Exec(fmt.Sprintf("PRAGMA user_version = 99; PRAGMA application_id = %d; CREATE TABLE future (x)", mark(99)))
	must(t, errors.Join(err, db.Close()))

	_, err = Open(path, Options{})
	if !errors.Is(err, ErrNewer) || fault.Of(err).Code != Newer || fault.Of(err).Values["folder"] != filepath.Dir(path) {
		t.Fatalf("open: %v", err)
	}
	if asides, _ := filepath.Glob(path + ".broken-*"); len(asides) != 0 {
		t.Errorf("moved aside: %v", asides)
	}
}

func TestFolderThatCannotBeUsedIsSaid(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, nil, 0o600))
	path := filepath.Join(file, FileName)
	_, err := Open(path, Options{})
	var said *Error
	if !errors.As(err, &said) || said.Code != Unusable || said.Values["folder"] != file || said.Err == nil {
		t.Errorf("inside a file: %v", err)
	}
}

// A folder in the journal's place is moved aside, as any file that is no journal.
func TestAFolderInItsPlaceIsMovedAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	must(t, os.Mkdir(path, 0o700))
	if j := openAt(t, path); j.NoticeFault().Code != RenewedEmpty {
		t.Errorf("notice %v", j.NoticeFault())
	}
}
