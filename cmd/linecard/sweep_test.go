package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"linecard/app/instance"
)

func TestADemoSweepsWhatKilledOnesLeft(t *testing.T) {
	tmp, err := os.MkdirTemp("", "lc") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(tmp) })
	t.Setenv("TMPDIR", tmp)
	data := func(name string) string { return filepath.Join(tmp, name, demoData) }

	// What a killed instance leaves: the lock and the socket, and nobody at either.
	left := func(dir string) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, file := range []string{"linecard.lock", "linecard.sock", "journal.db"} {
			if err := os.WriteFile(filepath.Join(dir, file), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	left(data("linecard-demo-1"))
	left(data("linecard-demo-mine")) // somebody named it
	left(filepath.Join(tmp, "elsewhere", demoData))
	if err := os.Symlink(filepath.Join(tmp, "elsewhere"), filepath.Join(tmp, "linecard-demo-2")); err != nil {
		t.Fatal(err)
	}
	living, err := instance.Listen(data("linecard-demo-3"), func(context.Context, instance.Request, func(any) error) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = living.Close() }()
	if err := os.MkdirAll(data("linecard-demo-4"), 0o700); err != nil { // one that is just starting
		t.Fatal(err)
	}

	sweepDemos(slog.New(slog.DiscardHandler))
	for name, kept := range map[string]bool{
		"linecard-demo-1": false, "linecard-demo-mine": true, "linecard-demo-2": true, "elsewhere/data/journal.db": true,
		"linecard-demo-3/data/linecard.sock": true, "linecard-demo-4": true,
	} {
		if _, err := os.Lstat(filepath.Join(tmp, name)); errors.Is(err, fs.ErrNotExist) == kept {
			t.Errorf("%s: kept %v, want %v (%v)", name, !kept, kept, err)
		}
	}
	if err := instance.Call(t.Context(), data("linecard-demo-3"), instance.Request{Verb: "status"}, nil); err != nil {
		t.Errorf("the living one: %v", err)
	}
}
