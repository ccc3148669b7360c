package sosl

import (
	"strconv"
	"strings"

	"linecard/crm/demoorg/soql"
)

// Parse parses one whole search. The error is an [*Error], or a soql.Error for a RETURNING clause.
func Parse(text string) (*Search, error) {
	p := &parser{text: text}
	if !p.word("FIND") {
		return nil, &Error{"FIND expected at the beginning of the search"}
	}
	find, err := p.braces()
	if err != nil {
		return nil, err
	}
	s := &Search{In: AllFields, Limit: -1}
	if s.Find, err = Expression(find); err != nil {
		return nil, err
	}
	if p.word("IN") {
		if s.In, err = p.scope(); err != nil {
			return nil, err
		}
	}
	if p.word("RETURNING") {
		if s.Returning, err = p.returning(); err != nil {
			return nil, err
		}
	}
	if p.word("LIMIT") {
		n, err := strconv.Atoi(p.name())
		if err != nil || n < 1 || n > MaxRows {
			return nil, &Error{"LIMIT must be between 1 and " + strconv.Itoa(MaxRows)}
		}
		s.Limit = n
	}
	p.space()
	if p.pos < len(text) {
		return nil, &Error{"unexpected token: '" + p.name() + "' at " + strconv.Itoa(p.pos)}
	}
	return s, nil
}

type parser struct {
	text string
	pos  int
}

func (p *parser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// name reads the letters and digits that come next.
func (p *parser) name() string {
	p.space()
	start := p.pos
	for p.pos < len(p.text) && (p.text[p.pos] == '_' || isAlnum(rune(p.text[p.pos]))) {
		p.pos++
	}
	return p.text[start:p.pos]
}

// word reads the keyword if it comes next.
func (p *parser) word(keyword string) bool {
	start := p.pos
	if strings.EqualFold(p.name(), keyword) {
		return true
	}
	p.pos = start
	return false
}

// braces reads {…}; an escaped brace does not close it.
func (p *parser) braces() (string, error) {
	p.space()
	if p.pos == len(p.text) || p.text[p.pos] != '{' {
		return "", &Error{"No search term found. The search term must be enclosed in braces."}
	}
	for i := p.pos + 1; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			i++
		case '}':
			s := p.text[p.pos+1 : i]
			p.pos = i + 1
			return s, nil
		}
	}
	return "", &Error{"No search term found. The search term must be enclosed in braces."}
}

func (p *parser) scope() (Scope, error) {
	s := Scope(strings.ToUpper(p.name()))
	switch s {
	case AllFields, NameFields, EmailFields, PhoneFields, SidebarFields:
		if p.word("FIELDS") {
			return s, nil
		}
	}
	return "", &Error{"IN must be followed by ALL, NAME, EMAIL, PHONE or SIDEBAR and FIELDS"}
}

func (p *parser) returning() ([]*soql.Query, error) {
	var qs []*soql.Query
	for {
		q, end, err := soql.Returning(p.text, p.pos)
		if err != nil {
			return nil, &Error{err.Error()}
		}
		qs = append(qs, q)
		p.pos = end
		p.space()
		if p.pos == len(p.text) || p.text[p.pos] != ',' {
			return qs, nil
		}
		p.pos++
	}
}
