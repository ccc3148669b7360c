package wholefile

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf16"
)

// What follows is for Windows, and pure, so that it is tested everywhere.

// checkName refuses the name of a file that Windows takes for something else, or changes: a device, a stream of another file, a name with a
// blank or point at its end, which Windows drops (learn.microsoft.com, Naming Files, Paths, and Namespaces). What is written to a device is
// gone without an error.
func checkName(name string) error {
	switch {
	case name == "" || name == "." || name == "..":
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || strings.ContainsRune(`<>:"/\|?*`, r) }):
	case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " "):
	case isDevice(name):
	case len(utf16.Encode([]rune(name))) > mostUnits:
	default:
		return nil
	}
	return fmt.Errorf("%w: %q cannot be the name of a file", fs.ErrInvalid, name)
}

// mostUnits is the longest name of a file, in units of UTF-16.
const mostUnits = 255

// isDevice reports whether a name is a device's, with whatever extension.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	number, port := strings.CutPrefix(base, "COM")
	if !port {
		number, port = strings.CutPrefix(base, "LPT")
	}
	digits := []rune(number)
	return port && len(digits) == 1 && strings.ContainsRune("123456789¹²³", digits[0])
}

// mostKept is how much of a file's name the name of the file beside it keeps, in characters: that one is longer, and has to fit too.
const mostKept = 100

// beside is the pattern of the name of the file that is written first: the name with a number after it.
func beside(name string) string {
	if r := []rune(name); len(r) > mostKept {
		name = string(r[:mostKept])
	}
	return strings.ReplaceAll(name, "*", "_") + ".*"
}
