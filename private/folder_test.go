package private

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestFolderIsTheUsersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "above", "data")
	for range 2 { // the second time it is there
		if err := Folder(dir); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Folder(filepath.Join(dir, "file")); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("where a file is: %v", err)
	}
}

// A folder that somebody made stays as it is, with whom it is shared.
func TestFolderThatIsThereStays(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Folder(dir); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != fs.FileMode(0o755) {
		t.Errorf("%v, %v", info, err)
	}
}

func TestSecurityDescriptor(t *testing.T) {
	if got, want := onlyFor("S-1-5-21-1-2-3-1001"), "D:P(A;OICI;FA;;;S-1-5-21-1-2-3-1001)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestLongPaths(t *testing.T) {
	long := strings.Repeat(`\folder`, 40)
	for path, want := range map[string]string{
		`C:\Users\ann\AppData\Roaming\linecard`: `C:\Users\ann\AppData\Roaming\linecard`,
		`C:` + strings.Repeat("\\f", 122) + `\`: `C:` + strings.Repeat("\\f", 122) + `\`, // 247
		`C:` + strings.Repeat("\\f", 123):       `\\?\C:` + strings.Repeat("\\f", 123),
		`C:` + long:                             `\\?\C:` + long,
		`\\server\share` + long:                 `\\?\UNC\server\share` + long,
		`\\?\C:` + long:                         `\\?\C:` + long,
		`\\?\UNC\server\share` + long:           `\\?\UNC\server\share` + long,
		`\\.\C:` + long:                         `\\.\C:` + long,
		`data` + long:                           `data` + long,
		`C:data` + long:                         `C:data` + long,
	} {
		if got := extended(path); got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", path, got, want)
		}
	}
}
