//go:build unix

package wholefile

import (
	"io/fs"

	"github.com/google/renameio/v2"
)

// Write replaces the file at path, with that mode, or leaves the old one.
func Write(path string, doc []byte, mode fs.FileMode) error {
	return renameio.WriteFile(path, doc, mode, renameio.WithPermissions(mode))
}
