// Package catalogue makes every sentence that a person reads: in the window, on the command line, in notifications and
// in the notices of the log. The packages below return codes and values (package fault); the words are in
// resources/messages.
//
//	catalogue.Error(err)                          // the sentence about a fault in err
//	catalogue.Say(fault.New("sip.busy", "name", n)) // the sentence about a fault or notice
//	catalogue.Text("ui.calls", "count", 3)         // any other text
//
// # Messages
//
// A message file is TOML with one line per message. The id is the code itself, and the part before its first dot names
// the file: "sip.busy" is in sip.en.toml. A message is a string, or a table of the plural forms of its language:
//
//	"sip.busy" = "{{.name}} is on another call."
//	"ui.calls" = {one = "{{.count}} call", other = "{{.count}} calls"}
//
// The value "count" decides which plural form is used, and is formatted as a number of the language. A message gives
// the format of every other value that is not text:
//
//	{{.size | number}}    1,234
//	{{.names | list}}     A, B and C
//	{{.scopes | commas}}  A, B, C
//	{{.facts | line}}     A · B; empty facts are left out
//	{{.urls | lines}}     each on a line of its own
//	{{.at | clock}}       10:42; also weekday (Wed), day (12 Nov), date (12 Nov 2025)
//	{{.took | duration}}  1 hour 5 minutes
//	{{.took | span}}      1:05:00
//
// Text from other sources, such as a caller's name, is cleaned before it is used in a sentence (package clean). A value that
// is a fault itself is written as its own sentence. The code never joins sentences, since other languages have another
// order: what is shown together is one message.
//
// Plural forms follow CLDR (go-i18n); numbers are formatted by golang.org/x/text. It has no dates, lists or durations,
// so their patterns are messages too, in general.en.toml.
package catalogue

import (
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"

	"golang.org/x/text/language"

	"linecard/clean"
	"linecard/fault"
	"linecard/resources/messages"
)

// Catalogue makes sentences from the message files of a folder. It may be used by several goroutines at the same time.
// A file is read when its first message is needed, so a catalogue does not slow down the start of the program.
type Catalogue struct {
	files fs.FS
	log   func() *slog.Logger

	speaker atomic.Pointer[speaker]
	unknown sync.Map // ids that were already reported to the log
}

// New returns a catalogue in English of the message files in the root of files. It logs, once for each, codes without a
// message and messages that name a value they were not given.
func New(files fs.FS, log *slog.Logger) *Catalogue {
	return newCatalogue(files, func() *slog.Logger { return log })
}

func newCatalogue(files fs.FS, log func() *slog.Logger) *Catalogue {
	return &Catalogue{files: files, log: log}
}

// now returns the current speaker. The first one is made when it is needed.
func (c *Catalogue) now() *speaker {
	if s := c.speaker.Load(); s != nil {
		return s
	}
	c.speaker.CompareAndSwap(nil, newSpeaker(c, language.English))
	return c.speaker.Load()
}

// Use makes all later sentences in the language lang. Messages without a translation stay English, and all do when there
// are no files of the language. Numbers are formatted for the region of lang.
func (c *Catalogue) Use(lang language.Tag) { c.speaker.Store(newSpeaker(c, lang)) }

// Say returns the sentence about a fault or notice; it is "" for the zero Fault.
func (c *Catalogue) Say(f fault.Fault) string {
	switch f.Code {
	case "":
		return ""
	case fault.Plain:
		text, _ := f.Values["text"].(string)
		return clean.Short(text, maxPlain)
	}
	if len(f.Values) == 0 {
		return c.now().static(string(f.Code))
	}
	return c.now().say(string(f.Code), f.Values)
}

// Error returns the sentence about the fault in err; it is "" for nil. An error without a fault is returned as its own
// text.
func (c *Catalogue) Error(err error) string {
	if err == nil {
		return ""
	}
	if f := fault.Of(err); !f.IsZero() {
		return c.Say(f)
	}
	return clean.Short(err.Error(), maxPlain)
}

// Text returns the text of a message, filled with pairs of names and values. It panics when a name has no value.
func (c *Catalogue) Text(id string, pairs ...any) string {
	if len(pairs) == 0 {
		return c.now().static(id)
	}
	return c.Say(fault.New(fault.Code(id), pairs...))
}

// Sentences returns sentences one after the other, without the empty ones: what stands between them is the language's. They are as this
// catalogue made them.
func (c *Catalogue) Sentences(all ...string) string {
	return c.now().joined(present(all), "general.sentences", "general.sentences")
}

// Beside returns a name with what tells it from others of that name: "Dana Whitfield (dana@example.com)". Without the one it is the other.
func (c *Catalogue) Beside(name, more string) string {
	return c.now().joined(present([]string{name, more}), "general.beside", "general.beside")
}

// missing logs once that a message is missing or incomplete.
func (c *Catalogue) missing(id, what string) {
	if _, told := c.unknown.LoadOrStore(id, true); !told {
		c.log().Warn("catalogue: message is not complete", "id", id, "what", what)
	}
}

// program is the catalogue of the whole program, which speaks one language.
var program atomic.Pointer[Catalogue]

func init() { program.Store(newCatalogue(messages.Files, slog.Default)) }

// Replace makes the program speak with another catalogue until back is called. Tests use one with a language of their own.
func Replace(c *Catalogue) (back func()) {
	before := program.Swap(c)
	return func() { program.Store(before) }
}

// Use makes the program speak the language from now on; see [Catalogue.Use].
func Use(lang language.Tag) { program.Load().Use(lang) }

// UseSetting makes the program speak the language of a setting from now on; see [Catalogue.UseSetting].
func UseSetting(tag string) { program.Load().UseSetting(tag) }

// Languages returns those that the program speaks; see [Catalogue.Languages].
func Languages() []Language { return program.Load().Languages() }

// Say returns the sentence about a fault or notice; see [Catalogue.Say].
func Say(f fault.Fault) string { return program.Load().Say(f) }

// Error returns the sentence about the fault in err; see [Catalogue.Error].
func Error(err error) string { return program.Load().Error(err) }

// Sentences returns sentences one after the other; see [Catalogue.Sentences].
func Sentences(all ...string) string { return program.Load().Sentences(all...) }

// Beside returns a name with what tells it from others; see [Catalogue.Beside].
func Beside(name, more string) string { return program.Load().Beside(name, more) }

// Text returns the text of a message; see [Catalogue.Text].
func Text(id string, pairs ...any) string { return program.Load().Text(id, pairs...) }
