package saver_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linecard/app/saver"
)

// What has changed is in the file after Close, and is read at the next start.
func TestADocumentSurvivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.json")
	quiet := slog.New(slog.DiscardHandler)
	doc := map[string]int{}
	saver.Load(path, &doc, quiet) // there is none yet
	s := saver.New(path, quiet, func() any { return doc })
	doc["a"] = 1
	s.Changed()
	s.Close()
	s.Close() // a second time does nothing
	var again map[string]int
	saver.Load(path, &again, quiet)
	if again["a"] != 1 {
		t.Errorf("read back %v", again)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
}

// A damaged file costs what it held and nothing else; it is kept under another name.
func TestADamagedFileIsPutAside(t *testing.T) {
	for _, damage := range []string{"", "{", "\x00\x00", `"text"`, strings.Repeat("[", 1000)} {
		dir := t.TempDir()
		path := filepath.Join(dir, "doc.json")
		if err := os.WriteFile(path, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		doc := map[string]int{"kept": 1}
		saver.Load(path, &doc, slog.New(slog.DiscardHandler))
		if doc["kept"] != 1 {
			t.Errorf("%q: %v", damage, doc)
		}
		if all, _ := filepath.Glob(path + ".broken-*"); len(all) != 1 {
			t.Errorf("%q was not put aside: %v", damage, all)
		}
	}
}
