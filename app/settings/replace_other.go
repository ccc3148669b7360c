//go:build !unix

package settings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile writes a whole file or leaves the old one: on Windows os.Rename replaces in one step.
func replaceFile(path string, doc []byte, _ fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
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
