//go:build !windows

package private

import (
	"io/fs"
	"os"
	"testing"
)

// A folder in which others can put files becomes the user's alone. One such as /tmp is not for us to change.
func TestFolderThatOthersWriteIsShut(t *testing.T) {
	for mode, want := range map[fs.FileMode]fs.FileMode{
		0o777: 0o700, 0o770: 0o700, 0o757: 0o700, 0o750: 0o750, 0o777 | fs.ModeSticky: 0o777 | fs.ModeSticky,
	} {
		dir := t.TempDir()
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		if err := Folder(dir); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(dir); err != nil || info.Mode()&^fs.ModeDir != want {
			t.Errorf("%v: %v, %v", mode, info.Mode(), err)
		}
	}
}
