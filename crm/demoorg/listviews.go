package demoorg

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"linecard/crm/demoorg/soql"
)

// List views: saved lists of an object's records. (REST API Developer Guide: List Views, List View Results, List View Describe.)

// listView is a list that the org has from the start.
type listView struct {
	object, name, label string
	mine                bool   // the user's own records only
	where, order        string // SOQL
	columns             string // field paths
	id                  string // once its row is there
}

var listViewSeeds = []listView{
	{object: "Contact", name: "AllContacts", label: "All Contacts", order: "Name ASC", columns: "Name, Account.Name, Title, Phone, MobilePhone, Email, Owner.Alias"},
	{object: "Contact", name: "MyContacts", label: "My Contacts", mine: true, order: "Name ASC", columns: "Name, Account.Name, Phone, Email"},
	{object: "Contact", name: "NewThisWeek", label: "New This Week", where: "CreatedDate = THIS_WEEK", order: "Name ASC", columns: "Name, Account.Name, Phone, CreatedDate"},
	{object: "Contact", name: "ToCall", label: "To Call", where: "Phone != null AND DoNotCall = FALSE", order: "LastActivityDate ASC", columns: "Name, Account.Name, Title, Phone, LastActivityDate"},
	{object: "Account", name: "AllAccounts", label: "All Accounts", order: "Name ASC", columns: "Name, BillingCity, Phone, Type, Owner.Alias"},
	{object: "Account", name: "MyAccounts", label: "My Accounts", mine: true, order: "Name ASC", columns: "Name, BillingCity, Phone, Type"},
	{object: "Lead", name: "AllOpenLeads", label: "All Open Leads", where: "IsConverted = FALSE", order: "Name ASC", columns: "Name, Company, Phone, MobilePhone, Status, CreatedDate"},
	{object: "Lead", name: "MyLeads", label: "My Leads", mine: true, where: "IsConverted = FALSE", order: "CreatedDate DESC", columns: "Name, Company, Phone, Status"},
	{object: "Opportunity", name: "AllOpportunities", label: "All Opportunities", order: "CloseDate ASC", columns: "Name, Account.Name, Amount, CloseDate, StageName"},
	{object: "Opportunity", name: "MyOpportunities", label: "My Opportunities", mine: true, where: "IsClosed = FALSE", order: "CloseDate ASC", columns: "Name, Account.Name, Amount, CloseDate, StageName"},
	{object: "Case", name: "AllOpenCases", label: "All Open Cases", where: "IsClosed = FALSE", order: "CaseNumber ASC", columns: "CaseNumber, Contact.Name, Subject, Status, Priority"},
	{object: "Case", name: "MyOpenCases", label: "My Open Cases", mine: true, where: "IsClosed = FALSE", order: "CaseNumber ASC", columns: "CaseNumber, Contact.Name, Subject, Status, Priority"},
	{object: "Task", name: "OpenTasks", label: "Open Tasks", where: "IsClosed = FALSE", order: "ActivityDate ASC", columns: "Subject, Who.Name, What.Name, ActivityDate, Status"},
}

func listViewObject() *object {
	o := newObject("ListView", "List View", "List Views", "00B",
		text("Name", "View Name", 40).naming(), text("DeveloperName", "API Name", 80), text("NamespacePrefix", "Namespace Prefix", 15),
		text("SobjectType", "SObject Type", 40), flag("IsSoqlCompatible", "Is List View Soql Compatible"))
	o.setup = true
	o.system()
	return o
}

func (o *Org) seedListViews() {
	for _, v := range listViewSeeds {
		v.id = o.row("ListView", o.now().AddDate(-2, 0, 0), map[string]any{
			"Name": v.label, "DeveloperName": v.name, "SobjectType": v.object, "IsSoqlCompatible": true,
		}).id
		o.listViews = append(o.listViews, &v)
	}
}

