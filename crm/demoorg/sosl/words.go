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

// wild matches one word with wildcards. The time is proportional to the product of the lengths.
func wild(pattern, word string) bool {
	fixed := pattern
	if i := strings.IndexFunc(pattern, func(r rune) bool { return r == anyRun || r == anyOne }); i >= 0 {
		fixed = pattern[:i]
	}
	if !strings.HasPrefix(word, fixed) { // this is how almost every comparison ends
		return false
	}
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
