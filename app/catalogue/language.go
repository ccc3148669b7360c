package catalogue

import (
	"io/fs"
	"strings"

	"github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"
)

// Language is one that can be chosen.
type Language struct {
	Tag  string // BCP 47
	Name string // its own name for itself
}

// Languages are those that have message files, English first and the others in the order of their tags.
func (c *Catalogue) Languages() (all []Language) {
	for _, tag := range c.tags() {
		all = append(all, Language{tag.String(), newSpeaker(c, tag).static("general.language")})
	}
	return all
}

func (c *Catalogue) tags() []language.Tag {
	tags := []language.Tag{language.English}
	names, _ := fs.Glob(c.files, "general.*.toml")
	for _, name := range names {
		if tag, err := language.Parse(strings.Split(name, ".")[1]); err == nil && tag != language.English {
			tags = append(tags, tag)
		}
	}
	return tags
}

// best picks the language that messages are read in: of those that have files, the one nearest to lang. ok is false where
// none is near, and it is English then.
func (c *Catalogue) best(lang language.Tag) (nearest language.Tag, ok bool) {
	if lang == language.English {
		return lang, true
	}
	tags := c.tags()
	_, i, near := language.NewMatcher(tags).Match(lang)
	return tags[i], near >= language.High
}

// UseSetting makes all further sentences in the language of a setting: a BCP 47 tag, or "" for the language of the system.
// A text that is no tag means English.
func (c *Catalogue) UseSetting(tag string) {
	if tag == "" {
		c.Use(c.system())
		return
	}
	lang, err := language.Parse(tag)
	if err != nil {
		lang = language.English
	}
	c.Use(lang)
}

// system is the first of the languages that the system prefers which has message files; English where none has.
func (c *Catalogue) system() language.Tag {
	preferred, _ := locale.GetLocales() // what cannot be found out is no preference
	for _, name := range preferred {
		tag, err := language.Parse(name)
		if err != nil {
			continue
		}
		if _, ok := c.best(tag); ok {
			return tag
		}
	}
	return language.English
}
