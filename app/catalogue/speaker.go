package catalogue

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// speaker is a catalogue in one language.
type speaker struct {
	catalogue *Catalogue
	language  string // of the messages: the best of those that have files
	numbers   *message.Printer
	latin     bool // numbers are written with the digits 0 to 9
	parser    parser
	statics   sync.Map // id to text, of messages without values
	areas     sync.Map // name to *area
}

// area is the messages of one file in the speaker's language, over those in English. It is filled once and then only
// read, so that messages may be made within messages without a lock.
type area struct {
	fill     sync.Once
	messages *i18n.Localizer
}

func newSpeaker(c *Catalogue, lang language.Tag) *speaker {
	spoken, ok := c.best(lang)
	if !ok {
		lang = spoken // English sentences have English numbers
	}
	s := &speaker{catalogue: c, numbers: message.NewPrinter(lang), language: spoken.String()}
	s.latin = s.numbers.Sprint(number.Decimal(987)) == "987"
	s.parser = parser{s.formats()}
	return s
}

// area returns the messages that id is among.
func (s *speaker) area(id string) *i18n.Localizer {
	name, _, _ := strings.Cut(id, ".")
	known, ok := s.areas.Load(name)
	if !ok {
		known, _ = s.areas.LoadOrStore(name, new(area))
	}
	a := known.(*area)
	a.fill.Do(func() { a.messages = s.read(name) })
	return a.messages
}

// read reads the files of an area. One that cannot be read leaves its messages unknown; tests see to it that all can.
func (s *speaker) read(area string) *i18n.Localizer {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, lang := range slices.Compact([]string{language.English.String(), s.language}) {
		path := area + "." + lang + ".toml"
		text, err := fs.ReadFile(s.catalogue.files, path)
		if err == nil {
			_, err = bundle.ParseMessageFileBytes(text, path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.catalogue.missing(path, err.Error())
		}
	}
	return i18n.NewLocalizer(bundle, s.language)
}

// static is the text of a message without values.
func (s *speaker) static(id string) string {
	if text, ok := s.statics.Load(id); ok {
		return text.(string)
	}
	text := s.say(id, nil)
	s.statics.Store(id, text)
	return text
}

// say makes the sentence of a message.
func (s *speaker) say(id string, values map[string]any) string {
	data := make(map[string]any, len(values))
	for name, v := range values {
		data[name] = s.presentable(v)
	}
	n, counts := whole(values["count"])
	if !counts {
		return s.localize(id, data, nil)
	}
	data["count"] = s.number(n)
	return s.localize(id, data, n)
}

// localize fills a message with values that are fit to be shown; count is nil where nothing is counted.
func (s *speaker) localize(id string, values map[string]any, count any) string {
	text, err := s.area(id).Localize(
		&i18n.LocalizeConfig{MessageID: id, TemplateData: values, PluralCount: count, TemplateParser: s.parser})
	switch {
	case text == "" && err != nil && id == unknownID: // there are no messages at all
		return "Something went wrong."
	case text == "" && err != nil:
		s.catalogue.missing(id, err.Error())
		return s.say(unknownID, map[string]any{"code": id})
	case strings.Contains(text, noValue):
		s.catalogue.missing(id, "it names a value that it was not given")
		return strings.ReplaceAll(text, noValue, "…")
	}
	return text
}

const unknownID = "general.unknown"
