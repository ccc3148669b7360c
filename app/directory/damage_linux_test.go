package directory_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"

	"linecard/app/directory"
	"linecard/app/directory/disktest"
)

// A damaged file on a disk that cannot be written stays where it is; what can be read of it is remembered, and is in the new file as soon as
// there can be one.
func TestDamagedFileOnAReadOnlyDisk(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	before, after := number("+14155550132"), number("+14155550133")
	check(t, d.Remember(t.Context(), acme, before, match("1", "Dana"), true))
	check(t, d.Close())
	exec(t, path, "PRAGMA user_version = -5")
	unlock := disktest.ReadOnly(t, filepath.Dir(path), 0o400)
	d = open(t, path, directory.Options{})
	if !d.Notice().Is(directory.MemoryOnly) {
		t.Errorf("notice %q", d.Notice())
	}
	if k, ok := d.Recall(acme, before); !ok || k.Choice != "1" {
		t.Errorf("what can be read of it: %v, choice %q", ok, k.Choice)
	}
	unlock()
	check(t, d.Remember(t.Context(), acme, after, match("2", "Ada"), true))
	if !d.Notice().Is(directory.Renewed) {
		t.Errorf("once it can be written: notice %q", d.Notice())
	}
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	for n, want := range map[string]string{before.E164: "1", after.E164: "2"} {
		if k, ok := d.Recall(acme, number(n)); !ok || k.Choice != want {
			t.Errorf("%s: %v, choice %q", n, ok, k.Choice)
		}
	}
}

// A page that turns out to be damaged only when what was kept in memory goes to the disk costs what is on it, and nothing that was kept.
func TestTornPageFoundByTheMoveToTheDisk(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	for i := range 120 {
		check(t, d.Remember(t.Context(), acme, number(phoneOf(i)), match("1", nameOf(i)), true))
	}
	check(t, d.Close())
	tear(t, path, phoneOf(60))
	unlock := disktest.ReadOnly(t, filepath.Dir(path), 0)
	d = open(t, path, directory.Options{})
	check(t, d.Remember(t.Context(), acme, number(phoneOf(60)), match("2", "Ada"), true))
	unlock()
	d.Retry(t.Context())
	if !d.Notice().Is(directory.Renewed) {
		t.Errorf("notice %q", d.Notice())
	}
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	for i, want := range map[int]string{60: "2", 0: "1", 119: "1"} {
		if k, ok := d.Recall(acme, number(phoneOf(i))); !ok || k.Choice != want {
			t.Errorf("the %d-th: %v, choice %q", i, ok, k.Choice)
		}
	}
}

// A process may end after it has moved the damaged file aside and before the new one has its name. The next start gives the new one that name as
// soon as it can, and begins no other one in its place.
func TestTheNewFileCannotTakeItsNameYet(t *testing.T) {
	picked, other := number("+14155550132"), number("+14155550133")
	begin := func(t *testing.T, name string) (path string) {
		t.Helper()
		path = filepath.Join(t.TempDir(), name)
		d := open(t, path, directory.Options{})
		check(t, d.Remember(t.Context(), acme, picked, match("1", "Dana"), true))
		check(t, d.Close())
		check(t, os.Rename(path, path+".new"))
		check(t, os.WriteFile(path+"-wal", []byte("of the damaged one"), 0o600))
		return path
	}
	ends := func(t *testing.T, path string, unlock func()) {
		t.Helper()
		d := open(t, path, directory.Options{})
		if !d.Notice().Is(directory.MemoryOnly) {
			t.Errorf("notice %q", d.Notice())
		}
		check(t, d.Remember(t.Context(), acme, other, match("2", "Ada"), true))
		if d.Forget(t.Context(), globex) == nil {
			t.Error("no error, although a file is there that was not looked into")
		}
		unlock()
		d.Retry(t.Context())
		check(t, d.Close())
		d = open(t, path, directory.Options{})
		for n, want := range map[string]string{picked.E164: "1", other.E164: "2"} {
			if k, ok := d.Recall(acme, number(n)); !ok || k.Choice != want {
				t.Errorf("%s: %v, choice %q", n, ok, k.Choice)
			}
		}
	}
	t.Run("a read-only disk", func(t *testing.T) {
		path := begin(t, directory.FileName)
		ends(t, path, disktest.ReadOnly(t, filepath.Dir(path), 0o600))
	})
	t.Run("the log of the damaged one cannot be moved", func(t *testing.T) {
		path := begin(t, strings.Repeat("d", 240)) // its name aside would be longer than a name may be
		ends(t, path, func() { check(t, os.Remove(path+"-wal")) })
	})
}

