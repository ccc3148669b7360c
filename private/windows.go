package private

import "strings"

// What follows is for Windows, and pure, so that it is tested everywhere.

// onlyFor is the security descriptor, in SDDL, of a folder that the user with that SID may use and nobody else. It inherits nothing (P), and
// what is made in it has the same rights (OI, CI).
func onlyFor(sid string) string { return "D:P(A;OICI;FA;;;" + sid + ")" }

// longest is the longest path of a folder that Windows takes as it is: MAX_PATH, less a file name in its short form.
const longest = 260 - 12

// extended is an absolute path in the form that may be long (learn.microsoft.com, Maximum Path Length Limitation).
func extended(path string) string {
	switch {
	case len(path) < longest, strings.HasPrefix(path, `\\?\`), strings.HasPrefix(path, `\\.\`):
		return path
	case strings.HasPrefix(path, `\\`):
		return `\\?\UNC\` + path[2:]
	case len(path) > 2 && path[1] == ':' && path[2] == '\\':
		return `\\?\` + path
	}
	return path
}
