//go:build !windows

package private

import "os"

// Folder makes a folder, and those above it, for this user alone. One that is there already stays as it is.
func Folder(dir string) error { return os.MkdirAll(dir, 0o700) }
