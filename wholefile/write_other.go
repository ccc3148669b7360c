//go:build !unix

package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write replaces the file at path, or leaves the old one. The mode is for systems that have one: on Windows a file has the rights that its
// folder gives, and os.Rename replaces in one step.
func Write(path string, doc []byte, _ fs.FileMode) (err error) {
	if err := checkName(filepath.Base(path)); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), beside(filepath.Base(path)))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(doc)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
