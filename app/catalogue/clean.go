package catalogue

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxValue = 200 // runes of a value in a sentence
	maxPlain = 600 // runes of a text from another source that is shown unchanged
	maxMarks = 4   // combining marks on one letter; no living script needs more
)

// Clean makes a text from another source fit to be shown: one line of at most limit runes, without control characters,
// without the invisible ones that reverse text (so that "Dana" cannot be shown for "anaD") and without stacks of
// accents; it joins runs of spaces into one. It escapes nothing: the caller escapes the text for its markup.
func Clean(s string, limit int) string {
	if plain(s, limit) {
		return s
	}
	var b strings.Builder
	n, marks, space := 0, 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' || unicode.IsControl(r):
			space = n > 0
			continue
		case r == utf8.RuneError || invisible(r):
			continue
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		add := 1
		if space {
			add = 2
		}
		if n+add > limit {
			return truncate(b.String(), limit)
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
		n += add
	}
	return b.String()
}

// plain reports whether s is clean already, as most texts are.
func plain(s string, limit int) bool {
	for i := range len(s) {
		space := s[i] == ' '
		if s[i] < ' ' || s[i] > '~' || space && (i == 0 || i == len(s)-1 || s[i+1] == ' ') {
			return false
		}
	}
	return len(s) <= limit
}

// truncate ends s, which is too long, with an ellipsis within limit runes.
func truncate(s string, limit int) string {
	if n := utf8.RuneCountInString(s); n >= limit {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return strings.TrimRight(s, " ") + "…"
}

// invisible reports whether a character is invisible. The two joiners are kept: they shape letters of several scripts
// and combine emoji.
func invisible(r rune) bool {
	switch r {
	case '\u200c', '\u200d':
		return false
	}
	// Cf includes the bidirectional controls (U+061C, 200E, 200F, 202A-202E, 2066-2069), the soft hyphen and the tags.
	return unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || !unicode.IsGraphic(r)
}
