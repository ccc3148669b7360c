//go:build !unix

package instance

import "io/fs"

// isMine: the temporary directory of Windows is the user's own.
func isMine(fs.FileInfo) bool { return true }
