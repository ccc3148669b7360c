package sosl

import (
	"slices"
	"strings"
	"unicode"
)

// Words splits text as the index does: at spaces, at punctuation, and between letters and digits, in lower case.
func Words(text string) []string { return cut([]rune(text)) }

// cut keeps wildcards inside a word; they count as the kind of the character before them.
func cut(text []rune) []string {
	var words []string
	var word []rune
	digits := false
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
		}
		word = nil
	}
	for _, c := range text {
		switch {
		case c == anyRun || c == anyOne:
			if len(word) > 0 {
				word = append(word, c)
			}
			continue
		case !isAlnum(c) && !unicode.Is(unicode.Mn, c):
			flush()
			continue
		case len(word) > 0 && unicode.IsDigit(c) != digits:
			flush()
		}
		digits = unicode.IsDigit(c)
		word = append(word, c)
	}
	flush()
	return words
}

func isAlnum(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// Text is a text field in the index.
type Text []string

// Has reports whether t's words are adjacent in the field.
func (f Text) Has(t *Term) bool {
	for i := 0; i+len(t.Words) <= len(f); i++ {
		if slices.EqualFunc(t.Words, f[i:i+len(t.Words)], wild) {
			return true
		}
	}
	return false
}

// Phone is a phone field in the index: its words, and the digit strings by which it is found.
type Phone struct {
	words  Text
	digits []string
}

// NewPhone indexes one stored number. Groups of digits with only punctuation between them belong together, and the
// number is found from any group on: "+1 (415) 555-0132" by 14155550132, 4155550132, 5550132 and 0132. A letter ends
// the number, so an extension does not hide it. (The rule for the whole number is documented; the one for groups and
// the one for extensions are believed.)
func NewPhone(stored string) Phone {
	p := Phone{words: Words(stored)}
	var run []string
	flush := func() {
		for i := range run {
			p.digits = append(p.digits, strings.Join(run[i:], ""))
		}
		run = nil
	}
	for _, w := range p.words {
		if w[0] < '0' || w[0] > '9' {
			flush()
			continue
		}
		run = append(run, w)
	}
	flush()
	return p
}

// Has reports whether t finds the number, in any punctuation of either.
func (f Phone) Has(t *Term) bool {
	if f.words.Has(t) {
		return true
	}
	want := strings.Join(t.Words, "")
	return slices.ContainsFunc(f.digits, func(d string) bool { return wild(want, d) })
}

// wild matches one word with wildcards. The time is proportional to the product of the lengths.
func wild(pattern, word string) bool {
	p, w := []rune(pattern), []rune(word)
	retryP, retryW := -1, 0
	i, j := 0, 0
	for j < len(w) {
		switch {
		case i < len(p) && p[i] == anyRun:
			i++
			retryP, retryW = i, j
		case i < len(p) && (p[i] == anyOne || p[i] == w[j]):
			i, j = i+1, j+1
		case retryP < 0:
			return false
		default:
			retryW++
			i, j = retryP, retryW
		}
	}
	for i < len(p) && p[i] == anyRun {
		i++
	}
	return i == len(p)
}
