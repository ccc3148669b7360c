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

// speaker is the catalogue in one language.
type speaker struct {
	catalogue *Catalogue
	language  string // language of the messages: the best one that has files
	numbers   *message.Printer
	latin     bool // the language writes numbers with the digits 0 to 9
	parser    parser
	statics   sync.Map // message id to text, for messages without values
	areas     sync.Map // area name to *area
}

// area holds the messages of one file in the speaker's language, and the English ones where it has none. It is filled
// once and then only read, so a message can contain another message without a lock.
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

// area returns the messages of the area that id belongs to.
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

// read reads the files of an area. The messages of a file that cannot be read are missing; tests check that all files
// can be read.
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

// static returns the text of a message without values.
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
		if drawn(id) {
			data[name] = apart(data[name])
		}
	}
	n, counts := whole(values["count"])
	if !counts {
		return s.localize(id, data, nil)
	}
	data["count"] = s.number(n)
	return s.localize(id, data, n)
}

// localize fills a message with clean values; count is nil when nothing is counted.
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
