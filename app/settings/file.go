package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"linecard/app/aside"
	"linecard/app/catalogue"
	"linecard/fault"
	"linecard/private"
	"linecard/wholefile"
)

// header is the comment above the settings, for people who open the file.
func header() string {
	return "# " + strings.ReplaceAll(catalogue.Text("settings.header"), "\n", "\n# ") + "\n\n"
}

// Bounds of a settings file: far beyond what a person writes, and what still takes milliseconds to read.
const (
	mostBytes = 1 << 20
	mostKeys  = 10_000 // beside each other; the time the parser takes grows with their square
	mostDepth = 32
)

// What is said of a file that is TOML, but not written by a person or by Linecard.
var (
	errTooDeep = fmt.Errorf("more than %d tables or lists inside each other", mostDepth)
	errEmpty   = errors.New("0 bytes beside other data")
	errTooMany = fmt.Errorf("more than %d keys", mostKeys)
)

// readFile reads dir/settings.toml. torn says that the file could not be used; kept that it is still in its place
// and must not be written over. Both hold the cause.
func readFile(dir string) (doc map[string]any, torn, kept *fault.Error) {
	path := filepath.Join(dir, FileName)
	raw, err := readBounded(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case errors.Is(err, errTooBig):
		kept = fault.Err(err, "settings.too-large", "file", path)
		return nil, kept, kept
	case err != nil:
		kept = fault.Err(err, "settings.no-access", "folder", dir)
		return nil, kept, kept
	}
	if len(bytes.TrimSpace(raw)) == 0 && inhabited(dir) {
		return nil, fault.Err(errEmpty, "settings.empty"), nil
	}
	doc, err = parseTOML(raw)
	if err == nil {
		return doc, nil, nil
	}
	moved, moveErr := aside.Move(path, time.Now())
	if moveErr != nil {
		kept = fault.Err(errors.Join(err, moveErr), "settings.stuck", "folder", dir)
		return nil, kept, kept
	}
	return nil, fault.Err(err, "settings.moved-aside", "file", filepath.Base(moved)), nil
}

// Language is the language that dir/settings.toml asks for, "" for the system's. It is for a program that speaks before it
// opens a store: nothing is moved aside and nothing told, and a file that cannot be read asks for nothing.
func Language(dir string) string {
	raw, err := readBounded(filepath.Join(dir, FileName))
	if err != nil {
		return ""
	}
	doc, err := parseTOML(raw)
	if err != nil {
		return ""
	}
	tag, _ := doc["language"].(string)
	return strings.TrimSpace(tag)
}

var errTooBig = errors.New("settings file too big")

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err == nil && len(raw) > mostBytes {
		err = errTooBig
	}
	return raw, err
}

// inhabited reports whether the folder has more than the settings: Linecard was used before.
func inhabited(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		switch e.Name() {
		case FileName, "linecard.lock", "linecard.sock":
		default:
			return true
		}
	}
	return false
}

// parseTOML reads a document. An error means it is not TOML, or not a settings file.
func parseTOML(raw []byte) (map[string]any, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff")) // Notepad
	if bytes.IndexByte(raw, 0) >= 0 {
		return nil, errors.New("zero bytes: a file cut off by a power failure") // valid inside no TOML value
	}
	if tooManyKeys(raw) {
		return nil, errTooMany
	}
	doc := map[string]any{}
	if err := toml.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	if depth(doc, mostDepth) >= mostDepth { // writing a table repeats the names of all above it
		return nil, errTooDeep
	}
	return doc, nil
}

// writeFile replaces dir/settings.toml, creating the folder when missing. What the next start would refuse is not written.
func writeFile(dir string, doc map[string]any) error {
	b, err := toml.Marshal(doc)
	if err == nil {
		b = append([]byte(header()), b...)
		if len(b) > mostBytes || tooManyKeys(b) {
			return fault.Err(nil, "settings.too-much")
		}
		if err = private.Folder(dir); err == nil {
			err = wholefile.Write(filepath.Join(dir, FileName), b, 0o600)
		}
	}
	if err != nil {
		return fault.Err(err, "settings.not-saved", "folder", dir)
	}
	return nil
}
