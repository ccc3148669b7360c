package catalogue

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// speaker is a catalogue in one language.
type speaker struct {
	catalogue *Catalogue
	language  string // of the messages: the best of those that have files
	numbers   *message.Printer
	parser    parser

	areas   sync.Map // name of the area to *area
	statics sync.Map // id to text, of messages without values
}

// area is the messages of one file in the speaker's language, over those in English.
type area struct {
	load      sync.Once
	localizer *i18n.Localizer
}

func newSpeaker(c *Catalogue, lang language.Tag) *speaker {
	s := &speaker{catalogue: c, numbers: message.NewPrinter(lang)}
	s.language = s.best(lang)
	s.parser = parser{s.functions()}
	return s
}

// best picks the language that messages are read in: of those that have files, the one nearest to lang.
func (s *speaker) best(lang language.Tag) string {
	tags := []language.Tag{language.English}
	if lang == tags[0] {
		return tags[0].String()
	}
	names, _ := fs.Glob(s.catalogue.files, "general.*.toml")
	for _, name := range names {
		if tag, err := language.Parse(strings.Split(name, ".")[1]); err == nil {
			tags = append(tags, tag)
		}
	}
	_, i, _ := language.NewMatcher(tags).Match(lang)
	return tags[i].String()
}

// area returns the messages that id is among.
func (s *speaker) area(id string) *area {
	name, _, _ := strings.Cut(id, ".")
	known, ok := s.areas.Load(name)
	if !ok {
		known, _ = s.areas.LoadOrStore(name, new(area))
	}
	a := known.(*area)
	a.load.Do(func() { a.localizer = s.read(name) })
	return a
}

// read reads the files of an area. One that cannot be read leaves its messages unknown; tests see to it that all can.
func (s *speaker) read(name string) *i18n.Localizer {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, lang := range []string{language.English.String(), s.language} {
		path := name + "." + lang + ".toml"
		text, err := fs.ReadFile(s.catalogue.files, path)
		if err == nil {
			_, err = bundle.ParseMessageFileBytes(text, path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.catalogue.missing(path, err.Error())
		}
		if s.language == lang {
			break
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
	text, err := s.area(id).localizer.Localize(
		&i18n.LocalizeConfig{MessageID: id, TemplateData: values, PluralCount: count, TemplateParser: s.parser})
	switch {
	case text == "" && id == unknownID: // there are no messages at all
		return "Something went wrong."
	case text == "":
		s.catalogue.missing(id, fmt.Sprint("no text: ", err))
		return s.say(unknownID, map[string]any{"code": id})
	case strings.Contains(text, noValue):
		s.catalogue.missing(id, "it names a value that it was not given")
		return strings.ReplaceAll(text, noValue, "…")
	}
	return text
}

const (
	unknownID = "general.unknown"
	noValue   = "<no value>" // what text/template writes for a value that it was not given
)
