package demoorg

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"linecard/crm/demoorg/soql"
)

// A query's answer comes in batches; a cursor holds the remaining rows.
const (
	defaultBatch = 2000
	minBatch     = 200
	maxCursors   = 10
)

type cursor struct {
	rows []ordered
	id   string
}

// query serves GET /query?q=…, /queryAll?q=… and /query/{cursor}.
func (o *Org) query(c *call) (reply, *apiError) {
	if len(c.path) == 2 {
		return o.nextBatch(c)
	}
	if len(c.path) > 2 {
		return reply{}, errNotFound()
	}
	text := c.query.Get("q")
	if text == "" {
		return reply{}, bad("MALFORMED_QUERY", "A query string has to be specified")
	}
	q, err := soql.Parse(text)
	if err != nil {
		return reply{}, queryError(text, err)
	}
	q.AllRows = q.AllRows || c.path[0] == "queryAll"
	if c.query.Get("columns") == "true" {
		return o.columns(c, q, text)
	}
	rows, total, err := o.selectRows(c, q, text)
	if err != nil {
		return reply{}, queryError(text, err)
	}
	if q.Count {
		return ok(ordered{{"totalSize", total}, {"done", true}, {"records", []any{}}})
	}
	if q.Grouped() && len(rows) > defaultBatch {
		return reply{}, bad("EXCEEDED_ID_LIMIT", "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch")
	}
	return o.batch(c, rows, 0, o.keep(c, rows))
}

var batchOption = regexp.MustCompile(`(?i)batchSize=(\d{1,6})`)

func batchSize(c *call) int {
	if m := batchOption.FindStringSubmatch(c.header.Get("Sforce-Query-Options")); m != nil {
		n, _ := strconv.Atoi(m[1])
		return min(max(n, minBatch), defaultBatch)
	}
	return defaultBatch
}

// keep stores an answer that does not fit into one batch. When there are too many cursors, it drops the oldest.
func (o *Org) keep(c *call, rows []ordered) *cursor {
	if len(rows) <= batchSize(c) {
		return nil
	}
	if len(o.cursors) >= maxCursors {
		oldest := ""
		for id := range o.cursors {
			if oldest == "" || id < oldest {
				oldest = id
			}
		}
		delete(o.cursors, oldest)
	}
	o.db.serial["01g"]++
	cur := &cursor{rows: rows, id: newID("01g", o.db.instance, o.db.serial["01g"])}
	o.cursors[cur.id] = cur
	return cur
}

// batch answers with the rows from start on.
func (o *Org) batch(c *call, rows []ordered, start int, cur *cursor) (reply, *apiError) {
	end := min(start+batchSize(c), len(rows))
	body := ordered{{"totalSize", len(rows)}, {"done", end == len(rows)}}
	if end < len(rows) {
		body = append(body, pair{"nextRecordsUrl", fmt.Sprintf("%s/query/%s-%d", c.base(), cur.id, end)})
	}
	records := rows[start:end]
	if records == nil {
		records = []ordered{}
	}
	return ok(append(body, pair{"records", records}))
}

func (o *Org) nextBatch(c *call) (reply, *apiError) {
	id, from, _ := strings.Cut(c.path[1], "-")
	cur := o.cursors[id]
	start, err := strconv.Atoi(from)
	if cur == nil || err != nil || start < 0 || start > len(cur.rows) {
		return reply{}, bad("INVALID_QUERY_LOCATOR", "invalid query locator")
	}
	return o.batch(c, cur.rows, start, cur)
}

// target returns the object of a FROM clause.
func (o *Org) target(name, text string) (*object, error) {
	obj := o.visible(name)
	if obj == nil {
		return nil, bad("INVALID_TYPE", "%s", (&soql.Error{
			Text: text, Pos: max(strings.Index(text, name), 0),
			Msg: "sObject type '" + name + "' is not supported. If you are attempting to use a custom object, be sure to append the '__c' " +
				"after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
		}).Error())
	}
	return obj, nil
}

// selectRows runs a query: it returns the rows as JSON has them, and their number.
func (o *Org) selectRows(c *call, q *soql.Query, text string) ([]ordered, int, error) {
	obj, err := o.target(q.From, text)
	if err != nil {
		return nil, 0, err
	}
	if refused := linkFilter(obj, q.Where); refused != nil {
		return nil, 0, refused
	}
	b := o.binder(obj, text)
	if q.Grouped() || q.Count && len(q.GroupBy) > 0 {
		rows, err := o.grouped(c, b, q)
		return rows, len(rows), err
	}
	shape, err := o.shape(b, q)
	if err != nil {
		return nil, 0, err
	}
	found, err := o.matching(b, q, o.scoped(c, q, o.seen(c.who, obj, o.candidates(c, obj, q))))
	if err != nil {
		return nil, 0, err
	}
	if q.Count {
		return nil, len(found), nil
	}
	rows := make([]ordered, 0, len(found))
	for _, r := range found {
		row, err := shape.row(c, b, r)
		if err != nil {
			return nil, 0, err
		}
		rows = append(rows, row)
	}
	return rows, len(rows), nil
}

