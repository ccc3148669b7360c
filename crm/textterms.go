package crm

import (
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// TextTerms are what an org is searched by for a number that stands in a field of text, which is indexed as words and not
// as a number: "+1 (415) 555-0100" has the words 1, 415, 555 and 0100. Each is a phrase of the groups that people write, or
// one word of all digits. They come behind [Number.PlainTerms], which find a number that is written without separators.
func (n Number) TextTerms() []string {
	if !n.Public() {
		return nil
	}
	t := &terms{seen: map[string]bool{}}
	num, err := phonenumbers.Parse(n.E164, "")
	if err != nil {
		return nil
	}
	cc := n.countryCode()
	international := digitGroups(phonenumbers.Format(num, phonenumbers.INTERNATIONAL))
	national := digitGroups(phonenumbers.Format(num, phonenumbers.NATIONAL))
	if len(international) > 1 && international[0] == cc {
		international = international[1:]
	}
	for _, groups := range [][]string{international, national} {
		if len(groups) < 2 {
			continue
		}
		last := len(groups) - 1
		for _, written := range [][]string{
			groups,
			{groups[0], strings.Join(groups[1:], "")},
			{strings.Join(groups[:last], ""), groups[last]},
		} {
			t.add(`"` + strings.Join(written, " ") + `"`)
			t.add(`"` + cc + strings.Join(written, " ") + `"`)
		}
	}
	if code := international; len(code) == 1 { // a country whose numbers have no groups
		t.add(`"` + cc + " " + code[0] + `"`)
	}
	return t.all
}

// digitGroups are the groups of digits of a number as it is written.
func digitGroups(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsDigit(r) })
}
