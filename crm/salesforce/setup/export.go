package setup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"linecard/fault"
	"linecard/wholefile"
)

// Exported is what was written.
type Exported struct {
	Folder string   // absolute path
	Files  []string // with slashes, from the folder
}

// mark is the file that tells a folder of [Export] from others, and a file that was changed since from one that was not.
const mark = ".linecard-setup.json"

// record is the content of that file.
type record struct {
	Version int                 `json:"version"`
	Files   map[string][]string `json:"files"` // the sums that a file may have; two while an export runs
}

// Export writes the project into a folder that does not exist, is empty, or was written by an earlier Export. Nothing is
// overwritten that was changed since, such as an app that was retrieved with its consumer key. Each file is written as a whole,
// and an export that was interrupted is completed by the next one. What else is in the folder stays. The error is a fault.
func Export(dir string, o Options) (Exported, error) {
	files, err := Files(o)
	if err != nil {
		return Exported{}, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return Exported{}, fault.Err(err, "setup.folder-unusable", "folder", dir)
	}
	before, err := earlier(dir)
	if err != nil {
		return Exported{}, err
	}
	after := record{Version: 1, Files: map[string][]string{}}
	both := record{Version: 1, Files: map[string][]string{}}
	for _, f := range files {
		sum := sumOf(f.Data)
		after.Files[f.Path] = []string{sum}
		both.Files[f.Path] = append(slices.Clone(before.Files[f.Path]), sum)
	}
	var dropped []string // written by an earlier version only
	for name := range before.Files {
		if after.Files[name] == nil && filepath.IsLocal(filepath.FromSlash(name)) {
			both.Files[name] = before.Files[name]
			dropped = append(dropped, name)
		}
	}
	changed, err := changedSince(dir, both)
	if err != nil {
		return Exported{}, unwritable(err, dir)
	}
	if len(changed) > 0 {
		return Exported{}, fault.Err(nil, "setup.files-changed", "folder", dir, "files", changed)
	}
	if err := write(dir, files, dropped, both, after); err != nil {
		return Exported{}, unwritable(err, dir)
	}
	out := Exported{Folder: dir}
	for _, f := range files {
		out.Files = append(out.Files, f.Path)
	}
	return out, nil
}

// earlier reads what an earlier export left, and refuses a folder with other things in it.
func earlier(dir string) (record, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return record{}, nil
	case err != nil:
		return record{}, unwritable(err, dir)
	case !info.IsDir():
		return record{}, fault.Err(nil, "setup.folder-is-a-file", "folder", dir)
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		return record{}, unwritable(err, dir)
	}
	if len(names) == 0 {
		return record{}, nil
	}
	var r record
	text, err := os.ReadFile(filepath.Join(dir, mark))
	if err != nil || json.Unmarshal(text, &r) != nil || r.Files == nil {
		return record{}, fault.Err(err, "setup.folder-not-empty", "folder", dir)
	}
	return r, nil
}

// changedSince lists the files that are not as an export wrote them.
func changedSince(dir string, r record) ([]string, error) {
	var changed []string
	for name, sums := range r.Files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		text, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, syscall.ENOTDIR), err != nil && isFolder(path):
			changed = append(changed, name)
		case err != nil:
			return nil, err
		case !slices.Contains(sums, sumOf(text)):
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed, nil
}

// isFolder asks the disk, since each system says in another way that a folder cannot be read as a file.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// write writes the files, and first that they are about to be written: a folder that is left half-way is known for what it is.
func write(dir string, files []File, dropped []string, both, after record) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := writeRecord(dir, both); err != nil {
		return err
	}
	for _, f := range files {
		at := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := writeFile(at, f.Data); err != nil {
			return err
		}
	}
	for _, name := range dropped {
		if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return writeRecord(dir, after)
}

// writeFile replaces a file as a whole. Tests let it fail.
var writeFile = func(at string, data []byte) error { return wholefile.Write(at, data, 0o644) }

func writeRecord(dir string, r record) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return wholefile.Write(filepath.Join(dir, mark), append(text, '\n'), 0o644)
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// unwritable says why nothing can be written there.
func unwritable(err error, dir string) error {
	switch {
	case errors.Is(err, fs.ErrPermission), fault.ReadOnly(err):
		return fault.Err(err, "setup.folder-forbidden", "folder", dir)
	case fault.DiskFull(err):
		return fault.Err(err, "setup.disk-full", "folder", dir)
	}
	return fault.Err(err, "setup.folder-unusable", "folder", dir)
}