// listViewsOf serves /sobjects/{object}/listviews and what is below it.
func (o *Org) listViewsOf(c *call, obj *object) (reply, *apiError) {
	if err := c.allow(http.MethodGet, http.MethodHead); err != nil {
		return reply{}, err
	}
	if len(c.path) == 3 {
		list := []ordered{}
		for _, v := range o.listViews {
			if v.object == obj.name {
				list = append(list, o.listViewInfo(c, v))
			}
		}
		return ok(ordered{{"done", true}, {"listviews", list}, {"nextRecordsUrl", nil}, {"size", len(list)}, {"sobjectType", obj.name}})
	}
	id, _ := normalID(c.path[3])
	i := slices.IndexFunc(o.listViews, func(v *listView) bool { return v.object == obj.name && v.id == id })
	switch {
	case i < 0 || len(c.path) > 5:
		return reply{}, errNotFound()
	case len(c.path) == 4:
		return ok(o.listViewInfo(c, o.listViews[i]))
	case c.path[4] == "describe":
		return o.describeListView(c, obj, o.listViews[i])
	case c.path[4] == "results":
		return o.listViewResults(c, obj, o.listViews[i])
	}
	return reply{}, errNotFound()
}

func (o *Org) listViewInfo(c *call, v *listView) ordered {
	url := c.base() + "/sobjects/" + v.object + "/listviews/" + v.id
	return ordered{
		{"describeUrl", url + "/describe"},
		{"developerName", v.name},
		{"id", v.id},
		{"label", o.said(v.label)},
		{"resultsUrl", url + "/results"},
		{"soqlCompatible", true},
		{"url", url},
	}
}

// query is the view as a query. Columns that the user may not see are left out.
func (v *listView) query(o *Org, obj *object) (text string, columns []string) {
	b := o.binder(obj, "")
	for p := range strings.SplitSeq(v.columns, ", ") {
		if _, err := b.column(soql.Field{Path: strings.Split(p, ".")}); err == nil {
			columns = append(columns, p)
		}
	}
	text = "SELECT " + strings.Join(append(slices.Clone(columns), "Id", "CreatedDate", "LastModifiedDate", "SystemModstamp"), ", ") + " FROM " + obj.name
	if v.mine {
		text += " USING SCOPE mine"
	}
	if v.where != "" {
		text += " WHERE " + v.where
	}
	return text + " ORDER BY " + v.order + " NULLS FIRST, Id ASC NULLS FIRST", columns
}

// hiddenColumns are in each view, and are not shown.
var hiddenColumns = []string{"Id", "CreatedDate", "LastModifiedDate", "SystemModstamp"}

func (o *Org) listColumns(obj *object, v *listView, columns []string) []ordered {
	b, list := o.binder(obj, ""), []ordered{}
	sorted, direction, _ := strings.Cut(v.order, " ")
	for i, p := range append(slices.Clone(columns), hiddenColumns...) {
		col, err := b.column(soql.Field{Path: strings.Split(p, ".")})
		if err != nil {
			continue
		}
		label := o.said(col.field.label)
		if len(col.hops) > 0 && !col.field.isName {
			label = o.said(col.ends.label) + " " + label
		} else if len(col.hops) > 0 && len(col.hops[0].refs) == 1 {
			label = o.said(col.ends.field(col.field.name).label)
		}
		var at, way any
		if p == sorted {
			at, way = 0, map[string]string{"ASC": "ascending", "DESC": "descending"}[direction]
		}
		list = append(list, ordered{
			{"ascendingLabel", ascending(col.field, true)},
			{"descendingLabel", ascending(col.field, false)},
			{"fieldNameOrPath", p},
			{"hidden", i >= len(columns)},
			{"label", label},
			{"searchable", col.field.searchable()},
			{"selectListItem", p},
			{"sortDirection", way},
			{"sortIndex", at},
			{"sortable", col.field.filterable()},
			{"type", col.field.kind},
		})
	}
	return list
}

// ascending is what the two directions of sorting are called.
func ascending(f *field, up bool) any {
	switch {
	case !f.filterable():
		return nil
	case f.kind == kDate || f.kind == kDateTime:
		return map[bool]string{true: "Old to New", false: "New to Old"}[up]
	case f.kind.isNumber():
		return map[bool]string{true: "Low to High", false: "High to Low"}[up]
	}
	return map[bool]string{true: "A-Z", false: "Z-A"}[up]
}