// A damaged file on a disk that cannot be written has the people of an org that is forgotten: that is said, and it is not kept beside the new one.
func TestForgetWithADamagedFile(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	kept, gone := number("+14155550132"), number("+14155550133")
	check(t, d.Remember(t.Context(), acme, kept, match("1", "Dana"), true))
	check(t, d.Remember(t.Context(), globex, gone, match("2", "Eve Forgotten"), true))
	check(t, d.Close())
	exec(t, path, "PRAGMA user_version = -5")
	unlock := disktest.ReadOnly(t, filepath.Dir(path), 0o400)
	d = open(t, path, directory.Options{})
	if _, ok := d.Recall(globex, gone); !ok {
		t.Fatal("it is not read")
	}
	if d.Forget(t.Context(), globex) == nil {
		t.Error("no error tells that the org is still on the disk")
	}
	unlock()
	d.Retry(t.Context())
	if !d.Notice().IsZero() {
		t.Errorf("notice %q", d.Notice())
	}
	if _, ok := d.Recall(globex, gone); ok {
		t.Error("a forgotten org is known")
	}
	if k, ok := d.Recall(acme, kept); !ok || k.Choice != "1" {
		t.Errorf("another org: %v, choice %q", ok, k.Choice)
	}
	check(t, d.Close())
	files, err := os.ReadDir(filepath.Dir(path))
	check(t, err)
	for _, f := range files {
		doc, err := os.ReadFile(filepath.Join(filepath.Dir(path), f.Name()))
		check(t, err)
		if bytes.Contains(doc, []byte("Forgotten")) {
			t.Errorf("%s has the forgotten org's people", f.Name())
		}
	}
}

// Another program that reads the new file keeps what was written to it from the file itself: it does not take the name before that is there.
func TestANewFileThatAnotherProgramReads(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	n := number("+14155550132")
	check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
	check(t, d.Close())
	exec(t, path, "PRAGMA user_version = -5")

	other, err := sql.Open("sqlite3", "file:"+path+".new")
	check(t, err)
	driver := other.Driver().(*sqlite3.SQLiteDriver)
	var tx *sql.Tx
	driver.ConnectHook = func(c *sqlite3.SQLiteConn) error {
		if tx != nil || !strings.HasSuffix(c.GetFilename(""), ".new") {
			return nil
		}
		driver.ConnectHook = nil
		var err error
		if tx, err = other.Begin(); err != nil {
			return err
		}
		var tables int
		return tx.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables)
	}
	d = open(t, path, directory.Options{})
	driver.ConnectHook = nil
	if tx == nil {
		t.Fatal("nobody reads")
	}
	if !d.Notice().Is(directory.MemoryOnly) {
		t.Errorf("notice %q", d.Notice())
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 0 {
		t.Errorf("beside it is %v", left)
	}
	if k, ok := d.Recall(acme, n); !ok || k.Choice != "1" {
		t.Errorf("what can be read of it: %v, choice %q", ok, k.Choice)
	}
	check(t, errors.Join(tx.Rollback(), other.Close()))
	d.Retry(t.Context())
	if !d.Notice().Is(directory.Renewed) {
		t.Errorf("once nobody reads: notice %q", d.Notice())
	}
	if k, ok := d.Recall(acme, n); !ok || k.Choice != "1" {
		t.Errorf("in the new one: %v, choice %q", ok, k.Choice)
	}
}
