package instance

import (
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Abandoned reports whether dir was left by an instance that was killed: its socket is still there, and nobody holds the
// lock. If so the lock is the caller's until release, so that nobody starts there while dir is removed. A folder without
// both was never an instance's, or is one's that starts at this moment: it is not abandoned.
func Abandoned(dir string) (release func(), ok bool) {
	files, err := remains(dir)
	if err != nil {
		return nil, false
	}
	path := filepath.Join(dir, lockName)
	for _, file := range append(files, path) {
		if st, err := os.Lstat(file); err != nil || !isMine(st) {
			return nil, false
		}
	}
	lock := flock.New(path, flock.SetPermissions(0o600))
	if held, err := lock.TryLock(); err != nil || !held {
		_ = lock.Close()
		return nil, false
	}
	return func() { _ = lock.Close() }, true
}
