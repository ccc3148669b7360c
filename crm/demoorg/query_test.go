package demoorg_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

func TestQueries(t *testing.T) {
	clock := time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)
	_, c := start(t, demoorg.Config{Clock: func() time.Time { return clock }, Empty: true})
	acme := c.create("Account", object{"Name": "Acme", "Phone": "1"})
	zeta := c.create("Account", object{"Name": "Zeta", "Industry": "Banking"})
	for _, p := range []object{
		{"FirstName": "Ann", "LastName": "Lee", "AccountId": acme, "Title": "Chief 100% Officer"},
		{"FirstName": "Bob", "LastName": "O'Hara", "AccountId": zeta, "Title": "Clerk_1", "DoNotCall": true},
		{"FirstName": "Cyd", "LastName": "Élan"},
	} {
		c.create("Contact", p)
	}
	c.create("Opportunity", object{"Name": "Deal", "AccountId": acme, "StageName": "Closed Won", "Amount": 250.5, "CloseDate": "2026-11-20"})

	for where, want := range map[string]string{
		"LastName = 'lee'":                     "Ann Lee",
		"LastName != 'Lee'":                    "Bob O'Hara,Cyd Élan",
		`LastName = 'O\'Hara'`:                 "Bob O'Hara",
		"Title = null":                         "Cyd Élan",
		"Title != null":                        "Ann Lee,Bob O'Hara",
		"Title != 'x'":                         "Ann Lee,Bob O'Hara,Cyd Élan",
		`Title LIKE '%100\%%'`:                 "Ann Lee",
		`Title LIKE 'clerk\_1'`:                "Bob O'Hara",
		"Title LIKE 'c%'":                      "Ann Lee,Bob O'Hara",
		"FirstName LIKE '_n_'":                 "Ann Lee",
		"LastName LIKE 'é%'":                   "Cyd Élan",
		"DoNotCall = true":                     "Bob O'Hara",
		"DoNotCall = FALSE AND Title = null":   "Cyd Élan",
		"Account.Name = 'Acme'":                "Ann Lee",
		"Account.Name = null":                  "Cyd Élan",
		"Contact.Account.Industry = 'Banking'": "Bob O'Hara",
		"FirstName IN ('ann', 'Cyd')":          "Ann Lee,Cyd Élan",
		"FirstName NOT IN ('Ann','Cyd')":       "Bob O'Hara",
		"NOT FirstName = 'Ann'":                "Bob O'Hara,Cyd Élan",
		"(FirstName = 'Ann' OR FirstName = 'Bob') AND (NOT Title = null)":     "Ann Lee,Bob O'Hara",
		"AccountId IN (SELECT AccountId FROM Opportunity WHERE IsWon = true)": "Ann Lee",
		"AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'Acme')":       "Bob O'Hara,Cyd Élan",
		"CreatedDate = TODAY":                                         "Ann Lee,Bob O'Hara,Cyd Élan",
		"CreatedDate < TODAY":                                         "",
		"CreatedDate >= 2026-11-21T17:00:00.000+0000":                 "Ann Lee,Bob O'Hara,Cyd Élan",
		"CreatedDate > 2026-11-21T18:00:00+01:00":                     "",
		"Owner.Name = 'Riley Morgan' AND CreatedDate = LAST_N_DAYS:1": "Ann Lee,Bob O'Hara,Cyd Élan",
		"FirstName > 'ann' AND FirstName <= 'Cyd'":                    "Bob O'Hara,Cyd Élan",
	} {
		t.Run(where, func(t *testing.T) {
			got := into[page](t, c.query("SELECT Name FROM Contact WHERE "+where+" ORDER BY FirstName"))
			if ns := strings.Join(names(got), ","); ns != want || got.TotalSize != len(got.Records) {
				t.Errorf("found %s, want %s", ns, want)
			}
		})
	}
	for soql, want := range map[string]string{
		"SELECT Name FROM Contact ORDER BY Account.Name DESC NULLS FIRST, Name":     "Cyd Élan,Bob O'Hara,Ann Lee",
		"SELECT Name FROM Contact ORDER BY Account.Name":                            "Cyd Élan,Ann Lee,Bob O'Hara",
		"SELECT Name FROM Contact ORDER BY Account.Name NULLS LAST LIMIT 2":         "Ann Lee,Bob O'Hara",
		"SELECT Name FROM Contact ORDER BY Name DESC LIMIT 1 OFFSET 1":              "Bob O'Hara",
		"select name from contact order by name limit 0":                            "",
		"SELECT Name FROM Opportunity WHERE Amount > 250 AND CloseDate = YESTERDAY": "Deal",
		"SELECT Name FROM Opportunity WHERE CloseDate < 2026-11-20":                 "",
		"SELECT Name FROM Opportunity WHERE Probability = 100.0":                    "Deal",
	} {
		t.Run(soql, func(t *testing.T) {
			if ns := strings.Join(names(into[page](t, c.query(soql))), ","); ns != want {
				t.Errorf("found %s, want %s", ns, want)
			}
		})
	}
}

