// Package disktest makes a folder one that cannot be written, for tests of what is done then.
package disktest

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// ReadOnly takes the right to write from a folder of [testing.T.TempDir] and gives its files the mode, until the test calls
// unlock or ends. The superuser may write everything, so a test that runs as root runs as the user nobody until then.
func ReadOnly(t *testing.T, dir string, files fs.FileMode) (unlock func()) {
	t.Helper()
	const nobody = 65534
	root := os.Geteuid() == 0
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	mode := func(folder, file fs.FileMode) {
		names, err := os.ReadDir(dir)
		check(err)
		for _, n := range names {
			path := filepath.Join(dir, n.Name())
			if root {
				check(os.Chown(path, nobody, -1))
			}
			if !n.IsDir() {
				check(os.Chmod(path, file))
			}
		}
		check(os.Chmod(dir, folder))
	}
	if root {
		check(os.Chmod(filepath.Dir(dir), 0o711)) // on the way to it
		check(os.Chown(dir, nobody, -1))
	}
	mode(0o500, files)
	if root {
		check(syscall.Setreuid(-1, nobody))
	}
	locked := true
	unlock = func() {
		if !locked {
			return
		}
		locked = false
		if root {
			check(syscall.Setreuid(-1, 0))
		}
		mode(0o700, 0o600)
	}
	t.Cleanup(unlock)
	return unlock
}
