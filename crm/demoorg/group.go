package demoorg

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"linecard/crm/demoorg/soql"
)

// Queries with aggregates: the rows are groups of an object's rows. (SOQL reference: GROUP BY, HAVING, Aggregate Functions,
// "Using Aliases with GROUP BY".)

// group is one row of a grouped query.
type group struct {
	rows   []*record
	values map[string]any // of the grouped fields and of the aggregates, by their text in lower case
}

func (g group) get(f soql.Field) any { return g.values[strings.ToLower(f.String())] }

// grouped runs a query with aggregates.
func (o *Org) grouped(c *call, b *binder, q *soql.Query) ([]ordered, error) {
	names, err := o.checkGroups(b, q)
	if err != nil {
		return nil, err
	}
	rows := *q
	rows.OrderBy, rows.Limit, rows.Offset = nil, -1, 0
	found, err := o.matching(b, &rows, o.scoped(c, q, o.seen(c.who, b.object, o.candidates(c, b.object, q))))
	if err != nil {
		return nil, err
	}
	var kept []group
	for _, g := range b.groups(q, found) {
		hit, err := soql.Holds(q.Having, g.get, soql.Env{Now: o.now()})
		if err != nil {
			return nil, err
		}
		if hit {
			kept = append(kept, g)
		}
	}
	soql.Sort(kept, q.OrderBy, group.get)
	kept = kept[min(q.Offset, len(kept)):]
	if q.Limit >= 0 {
		kept = kept[:min(q.Limit, len(kept))]
	}
	out := make([]ordered, 0, len(kept))
	for _, g := range kept {
		row := ordered{{"attributes", ordered{{"type", "AggregateResult"}}}}
		for i, it := range q.Select {
			row = append(row, pair{names[i], jsonValue(g.get(it.Field))})
		}
		out = append(out, row)
	}
	return out, nil
}

// checkGroups resolves all fields of a query with aggregates, and returns the names of its columns.
func (o *Org) checkGroups(b *binder, q *soql.Query) (names []string, err error) {
	switch {
	case q.Count:
		return nil, bad("MALFORMED_QUERY", "Grouped query cannot use COUNT(), use COUNT(fieldName) instead")
	case len(q.GroupBy) == 0 && q.Limit >= 0:
		return nil, bad("MALFORMED_QUERY", "Non-grouped query that uses overall aggregate functions cannot also use LIMIT")
	}
	for _, f := range q.GroupBy {
		c, err := b.column(f)
		if err != nil {
			return nil, err
		}
		if !c.field.groupable() {
			return nil, b.fail(f.Pos, "MALFORMED_QUERY", "field '"+c.field.name+"' can not be grouped in a query call")
		}
	}
	expressions := 0
	for _, it := range q.Select {
		if it.Sub != nil || it.Fields != "" {
			return nil, bad("MALFORMED_QUERY", "Grouped query cannot use child relationships or FIELDS() in the SELECT list")
		}
		if err := b.inGroup(q, it.Field, "Field"); err != nil {
			return nil, err
		}
		name := it.Alias
		switch {
		case name != "":
		case it.Field.Agg != "":
			name = fmt.Sprintf("expr%d", expressions)
			expressions++
		default:
			name = b.columns[strings.ToLower(it.Field.String())].field.name
		}
		if slices.Contains(names, name) {
			return nil, b.fail(it.Field.Pos, "MALFORMED_QUERY", "duplicate alias: "+name)
		}
		names = append(names, name)
	}
	for _, k := range q.OrderBy {
		if err := b.inGroup(q, k.Field, "Ordered field"); err != nil {
			return nil, err
		}
	}
	return names, soql.Walk(q.Having, func(e soql.Expr) error {
		switch e := e.(type) {
		case *soql.Comparison:
			return b.inGroup(q, e.Field, "Field")
		case *soql.Membership:
			if e.Sub != nil {
				return bad("MALFORMED_QUERY", "semi joins are not allowed in HAVING")
			}
			return b.inGroup(q, e.Field, "Field")
		}
		return nil
	})
}

// inGroup refuses a field that has more than one value in a group, and an aggregate that its type does not have.
func (b *binder) inGroup(q *soql.Query, f soql.Field, what string) error {
	c, err := b.column(f)
	if err != nil {
		return err
	}
	if f.Agg == "" {
		same := func(g soql.Field) bool { return strings.EqualFold(g.String(), f.String()) }
		if !slices.ContainsFunc(q.GroupBy, same) {
			return b.fail(f.Pos, "MALFORMED_QUERY", what+" must be grouped or aggregated: "+c.field.name)
		}
		return nil
	}
	numbers := f.Agg == "SUM" || f.Agg == "AVG"
	if !c.field.filterable() || numbers && !c.field.kind.isNumber() || (f.Agg == "MIN" || f.Agg == "MAX") && c.field.kind == kBoolean {
		return b.fail(f.Pos, "MALFORMED_QUERY", "field "+c.field.name+" does not support aggregate operator "+f.Agg)
	}
	return nil
}