func TestQueryAnswer(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	dana := person(t, org, "Dana Whitfield")
	a := want(t, c.query("SELECT id, account.name, Account.Owner.Name, ACCOUNTID FROM contact WHERE Id = '"+dana.ID+"'"), 200)
	account := c.read("Contact", dana.ID)["AccountId"]
	wantBody := fmt.Sprintf(`{"totalSize":1,"done":true,"records":[{"attributes":{"type":"Contact","url":"/services/data/v60.0/sobjects/Contact/%s"},"Id":"%s",`+
		`"Account":{"attributes":{"type":"Account","url":"/services/data/v60.0/sobjects/Account/%s"},"Name":"Acme Corp",`+
		`"Owner":{"attributes":{"type":"User","url":"/services/data/v60.0/sobjects/User/005dm0000000001AAA"},"Name":"Riley Morgan"}},"AccountId":"%s"}]}`,
		dana.ID, dana.ID, account, account)
	if string(a.body) != wantBody {
		t.Errorf("got  %s\nwant %s", a.body, wantBody)
	}

	id := c.create("Task", object{"WhoId": dana.ID, "Subject": "S"})
	r := into[page](t, c.query("SELECT Who.Name, Who.Type, What.Name FROM Task WHERE Id = '"+id+"'")).Records[0]
	who, _ := r["Who"].(object)
	if who["Name"] != "Dana Whitfield" || who["Type"] != "Contact" || who["attributes"].(object)["type"] != "Name" || r["What"] != nil {
		t.Errorf("who and what: %v", r)
	}

	n := len(org.Tasks())
	if got := string(c.query("SELECT COUNT() FROM Task").body); got != fmt.Sprintf(`{"totalSize":%d,"done":true,"records":[]}`, n) {
		t.Errorf("COUNT() gives %s", got)
	}
	row := into[page](t, c.query("SELECT COUNT(Id), COUNT(WhatId) whats FROM Task")).Records[0]
	if row["expr0"] != float64(n) || row["whats"] != 0.0 || row["attributes"].(object)["type"] != "AggregateResult" {
		t.Errorf("COUNT(field) gives %v", row)
	}

	r = into[page](t, c.query("SELECT Name, (SELECT Subject FROM Tasks WHERE Subject = 'S'), (SELECT Name FROM Contacts WHERE Name = 'x') FROM Account WHERE Name = 'Acme Corp'")).Records[0]
	if r["Contacts"] != nil {
		t.Errorf("no contacts are %v, want null", r["Contacts"])
	}
	r = into[page](t, c.query("SELECT (SELECT Subject FROM Tasks WHERE Subject = 'S') FROM Contact WHERE Id = '"+dana.ID+"'")).Records[0]
	if tasks, _ := r["Tasks"].(object); tasks["totalSize"] != 1.0 {
		t.Errorf("child subquery gives %v", r)
	}
	r = into[page](t, c.query("SELECT FIELDS(ALL) FROM Contact LIMIT 1")).Records[0]
	if _, there := r["AssistantPhone"]; !there {
		t.Errorf("FIELDS(ALL) gives %v", r)
	}
}

