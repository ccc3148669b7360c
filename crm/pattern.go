package crm

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"linecard/fault"
)

// pattern is a text of a row that numbers, extensions, queues or accounts are held against:
//
//	+4420*            numbers that begin so, with the country code
//	+44 20 7946 0???  ? is any one digit; blanks, brackets, dots and hyphens count for nothing
//	020 7946*         numbers as they are written in their own country; so are extensions: 20??
//	support           a queue, or a user of a SIP address: in any case of letters, also with * and ?
//	/^\+44(20|121)/   a regular expression, for a part of the number
//	withheld          callers who show no number
//	extension         colleagues
type pattern struct {
	text   string // as written
	kind   patternKind
	glob   string         // lower case, without what counts for nothing
	expr   *regexp.Regexp // of kind expression
	prefix int            // length of glob before the first * or ?; the whole where there is none
}

type patternKind uint8

const (
	withheld patternKind = iota
	extension
	international // begins with +
	plain         // digits as they are written in the country, or an extension
	wording       // anything else
	expression
)

// ignoredInNumbers are what people write in numbers to make them readable.
const ignoredInNumbers = " ()-./\u00a0\u2011\u2013"

// readPattern reads a text of a row.
func readPattern(text string) (pattern, fault.Fault) {
	p := pattern{text: text}
	lower := strings.ToLower(strings.TrimSpace(text))
	switch {
	case lower == CallerWithheld:
		p.kind = withheld
		return p, fault.Fault{}
	case lower == CallerExtension:
		p.kind = extension
		return p, fault.Fault{}
	case len(lower) > 1 && lower[0] == '/' && strings.HasSuffix(lower, "/"):
		expr, err := regexp.Compile("(?i)" + text[strings.Index(text, "/")+1:strings.LastIndex(text, "/")])
		if err != nil {
			return p, fault.New("rules.bad-expression", "value", text)
		}
		p.kind, p.expr, p.glob = expression, expr, text
		return p, fault.Fault{}
	case lower == "" || lower[0] == '/':
		return p, fault.New("rules.bad-expression", "value", text)
	}
	bare := strings.Map(func(c rune) rune {
		if strings.ContainsRune(ignoredInNumbers, c) {
			return -1
		}
		return c
	}, lower)
	digits := strings.Trim(bare, "0123456789*?#")
	switch {
	case bare == "":
		return p, fault.New("rules.bad-expression", "value", text)
	case digits == "":
		p.kind, p.glob = plain, bare
	case digits == "+" && bare[0] == '+':
		if len(bare) == 1 || bare[1] == '0' || bare[1] == '#' {
			return p, fault.New("rules.bad-number", "value", text)
		}
		p.kind, p.glob = international, bare
	case bare[:1] == "+":
		return p, fault.New("rules.bad-number", "value", text)
	default:
		p.kind, p.glob = wording, lower
	}
	if p.prefix = strings.IndexAny(p.glob, "*?"); p.prefix < 0 {
		p.prefix = len(p.glob)
	}
	return p, fault.Fault{}
}

// subject is what patterns are held against, in its spellings.
type subject struct {
	raw       string // lower case
	written   string // digits as written in the number's own country
	bare      string // raw without what counts for nothing, where raw is a number
	e164      string // raw as it is read by the dial plan, where that was done
	number    bool
	extension bool
	withheld  bool
}

// fits reports whether the pattern is about the subject.
func (p *pattern) fits(s *subject) bool {
	switch p.kind {
	case withheld:
		return s.withheld
	case extension:
		return s.extension
	case expression:
		return s.raw != "" && p.expr.MatchString(s.raw) || s.e164 != "" && p.expr.MatchString(s.e164)
	case international:
		return len(s.bare) > 0 && s.bare[0] == '+' && p.takes(s.bare) || s.e164 != "" && p.takes(s.e164)
	case plain:
		return s.number && (s.bare[0] != '+' && p.takes(s.bare) || s.written != "" && p.takes(s.written) || p.glob == "*")
	}
	return s.raw != "" && p.takes(s.raw)
}

// takes reports whether a text fits the pattern. Most rows are not about a call, which the first characters tell.
func (p *pattern) takes(text string) bool {
	switch {
	case len(text) < p.prefix || text[:p.prefix] != p.glob[:p.prefix]:
		return false
	case p.prefix == len(p.glob):
		return len(text) == p.prefix
	}
	return globs(p.glob[p.prefix:], text[p.prefix:])
}

// globs reports whether text fits a pattern with * for any characters and ? for one.
func globs(glob, text string) bool {
	if glob == "*" {
		return true
	}
	star, back := -1, 0
	g, t := 0, 0
	for t < len(text) {
		switch {
		case g < len(glob) && glob[g] == '*':
			star, back = g, t
			g++
		case g < len(glob) && glob[g] == '?':
			g, t = g+1, t+runeAt(text, t)
		case g < len(glob) && glob[g] == text[t]:
			g, t = g+1, t+1
		case star >= 0:
			back += runeAt(text, back)
			g, t = star+1, back
		default:
			return false
		}
	}
	return strings.Trim(glob[g:], "*") == ""
}

// runeAt is how many bytes the character takes that begins at a place in a text.
func runeAt(text string, at int) int {
	if text[at] < utf8.RuneSelf {
		return 1
	}
	_, size := utf8.DecodeRuneInString(text[at:])
	return size
}

// covers reports whether p fits everything that q fits; false where that is not known.
func (p *pattern) covers(q *pattern) bool {
	switch {
	case p.kind != q.kind:
		return false
	case p.glob == q.glob:
		return true
	case p.kind == expression:
		return false
	case q.prefix == len(q.glob): // one text
		return globs(p.glob, q.glob)
	}
	return p.glob == p.glob[:p.prefix]+"*" && strings.HasPrefix(q.glob, p.glob[:p.prefix])
}

// meets reports whether something may fit both; true where that is not known.
func (p *pattern) meets(q *pattern) bool {
	switch {
	case p.kind == expression || q.kind == expression:
		return p.kind != withheld && q.kind != withheld
	case p.kind == withheld || q.kind == withheld:
		return p.kind == q.kind
	case p.kind != q.kind:
		return true
	case p.kind == extension:
		return true
	}
	n := min(p.prefix, q.prefix)
	if p.glob[:n] != q.glob[:n] {
		return false
	}
	switch {
	case p.prefix == len(p.glob):
		return globs(q.glob, p.glob)
	case q.prefix == len(q.glob):
		return globs(p.glob, q.glob)
	}
	return true
}
