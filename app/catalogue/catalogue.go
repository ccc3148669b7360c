// Package catalogue makes every sentence that a person reads: in the window, on the command line, in notifications and in
// the notices of the log. What lies below hands it codes and values (package fault); the words are in resources/messages.
//
//	catalogue.Error(err)                          // the sentence about a fault in err
//	catalogue.Say(fault.New("sip.busy", "name", n)) // the sentence about a fault or notice
//	catalogue.Text("ui.calls", "count", 3)         // any other text
//
// # Messages
//
// A message file is TOML, one line per message. The id is the code itself, and what stands before its first dot names the
// file: "sip.busy" is in sip.en.toml. A message is a string, or a table of the plural forms of its language:
//
//	"sip.busy" = "{{.name}} is on another call."
//	"ui.calls" = {one = "{{.count}} call", other = "{{.count}} calls"}
//
// The value "count" decides which plural form is used, and is written as the language writes numbers. A message says how
// any other value that is no text is written:
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
// Text of others, such as a caller's name, is made fit to be shown ([Clean]) before it gets into a sentence. A value that
// is a fault itself is said in its own words. Sentences are never put together in the code, since other languages have
// another order: what is said together is one message.
//
// Plural forms follow CLDR (go-i18n); numbers are written by golang.org/x/text. That has no dates, lists or durations, so
// their patterns are messages too: general.en.toml.
package catalogue

import (
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"

	"golang.org/x/text/language"

	"linecard/fault"
	"linecard/resources/messages"
)

// Catalogue makes sentences from the message files of a folder. It may be used by many goroutines at once. A file is read
// when the first of its messages is asked for, so that a catalogue costs the start of the program nothing.
type Catalogue struct {
	files fs.FS
	log   func() *slog.Logger

	speaker atomic.Pointer[speaker]
	unknown sync.Map // codes without a message that the log was told about
}

// New returns a catalogue of the message files in the root of files, in English. The log is told of codes without a
// message, and of messages that name a value they were not given.
func New(files fs.FS, log *slog.Logger) *Catalogue {
	return newCatalogue(files, func() *slog.Logger { return log })
}

func newCatalogue(files fs.FS, log func() *slog.Logger) *Catalogue {
	return &Catalogue{files: files, log: log}
}

// now is the speaker in use. The first one is made when it is first needed.
func (c *Catalogue) now() *speaker {
	if s := c.speaker.Load(); s != nil {
		return s
	}
	c.speaker.CompareAndSwap(nil, newSpeaker(c, language.English))
	return c.speaker.Load()
}

// Use makes all further sentences in the language. Messages that have not been translated stay English, and all do where
// there are no files of the language. Numbers are written as the region of lang does it.
func (c *Catalogue) Use(lang language.Tag) { c.speaker.Store(newSpeaker(c, lang)) }

// Say is the sentence about a fault or notice; "" for the zero Fault.
func (c *Catalogue) Say(f fault.Fault) string {
	switch f.Code {
	case "":
		return ""
	case fault.Plain:
		text, _ := f.Values["text"].(string)
		return Clean(text, maxPlain)
	}
	if len(f.Values) == 0 {
		return c.now().static(string(f.Code))
	}
	return c.now().say(string(f.Code), f.Values)
}

// Error is the sentence about the fault in err; "" for nil. An error without a fault says itself what it has to say.
func (c *Catalogue) Error(err error) string {
	if err == nil {
		return ""
	}
	if f := fault.Of(err); !f.IsZero() {
		return c.Say(f)
	}
	return err.Error()
}

// Text is the text of a message, with pairs of names and values. It panics on a pair that is not whole.
func (c *Catalogue) Text(id string, pairs ...any) string {
	if len(pairs) == 0 {
		return c.now().static(id)
	}
	return c.Say(fault.New(fault.Code(id), pairs...))
}

// missing tells the log once that a message is not as it should be.
func (c *Catalogue) missing(id, what string) {
	if _, told := c.unknown.LoadOrStore(id, true); !told {
		c.log().Warn("catalogue: message is not complete", "id", id, "what", what)
	}
}

// program is the catalogue that the whole program speaks with: one person reads all of it.
var program atomic.Pointer[Catalogue]

func init() { program.Store(newCatalogue(messages.Files, slog.Default)) }

// Replace makes the program speak with another catalogue until back is called: tests have one with a language of their own.
func Replace(c *Catalogue) (back func()) {
	before := program.Swap(c)
	return func() { program.Store(before) }
}

// Use makes the program speak the language from now on.
func Use(lang language.Tag) { program.Load().Use(lang) }

// UseSetting makes the program speak the language of a setting from now on; see [Catalogue.UseSetting].
func UseSetting(tag string) { program.Load().UseSetting(tag) }

// Languages are those that the program speaks; see [Catalogue.Languages].
func Languages() []Language { return program.Load().Languages() }

// Say is the sentence about a fault or notice; "" for the zero Fault.
func Say(f fault.Fault) string { return program.Load().Say(f) }

// Error is the sentence about the fault in err; "" for nil. An error without a fault says itself what it has to say.
func Error(err error) string { return program.Load().Error(err) }

// Text is the text of a message, with pairs of names and values. It panics on a pair that is not whole.
func Text(id string, pairs ...any) string { return program.Load().Text(id, pairs...) }
