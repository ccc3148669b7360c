package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"linecard/app/instance"
)

// A demo for which no directory was named makes linecard-demo-123456789 in the temporary directory, and the data directory
// in that.
const (
	demoDir  = "linecard-demo-" // os.MkdirTemp adds digits
	demoData = "data"
)

// sweepDemos removes the directories of demos that were killed. A running demo holds the lock of its data directory, and is
// left alone; so are directories of other users and of other programs.
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