// candidates returns the rows that a query must read: where the condition names a value of a keyed field, only the rows
// with it, as with Salesforce's indexes; otherwise all rows.
func (o *Org) candidates(c *call, obj *object, q *soql.Query) []*record {
	if obj.name == tokenObject {
		return o.tokenRows(obj, c.who.userID)
	}
	rows := o.stored(obj, q)
	if v := o.db.volume; v != nil && v.object == obj {
		for n := range o.volumeRows(q) {
			rows = append(rows, v.contact(n))
		}
	}
	return rows
}

// stored returns the stored rows that a query must read.
func (o *Org) stored(obj *object, q *soql.Query) []*record {
	terms := []soql.Expr{q.Where}
	if l, ok := q.Where.(*soql.Logical); ok && !l.Or {
		terms = l.Terms
	}
	for _, t := range terms {
		c, ok := t.(*soql.Comparison)
		if !ok || c.Op != soql.Equal || c.Value.Kind != soql.String {
			continue
		}
		if f := obj.field(c.Field.String()); f != nil && slices.Contains(obj.keyed, f.name) {
			return o.db.rowsByKey(obj, f.name, c.Value.Text, q.AllRows)
		}
	}
	return o.db.all(obj, q.AllRows)
}

// matching filters, sorts and limits the rows.
func (o *Org) matching(b *binder, q *soql.Query, from []*record) ([]*record, error) {
	if err := b.check(q); err != nil {
		return nil, err
	}
	joined := map[*soql.Query][]any{} // a semi-join runs once, and not for every row
	env := soql.Env{Now: o.now(), Values: func(sub *soql.Query) ([]any, error) {
		vs, ok := joined[sub]
		if ok {
			return vs, nil
		}
		vs, err := o.innerValues(sub, b.text)
		joined[sub] = vs
		return vs, err
	}}
	var found []*record
	for _, r := range from {
		hit, err := soql.Holds(q.Where, b.getter(r), env)
		if err != nil {
			return nil, err
		}
		if hit {
			found = append(found, r)
		}
	}
	soql.Sort(found, q.OrderBy, func(r *record, f soql.Field) any { return b.getter(r)(f) })
	found = found[min(q.Offset, len(found)):]
	if q.Limit >= 0 {
		found = found[:min(q.Limit, len(found))]
	}
	return found, nil
}

// inner checks a semi-join, which selects one field of an object that the user may see.
func (o *Org) inner(q *soql.Query, text string) (*binder, error) {
	obj, err := o.target(q.From, text)
	if err != nil {
		return nil, err
	}
	if ofFiles(obj) {
		return nil, bad("MALFORMED_QUERY", "Entity '%s' is not supported for semi join inner selects", obj.name)
	}
	if len(q.Select) != 1 || q.Select[0].Field.IsZero() {
		return nil, bad("MALFORMED_QUERY", "a semi join sub-select must select exactly one field")
	}
	b := o.binder(obj, text)
	if _, err := b.column(q.Select[0].Field); err != nil {
		return nil, err
	}
	return b, b.check(q)
}

func (o *Org) innerValues(q *soql.Query, text string) ([]any, error) {
	b, err := o.inner(q, text)
	if err != nil {
		return nil, err
	}
	found, err := o.matching(b, q, o.db.all(b.object, false))
	if err != nil {
		return nil, err
	}
	var vs []any
	for _, r := range found {
		vs = append(vs, b.getter(r)(q.Select[0].Field))
	}
	return vs, nil
}

// columns answers ?columns=true: the columns of the query's result, without running it. The sf CLI asks for them.
func (o *Org) columns(c *call, q *soql.Query, text string) (reply, *apiError) {
	obj, err := o.target(q.From, text)
	if err != nil {
		return reply{}, queryError(text, err)
	}
	b := o.binder(obj, text)
	if q.Grouped() {
		return o.groupColumns(b, q)
	}
	shape, err := o.shape(b, q)
	if err != nil {
		return reply{}, queryError(text, err)
	}
	list := []ordered{}
	selectsID := false
	for _, p := range shape.paths {
		selectsID = selectsID || len(p.hops) == 0 && p.field.kind == kID
		list = append(list, o.columnInfo(obj, p.field, p.field.name, p.field.name, false))
	}
	return reply{status: http.StatusOK, body: ordered{
		{"columnMetadata", list}, {"entityName", obj.name}, {"groupBy", false}, {"idSelected", selectsID}, {"keyPrefix", obj.prefix},
	}}, nil
}

// columnInfo describes one column of a result.
func (o *Org) columnInfo(obj *object, f *field, name, shown string, aggregate bool) ordered {
	return ordered{
		{"aggregate", aggregate},
		{"apexType", f.kind},
		{"booleanType", f.kind == kBoolean},
		{"columnName", name},
		{"custom", f.custom()},
		{"displayName", shown},
		{"foreignKeyName", orNull(f.relation)},
		{"insertable", o.fieldCreateable(obj, f)},
		{"joinColumns", []any{}},
		{"numberType", f.kind.isNumber() || aggregate},
		{"textType", f.kind.isText() && !aggregate},
		{"updatable", o.fieldUpdateable(obj, f)},
	}
}
