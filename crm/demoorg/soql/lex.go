package soql

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

type tokenKind int

const (
	tokEnd tokenKind = iota
	tokWord
	tokString
	tokNumber
	tokDate
	tokDateTime
	tokPunct // ( ) , . : = != <> < <= > >=
)

type token struct {
	kind tokenKind
	text string // as written; of a string, unescaped
	like string // of a string, as the pattern of a LIKE
	pos  int
	end  int // offset after the token
	num  float64
	time time.Time
}

func (t token) is(word string) bool { return t.kind == tokWord && strings.EqualFold(t.text, word) }

// A number may be followed by anything but a letter. Dates are tried first because they begin with a number.
var (
	dateTimeForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|z|[+-]\d{2}:?\d{2})`)
	dateForm     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`)
	numberForm   = regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?`)
)

// lexer splits a text into tokens from pos on. The parser can restart it, so that SOSL can pass a part of its text.
type lexer struct {
	text string
	pos  int
}

func (l *lexer) fail(pos int, format string, args ...any) error {
	return &Error{Text: l.text, Pos: pos, Msg: fmt.Sprintf(format, args...)}
}

func (l *lexer) next() (token, error) {
	for l.pos < len(l.text) && strings.IndexByte(" \t\r\n", l.text[l.pos]) >= 0 {
		l.pos++
	}
	start := l.pos
	if start == len(l.text) {
		return token{kind: tokEnd, pos: start, end: start}, nil
	}
	rest := l.text[start:]
	done := func(kind tokenKind, n int) token {
		l.pos = start + n
		return token{kind: kind, text: rest[:n], pos: start, end: l.pos}
	}
	c := rest[0]
	switch {
	case isLetter(c):
		n := 1
		for n < len(rest) && (isLetter(rest[n]) || isDigit(rest[n])) {
			n++
		}
		return done(tokWord, n), nil
	case c == '\'':
		return l.quoted(start)
	case isDigit(c) || ((c == '-' || c == '+' || c == '.') && len(rest) > 1 && (isDigit(rest[1]) || rest[1] == '.')):
		return l.numeric(start)
	}
	for _, p := range []string{"!=", "<>", "<=", ">=", "(", ")", ",", ".", ":", "=", "<", ">"} {
		if strings.HasPrefix(rest, p) {
			return done(tokPunct, len(p)), nil
		}
	}
	return token{}, l.fail(start, "line 1:%d no viable alternative at character '%c'", start, []rune(rest)[0])
}

// numeric reads a date-time, a date or a number.
func (l *lexer) numeric(start int) (token, error) {
	rest := l.text[start:]
	t := token{pos: start}
	switch {
	case dateTimeForm.MatchString(rest):
		t.kind, t.text = tokDateTime, dateTimeForm.FindString(rest)
		at, ok := parseDateTime(t.text)
		if !ok {
			return token{}, l.fail(start, "Invalid datetime: %s", t.text)
		}
		t.time = at
	case dateForm.MatchString(rest):
		t.kind, t.text = tokDate, dateForm.FindString(rest)
		if _, err := time.Parse(time.DateOnly, t.text); err != nil {
			return token{}, l.fail(start, "Invalid date: %s", t.text)
		}
	default:
		t.kind, t.text = tokNumber, numberForm.FindString(rest)
		n, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return token{}, l.fail(start, "For input string: \"%s\"", t.text)
		}
		t.num = n
	}
	t.end = start + len(t.text)
	if t.end < len(l.text) && (isLetter(l.text[t.end]) || isDigit(l.text[t.end])) {
		return token{}, l.fail(t.end, "unexpected token: '%c'", l.text[t.end])
	}
	l.pos = t.end
	return t, nil
}

// parseDateTime accepts the ISO 8601 forms that SOQL and Salesforce's JSON use; the colon in the offset is optional.
func parseDateTime(s string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700"} {
		if t, err := time.Parse(layout, strings.ToUpper(s)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// quoted reads a string literal. The escapes are those of the SOQL reference: \n \r \t \b \f \" \' \\ \_ \%.
func (l *lexer) quoted(start int) (token, error) {
	var b, like strings.Builder // what it is, and as a pattern, in which a backslash makes the next character literal
	both := func(c byte) {
		b.WriteByte(c)
		like.WriteByte(c)
	}
	for i := start + 1; i < len(l.text); i++ {
		switch c := l.text[i]; c {
		case '\'':
			l.pos = i + 1
			return token{kind: tokString, text: b.String(), like: like.String(), pos: start, end: l.pos}, nil
		case '\\':
			i++
			if i == len(l.text) {
				return token{}, l.fail(start, "unterminated string")
			}
			switch e := l.text[i]; e {
			case 'n', 'N':
				both('\n')
			case 'r', 'R':
				both('\r')
			case 't', 'T':
				both('\t')
			case 'b', 'B':
				both('\b')
			case 'f', 'F':
				both('\f')
			case '"', '\'':
				both(e)
			case '\\', '_', '%':
				b.WriteByte(e)
				like.WriteByte('\\')
				like.WriteByte(e)
			default:
				return token{}, l.fail(i-1, "Illegal escape sequence '\\%c' in string", e)
			}
		default:
			both(c)
		}
	}
	return token{}, l.fail(start, "unterminated string")
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