func (o *Org) describeListView(_ *call, obj *object, v *listView) (reply, *apiError) {
	text, columns := v.query(o, obj)
	q, err := soql.Parse(text)
	if err != nil {
		return reply{}, queryError(text, err)
	}
	var order []ordered
	for _, k := range q.OrderBy {
		order = append(order, ordered{
			{"fieldNameOrPath", k.Field.String()},
			{"nullsPosition", map[bool]string{true: "last", false: "first"}[k.NullsLast]},
			{"sortDirection", map[bool]string{true: "descending", false: "ascending"}[k.Desc]},
		})
	}
	var scope any
	if v.mine {
		scope = "mine"
	}
	return ok(ordered{
		{"columns", o.listColumns(obj, v, columns)},
		{"id", v.id},
		{"orderBy", order},
		{"query", text},
		{"relatedEntityId", nil},
		{"scope", scope},
		{"scopeEntityId", nil},
		{"sobjectType", obj.name},
		{"whereCondition", whereCondition(q.Where)},
	})
}

// operatorNames are the operators as a condition of a view has them.
var operatorNames = map[soql.Op]string{
	soql.Equal: "equals", soql.NotEqual: "notEqual", soql.Less: "lessThan", soql.LessEqual: "lessThanOrEqual",
	soql.Greater: "greaterThan", soql.GreaterEqual: "greaterThanOrEqual", soql.Like: "like",
}

func whereCondition(e soql.Expr) ordered {
	switch e := e.(type) {
	case *soql.Comparison:
		return ordered{{"field", e.Field.String()}, {"operator", operatorNames[e.Op]}, {"values", []string{literalText(e.Value)}}}
	case *soql.Not:
		return ordered{{"condition", whereCondition(e.Term)}}
	case *soql.Logical:
		list := []ordered{}
		for _, t := range e.Terms {
			list = append(list, whereCondition(t))
		}
		return ordered{{"conditions", list}, {"conjunction", map[bool]string{true: "or", false: "and"}[e.Or]}}
	}
	return ordered{{"conditions", []any{}}, {"conjunction", "and"}}
}

// literalText is a value as SOQL spells it.
func literalText(v soql.Value) string {
	switch v.Kind {
	case soql.String:
		return "'" + strings.ReplaceAll(v.Text, "'", `\'`) + "'"
	case soql.Number:
		return strconv.FormatFloat(v.Num, 'f', -1, 64)
	}
	return v.Text
}

// Bounds of a page of results.
const (
	defaultListed = 25
	maxListed     = 2000
)

func (o *Org) listViewResults(c *call, obj *object, v *listView) (reply, *apiError) {
	limit, offset := defaultListed, 0
	for name, n := range map[string]*int{"limit": &limit, "offset": &offset} {
		if s := c.query.Get(name); s != "" {
			got, err := strconv.Atoi(s)
			if err != nil || got < 0 || name == "limit" && (got < 1 || got > maxListed) {
				return reply{}, bad("ILLEGAL_QUERY_PARAMETER_VALUE", "Illegal value for query parameter: %s", name)
			}
			*n = got
		}
	}
	text, columns := v.query(o, obj)
	q, err := soql.Parse(text)
	if err != nil {
		return reply{}, queryError(text, err)
	}
	b := o.binder(obj, text)
	if _, err = o.shape(b, q); err != nil {
		return reply{}, queryError(text, err)
	}
	found, err := o.matching(b, q, o.scoped(c, q, o.seen(c.who, obj, o.candidates(c, obj, q))))
	if err != nil {
		return reply{}, queryError(text, err)
	}
	found = found[min(offset, len(found)):]
	done := len(found) <= limit
	found = found[:min(limit, len(found))]
	records := []ordered{}
	for _, r := range found {
		var values []ordered
		for _, p := range append(slices.Clone(columns), hiddenColumns...) {
			col, err := b.column(soql.Field{Path: strings.Split(p, ".")})
			if err != nil {
				continue
			}
			values = append(values, ordered{{"fieldNameOrPath", p}, {"value", listValue(b.value(r, col))}})
		}
		records = append(records, ordered{{"columns", values}})
	}
	return ok(ordered{
		{"columns", o.listColumns(obj, v, columns)},
		{"developerName", v.name},
		{"done", done},
		{"id", v.id},
		{"label", o.said(v.label)},
		{"records", records},
		{"size", len(records)},
	})
}

// listValue is a value as the results of a view have it: as text.
func listValue(v any) any {
	switch v := jsonValue(v).(type) {
	case nil, string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case soql.Date:
		return string(v)
	default:
		return v
	}
}

// scoped leaves out the records of others in a query with USING SCOPE mine.
func (o *Org) scoped(c *call, q *soql.Query, rows []*record) []*record {
	if q.Scope != "MINE" {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r *record) bool { return r.text("OwnerId") != c.who.userID })
}
