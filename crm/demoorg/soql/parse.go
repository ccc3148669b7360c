package soql

import (
	"slices"
	"strings"
)

// Parse parses one whole query. The error is an [*Error].
func Parse(text string) (*Query, error) {
	p, err := newParser(text, 0)
	if err != nil {
		return nil, err
	}
	q, err := p.query()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, p.unexpected()
	}
	return q, nil
}

// Returning parses one object of a SOSL RETURNING clause, which contains SOQL: fields, WHERE, ORDER BY, LIMIT, OFFSET.
// It reads text from pos, where the object's name begins, and returns the offset after it.
func Returning(text string, pos int) (*Query, int, error) {
	p, err := newParser(text, pos)
	if err != nil {
		return nil, pos, err
	}
	q := &Query{Limit: -1}
	if q.From, err = p.name(); err != nil {
		return nil, pos, err
	}
	if !p.punct("(") {
		return q, p.last, nil
	}
	if err := p.advance(); err != nil {
		return nil, pos, err
	}
	if q.Select, err = p.items(false); err != nil {
		return nil, pos, err
	}
	if err := p.tail(q); err != nil {
		return nil, pos, err
	}
	if err := p.expect(")"); err != nil {
		return nil, pos, err
	}
	return q, p.last, nil
}

// parser has one token of look-ahead.
type parser struct {
	lexer
	tok   token
	last  int // end of the token before tok
	depth int

	having bool // aggregates may be compared
}

func newParser(text string, pos int) (*parser, error) {
	p := &parser{lexer: lexer{text: text, pos: pos}, last: pos}
	return p, p.advance()
}

func (p *parser) advance() error {
	last := p.tok.end
	t, err := p.next()
	if err != nil {
		return err
	}
	p.last = max(last, p.last)
	p.tok = t
	return nil
}

func (p *parser) unexpected() error {
	if p.tok.kind == tokEnd {
		return p.fail(p.tok.pos, "unexpected token: '<EOF>'")
	}
	return p.fail(p.tok.pos, "unexpected token: '%s'", p.tok.text)
}

func (p *parser) punct(s string) bool { return p.tok.kind == tokPunct && p.tok.text == s }

func (p *parser) expect(s string) error {
	if !p.punct(s) {
		return p.unexpected()
	}
	return p.advance()
}

func (p *parser) keyword(word string) error {
	if !p.tok.is(word) {
		return p.unexpected()
	}
	return p.advance()
}

