package demoorg

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"linecard/crm/demoorg/soql"
	"linecard/crm/demoorg/sosl"
)

// search serves GET /search?q=FIND {…}.
func (o *Org) search(c *call) (reply, *apiError) {
	text := c.query.Get("q")
	if text == "" {
		return reply{}, bad("MALFORMED_SEARCH", "A search string has to be specified")
	}
	s, err := sosl.Parse(text)
	if err != nil {
		return reply{}, searchError(err)
	}
	return o.find(c, s, text)
}

func searchError(err error) *apiError {
	var e *sosl.Error
	if errors.As(err, &e) {
		return bad("MALFORMED_SEARCH", "%s", e.Msg)
	}
	return bad("MALFORMED_SEARCH", "%s", err)
}

// find runs a search. The answer alternates between the objects: Salesforce orders it by relevance, so a client must
// not depend on the order of RETURNING.
func (o *Org) find(c *call, s *sosl.Search, text string) (reply, *apiError) {
	o.index.catchUp(o.now())
	returning := s.Returning
	if len(returning) == 0 {
		for _, obj := range o.schema.objects {
			if obj.searchable && o.sees(obj) {
				returning = append(returning, &soql.Query{From: obj.name, Limit: -1})
			}
		}
	}
	lists := make([][]ordered, len(returning))
	for i, q := range returning {
		rows, err := o.findIn(c, s, q, text)
		if err != nil {
			return reply{}, queryError(text, err)
		}
		lists[len(lists)-1-i] = rows
	}
	limit := s.Limit
	if limit < 0 {
		limit = sosl.MaxRows
	}
	return ok(ordered{{"searchRecords", interleave(lists, limit)}})
}

func interleave(lists [][]ordered, limit int) []ordered {
	out := []ordered{}
	for i, more := 0, true; more; i++ {
		more = false
		for _, l := range lists {
			if i < len(l) && len(out) < limit {
				out, more = append(out, l[i]), true
			}
		}
	}
	return out
}

// findIn searches one object: what the index finds, filtered and sorted by the current rows.
func (o *Org) findIn(c *call, s *sosl.Search, q *soql.Query, text string) ([]ordered, error) {
	obj, err := o.target(q.From, text)
	if err != nil {
		return nil, err
	}
	if !obj.searchable {
		return nil, bad("INVALID_TYPE", "entity type %s does not support search", obj.name)
	}
	if len(q.Select) == 0 {
		q.Select = []soql.Item{{Field: soql.Field{Path: []string{"Id"}}}}
	}
	b := o.binder(obj, text)
	shape, err := o.shape(b, q)
	if err != nil {
		return nil, err
	}
	if q.Grouped() {
		return nil, bad("MALFORMED_SEARCH", "RETURNING takes no aggregate")
	}
	visible := func(f *field) bool { return o.seesField(obj, f) }
	var hits []*record
	all := o.db.all(obj, false)
	for i := len(all) - 1; i >= 0; i-- { // newest first, since there is no relevance
		if o.index.found(all[i], s.Find, s.In, visible) {
			hits = append(hits, all[i])
		}
	}
	if s.In == sosl.PhoneFields && o.db.volume != nil && obj == o.db.volume.object {
		hits = append(hits, o.volumeHits(s.Find)...)
	}
	found, err := o.matching(b, q, o.seen(c.who, obj, hits))
	if err != nil {
		return nil, err
	}
	rows := make([]ordered, 0, len(found))
	for _, r := range found {
		row, err := shape.row(c, b, r)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// searchRequest is the body of POST /parameterizedSearch.
type searchRequest struct {
	Q            string         `json:"q"`
	In           string         `json:"in"`
	Fields       []string       `json:"fields"`
	Objects      []searchObject `json:"sobjects"`
	OverallLimit int            `json:"overallLimit"`
	DefaultLimit int            `json:"defaultLimit"`
}

type searchObject struct {
	Name    string   `json:"name"`
	Fields  []string `json:"fields"`
	Where   string   `json:"where"`
	OrderBy string   `json:"orderBy"`
	Limit   int      `json:"limit"`
}

// parameterizedSearch runs a search without SOSL, by composing the SOSL for it.
func (o *Org) parameterizedSearch(c *call) (reply, *apiError) {
	var in searchRequest
	switch c.method {
	case http.MethodPost:
		if err := decodeObject(c.body, &in); err != nil {
			return reply{}, err
		}
	case http.MethodGet:
		in = searchRequest{Q: c.query.Get("q"), In: c.query.Get("in"), Fields: splitCommas(c.query.Get("fields"))}
		for _, name := range splitCommas(c.query.Get("sobject")) {
			limit, _ := strconv.Atoi(c.query.Get(name + ".limit"))
			in.Objects = append(in.Objects, searchObject{
				Name: name, Fields: splitCommas(c.query.Get(name + ".fields")),
				Where: c.query.Get(name + ".where"), Limit: limit,
			})
		}
		in.OverallLimit, _ = strconv.Atoi(c.query.Get("overallLimit"))
		in.DefaultLimit, _ = strconv.Atoi(c.query.Get("defaultLimit"))
	default:
		return reply{}, c.allow(http.MethodGet, http.MethodPost)
	}
	if in.Q == "" {
		return reply{}, bad("MALFORMED_SEARCH", "A search string has to be specified")
	}
	text := in.sosl()
	s, err := sosl.Parse(text)
	if err != nil {
		return reply{}, searchError(err)
	}
	return o.find(c, s, text)
}

func splitCommas(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// reservedInSearch are escaped in a parameterized search; wildcards are not.
const reservedInSearch = `&|!{}[]()^~:\"'+-`

func (in searchRequest) sosl() string {
	var b strings.Builder
	b.WriteString("FIND {")
	for _, r := range in.Q {
		if strings.ContainsRune(reservedInSearch, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	b.WriteString("}")
	if in.In != "" {
		b.WriteString(" IN " + in.In + " FIELDS")
	}
	for i, obj := range in.Objects {
		b.WriteString([]string{" RETURNING ", ", "}[min(i, 1)] + obj.clause(in))
	}
	if in.OverallLimit > 0 {
		b.WriteString(" LIMIT " + strconv.Itoa(in.OverallLimit))
	}
	return b.String()
}

func (obj searchObject) clause(in searchRequest) string {
	fields := obj.Fields
	if len(fields) == 0 {
		fields = in.Fields
	}
	if len(fields) == 0 {
		fields = []string{"Id"}
	}
	c := obj.Name + "(" + strings.Join(fields, ", ")
	if obj.Where != "" {
		c += " WHERE " + obj.Where
	}
	if obj.OrderBy != "" {
		c += " ORDER BY " + obj.OrderBy
	}
	if limit := max(obj.Limit, in.DefaultLimit*btoi(obj.Limit == 0)); limit > 0 {
		c += " LIMIT " + strconv.Itoa(limit)
	}
	return c + ")"
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
