package aside_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"linecard/app/aside"
)

// Each broken file of a day has a name of its own, with what is beside it, and the name it had is free.
func TestMoveAndRemove(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	path := filepath.Join(dir, "journal.db")
	write := func(names ...string) {
		for _, name := range names {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("journal.db", "journal.db-wal", "settings.toml")
	for _, want := range []string{"journal.db.broken-2026-11-27", "journal.db.broken-2026-11-27-2"} {
		to, err := aside.Move(path, now, aside.SQLite...)
		if err != nil || to != filepath.Join(dir, want) {
			t.Errorf("moved to %s: %v", to, err)
		}
		write("journal.db")
	}
	if got := names(t, dir); !slices.Equal(got, []string{
		"journal.db", "journal.db.broken-2026-11-27", "journal.db.broken-2026-11-27-2", "journal.db.broken-2026-11-27-wal", "settings.toml",
	}) {
		t.Errorf("there are %q", got)
	}
	write("journal.db.new", "journal.db.new-wal", "journal.db.newer", "journal.db.broken-2026-11-27-journal")
	if err := aside.Remove(path); err != nil {
		t.Error(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"journal.db", "journal.db.newer", "settings.toml"}) {
		t.Errorf("afterwards there are %q", got)
	}
}

// Without a file of the name, the new one is the only one that is whole.
func TestRemoveKeepsTheOnlyWholeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	for _, name := range []string{path + ".new", path + ".broken-2026-11-27"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := aside.Remove(path); err != nil {
		t.Error(err)
	}
	if got := names(t, filepath.Dir(path)); !slices.Equal(got, []string{"journal.db.new"}) {
		t.Errorf("there are %q", got)
	}
}

func TestMoveOfNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	if to, err := aside.Move(path, time.Now()); err == nil || to != path {
		t.Errorf("moved to %s: %v", to, err)
	}
	if err := aside.Remove(filepath.Join(path, "none")); err != nil {
		t.Error(err)
	}
}

func names(t *testing.T, dir string) (all []string) {
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		all = append(all, f.Name())
	}
	return all
}
