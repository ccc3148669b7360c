package crm

import (
	"slices"
	"strings"
)

// Lists are typed in one field with commas between. An entry that has a comma itself stands in double quotes, and a quote in it twice:
// it must be the same entry after a change of something else.

// Commas writes a list as it is typed. In a list of patterns a comma in a regular expression, which stands between two slashes, is
// part of it.
func Commas(entries []string, patterns bool) string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = e
		if strings.HasPrefix(e, `"`) || !slices.Equal(Apart(e+",0", patterns), []string{e, "0"}) || !slices.Equal(Apart("0,"+e, patterns), []string{"0", e}) {
			out[i] = `"` + strings.ReplaceAll(e, `"`, `""`) + `"`
		}
	}
	return strings.Join(out, ", ")
}

// Apart takes apart what [Commas] has written, or somebody has typed.
func Apart(text string, patterns bool) (out []string) {
	var part strings.Builder
	quoted, was, slash := false, false, false
	add := func() {
		s := part.String()
		if !was {
			s = strings.TrimSpace(s)
		}
		if s != "" {
			out = append(out, s)
		}
		part.Reset()
		was, slash = false, false
	}
	all := []rune(text)
	for i := 0; i < len(all); i++ {
		c, rest := all[i], all[i+1:]
		before := strings.TrimSpace(part.String())
		switch {
		case quoted && c == '"' && len(rest) > 0 && rest[0] == '"':
			part.WriteRune(c)
			i++
			continue
		case quoted && c == '"':
			quoted = false
			continue
		case !quoted && !was && c == '"' && before == "" && closes(rest):
			part.Reset()
			quoted, was = true, true
			continue
		case quoted:
		case was && c != ',': // blanks behind the quotes
			continue
		case patterns && c == '/' && !slash && (before == "" || strings.HasSuffix(before, ":")):
			slash = true
		case patterns && c == '/' && slash && ends(rest):
			slash = false
		case c == ',' && !slash:
			add()
			continue
		}
		part.WriteRune(c)
	}
	add()
	return out
}

// closes reports whether a quote that was opened is closed at the end of an entry.
func closes(rest []rune) bool {
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] != '"':
		case i+1 < len(rest) && rest[i+1] == '"':
			i++
		default:
			return ends(rest[i+1:])
		}
	}
	return false
}

// ends reports whether an entry ends here.
func ends(rest []rune) bool {
	s := strings.TrimSpace(string(rest))
	return s == "" || strings.HasPrefix(s, ",")
}
