package demoorg_test

import (
	"slices"
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

type listViewInfo struct {
	ID, Label, DeveloperName, DescribeURL, ResultsURL, URL string
	SoqlCompatible                                         bool
}

// listViews returns the list views of an object by API name.
func (c *client) listViews(obj string) map[string]listViewInfo {
	c.t.Helper()
	got := into[struct {
		Done      bool
		Size      int
		ListViews []listViewInfo
	}](c.t, want(c.t, c.rest("GET", "/sobjects/"+obj+"/listviews", nil), 200))
	all := map[string]listViewInfo{}
	for _, v := range got.ListViews {
		all[v.DeveloperName] = v
	}
	if !got.Done || got.Size != len(all) {
		c.t.Errorf("%+v", got)
	}
	return all
}

type listResults struct {
	Columns []struct {
		FieldNameOrPath, Label, Type string
		Hidden, Sortable             bool
		SortDirection                string
	}
	Done    bool
	Size    int
	Label   string
	Records []struct {
		Columns []struct{ FieldNameOrPath, Value string }
	}
}

// column returns the values of one column.
func (r listResults) column(name string) (all []string) {
	for _, rec := range r.Records {
		for _, c := range rec.Columns {
			if c.FieldNameOrPath == name {
				all = append(all, c.Value)
			}
		}
	}
	return all
}

func TestListViews(t *testing.T) {
	org, c := start(t, demoorg.Config{Volume: 30})
	views := c.listViews("Contact")
	all := views["AllContacts"]
	if all.Label != "All Contacts" || !all.SoqlCompatible || !strings.HasSuffix(all.ResultsURL, all.ID+"/results") || !strings.HasPrefix(all.ID, "00B") {
		t.Fatalf("%+v", views)
	}
	first := into[listResults](t, want(t, c.send("GET", all.ResultsURL, nil), 200))
	if len(first.Records) != 25 || first.Size != 25 || first.Done || !slices.IsSortedFunc(first.column("Name"), func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }) {
		t.Errorf("%d records, done %v: %v", len(first.Records), first.Done, first.column("Name"))
	}
	if i := first.Columns[1]; i.FieldNameOrPath != "Account.Name" || i.Label != "Account Name" || i.Type != "string" || i.Hidden {
		t.Errorf("%+v", i)
	}
	if last := first.Columns[len(first.Columns)-1]; !last.Hidden || last.FieldNameOrPath != "SystemModstamp" {
		t.Errorf("%+v", last)
	}
	rest := into[listResults](t, want(t, c.send("GET", all.ResultsURL+"?limit=2000&offset=25", nil), 200))
	if !rest.Done || slices.ContainsFunc(rest.column("Id"), func(id string) bool { return slices.Contains(first.column("Id"), id) }) {
		t.Errorf("the second page: %+v", rest.column("Name"))
	}
	refused(t, c.send("GET", all.ResultsURL+"?limit=2001", nil), 400, "ILLEGAL_QUERY_PARAMETER_VALUE")

	described := into[struct {
		Query, Scope, SobjectType string
		OrderBy                   []struct{ FieldNameOrPath, NullsPosition, SortDirection string }
		WhereCondition            struct {
			Conjunction string
			Conditions  []struct {
				Field, Operator string
				Values          []string
			}
		}
	}](t, want(t, c.send("GET", views["ToCall"].DescribeURL, nil), 200))
	if w := described.WhereCondition; w.Conjunction != "and" || len(w.Conditions) != 2 || w.Conditions[1].Field != "DoNotCall" || w.Conditions[1].Operator != "equals" || w.Conditions[1].Values[0] != "FALSE" {
		t.Errorf("%+v", w)
	}
	byQuery := into[page](t, want(t, c.query(described.Query), 200))
	byList := into[listResults](t, want(t, c.send("GET", views["ToCall"].ResultsURL+"?limit=2000", nil), 200))
	if byQuery.TotalSize != len(byList.Records) || byQuery.TotalSize == 0 || described.OrderBy[0].NullsPosition != "first" {
		t.Errorf("%d by the view's query, %d by its results", byQuery.TotalSize, len(byList.Records))
	}
	if id := into[listViewInfo](t, want(t, c.send("GET", all.URL, nil), 200)).ID; id != all.ID {
		t.Errorf("one view: %s", id)
	}
	found := into[page](t, want(t, c.query("SELECT Id, Name, DeveloperName FROM ListView WHERE SobjectType = 'Lead' AND DeveloperName = 'MyLeads'"), 200))
	if found.TotalSize != 1 {
		t.Errorf("%+v", found)
	}

	// A list of the own records, by another user; hidden fields and objects.
	mine := c.listViews("Lead")["MyLeads"]
	if n := len(into[listResults](t, want(t, c.send("GET", mine.ResultsURL+"?limit=2000", nil), 200)).Records); n == 0 {
		t.Error("no own leads")
	}
	c.token = org.TokenOf("sam.okoro@acme-demo.example")
	if n := len(into[listResults](t, want(t, c.send("GET", mine.ResultsURL, nil), 200)).Records); n != 0 {
		t.Errorf("%d leads of another user", n)
	}
	org.SetRules(func(r *demoorg.Rules) { r.HiddenFields, r.HiddenObjects = []string{"Contact.Title"}, []string{"Case"} })
	if got := into[listResults](t, want(t, c.send("GET", all.ResultsURL, nil), 200)); len(got.column("Title")) > 0 || len(got.Records) == 0 {
		t.Error("a hidden field is listed")
	}
	refused(t, c.rest("GET", "/sobjects/Case/listviews", nil), 404, "NOT_FOUND")
	refused(t, c.rest("GET", "/sobjects/Contact/listviews/"+mine.ID+"/results", nil), 404, "NOT_FOUND")
	if got := c.listViews("OpportunityContactRole"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