// accept takes the words if they come next, in order; an incomplete sequence is an error.
func (p *parser) accept(words ...string) (bool, error) {
	if !p.tok.is(words[0]) {
		return false, nil
	}
	for _, w := range words {
		if err := p.keyword(w); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (p *parser) enter() error {
	if p.depth++; p.depth > maxDepth {
		return p.fail(p.tok.pos, "query is nested too deeply")
	}
	return nil
}

func (p *parser) name() (string, error) {
	if p.tok.kind != tokWord {
		return "", p.unexpected()
	}
	s := p.tok.text
	return s, p.advance()
}

// reserved are the words that end a list of fields: none of them can be a field there.
var reserved = []string{"FROM", "WHERE", "ORDER", "LIMIT", "OFFSET", "AND", "OR", "NOT", "IN", "LIKE", "USING", "WITH", "GROUP", "HAVING"}

func (p *parser) field() (Field, error) {
	f := Field{Pos: p.tok.pos}
	for {
		if p.tok.kind == tokWord && len(f.Path) == 0 && slices.ContainsFunc(reserved, p.tok.is) {
			return f, p.unexpected()
		}
		s, err := p.name()
		if err != nil {
			return f, err
		}
		f.Path = append(f.Path, s)
		if !p.punct(".") {
			return f, nil
		}
		if err := p.advance(); err != nil {
			return f, err
		}
	}
}

func (p *parser) query() (*Query, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	q := &Query{Limit: -1}
	if err := p.keyword("SELECT"); err != nil {
		return nil, err
	}
	items, err := p.items(true)
	if err != nil {
		return nil, err
	}
	if len(items) == 1 && items[0].Fields == "COUNT" {
		q.Count, items = true, nil
	}
	q.Select = items
	if err := p.keyword("FROM"); err != nil {
		return nil, err
	}
	if q.From, err = p.name(); err != nil {
		return nil, err
	}
	if err := p.alias(q); err != nil {
		return nil, err
	}
	if err := p.tail(q); err != nil {
		return nil, err
	}
	for _, it := range q.Select {
		if it.Alias != "" && !q.Grouped() {
			return nil, p.fail(it.Field.Pos, "only aggregate expressions use field aliasing")
		}
	}
	return q, nil
}

// alias parses `FROM Contact c` and removes the alias from the fields that were already parsed. Later fields keep it
// and are not found, so such a query is refused: clients rarely use an alias.
func (p *parser) alias(q *Query) error {
	if p.tok.kind != tokWord || slices.ContainsFunc(reserved, p.tok.is) || p.tok.is("ALL") || p.tok.is("FOR") {
		return nil
	}
	return p.fail(p.tok.pos, "the demo org's SOQL has no alias for an object: '%s'", p.tok.text)
}

func (p *parser) items(sub bool) ([]Item, error) {
	var items []Item
	for {
		it, err := p.item(sub)
		if err != nil {
			return nil, err
		}
		items = append(items, it)
		if !p.punct(",") {
			break
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	for _, it := range items {
		if it.Fields == "COUNT" && len(items) > 1 {
			return nil, p.fail(p.tok.pos, "COUNT() must be the only thing selected")
		}
	}
	return items, nil
}

func (p *parser) item(sub bool) (Item, error) {
	if sub && p.punct("(") {
		if err := p.advance(); err != nil {
			return Item{}, err
		}
		q, err := p.query()
		if err != nil {
			return Item{}, err
		}
		return Item{Sub: q}, p.expect(")")
	}
	f, err := p.field()
	if err != nil {
		return Item{}, err
	}
	it := Item{Field: f}
	if p.punct("(") {
		if it, err = p.function(f); err != nil {
			return it, err
		}
	}
	if !sub || it.Fields != "" || p.tok.kind != tokWord || slices.ContainsFunc(reserved, p.tok.is) {
		return it, nil
	}
	at := p.tok
	if it.Alias, err = p.name(); err == nil && !p.punct(",") && !p.tok.is("FROM") {
		err = p.fail(at.pos, "unexpected token: '%s'", at.text)
	}
	return it, err
}

// aggregates are the functions over the rows of a group.
var aggregates = []string{"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"}

// aggregate parses the parentheses after the name of an aggregate.
func (p *parser) aggregate(f Field) (Field, error) {
	word := strings.ToUpper(f.String())
	if !slices.Contains(aggregates, word) {
		return f, p.fail(f.Pos, "the demo org's SOQL has no function %s", f)
	}
	if err := p.expect("("); err != nil {
		return f, err
	}
	arg, err := p.field()
	if err != nil {
		return f, err
	}
	arg.Agg, arg.Pos = word, f.Pos
	return arg, p.expect(")")
}

// operand parses a field, or an aggregate of one.
func (p *parser) operand() (Field, error) {
	f, err := p.field()
	if err != nil || !p.punct("(") {
		return f, err
	}
	return p.aggregate(f)
}

// function parses what follows the name of a function.
func (p *parser) function(f Field) (Item, error) {
	switch word := strings.ToUpper(f.String()); {
	case slices.Contains(aggregates, word):
		at := *p
		if err := p.advance(); err != nil {
			return Item{}, err
		}
		if word == "COUNT" && p.punct(")") {
			return Item{Fields: "COUNT"}, p.advance()
		}
		*p = at
		agg, err := p.aggregate(f)
		return Item{Field: agg}, err
	case word == "FIELDS":
		if err := p.advance(); err != nil {
			return Item{}, err
		}
		arg, err := p.name()
		if err != nil {
			return Item{}, err
		}
		arg = strings.ToUpper(arg)
		if arg != "ALL" && arg != "STANDARD" && arg != "CUSTOM" {
			return Item{}, p.fail(f.Pos, "unexpected token: '%s'", arg)
		}
		return Item{Fields: arg}, p.expect(")")
	}
	return Item{}, p.fail(f.Pos, "the demo org's SOQL has no function %s", f)
}
