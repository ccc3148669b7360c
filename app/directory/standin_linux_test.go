package directory_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"linecard/app/directory"
	"linecard/app/directory/disktest"
	"linecard/crm"
)

// What is remembered can be read from a disk that cannot be written. What changes meanwhile is kept in memory, which the
// notice says, and goes to the file once that can be written.
func TestReadOnlyDisk(t *testing.T) {
	for name, mode := range map[string]fs.FileMode{"the file too": 0o400, "the folder alone": 0o600} {
		t.Run(name, func(t *testing.T) {
			d, path := fresh(t, directory.Options{})
			a, b, c := number("+14155550132"), number("+14155550133"), number("+14155550134")
			check(t, d.Remember(t.Context(), acme, a, match("1", "Dana"), true))
			check(t, d.Remember(t.Context(), globex, c, match("5", "Eve"), true))
			check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("7", "Max", b.E164)})))
			check(t, d.Close())

			unlock := disktest.ReadOnly(t, filepath.Dir(path), mode)
			d = open(t, path, directory.Options{})
			if !d.Notice().Is(directory.MemoryOnly) {
				t.Errorf("notice %q", d.Notice())
			}
			if k, ok := d.Recall(acme, a); !ok || k.Choice != "1" {
				t.Errorf("what was picked: %v, choice %q", ok, k.Choice)
			}
			if k, ok := d.Recall(acme, b); !ok || !slices.Equal(names(k), []string{"Max"}) {
				t.Errorf("what was synced: %v, %v", ok, names(k))
			}
			check(t, d.Remember(t.Context(), acme, a, match("2", "Ada"), true))
			if k, _ := d.Recall(acme, a); k.Choice != "2" {
				t.Errorf("what changed: choice %q", k.Choice)
			}
			if d.Forget(t.Context(), globex) == nil {
				t.Error("no error tells that the org is still on the disk")
			}
			if _, ok := d.Recall(globex, c); ok {
				t.Error("a forgotten org is known")
			}
			if d.Put(t.Context(), acme, slices.Values([]crm.Record{person("8", "Zoe", c.E164)})) == nil {
				t.Error("records were taken that cannot be written")
			}

			d.Retry(t.Context())
			if !d.Notice().Is(directory.MemoryOnly) {
				t.Errorf("tried again: notice %q", d.Notice())
			}
			unlock()
			d.Retry(t.Context())
			if !d.Notice().IsZero() {
				t.Errorf("tried again when it can be written: notice %q", d.Notice())
			}
			check(t, d.Remember(t.Context(), acme, c, match("3", "Mia"), false))
			if !d.Notice().IsZero() {
				t.Errorf("when it can be written again: notice %q", d.Notice())
			}
			check(t, d.Close())
			d = open(t, path, directory.Options{})
			if k, _ := d.Recall(acme, a); k.Choice != "2" {
				t.Errorf("after a restart: choice %q", k.Choice)
			}
			if _, ok := d.Recall(globex, c); ok {
				t.Error("a forgotten org is known after a restart")
			}
			if _, ok := d.Recall(acme, c); !ok {
				t.Error("the last change is lost")
			}
		})
	}
}

// What a crash left in the log of writes is read too.
func TestReadOnlyDiskAfterACrash(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	n := number("+14155550132")
	check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal", "-shm"} { // as a crash leaves them: without Close
		doc, err := os.ReadFile(path + suffix)
		check(t, err)
		check(t, os.WriteFile(filepath.Join(dir, directory.FileName+suffix), doc, 0o600))
	}
	disktest.ReadOnly(t, dir, 0o400)
	d = open(t, filepath.Join(dir, directory.FileName), directory.Options{})
	if k, ok := d.Recall(acme, n); !ok || k.Choice != "1" {
		t.Errorf("%v, choice %q", ok, k.Choice)
	}
}

// A directory that began in memory, for there was no file to read, moves to the disk once it can.
func TestMemoryMovesToTheDisk(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, directory.FileName)
	before := open(t, path, directory.Options{})
	a, b, c := number("+14155550132"), number("+14155550133"), number("+14155550134")
	check(t, before.Remember(t.Context(), globex, c, match("5", "Eve"), true))
	check(t, before.Close())

	unlock := disktest.ReadOnly(t, dir, 0)
	d := open(t, path, directory.Options{})
	check(t, d.Remember(t.Context(), acme, a, match("1", "Dana"), true))
	if d.Forget(t.Context(), globex) == nil {
		t.Error("no error tells that the org is still on the disk")
	}
	if !d.Notice().Is(directory.MemoryOnly) {
		t.Errorf("notice %q", d.Notice())
	}
	unlock()
	check(t, d.Remember(t.Context(), acme, b, match("2", "Ada"), false))
	if !d.Notice().IsZero() {
		t.Errorf("on the disk: notice %q", d.Notice())
	}
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	for n, want := range map[string]string{a.E164: "1", b.E164: ""} {
		if k, ok := d.Recall(acme, number(n)); !ok || k.Choice != want {
			t.Errorf("%s: %v, choice %q", n, ok, k.Choice)
		}
	}
	if _, ok := d.Recall(globex, c); ok {
		t.Error("an org that was forgotten meanwhile is known")
	}
}
