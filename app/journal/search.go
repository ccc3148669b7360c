package journal

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Fold makes spellings equal that a person takes for the same: "Müller", "MULLER" and "muller". SQLite's own LIKE folds
// ASCII only, so what is searched in is stored folded.
func Fold(s string) string {
	if ascii(s) { // as most names and all numbers are: the general way takes a hundred times as long
		return strings.ToLower(s)
	}
	t := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC, cases.Fold())
	out, _, err := transform.String(t, s)
	if err != nil {
		return strings.ToLower(s)
	}
	return out
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// searchText is what the words of a Filter.Text are looked for in. The unit separator keeps a word from matching across
// fields.
func searchText(parts ...string) string {
	return Fold(strings.Join(parts, "\x1f"))
}

func searchDigits(number, dial string) string {
	dial, _, _ = strings.Cut(dial, "@") // nobody looks for the server
	return digitsOf(number) + "\x1f" + digitsOf(dial)
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// condition is what a call must have in its words, or in its digits.
type condition struct {
	digits bool
	part   []byte
}

// searchConditions are what a call must meet, one for each word; a text that is a number, however punctuated, is one
// condition on the digits.
func searchConditions(text string) (cs []condition) {
	if d, ok := asNumber(text); ok {
		return []condition{{true, []byte(d)}}
	}
	for _, w := range strings.Fields(Fold(text)) {
		cs = append(cs, condition{false, []byte(w)})
	}
	return cs
}

// sql is the condition as a part of a query, which takes the part as its one value.
func (c condition) sql() string {
	if c.digits {
		return "instr(c.digits, ?) > 0"
	}
	return "instr(c.search, ?) > 0"
}

// asNumber recognises a phone number or part of one. Zeros in front are an international or national prefix, which the
// stored number may not have.
func asNumber(text string) (digits string, ok bool) {
	if strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789+-./() \t\u00a0", r) }) >= 0 {
		return "", false
	}
	digits = digitsOf(text)
	if digits == "" {
		return "", false
	}
	if t := strings.TrimLeft(digits, "0"); t != "" {
		digits = t
	}
	return digits, true
}
