package soql

import "strings"

// maxOffset is the highest OFFSET that Salesforce allows.
const maxOffset = 2000

// tail parses what may follow the object: USING SCOPE, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET, ALL ROWS.
func (p *parser) tail(q *Query) error {
	ok, err := p.accept("USING", "SCOPE")
	if err != nil {
		return err
	}
	if ok {
		at := p.tok.pos
		if q.Scope, err = p.name(); err != nil {
			return err
		}
		if q.Scope = strings.ToUpper(q.Scope); q.Scope != "MINE" && q.Scope != "EVERYTHING" {
			return p.fail(at, "the demo org's SOQL has no scope %s", q.Scope)
		}
	}
	ok, err = p.accept("WHERE")
	if err != nil {
		return err
	}
	if ok {
		if q.Where, err = p.condition(); err != nil {
			return err
		}
	}
	if err := p.groups(q); err != nil {
		return err
	}
	if p.tok.is("WITH") {
		return p.fail(p.tok.pos, "the demo org's SOQL has no %s clause", strings.ToUpper(p.tok.text))
	}
	if ok, err = p.accept("ORDER", "BY"); err != nil {
		return err
	}
	if ok {
		if q.OrderBy, err = p.order(); err != nil {
			return err
		}
	}
	if ok, err = p.accept("LIMIT"); err != nil {
		return err
	}
	if ok {
		if q.Limit, err = p.count(); err != nil {
			return err
		}
	}
	if ok, err = p.accept("OFFSET"); err != nil {
		return err
	}
	if ok {
		at := p.tok.pos
		if q.Offset, err = p.count(); err != nil {
			return err
		}
		if q.Offset > maxOffset {
			return p.fail(at, "Maximum SOQL offset allowed is %d", maxOffset)
		}
	}
	q.AllRows, err = p.accept("ALL", "ROWS")
	return err
}

// groups parses GROUP BY and HAVING.
func (p *parser) groups(q *Query) error {
	ok, err := p.accept("GROUP", "BY")
	if err != nil || !ok {
		return err
	}
	for {
		f, err := p.field()
		if err != nil {
			return err
		}
		if p.punct("(") {
			return p.fail(f.Pos, "the demo org's SOQL has no function %s", f)
		}
		if q.GroupBy = append(q.GroupBy, f); !p.punct(",") {
			break
		}
		if err := p.advance(); err != nil {
			return err
		}
	}
	if ok, err = p.accept("HAVING"); err != nil || !ok {
		return err
	}
	p.having = true
	q.Having, err = p.condition()
	p.having = false
	return err
}

func (p *parser) count() (int, error) {
	if p.tok.kind != tokNumber || strings.Trim(p.tok.text, "0123456789") != "" || p.tok.num > 1<<31 {
		return 0, p.unexpected()
	}
	n := int(p.tok.num)
	return n, p.advance()
}

