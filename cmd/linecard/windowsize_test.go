package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"linecard/app/ui"
)

// The window is as large at the next start as it was left, and a torn file costs the size and nothing else.
func TestTheWindowIsAsLargeAsItWas(t *testing.T) {
	dir, quiet := t.TempDir(), slog.New(slog.DiscardHandler)
	left := ui.Sizes{Wide: fyne.NewSize(1000, 640), Phone: fyne.NewSize(330, 590), IsPhone: true}
	s := loadSizes(dir, quiet)
	s.resized(left)
	s.saver.Close()
	again := loadSizes(dir, quiet)
	again.saver.Close()
	if again.now != left {
		t.Errorf("kept %+v", again.now)
	}
	if err := os.WriteFile(filepath.Join(dir, sizesFile), []byte(`{"wide": `), 0o600); err != nil {
		t.Fatal(err)
	}
	torn := loadSizes(dir, quiet)
	torn.saver.Close()
	if torn.now != (ui.Sizes{}) {
		t.Errorf("read %+v", torn.now)
	}
}
