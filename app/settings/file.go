package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pelletier/go-toml/v2"

	"linecard/app/sentence"
)

const header = `# Linecard settings. Passwords and tokens are not here: they are in this computer's keyring.
# Only what differs from the defaults is here. Edit while Linecard is not running; it writes this file when settings change.

`

// Bounds of a settings file: far beyond what a person writes, and what still takes milliseconds to read.
const (
	mostBytes = 1 << 20
	mostKeys  = 10_000 // the time the parser takes grows with their square
	mostDepth = 32
)

// What is said of a file that is TOML, but not written by a person or by Linecard.
var (
	errTooDeep = fmt.Errorf("more than %d tables or lists inside each other", mostDepth)
	errEmpty   = errors.New("0 bytes beside other data")
	errTooMany = fmt.Errorf("more than %d keys", mostKeys)
)

// readFile reads dir/settings.toml. torn says that the file could not be used; kept that it is still in its place
// and must not be written over. Both are sentences, and hold the cause.
func readFile(dir string) (doc map[string]any, torn, kept error) {
	path := filepath.Join(dir, FileName)
	raw, err := readBounded(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, nil
	case errors.Is(err, errTooBig):
		kept = sentence.Say(err, "The settings file is larger than 1 MB, so it was not read and Linecard uses the defaults. Move %s away, or make it smaller, and start Linecard again.", path)
		return nil, kept, kept
	case err != nil:
		kept = sentence.Say(err, "The settings in %s can't be read, so Linecard uses the defaults. Give yourself access to that folder and start Linecard again.", dir)
		return nil, kept, kept
	}
	if len(bytes.TrimSpace(raw)) == 0 && inhabited(dir) {
		return nil, sentence.Say(errEmpty, "The settings file is empty, as after a power failure, so Linecard starts with the defaults. Set the phone account again in Settings > Phone."), nil
	}
	doc, err = parseTOML(raw)
	if err == nil {
		return doc, nil, nil
	}
	aside, moveErr := moveAside(path, time.Now())
	if moveErr != nil {
		kept = sentence.Say(errors.Join(err, moveErr), "The settings in %s can't be read or moved aside, so Linecard uses the defaults. Give yourself access to that folder and start Linecard again.", dir)
		return nil, kept, kept
	}
	return nil, sentence.Say(err, "The settings could not be read, so Linecard starts with the defaults; the old file is kept as %s.", filepath.Base(aside)), nil
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
	if bytes.Count(raw, []byte("="))+bytes.Count(raw, []byte("[")) > mostKeys {
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

// writeFile replaces dir/settings.toml, creating the folder when missing.
func writeFile(dir string, doc map[string]any) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		var b []byte
		if b, err = toml.Marshal(doc); err == nil {
			err = replaceFile(filepath.Join(dir, FileName), append([]byte(header), b...), 0o600)
		}
	}
	if err != nil {
		return sentence.Say(err, "The settings could not be saved in %s. Check the disk and the folder's permissions.", dir)
	}
	return nil
}

func moveAside(path string, now time.Time) (string, error) {
	aside := path + ".broken-" + now.Format("2006-01-02")
	for n := 2; ; n++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			return aside, os.Rename(path, aside)
		}
		aside = fmt.Sprintf("%s.broken-%s-%d", path, now.Format("2006-01-02"), n)
	}
}
