package clean

import (
	"strings"
	"unicode"
)

// Typed makes text that is typed or pasted into a field fit it: characters that [Line] would drop wherever they stand go at
// once, so that a field shows what will be kept. Joiners, marks and spaces stay as they are, since what they belong to may
// still be typed. Line ends become "\n", or spaces for a field of one line, as tabs do there.
func Typed(s string, lines bool) string {
	if plainTyped(s) {
		return s
	}
	end := ' '
	if lines {
		end = '\n'
	}
	out := make([]rune, 0, len(s))
	apart := false // a control character stood here: what it was between stays apart, as in Line
	for _, r := range lineEnds.Replace(strings.ToValidUTF8(s, "")) {
		switch {
		case r == '\n':
			r = end
		case r == '\t' && !lines:
			r = ' '
		case r == '\t', r == zwj, r == zwnj, unicode.Is(unicode.Variation_Selector, r):
		case unicode.IsControl(r):
			apart = len(out) > 0 && !unicode.IsSpace(out[len(out)-1])
			continue
		case invisible(r) && !unicode.IsSpace(r):
			continue
		}
		if apart && !unicode.IsSpace(r) {
			out = append(out, ' ')
		}
		apart = false
		out = append(out, r)
	}
	return string(out)
}

func plainTyped(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