func (p *parser) order() ([]Order, error) {
	var keys []Order
	for {
		f, err := p.operand()
		if err != nil {
			return nil, err
		}
		o := Order{Field: f}
		if ok, err := p.accept("DESC"); err != nil {
			return nil, err
		} else if ok {
			o.Desc = true
		} else if _, err := p.accept("ASC"); err != nil {
			return nil, err
		}
		o.NullsLast = o.Desc
		if ok, err := p.accept("NULLS"); err != nil {
			return nil, err
		} else if ok {
			last := p.tok.is("LAST")
			if !last && !p.tok.is("FIRST") {
				return nil, p.unexpected()
			}
			o.NullsLast = last
			if err := p.advance(); err != nil {
				return nil, err
			}
		}
		keys = append(keys, o)
		if !p.punct(",") {
			return keys, nil
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

// condition parses terms joined by one operator. Salesforce does not allow AND and OR together without parentheses, so
// there is no precedence.
func (p *parser) condition() (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	first, err := p.term()
	if err != nil {
		return nil, err
	}
	if !p.tok.is("AND") && !p.tok.is("OR") {
		return first, nil
	}
	l := &Logical{Or: p.tok.is("OR"), Terms: []Expr{first}}
	for p.tok.is("AND") || p.tok.is("OR") {
		if p.tok.is("OR") != l.Or {
			return nil, p.unexpected()
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		t, err := p.term()
		if err != nil {
			return nil, err
		}
		l.Terms = append(l.Terms, t)
	}
	return l, nil
}

func (p *parser) term() (Expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if ok, err := p.accept("NOT"); err != nil {
		return nil, err
	} else if ok {
		t, err := p.term()
		return &Not{Term: t}, err
	}
	if p.punct("(") {
		if err := p.advance(); err != nil {
			return nil, err
		}
		e, err := p.condition()
		if err != nil {
			return nil, err
		}
		return e, p.expect(")")
	}
	f, err := p.field()
	if err == nil && p.having && p.punct("(") {
		f, err = p.aggregate(f)
	}
	if err != nil {
		return nil, err
	}
	return p.comparison(f)
}

var operators = map[string]Op{
	"=": Equal, "!=": NotEqual, "<>": NotEqual, "<": Less, "<=": LessEqual, ">": Greater, ">=": GreaterEqual,
}

func (p *parser) comparison(f Field) (Expr, error) {
	op, ok := operators[p.tok.text]
	if p.tok.kind == tokPunct && ok {
		if err := p.advance(); err != nil {
			return nil, err
		}
		v, err := p.literal(false)
		return &Comparison{Field: f, Op: op, Value: v}, err
	}
	if ok, err := p.accept("LIKE"); err != nil {
		return nil, err
	} else if ok {
		if p.tok.kind != tokString {
			return nil, p.unexpected()
		}
		v, err := p.literal(true)
		return &Comparison{Field: f, Op: Like, Value: v}, err
	}
	m := &Membership{Field: f}
	var err error
	if m.Not, err = p.accept("NOT"); err != nil {
		return nil, err
	}
	if err := p.keyword("IN"); err != nil {
		return nil, err
	}
	return m, p.members(m)
}

func (p *parser) members(m *Membership) error {
	if err := p.expect("("); err != nil {
		return err
	}
	if p.tok.is("SELECT") {
		q, err := p.query()
		if err != nil {
			return err
		}
		m.Sub = q
		return p.expect(")")
	}
	for {
		v, err := p.literal(false)
		if err != nil {
			return err
		}
		m.Values = append(m.Values, v)
		if !p.punct(",") {
			return p.expect(")")
		}
		if err := p.advance(); err != nil {
			return err
		}
	}
}

// literal parses a value. In LIKE it is a pattern, in which an escaped wildcard is the character itself.
func (p *parser) literal(pattern bool) (Value, error) {
	t := p.tok
	v := Value{Pos: t.pos, Text: t.text}
	switch t.kind {
	case tokString:
		v.Kind = String
		if pattern {
			v.Text = t.like
		}
	case tokNumber:
		v.Kind, v.Num = Number, t.num
	case tokDate:
		v.Kind = DateOnly
	case tokDateTime:
		v.Kind, v.Time = DateTime, t.time
	case tokWord:
		return p.word(v)
	default:
		return v, p.unexpected()
	}
	return v, p.advance()
}

// word parses null, TRUE, FALSE and the date literals.
func (p *parser) word(v Value) (Value, error) {
	t := p.tok
	v.Text = strings.ToUpper(t.text)
	takesN, known := relative[v.Text]
	switch {
	case t.is("null"):
		v.Kind = Null
	case t.is("true"), t.is("false"):
		v.Kind, v.Bool = Bool, t.is("true")
	case known:
		v.Kind = Relative
	default:
		return v, p.unexpected()
	}
	if err := p.advance(); err != nil || !takesN {
		return v, err
	}
	if err := p.expect(":"); err != nil {
		return v, err
	}
	n, err := p.count()
	v.N = n
	return v, err
}
