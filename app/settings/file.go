package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"linecard/app/sentence"
)

// MovedAsideError says that settings.toml could not be read as TOML and was put aside. The Settings returned with it
// are the defaults and good to go on with.
type MovedAsideError struct {
	Aside string // where the file is now
	Err   error  // what is wrong with it, with line and column
}

func (e *MovedAsideError) Error() string {
	return fmt.Sprintf("The settings could not be read, so Linecard starts with the defaults; the old file is kept as %s.",
		filepath.Base(e.Aside))
}

func (e *MovedAsideError) Unwrap() error { return e.Err }

// LogValue gives the log what is wrong with the file too.
func (e *MovedAsideError) LogValue() slog.Value {
	return slog.StringValue(e.Error() + " (" + e.Err.Error() + ")")
}

const header = `# Linecard settings. Passwords and tokens are not here: they are in this computer's keyring.
# Edit while Linecard is not running; it writes this file when settings change.

`

// Load reads dir/settings.toml. A missing file gives the defaults. The settings are usable even when the error is a
// [*MovedAsideError]: show its sentence and go on.
func Load(dir string) (Settings, error) {
	path := filepath.Join(dir, FileName)
	doc, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Default(), nil
	}
	if err != nil {
		return Default(), sentence.Say(err, "The settings in %s can't be read. Give yourself access to that folder.", dir)
	}
	s, err := parse(doc)
	if err == nil {
		return s, nil
	}
	aside, moveErr := moveAside(path, time.Now())
	if moveErr != nil {
		return Default(), sentence.Say(errors.Join(err, moveErr), "The settings in %s can't be read or moved aside.", dir)
	}
	return Default(), &MovedAsideError{Aside: aside, Err: err}
}

// parse reads a settings file over the defaults. An error means it is not TOML; a value of the wrong type is only a
// notice.
func parse(doc []byte) (Settings, error) {
	doc = bytes.TrimPrefix(doc, []byte("\ufeff")) // Notepad
	if bytes.IndexByte(doc, 0) >= 0 {
		return Settings{}, errors.New("zero bytes: a file cut off by a power failure") // valid inside no TOML value
	}
	var found map[string]any
	if err := toml.Unmarshal(doc, &found); err != nil {
		return Settings{}, err
	}
	var s Settings
	var notices []string
	for { // a value of the wrong type stops the decoder; take it out and read the rest
		s = Default()
		err := decode(found, &s)
		if err == nil {
			break
		}
		var wrong *toml.DecodeError
		if !errors.As(err, &wrong) || !remove(found, wrong.Key()) {
			return Settings{}, err
		}
		notices = append(notices, fmt.Sprintf("Setting %s can't be read and is back to its default.", strings.Join(wrong.Key(), ".")))
	}
	s.notices = notices
	s.unknown = beyond(found, asMap(s))
	for _, key := range keys(s.unknown, "") {
		s.notices = append(s.notices, fmt.Sprintf("Setting %s is not known to this version of Linecard and is ignored.", key))
	}
	s.check()
	return s, nil
}

// Save writes dir/settings.toml, creating the folder when missing.
func Save(dir string, s Settings) error {
	if err := save(dir, s); err != nil {
		return sentence.Say(err, "The settings could not be saved in %s. Check the disk and the folder's permissions.", dir)
	}
	return nil
}

func save(dir string, s Settings) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	doc := asMap(s)
	merge(doc, s.unknown)
	b, err := toml.Marshal(doc)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, FileName), append([]byte(header), b...), 0o600)
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

// asMap is s as TOML sees it.
func asMap(s Settings) map[string]any {
	var m map[string]any
	b, err := toml.Marshal(s)
	if err == nil {
		err = toml.Unmarshal(b, &m)
	}
	if err != nil { // strings, numbers and booleans only
		panic("settings: " + err.Error())
	}
	return m
}

func decode(m map[string]any, into *Settings) error {
	b, err := toml.Marshal(m)
	if err != nil {
		return err
	}
	return toml.Unmarshal(b, into)
}

// beyond returns what found has and known has not.
func beyond(found, known map[string]any) map[string]any {
	more := map[string]any{}
	for k, v := range found {
		kv, ok := known[k]
		if !ok {
			more[k] = v
			continue
		}
		if sub, ok := v.(map[string]any); ok {
			if ksub, ok := kv.(map[string]any); ok {
				if m := beyond(sub, ksub); len(m) > 0 {
					more[k] = m
				}
			}
		}
	}
	return more
}

// merge puts what is in more and not in doc into doc.
func merge(doc, more map[string]any) {
	for k, v := range more {
		sub, isTable := doc[k].(map[string]any)
		vsub, both := v.(map[string]any)
		switch {
		case isTable && both:
			merge(sub, vsub)
		case doc[k] == nil:
			doc[k] = v
		}
	}
}

// remove takes the value at key out of m; false when there is none.
func remove(m map[string]any, key []string) bool {
	for ; len(key) > 1; key = key[1:] {
		sub, ok := m[key[0]].(map[string]any)
		if !ok {
			break // the table itself is something else: account = 3
		}
		m = sub
	}
	if len(key) == 0 || m[key[0]] == nil {
		return false
	}
	delete(m, key[0])
	return true
}

// keys lists the dotted keys of m in order.
func keys(m map[string]any, prefix string) (out []string) {
	for k, v := range m {
		if sub, ok := v.(map[string]any); ok {
			out = append(out, keys(sub, prefix+k+".")...)
		} else {
			out = append(out, prefix+k)
		}
	}
	slices.Sort(out)
	return out
}
