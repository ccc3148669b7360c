package salesforce

import (
	"html"
	"regexp"
	"strings"
	"unicode"
)

// Messages of flows, validation rules and triggers hold the HTML of the page that Salesforce would show.
var (
	hiddenMarkup = regexp.MustCompile(`(?is)<!--.*?-->|<(script|style|head|title)\b[^>]*>.*?</(?:script|style|head|title)\s*>`)
	markup       = regexp.MustCompile(`(?s)</?[A-Za-z!][^<>]*>`)
)

// plainWords returns a text without the HTML in it: tags become spaces and entities become characters. A "<" that is
// not the beginning of a tag is kept. Markup that was escaped, once or twice, is removed too.
func plainWords(s string) string {
	for range 3 {
		s = hiddenMarkup.ReplaceAllString(s, " ")
		s = markup.ReplaceAllString(s, " ")
		plain := html.UnescapeString(s)
		if plain == s {
			break
		}
		s = plain
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return tidy(s)
}

// tidy folds spaces, and removes those that a tag has left before punctuation.
func tidy(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return spaceBefore.ReplaceAllString(s, "$1$2")
}

var spaceBefore = regexp.MustCompile(` ([.,;:!?])( |$)`)

// words returns a message of the org as it is shown to people.
func words(message string) string { return short(plainWords(message), longestWords) }
