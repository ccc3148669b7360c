package directory_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/crm"
)

// When no file can be written, the directory is in memory, and its notice says so.
func TestWithoutAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no-such-folder", directory.FileName)
	d, other := open(t, path, directory.Options{}), open(t, path, directory.Options{})
	if !d.Notice().Is(directory.MemoryOnly) {
		t.Errorf("notice %v", d.Notice())
	}
	n := number("+14155550132")
	check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
	if k, ok := d.Recall(acme, n); !ok || k.Choice != "1" {
		t.Error("nothing is remembered in memory")
	}
	if _, ok := other.Recall(acme, n); ok {
		t.Error("two directories share one memory")
	}
}

// SQLite is given the URL of the file, and a URL has no relative path.
func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	check(t, os.MkdirAll("some/folder", 0o700))
	for _, path := range []string{"some/folder/" + directory.FileName, "some/../" + directory.FileName} {
		d, n := open(t, path, directory.Options{}), number("+14155550132")
		if !d.Notice().IsZero() {
			t.Errorf("%s: notice %v", path, d.Notice())
		}
		check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
		check(t, d.Close())
		if file, err := os.Stat(path); err != nil || file.Size() == 0 {
			t.Errorf("%s: nothing is in the file: %v", path, err)
		}
		if k, ok := open(t, path, directory.Options{}).Recall(acme, n); !ok || k.Choice != "1" {
			t.Errorf("%s: the file was not read", path)
		}
	}
}

// refuse makes the disk refuse all changes of a directory until the test calls accept.
func refuse(t *testing.T, path string) (accept func()) {
	t.Helper()
	for _, on := range []string{"INSERT ON answers", "UPDATE ON orgs", "INSERT ON records"} {
		name := strings.ReplaceAll(on, " ", "_")
		exec(t, path, "CREATE TRIGGER "+name+" BEFORE "+on+" BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END")
	}
	return func() {
		exec(t, path, "DROP TRIGGER INSERT_ON_answers; DROP TRIGGER UPDATE_ON_orgs; DROP TRIGGER INSERT_ON_records")
	}
}

// What a full disk refuses is kept in memory and shown, and written as soon as the disk accepts it.
func TestFullDisk(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	a, b := number("+14155550132"), number("+14155550133")
	check(t, d.Remember(t.Context(), acme, a, match("1", "Dana"), false))
	accept := refuse(t, path)
	check(t, d.RememberAnswer(t.Context(), acme, answer(a, start, match("1", "Dana"), match("2", "Ada"))))
	check(t, d.Remember(t.Context(), acme, a, match("2", "Ada"), true))
	if k, ok := d.Recall(acme, a); !ok || k.Choice != "2" || !k.Fresh {
		t.Errorf("while the disk is full: %v, choice %q of %v", ok, k.Choice, names(k))
	}
	if !d.Notice().Is(directory.MemoryOnly) {
		t.Errorf("while the disk is full: notice %q", d.Notice())
	}
	accept()
	check(t, d.Remember(t.Context(), acme, b, match("3", "Max"), false))
	if !d.Notice().IsZero() {
		t.Errorf("after that: notice %q", d.Notice())
	}
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	for n, want := range map[string]string{a.E164: "2", b.E164: ""} {
		if k, ok := d.Recall(acme, number(n)); !ok || k.Choice != want {
			t.Errorf("%s after a restart: %v, choice %q", n, ok, k.Choice)
		}
	}
}

// A disk that stays full does not fill the memory: the oldest found answers are dropped, and the agent's choices last.
func TestLongFullDisk(t *testing.T) {
	c := &clock{now: start}
	d, path := fresh(t, directory.Options{Now: c.Now})
	accept := refuse(t, path)
	picked := number("+14155550000")
	check(t, d.Remember(t.Context(), acme, picked, match("p", "Picked"), true))
	for i := range 1020 {
		c.pass(time.Second)
		check(t, d.Remember(t.Context(), acme, number(phoneOf(i)), match("1", "Dana"), false))
	}
	for i, want := range map[int]bool{0: false, 15: false, 50: true, 1019: true} {
		if _, ok := d.Recall(acme, number(phoneOf(i))); ok != want {
			t.Errorf("the %d-th is known: %v", i, ok)
		}
	}
	if _, ok := d.Recall(acme, picked); !ok {
		t.Error("the agent's choice is gone")
	}
	accept()
	check(t, d.Close()) // writes the waiting entries
	d = open(t, path, directory.Options{Now: c.Now})
	if n, _, err := d.Count(t.Context(), acme); n != 1000 || err != nil {
		t.Errorf("%d answers are on disk, %v", n, err)
	}
}

// An org that is unlinked while the disk is full is unknown immediately.
func TestForgetOnAFullDisk(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	a, b := number("+14155550132"), number("+14155550133")
	check(t, d.Remember(t.Context(), acme, a, match("1", "Dana"), true))
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("7", "Max", b.E164)})))
	accept := refuse(t, path)
	if d.Forget(t.Context(), acme) == nil {
		t.Error("no error, although it is still on the disk")
	}
	for _, n := range []crm.Number{a, b} {
		if _, ok := d.Recall(acme, n); ok {
			t.Errorf("%s is known", n.E164)
		}
	}
	accept()
	check(t, d.Forget(t.Context(), acme))
	if a, r, err := d.Count(t.Context(), acme); a+r != 0 || err != nil {
		t.Errorf("left: %d answers, %d records, %v", a, r, err)
	}
}

// The file of a newer Linecard is not changed, so that the newer one can use it again.
func TestNewerFile(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	n := number("+14155550132")
	check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
	check(t, d.Close())
	exec(t, path, "PRAGMA user_version = 99")
	before, err := os.ReadFile(path)
	check(t, err)
	d = open(t, path, directory.Options{})
	if !d.Notice().Is(directory.Newer) {
		t.Errorf("notice %q", d.Notice())
	}
	check(t, d.Remember(t.Context(), acme, n, match("2", "Ada"), true))
	if k, ok := d.Recall(acme, n); !ok || k.Choice != "2" {
		t.Error("nothing is remembered in memory")
	}
	check(t, d.Close())
	after, err := os.ReadFile(path)
	check(t, err)
	if !bytes.Equal(before, after) {
		t.Error("the file has changed")
	}
	if aside, _ := filepath.Glob(path + ".broken-*"); len(aside) > 0 {
		t.Errorf("it was moved aside: %v", aside)
	}
}

// A million records do not fit into memory.
func TestPutNeedsAFile(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "no-such-folder", directory.FileName), directory.Options{})
	if err := d.Put(t.Context(), acme, slices.Values([]crm.Record{person("7", "Max", "415 555 0132")})); err == nil {
		t.Error("records were accepted without a file")
	}
}
