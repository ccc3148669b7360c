// Package cataloguetest has a language for tests: every message of the program in English, marked. A text without the mark
// has not come from the catalogue, or was made before the language was changed.
package cataloguetest

import (
	"io/fs"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"

	"linecard/app/catalogue"
	"linecard/resources/messages"
)

// The language: its tag, its name for itself, and what stands before and after each of its texts. It has the plural forms of
// English.
const (
	Tag    = "eo"
	Name   = "Marked"
	before = "«"
	after  = "»"
)

// unmarked are patterns, which have no words of their own.
var unmarked = regexp.MustCompile(`^general\.|^[^"]*page-language$`)

// Speak gives the program a catalogue that has the language beside English, and begins in English. It is for tests that do
// not run in parallel with others of their package.
func Speak(t testing.TB) {
	t.Helper()
	c := catalogue.New(files(t), slog.New(slog.DiscardHandler))
	c.Use(language.English)
	t.Cleanup(catalogue.Replace(c))
}

// Marked is an English text as the language has it.
func Marked(english string) string { return before + english + after }

// IsMarked reports whether a text is of the language.
func IsMarked(s string) bool { return strings.Contains(s, before) && strings.Contains(s, after) }

func files(t testing.TB) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{}
	names, err := fs.Glob(messages.Files, "*.en.toml")
	if err != nil || len(names) == 0 {
		t.Fatal("no message files", err)
	}
	for _, name := range names {
		english, err := fs.ReadFile(messages.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		doc := map[string]any{}
		if err := toml.Unmarshal(english, &doc); err != nil {
			t.Fatal(err)
		}
		for id, message := range doc {
			doc[id] = marked(id, message)
		}
		if name == "general.en.toml" {
			doc["general.language"] = Name
		}
		other, err := toml.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = &fstest.MapFile{Data: english}
		all[strings.Replace(name, ".en.", "."+Tag+".", 1)] = &fstest.MapFile{Data: other}
	}
	return all
}

// marked is a message, or one of its plural forms, in the language.
func marked(id string, message any) any {
	if unmarked.MatchString(id) {
		return message
	}
	switch message := message.(type) {
	case string:
		return Marked(message)
	case map[string]any:
		forms := map[string]any{}
		for form, text := range message {
			forms[form] = marked(id, text)
		}
		return forms
	}
	return message
}
