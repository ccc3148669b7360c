package demoorg

import "linecard/crm/demoorg/soql"

// shape is the form of a query's rows.
type shape struct {
	paths    []column
	children []child
}

// child is a child subquery: the rows of an object whose reference points to this row.
type child struct {
	name   string // relationship, as the schema spells it
	query  *soql.Query
	binder *binder
	shape  *shape
	ref    *field
}

// shape resolves everything that the query selects.
func (o *Org) shape(b *binder, q *soql.Query) (*shape, error) {
	s := &shape{}
	for _, it := range q.Select {
		switch {
		case it.Sub != nil:
			ch, err := o.child(b, it.Sub)
			if err != nil {
				return nil, err
			}
			s.children = append(s.children, ch)
		case it.Fields != "":
			if q.Limit < 0 || q.Limit > 200 {
				return nil, bad("MALFORMED_QUERY", "The SOQL FIELDS function must have a LIMIT of at most 200")
			}
			for _, f := range b.object.fields {
				if o.seesField(b.object, f) && (it.Fields == "ALL" || f.custom() == (it.Fields == "CUSTOM")) {
					s.paths = append(s.paths, column{field: f, ends: b.object})
				}
			}
		default:
			c, err := b.column(it.Field)
			if err != nil {
				return nil, err
			}
			s.paths = append(s.paths, c)
		}
	}
	return s, nil
}

func (o *Org) child(b *binder, q *soql.Query) (child, error) {
	obj, ref := o.schema.child(b.object, q.From)
	if obj == nil || !o.sees(obj) || !o.seesField(obj, ref) {
		return child{}, bad("INVALID_TYPE", "Didn't understand relationship '%s' in FROM part of query call.", q.From)
	}
	if q.Grouped() || q.Count {
		return child{}, bad("MALFORMED_QUERY", "aggregate functions are not allowed in a child subquery")
	}
	inner := o.binder(obj, b.text)
	s, err := o.shape(inner, q)
	if err != nil {
		return child{}, err
	}
	return child{name: ref.children, query: q, binder: inner, shape: s, ref: ref}, inner.check(q)
}

// row is one record as JSON: attributes, then the fields in the requested order, with nested parents.
func (s *shape) row(c *call, b *binder, r *record) (ordered, error) {
	row := ordered{{"attributes", attributes(c, r)}}
	for _, p := range s.paths {
		row = place(c, b, row, r, p)
	}
	for _, ch := range s.children {
		v, err := ch.rows(c, b.org, r)
		if err != nil {
			return nil, err
		}
		row = append(row, pair{ch.name, v})
	}
	return row, nil
}

func attributes(c *call, r *record) ordered {
	return ordered{{"type", r.object.name}, {"url", c.base() + "/sobjects/" + r.object.name + "/" + r.id}}
}

// place puts the value of one path into the row, and makes the nested parents. A field that is selected twice appears
// once.
func place(c *call, b *binder, row ordered, r *record, p column) ordered {
	if len(p.hops) == 0 {
		for _, x := range row {
			if x.key == p.field.name {
				return row
			}
		}
		if p.ends != nameObject {
			return append(row, pair{p.field.name, c.shown(r, p.field.name)})
		}
		return append(row, pair{p.field.name, jsonValue(named(r, p))})
	}
	name, rest := p.hops[0].relation, column{hops: p.hops[1:], field: p.field, ends: p.ends}
	parent := b.org.db.live(r.get(p.hops[0].name))
	i := 0
	for i < len(row) && row[i].key != name {
		i++
	}
	if i == len(row) {
		row = append(row, pair{name, nil})
	}
	if parent == nil {
		return row
	}
	nested, _ := row[i].value.(ordered)
	if nested == nil {
		at := attributes(c, parent)
		if p.hops[0].polymorphic() {
			at[0].value = nameObject.name
		}
		nested = ordered{{"attributes", at}}
	}
	row[i].value = place(c, b, nested, parent, rest)
	return row
}

// rows returns the rows of a child subquery for one parent; null when there are none.
func (ch child) rows(c *call, o *Org, parent *record) (any, error) {
	var mine []*record
	for _, r := range o.seen(c.who, ch.binder.object, o.db.all(ch.binder.object, ch.query.AllRows)) {
		if r.text(ch.ref.name) == parent.id {
			mine = append(mine, r)
		}
	}
	found, err := o.matching(ch.binder, ch.query, mine)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	rows := make([]ordered, 0, len(found))
	for _, r := range found {
		row, err := ch.shape.row(c, ch.binder, r)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return ordered{{"totalSize", len(rows)}, {"done", true}, {"records", rows}}, nil
}
