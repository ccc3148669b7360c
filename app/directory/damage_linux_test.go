package directory_test

import (
	"path/filepath"
	"testing"

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
