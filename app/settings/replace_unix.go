//go:build unix

package settings

import (
	"io/fs"

	"github.com/google/renameio/v2"
)

// replaceFile writes a whole file or leaves the old one.
func replaceFile(path string, doc []byte, mode fs.FileMode) error {
	return renameio.WriteFile(path, doc, mode, renameio.WithPermissions(mode))
}
