package saver_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"linecard/app/saver"
)

// What must be on the disk is there when Write returns.
func TestWriteDoesNotWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.json")
	quiet := slog.New(slog.DiscardHandler)
	s := saver.New(path, quiet, func() any { return map[string]int{"a": 1} })
	defer s.Close()
	s.Write()
	var again map[string]int
	if saver.Load(path, &again, quiet); again["a"] != 1 {
		t.Errorf("read %v", again)
	}
}
