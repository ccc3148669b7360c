package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"linecard/app/instance"
)

// A demo that nobody named a folder for has one of its own: the temporary directory's linecard-demo-123456789, and in it
// the data directory.
const (
	demoDir  = "linecard-demo-" // then digits: os.MkdirTemp's
	demoData = "data"
)

// sweepDemos removes what demos left that were killed. One that lives holds the lock of its data directory; a folder of
// another user, or of another making, is left alone.
func sweepDemos(log *slog.Logger) {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), demoDir+"*"))
	if err != nil {
		return
	}
	for _, dir := range left {
		number := strings.TrimPrefix(filepath.Base(dir), demoDir)
		if info, err := os.Lstat(dir); err != nil || !info.IsDir() || number == "" || strings.Trim(number, "0123456789") != "" {
			continue
		}
		release, dead := instance.Abandoned(filepath.Join(dir, demoData))
		if !dead {
			continue
		}
		err := os.RemoveAll(dir)
		release()
		log.Info("swept what a killed demo left", "dir", dir, "err", err)
	}
}