func TestQueriesRefused(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	for soql, code := range map[string]string{
		"":                             "MALFORMED_QUERY",
		"SELECT FROM Contact":          "MALFORMED_QUERY",
		"SELECT Id FROM Contact WHERE": "MALFORMED_QUERY",
		"SELECT Id FROM Contact WHERE Name = 'x' AND Title = 'y' OR Title = 'z'": "MALFORMED_QUERY",
		"SELECT Id FROM Contact WHERE Name = Dana":                               "MALFORMED_QUERY",
		"SELECT Id FROM Contact WHERE Name = 'x":                                 "MALFORMED_QUERY",
		"SELECT Id FROM Contact GROUP BY Name":                                   "MALFORMED_QUERY",
		"SELECT Id FROM Contact LIMIT -1":                                        "MALFORMED_QUERY",
		"SELECT FIELDS(ALL) FROM Contact":                                        "MALFORMED_QUERY",
		"SELECT Nope FROM Contact":                                               "INVALID_FIELD",
		"SELECT Account.Nope FROM Contact":                                       "INVALID_FIELD",
		"SELECT Nope.Name FROM Contact":                                          "INVALID_FIELD",
		"SELECT Id FROM Contact ORDER BY Nope":                                   "INVALID_FIELD",
		"SELECT Id FROM Task WHERE Description = 'x'":                            "INVALID_FIELD", // long text cannot be filtered by
		"SELECT Id FROM Task ORDER BY Description":                               "INVALID_FIELD",
		"SELECT Id FROM Contact WHERE DoNotCall = 'true'":                        "INVALID_FIELD",
		"SELECT Id FROM Contact WHERE Name = 5":                                  "INVALID_FIELD",
		"SELECT Id FROM Task WHERE CreatedDate > '2026-11-21'":                   "INVALID_FIELD",
		"SELECT Id FROM Task WHERE CreatedDate > 2026-11-21":                     "INVALID_FIELD",
		"SELECT Id FROM Contact WHERE Id LIKE '003%'":                            "INVALID_QUERY_FILTER_OPERATOR",
		"SELECT Id, Name FROM ScratchOrgInfo":                                    "INVALID_TYPE", // the sf CLI looks for a dev hub
		"SELECT (SELECT Id FROM Nopes) FROM Contact":                             "INVALID_TYPE",
	} {
		t.Run(soql, func(t *testing.T) { refused(t, c.query(soql), 400, code) })
	}
	p := refused(t, c.query("SELECT Nope FROM Contact"), 400, "INVALID_FIELD")
	if !strings.HasPrefix(p.Message, "\nSELECT Nope FROM Contact\n       ^\nERROR at Row:1:Column:8\nNo such column 'Nope' on entity 'Contact'.") {
		t.Errorf("message %q", p.Message)
	}
}

func TestALongAnswerComesInBatches(t *testing.T) {
	_, c := start(t, demoorg.Config{Empty: true})
	for i := 0; i < 450; i += 150 {
		var records []object
		for j := range 150 {
			records = append(records, object{"attributes": object{"type": "Account"}, "Name": fmt.Sprintf("A%03d", i+j)})
		}
		want(t, c.rest("POST", "/composite/sobjects", object{"records": records}), 200)
	}
	small := []string{"Sforce-Query-Options", "batchSize=200"}
	p := into[page](t, c.rest("GET", "/query?q="+url.QueryEscape("SELECT Name FROM Account ORDER BY Name"), nil, small...))
	all := names(p)
	for batches := 1; !p.Done; batches++ {
		if len(p.Records) != 200 || p.TotalSize != 450 || batches > 2 {
			t.Fatalf("batch %d: %d records of %d", batches, len(p.Records), p.TotalSize)
		}
		p = into[page](t, want(t, c.send("GET", p.NextRecordsURL, nil, small...), 200))
		all = append(all, names(p)...)
	}
	if len(all) != 450 || !slices.IsSorted(all) {
		t.Errorf("%d names, sorted %v", len(all), slices.IsSorted(all))
	}
	refused(t, c.rest("GET", "/query/01gdm00000zzzzzzAAA-2000", nil), 400, "INVALID_QUERY_LOCATOR")
}

func TestColumnsOfAQuery(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	a := into[object](t, want(t, c.rest("GET", "/query?columns=true&q="+url.QueryEscape("SELECT Id, Name, Account.Name FROM Contact"), nil), 200))
	if columns, _ := a["columnMetadata"].([]any); len(columns) != 3 || a["entityName"] != "Contact" || a["keyPrefix"] != "003" || a["idSelected"] != true {
		t.Errorf("got %v", a)
	}
}
