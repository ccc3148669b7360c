package main

import (
	"log/slog"
	"path/filepath"
	"sync"

	"linecard/app/saver"
	"linecard/app/ui"
)

// sizesFile has the sizes of the window, in the data directory. It is a matter of this computer's screen and no setting: no profile has it.
const sizesFile = "window.json"

// sizes keeps how large the window is.
type sizes struct {
	mu    sync.Mutex
	now   ui.Sizes
	saver *saver.Saver
}

// loadSizes reads what the last run left in the directory. A file that is damaged is put aside, and the window is as large as at first.
func loadSizes(dir string, log *slog.Logger) *sizes {
	s := &sizes{}
	path := filepath.Join(dir, sizesFile)
	saver.Load(path, &s.now, log)
	s.saver = saver.New(path, log, func() any {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.now
	})
	return s
}

// resized keeps the sizes, a moment later.
func (s *sizes) resized(now ui.Sizes) {
	s.mu.Lock()
	s.now = now
	s.mu.Unlock()
	s.saver.Changed()
}
