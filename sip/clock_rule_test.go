package sip_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// Signalling tells the time by the clock of its Config, so that tests, and whoever else has another, see one time alone. What may ask the system is
// what only the system understands.
func TestTheTimeIsTheClocks(t *testing.T) {
	exempt := map[string]string{
		"dialog/clock.go":    "it is the system's clock",
		"dialog/listener.go": "deadlines of sockets, and which connection has been silent the longest",
		"dialog/screen.go":   "the limiter of strangers, whose other questions go by the system's time too",
		"dialog/secured.go":  "a deadline of a socket",
		"hold.go":            "when sound was heard last, which goes by the clock of the sound",
	}
	asks := regexp.MustCompile(`\btime\.(Now|Since|Until)\(`)
	used := make(map[string]bool)
	for _, pattern := range []string{"*.go", "dialog/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = slices.DeleteFunc(files, func(f string) bool { ok, _ := filepath.Match("*_test.go", filepath.Base(f)); return ok })
		if len(files) == 0 {
			t.Fatalf("no %s", pattern)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			name := filepath.ToSlash(f)
			switch asks := asks.Match(text); {
			case asks && exempt[name] == "":
				t.Errorf("%s asks the system for the time: ask the clock", name)
			case asks:
				used[name] = true
			}
		}
	}
	for f := range exempt {
		if !used[f] {
			t.Errorf("%s needs no exemption", f)
		}
	}
}