// groupable reports whether a query may group by the field, as describe says.
func (f *field) groupable() bool { return f.filterable() && f.kind != kDateTime }

// groups puts rows together that have the same values in the grouped fields, in the order of these values.
func (b *binder) groups(q *soql.Query, found []*record) []group {
	var all []group
	at := map[string]int{}
	for _, r := range found {
		get := b.getter(r)
		key := make([]any, len(q.GroupBy))
		for i, f := range q.GroupBy {
			if key[i] = get(f); key[i] != nil {
				if s, ok := key[i].(string); ok { // text ignores case
					key[i] = strings.ToLower(s)
				}
			}
		}
		text, err := json.Marshal(key)
		if err != nil { // values are text, numbers and times
			continue
		}
		i, known := at[string(text)]
		if !known {
			i = len(all)
			at[string(text)] = i
			all = append(all, group{values: map[string]any{}})
			for _, f := range q.GroupBy {
				all[i].values[strings.ToLower(f.String())] = get(f)
			}
		}
		all[i].rows = append(all[i].rows, r)
	}
	if len(q.GroupBy) == 0 && len(all) == 0 {
		all = []group{{values: map[string]any{}}}
	}
	for _, f := range aggregatesOf(q) {
		for _, g := range all {
			g.values[strings.ToLower(f.String())] = b.aggregate(f, g.rows)
		}
	}
	var keys []soql.Order
	for _, f := range q.GroupBy {
		keys = append(keys, soql.Order{Field: f})
	}
	soql.Sort(all, keys, group.get)
	return all
}

// aggregatesOf are the aggregates that a query names anywhere.
func aggregatesOf(q *soql.Query) (all []soql.Field) {
	add := func(f soql.Field) {
		if f.Agg != "" {
			all = append(all, f)
		}
	}
	for _, it := range q.Select {
		add(it.Field)
	}
	for _, k := range q.OrderBy {
		add(k.Field)
	}
	_ = soql.Walk(q.Having, func(e soql.Expr) error {
		switch e := e.(type) {
		case *soql.Comparison:
			add(e.Field)
		case *soql.Membership:
			add(e.Field)
		}
		return nil
	})
	return all
}

// aggregate computes an aggregate; null values do not count.
func (b *binder) aggregate(f soql.Field, rows []*record) any {
	plain := f
	plain.Agg = ""
	var values []any
	for _, r := range rows {
		if v := b.getter(r)(plain); v != nil {
			values = append(values, v)
		}
	}
	switch {
	case f.Agg == "COUNT":
		return float64(len(values))
	case f.Agg == "COUNT_DISTINCT":
		distinct := map[string]bool{}
		for _, v := range values {
			distinct[strings.ToLower(fmt.Sprint(v))] = true
		}
		return float64(len(distinct))
	case len(values) == 0:
		return nil
	case f.Agg == "MIN":
		return slices.MinFunc(values, soql.Compare)
	case f.Agg == "MAX":
		return slices.MaxFunc(values, soql.Compare)
	}
	sum := 0.0
	for _, v := range values {
		n, _ := v.(float64)
		sum += n
	}
	if f.Agg == "AVG" {
		return sum / float64(len(values))
	}
	return sum
}

// groupColumns answers ?columns=true for a query with aggregates.
func (o *Org) groupColumns(b *binder, q *soql.Query) (reply, *apiError) {
	names, err := o.checkGroups(b, q)
	if err != nil {
		return reply{}, queryError(b.text, err)
	}
	list := []ordered{}
	for i, it := range q.Select {
		c, err := b.column(it.Field)
		if err != nil {
			return reply{}, queryError(b.text, err)
		}
		shown := names[i]
		if it.Field.Agg != "" {
			shown = strings.ToLower(it.Field.Agg) + "(" + strings.Join(it.Field.Path, ".") + ")"
		}
		list = append(list, o.columnInfo(b.object, c.field, names[i], shown, it.Field.Agg != ""))
	}
	return reply{status: http.StatusOK, body: ordered{
		{"columnMetadata", list}, {"entityName", b.object.name}, {"groupBy", len(q.GroupBy) > 0}, {"idSelected", false}, {"keyPrefix", b.object.prefix},
	}}, nil
}
