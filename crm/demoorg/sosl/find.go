package sosl

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Expression parses the text between the braces.
func Expression(text string) (Expr, error) {
	if len(text) > MaxLength {
		return nil, &Error{fmt.Sprintf("search term is longer than %d characters", MaxLength)}
	}
	f := &finder{text: text}
	if err := f.advance(); err != nil {
		return nil, err
	}
	e, err := f.either()
	if err != nil {
		return nil, err
	}
	if f.kind != fEnd {
		return nil, f.reserved(f.text[f.start])
	}
	if e == nil {
		return nil, &Error{"search term must be longer than one character: " + strings.TrimSpace(text)}
	}
	return e, nil
}

type findKind int

const (
	fEnd findKind = iota
	fOpen
	fClose
	fAnd
	fOr
	fNot
	fText  // a word
	fQuote // a phrase
)

type finder struct {
	text  string
	pos   int
	start int // offset of the token
	kind  findKind
	value []rune // text of a word or phrase, with the wildcards below
	depth int
}

// Wildcards inside a value have their own characters, so that an escaped * differs from a wildcard.
const (
	anyRun rune = 0xE000 + iota // *
	anyOne                      // ?
)

func (f *finder) reserved(c byte) error {
	return &Error{fmt.Sprintf("line 1:%d the character '%c' is reserved and must be escaped with a backslash", f.start, c)}
}

func (f *finder) advance() error {
	for f.pos < len(f.text) && unicode.IsSpace(rune(f.text[f.pos])) {
		f.pos++
	}
	f.start, f.value = f.pos, nil
	if f.pos == len(f.text) {
		f.kind = fEnd
		return nil
	}
	switch f.text[f.pos] {
	case '(':
		f.kind, f.pos = fOpen, f.pos+1
		return nil
	case ')':
		f.kind, f.pos = fClose, f.pos+1
		return nil
	case '"':
		f.kind, f.pos = fQuote, f.pos+1
		return f.read(true)
	}
	f.kind = fText
	if err := f.read(false); err != nil {
		return err
	}
	switch f.text[f.start:f.pos] {
	case "AND", "and", "And":
		f.kind = fAnd
	case "OR", "or", "Or":
		f.kind = fOr
	case "NOT", "not", "Not":
		f.kind = fNot
	}
	return nil
}

// read reads a word up to a space or parenthesis, or a phrase up to its closing quote.
func (f *finder) read(quoted bool) error {
	for f.pos < len(f.text) {
		c, size := utf8.DecodeRuneInString(f.text[f.pos:])
		switch {
		case quoted && c == '"':
			f.pos++
			return nil
		case !quoted && (unicode.IsSpace(c) || c == '(' || c == ')' || c == '"'):
			return nil
		case c == '\\':
			f.pos++
			if f.pos == len(f.text) {
				return f.reserved('\\')
			}
			c, size = utf8.DecodeRuneInString(f.text[f.pos:])
		case c == '*':
			c = anyRun
		case c == '?':
			c = anyOne
		case !quoted && strings.ContainsRune(`&|!{}[]^~:`, c):
			f.start = f.pos
			return f.reserved(byte(c))
		}
		f.value = append(f.value, c)
		f.pos += size
	}
	if quoted {
		f.start = len(f.text) - 1
		return f.reserved('"')
	}
	return nil
}

func (f *finder) either() (Expr, error) {
	x, err := f.both()
	for err == nil && f.kind == fOr {
		if err = f.advance(); err != nil {
			break
		}
		var y Expr
		if y, err = f.both(); err == nil {
			x = join(x, y, func(x, y Expr) Expr { return &Either{x, y} })
		}
	}
	return x, err
}

// both parses terms joined by AND or AND NOT, or by nothing, which means AND.
func (f *finder) both() (Expr, error) {
	x, err := f.term()
	for err == nil && f.kind != fEnd && f.kind != fClose && f.kind != fOr {
		if f.kind == fAnd {
			if err = f.advance(); err != nil {
				break
			}
		}
		not := f.kind == fNot
		if not {
			if err = f.advance(); err != nil {
				break
			}
		}
		var y Expr
		if y, err = f.term(); err != nil {
			break
		}
		if not && x != nil && y != nil {
			x = &Without{x, y}
		} else if !not {
			x = join(x, y, func(x, y Expr) Expr { return &Both{x, y} })
		}
	}
	return x, err
}

// join leaves out an operand without any word, such as a lone hyphen.
func join(x, y Expr, both func(x, y Expr) Expr) Expr {
	if x == nil {
		return y
	}
	if y == nil {
		return x
	}
	return both(x, y)
}

func (f *finder) term() (Expr, error) {
	if f.depth++; f.depth > maxDepth {
		return nil, &Error{"search term is nested too deeply"}
	}
	defer func() { f.depth-- }()
	switch f.kind {
	case fOpen:
		if err := f.advance(); err != nil {
			return nil, err
		}
		e, err := f.either()
		if err != nil {
			return nil, err
		}
		if f.kind != fClose {
			return nil, &Error{"unbalanced parenthesis in the search term"}
		}
		return e, f.advance()
	case fText, fQuote:
		t, err := term(f.value)
		if err != nil {
			return nil, err
		}
		return t, f.advance()
	case fEnd:
		return nil, &Error{"No search term found. The search term must be enclosed in braces."}
	}
	return nil, &Error{fmt.Sprintf("unexpected token at %d of the search term", f.start)}
}

// term splits a value into words as the index does. A leading wildcard is removed (believed).
func term(value []rune) (Expr, error) {
	for len(value) > 0 && (value[0] == anyRun || value[0] == anyOne) {
		value = value[1:]
	}
	words := cut(value)
	if len(words) == 0 {
		return nil, nil
	}
	letters := 0
	for _, w := range words {
		letters += len([]rune(strings.NewReplacer(string(anyRun), "", string(anyOne), "").Replace(w)))
	}
	if letters < minLetters {
		return nil, &Error{"search term must be longer than one character: " + string(value)}
	}
	return &Term{Words: words}, nil
}
