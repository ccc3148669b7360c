package demoorg

import (
	"errors"
	"strings"

	"linecard/crm/demoorg/soql"
)

// column is a field path of a query, resolved in the schema: the references to follow and the field at the end.
type column struct {
	hops  []*field
	field *field
	ends  *object // the object of the field; nameObject after a polymorphic reference
}

// binder resolves the fields of one query on one object, and remembers them for evaluation.
type binder struct {
	org     *Org
	object  *object
	text    string // text of the query, for error messages
	columns map[string]column
}

func (o *Org) binder(obj *object, text string) *binder {
	return &binder{org: o, object: obj, text: text, columns: map[string]column{}}
}

// queryError gives a SOQL error the code that REST uses for it.
func queryError(text string, err error) *apiError {
	var e *soql.Error
	if errors.As(err, &e) {
		return bad("MALFORMED_QUERY", "%s", e.Error())
	}
	var a *apiError
	if errors.As(err, &a) {
		return a
	}
	return bad("MALFORMED_QUERY", "%s in %s", err, text)
}

func (b *binder) fail(pos int, code, msg string) error {
	return bad(code, "%s", (&soql.Error{Text: b.text, Pos: pos, Msg: msg}).Error())
}

// column resolves a field path that the user may see.
func (b *binder) column(f soql.Field) (column, error) {
	f.Agg = ""
	key := strings.ToLower(f.String())
	if c, ok := b.columns[key]; ok {
		return c, nil
	}
	c, at := column{}, b.object
	for i, name := range f.Path[:len(f.Path)-1] {
		// The path may begin with the object's own name: Contact.Name of a Contact.
		if i == 0 && strings.EqualFold(name, b.object.name) && b.object.relation(name) == nil {
			continue
		}
		ref := at.relation(name)
		if ref == nil || !b.org.seesField(at, ref) {
			return c, b.fail(f.Pos, "INVALID_FIELD", "Didn't understand relationship '"+name+"' in field path. If you are attempting "+
				"to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference "+
				"your WSDL or the describe call for the appropriate names.")
		}
		c.hops = append(c.hops, ref)
		at = nameObject
		if !ref.polymorphic() {
			at = b.org.schema.object(ref.refs[0])
		}
	}
	name := f.Path[len(f.Path)-1]
	c.field, c.ends = b.org.visibleField(at, name), at
	if c.field == nil || len(c.hops) > 0 && !b.org.sees(at) {
		return c, b.fail(f.Pos, "INVALID_FIELD", "No such column '"+name+"' on entity '"+at.name+"'. If you are attempting to use a "+
			"custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe "+
			"call for the appropriate names.")
	}
	b.columns[key] = c
	return c, nil
}

// value follows the path from r.
func (b *binder) value(r *record, c column) any {
	for _, ref := range c.hops {
		r = b.org.db.live(r.get(ref.name))
		if r == nil {
			return nil
		}
	}
	return named(r, c)
}

// named returns a field of a record; after a polymorphic reference, as the object Name has it.
func named(r *record, c column) any {
	if c.ends != nameObject {
		return r.get(c.field.name)
	}
	switch c.field.name {
	case "Type":
		return r.object.name
	case "Name":
		if n := r.object.nameField(); n != nil {
			return r.get(n.name)
		}
		return nil
	}
	return r.get(c.field.name)
}

// getter returns the function with which soql reads a row of the binder's object.
func (b *binder) getter(r *record) func(soql.Field) any {
	return func(f soql.Field) any { return b.value(r, b.columns[strings.ToLower(f.String())]) }
}

// check resolves the fields of a condition and of the sort keys, and checks the types of literals.
func (b *binder) check(q *soql.Query) error {
	if err := soql.Walk(q.Where, b.condition); err != nil {
		return err
	}
	for _, k := range q.OrderBy {
		if k.Field.Agg != "" {
			return b.fail(k.Field.Pos, "MALFORMED_QUERY", "aggregate functions are not allowed in the ORDER BY of a query without them")
		}
		c, err := b.column(k.Field)
		if err != nil {
			return err
		}
		if !c.field.filterable() {
			return b.fail(k.Field.Pos, "INVALID_FIELD", "field '"+c.field.name+"' can not be sorted in a query call")
		}
	}
	return nil
}

func (b *binder) condition(e soql.Expr) error {
	switch e := e.(type) {
	case *soql.Comparison:
		c, err := b.filter(e.Field)
		if err != nil {
			return err
		}
		return b.literal(c.field, e.Op, &e.Value)
	case *soql.Membership:
		c, err := b.filter(e.Field)
		if err != nil {
			return err
		}
		for i := range e.Values {
			if err := b.literal(c.field, soql.Equal, &e.Values[i]); err != nil {
				return err
			}
		}
		if e.Sub != nil {
			_, err = b.org.inner(e.Sub, b.text)
		}
		return err
	}
	return nil
}

func (b *binder) filter(f soql.Field) (column, error) {
	c, err := b.column(f)
	if err == nil && !c.field.filterable() {
		err = b.fail(f.Pos, "INVALID_FIELD", "field '"+c.field.name+"' can not be filtered in a query call")
	}
	return c, err
}

// literal refuses a value of another type than the field's, and converts ids to their 18-character form.
func (b *binder) literal(f *field, op soql.Op, v *soql.Value) error {
	if v.Kind == soql.Null {
		return nil
	}
	isID := f.kind == kID || f.kind == kReference
	if op == soql.Like && (isID || !f.kind.isText()) {
		return b.fail(v.Pos, "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on "+string(f.kind)+" field")
	}
	want, quoted := "string", "should be enclosed in quotes"
	fits := v.Kind == soql.String
	switch {
	case isID:
		if fits {
			id, ok := normalID(v.Text)
			if !ok {
				return b.fail(v.Pos, "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: "+v.Text)
			}
			v.Text = id
		}
	case f.kind == kBoolean:
		want, quoted, fits = "boolean", "should not be enclosed in quotes", v.Kind == soql.Bool
	case f.kind.isNumber():
		want, quoted, fits = string(f.kind), "should not be enclosed in quotes", v.Kind == soql.Number
	case f.kind == kDate:
		want, quoted, fits = "date", "should not be enclosed in quotes", v.Kind == soql.DateOnly || v.Kind == soql.Relative
	case f.kind == kDateTime:
		want, quoted, fits = "dateTime", "should not be enclosed in quotes", v.Kind == soql.DateTime || v.Kind == soql.Relative
	}
	if !fits {
		return b.fail(v.Pos, "INVALID_FIELD", "value of filter criterion for field '"+f.name+"' must be of type "+want+" and "+quoted)
	}
	return nil
}
