//go:build !linux

package notify

import (
	"context"
	"runtime"
)

// Shower names what shows notifications on this desktop. Windows and macOS always have it.
func Shower(context.Context) (name string, err error) {
	return map[string]string{"windows": "Windows", "darwin": "macOS"}[runtime.GOOS], nil
}
