package demoorg_test

import (
	"fmt"
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

// groupsOf writes rows of a grouped query as text, without their attributes.
func groupsOf(t *testing.T, a answer, columns ...string) (all []string) {
	t.Helper()
	for _, r := range into[page](t, want(t, a, 200)).Records {
		if at, _ := r["attributes"].(map[string]any); at["type"] != "AggregateResult" || at["url"] != nil {
			t.Errorf("attributes %v", r["attributes"])
		}
		var values []string
		for _, c := range columns {
			v, there := r[c]
			if !there {
				t.Errorf("no column %s in %v", c, r)
			}
			values = append(values, fmt.Sprint(v))
		}
		all = append(all, strings.Join(values, " "))
	}
	return all
}

func TestGroupedQueries(t *testing.T) {
	_, c := start(t, demoorg.Config{Empty: true, Clock: fixedTime})
	acme, globex := c.create("Account", object{"Name": "Acme"}), c.create("Account", object{"Name": "Globex"})
	for i, seconds := range []int{30, 60, 90} {
		c.create("Task", object{"Subject": "Call", "CallType": []string{"Inbound", "Outbound", "Inbound"}[i], "CallDurationInSeconds": seconds, "WhatId": acme})
	}
	c.create("Task", object{"Subject": "call", "CallType": "Inbound", "WhatId": globex})
	c.create("Task", object{"Subject": "Letter"})
	for query, want := range map[string][]string{
		"SELECT CallType, COUNT(Id) FROM Task GROUP BY CallType|CallType expr0":                                                                      {"<nil> 1", "Inbound 3", "Outbound 1"},
		"SELECT CallType, COUNT(Id) n FROM Task GROUP BY CallType ORDER BY COUNT(Id) DESC, CallType DESC LIMIT 2|CallType n":                         {"Inbound 3", "Outbound 1"},
		"SELECT COUNT(CallType), SUM(CallDurationInSeconds), AVG(CallDurationInSeconds) mean FROM Task|expr0 expr1 mean":                             {"4 180 60"},
		"SELECT CallType t, MIN(CallDurationInSeconds), MAX(CallDurationInSeconds) FROM Task WHERE CallType != null GROUP BY CallType|t expr0 expr1": {"Inbound 30 90", "Outbound 60 60"},
		"SELECT Subject, COUNT(Id) FROM Task GROUP BY Subject|Subject expr0":                                                                         {"Call 4", "Letter 1"},
		"SELECT COUNT_DISTINCT(CallType) FROM Task|expr0":                                                                                            {"2"},
		"SELECT Account.Name, CallType, COUNT(Id) FROM Task WHERE AccountId != null GROUP BY Account.Name, CallType|Name CallType expr0":             {"Acme Inbound 2", "Acme Outbound 1", "Globex Inbound 1"},
		"SELECT CallType FROM Task GROUP BY CallType HAVING COUNT(Id) > 1|CallType":                                                                  {"Inbound"},
		"SELECT CallType, COUNT(Id) FROM Task GROUP BY CallType HAVING COUNT(Id) = 1 AND CallType != null|CallType expr0":                            {"Outbound 1"},
		"SELECT OwnerId, COUNT(Id) FROM Task WHERE Subject = 'nothing' GROUP BY OwnerId|OwnerId":                                                     nil,
		"SELECT SUM(CallDurationInSeconds) FROM Task WHERE Subject = 'nothing'|expr0":                                                                {"<nil>"},
		"SELECT IsClosed, COUNT(Id) FROM Task GROUP BY IsClosed|IsClosed expr0":                                                                      {"false 5"},
	} {
		query, columns, _ := strings.Cut(query, "|")
		if got := groupsOf(t, c.query(query), strings.Fields(columns)...); strings.Join(got, ",") != strings.Join(want, ",") {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	for query, says := range map[string]string{
		"SELECT CallType, COUNT(Id) FROM Task":                             "Field must be grouped or aggregated: CallType",
		"SELECT Subject, COUNT(Id) FROM Task GROUP BY CallType":            "Field must be grouped or aggregated: Subject",
		"SELECT COUNT(Id) FROM Task GROUP BY CallType ORDER BY Subject":    "Ordered field must be grouped or aggregated: Subject",
		"SELECT COUNT() FROM Task GROUP BY CallType":                       "use COUNT(fieldName) instead",
		"SELECT COUNT(Id) FROM Task LIMIT 5":                               "cannot also use LIMIT",
		"SELECT Description, COUNT(Id) FROM Task GROUP BY Description":     "field 'Description' can not be grouped in a query call",
		"SELECT CreatedDate, COUNT(Id) FROM Task GROUP BY CreatedDate":     "can not be grouped",
		"SELECT SUM(Subject) FROM Task":                                    "field Subject does not support aggregate operator SUM",
		"SELECT CallType x, COUNT(Id) x FROM Task GROUP BY CallType":       "duplicate alias: x",
		"SELECT Subject s FROM Task":                                       "only aggregate expressions use field aliasing",
		"SELECT Id FROM Task ORDER BY COUNT(Id)":                           "aggregate functions are not allowed",
		"SELECT Id FROM Task WHERE COUNT(Id) > 1":                          "unexpected token: '('",
		"SELECT Name, (SELECT COUNT(Id) FROM Tasks) FROM Contact":          "not allowed in a child subquery",
		"SELECT CallType FROM Task GROUP BY CallType HAVING Subject = 'x'": "must be grouped or aggregated: Subject",
	} {
		if p := refused(t, c.query(query), 400, "MALFORMED_QUERY"); !strings.Contains(p.Message, says) {
			t.Errorf("%s: %q, want %q", query, p.Message, says)
		}
	}
	refused(t, c.query("SELECT COUNT(Nope) FROM Task"), 400, "INVALID_FIELD")
	cols := into[struct{ ColumnMetadata []object }](t, want(t, c.rest("GET", "/query?columns=true&q=SELECT+CallType,COUNT(Id)+FROM+Task+GROUP+BY+CallType", nil), 200)).ColumnMetadata
	if len(cols) != 2 || cols[0]["aggregate"] != false || cols[1]["aggregate"] != true || cols[1]["columnName"] != "expr0" || cols[1]["displayName"] != "count(Id)" {
		t.Errorf("columns %v", cols)
	}
}
