package aside_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"linecard/app/aside"
)

// Whatever was done when the process ended, the next start finds either the damaged file or the whole new one under the name, and
// nothing of the one beside the other.
func TestReplaceCutOffAnywhere(t *testing.T) {
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	const broken = "journal.db.broken-2026-11-27"
	for _, tt := range []struct {
		name     string
		before   []string // files, each with its own name in it
		want     []string
		is       string // what is in the file of the name afterwards
		finished bool
	}{
		{"nothing under way", []string{"journal.db", "journal.db-wal"}, []string{"journal.db", "journal.db-wal"}, "journal.db", false},
		{"being filled", []string{"journal.db", "journal.db-wal", "journal.db.new", "journal.db.new-wal", "journal.db.new-shm"}, []string{"journal.db", "journal.db-wal"}, "journal.db", false},
		{
			"the damaged one moved",
			[]string{broken, "journal.db-wal", "journal.db.new"},
			[]string{"journal.db", broken, broken + "-wal"},
			"journal.db.new", true,
		},
		{
			"half of it moved, with a -wal of the name",
			[]string{broken, broken + "-wal", "journal.db-wal", "journal.db.new"},
			[]string{"journal.db", broken, broken + "-2-wal", broken + "-wal"},
			"journal.db.new", true,
		},
		{"an unfinished one half removed", []string{"journal.db", "journal.db.new-journal", "journal.db.new-wal"}, []string{"journal.db"}, "journal.db", false},
		{
			"the damaged one deleted by somebody",
			[]string{"journal.db.new", "journal.db.new-wal"},
			[]string{"journal.db", "journal.db-wal"},
			"journal.db.new", true,
		},
		{"all of it moved", []string{broken, broken + "-wal", "journal.db.new"}, []string{"journal.db", broken, broken + "-wal"}, "journal.db.new", true},
		{"done", []string{broken, "journal.db"}, []string{"journal.db", broken}, "journal.db", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range tt.before {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(dir, "journal.db")
			finished, err := aside.Finish(path, now, aside.SQLite...)
			if err != nil || finished != tt.finished {
				t.Errorf("finished %v: %v", finished, err)
			}
			if got := names(t, dir); !slices.Equal(got, tt.want) {
				t.Errorf("there are %q, want %q", got, tt.want)
			}
			if is, err := os.ReadFile(path); err != nil || string(is) != tt.is {
				t.Errorf("under the name is %q: %v", is, err)
			}
		})
	}
}

func TestReplace(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	path := filepath.Join(dir, "journal.db")
	for _, name := range []string{"journal.db", "journal.db-wal", "journal.db.new"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	to, err := aside.Replace(path, now, aside.SQLite...)
	if err != nil || to != path+".broken-2026-11-27" {
		t.Errorf("moved to %s: %v", to, err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"journal.db", "journal.db.broken-2026-11-27", "journal.db.broken-2026-11-27-wal"}) {
		t.Errorf("there are %q", got)
	}
}

func TestNewest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "[a-b] *?", "journal.db") // a folder may have any name
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := aside.Newest(path); got != "" {
		t.Errorf("of none: %q", got)
	}
	for _, end := range []string{"2026-11-27-10", "2026-11-27-9", "2026-11-27", "2026-11-27-10-wal", "2026-11-27-10-suspect", "2026-10-30-11"} {
		if err := os.WriteFile(path+".broken-"+end, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := aside.Newest(path); got != path+".broken-2026-11-27-10" {
		t.Errorf("it is %q", got)
	}
}

// A file that has something beside it is not whole: neither is moved.
func TestReplaceByOneThatIsNotWhole(t *testing.T) {
	for _, end := range aside.SQLite {
		dir := t.TempDir()
		path := filepath.Join(dir, "journal.db")
		before := []string{"journal.db", "journal.db.new", "journal.db.new" + end}
		for _, name := range before {
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if to, err := aside.Replace(path, time.Now(), aside.SQLite...); !errors.Is(err, aside.ErrHeld) || to != path {
			t.Errorf("%s: moved to %s: %v", end, to, err)
		}
		if got := names(t, dir); !slices.Equal(got, before) {
			t.Errorf("%s: there are %q", end, got)
		}
	}
}

// What is beside a file is deleted before it: an end in between leaves nothing that is taken for another one's.
func TestDeleteLeavesNothingWithoutItsFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "journal.db.new")
	if err := errors.Join(os.WriteFile(name, nil, 0o600), os.MkdirAll(filepath.Join(name+"-wal", "in the way"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := aside.Delete(name, aside.SQLite...); err == nil {
		t.Error("no error")
	}
	if _, err := os.Lstat(name); err != nil {
		t.Errorf("the file is gone before what is beside it: %v", err)
	}
	if err := aside.Delete(filepath.Join(t.TempDir(), "none"), aside.SQLite...); err != nil {
		t.Error(err)
	}
}

func TestRoom(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	if !aside.Room(path, aside.SQLite...) {
		t.Error("no room for nothing")
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(8<<40), f.Close()); err != nil { // a hole: it takes no room
		t.Fatal(err)
	}
	if aside.Room(path, aside.SQLite...) {
		t.Error("room for 16 TiB")
	}
}
