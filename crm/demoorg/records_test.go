package demoorg_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

func (c *client) read(obj, id string) object {
	c.t.Helper()
	return into[object](c.t, want(c.t, c.rest("GET", "/sobjects/"+obj+"/"+id, nil), 200))
}

func TestALoggedCall(t *testing.T) {
	clock := time.Date(2026, 11, 21, 17, 0, 0, 123456789, time.UTC)
	org, c := start(t, demoorg.Config{Clock: func() time.Time { return clock }})
	dana := person(t, org, "Dana Whitfield")
	a := want(t, c.rest("POST", "/sobjects/Task", object{
		"Subject": "Inbound call from Dana Whitfield", "Status": "Completed", "TaskSubtype": "Call",
		"CallType": "Inbound", "CallDurationInSeconds": 61, "CallObject": "call-1", "WhoId": dana.ID[:15], "ActivityDate": "2026-11-21",
	}), 201)
	id := into[struct{ ID string }](t, a).ID
	if at := a.header.Get("Location"); at != "/services/data/v60.0/sobjects/Task/"+id {
		t.Errorf("Location %q", at)
	}
	task := c.read("Task", id)
	for field, want := range map[string]any{
		"CreatedDate": "2026-11-21T17:00:00.000+0000", "WhoId": dana.ID, "IsClosed": true, "Priority": "Normal", "ActivityDate": "2026-11-21",
		"CallDurationInSeconds": 61.0, "CompletedDateTime": "2026-11-21T17:00:00.000+0000", "WhatId": nil, "IsDeleted": false,
	} {
		if task[field] != want {
			t.Errorf("%s is %v, want %v", field, task[field], want)
		}
	}
	contact := c.read("Contact", dana.ID)
	if task["AccountId"] == nil || task["AccountId"] != contact["AccountId"] {
		t.Errorf("AccountId %v is not the contact's %v", task["AccountId"], contact["AccountId"])
	}
	ts := org.TasksFor("call-1")
	if len(ts) != 1 || ts[0].ID != id || ts[0].WhoName != "Dana Whitfield" || ts[0].Duration != 61 || !ts[0].Closed {
		t.Errorf("tasks of the call: %+v", ts)
	}

	clock = clock.Add(time.Minute)
	if a := want(t, c.rest("PATCH", "/sobjects/Task/"+id, object{"Description": "Notes"}), 204); len(a.body) != 0 {
		t.Errorf("PATCH answered %s", a.body)
	}
	if task = c.read("Task", id); task["Description"] != "Notes" || task["LastModifiedDate"] != "2026-11-21T17:01:00.000+0000" || task["CreatedDate"] != "2026-11-21T17:00:00.000+0000" {
		t.Errorf("after the change: %v", task)
	}

	want(t, c.rest("DELETE", "/sobjects/Task/"+id, nil), 204)
	refused(t, c.rest("GET", "/sobjects/Task/"+id, nil), 404, "ENTITY_IS_DELETED")
	refused(t, c.rest("PATCH", "/sobjects/Task/"+id, object{"Subject": "x"}), 404, "ENTITY_IS_DELETED")
	refused(t, c.rest("DELETE", "/sobjects/Task/"+id, nil), 404, "ENTITY_IS_DELETED")
	if n := len(org.TasksFor("call-1")); n != 0 {
		t.Errorf("%d tasks of the call", n)
	}
	deleted := into[page](t, c.rest("GET", "/queryAll?q=SELECT+Id,IsDeleted+FROM+Task+WHERE+CallObject='call-1'", nil))
	if deleted.TotalSize != 1 || deleted.Records[0]["IsDeleted"] != true {
		t.Errorf("queryAll gives %v", deleted)
	}
}

func TestTaskAccount(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	dana, tom := person(t, org, "Dana Whitfield"), person(t, org, "Tom Okafor")
	nordwind := person(t, org, "Nordwind Logistik GmbH")
	opp := into[page](t, c.query("SELECT Id, AccountId FROM Opportunity WHERE Account.Name = 'Harbor Analytics' LIMIT 1")).Records[0]
	danasAccount := c.read("Contact", dana.ID)["AccountId"]
	for _, tt := range []struct {
		name string
		task object
		want any
	}{
		{"the contact's account", object{"WhoId": dana.ID}, danasAccount},
		{"an account as what", object{"WhoId": dana.ID, "WhatId": nordwind.ID}, nordwind.ID},
		{"the opportunity's account before the contact's", object{"WhoId": dana.ID, "WhatId": opp["Id"]}, opp["AccountId"]},
		{"none for a lead", object{"WhoId": tom.ID}, nil},
		{"none without who and what", object{}, nil},
	} {
		if got := c.read("Task", c.create("Task", tt.task))["AccountId"]; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestWritesRefused(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	dana, tom := person(t, org, "Dana Whitfield"), person(t, org, "Tom Okafor")
	gone := c.create("Contact", object{"LastName": "Gone"})
	want(t, c.rest("DELETE", "/sobjects/Contact/"+gone, nil), 204)
	if err := org.SetActive("sam.okoro@acme-demo.example", false); err != nil {
		t.Fatal(err)
	}
	sam := into[page](t, c.query("SELECT Id FROM User WHERE Username = 'sam.okoro@acme-demo.example'")).Records[0]["Id"]
	luis := into[page](t, c.query("SELECT Id FROM Lead WHERE IsConverted = true")).Records[0]["Id"]
	before := len(org.Tasks())
	for _, tt := range []struct {
		name   string
		obj    string
		body   object
		code   string
		fields string
	}{
		{"unknown field", "Task", object{"Nope": 1}, "INVALID_FIELD", ""},
		{"id in the body", "Task", object{"Id": "00Tdm0000000001"}, "INVALID_FIELD", ""},
		{"derived field", "Task", object{"AccountId": dana.ID}, "INVALID_FIELD_FOR_INSERT_UPDATE", "AccountId"},
		{"system field", "Task", object{"CreatedDate": "2026-11-21T17:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "CreatedDate"},
		{"name of a person", "Contact", object{"Name": "A B", "LastName": "B"}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Name"},
		{"required field", "Lead", object{"Phone": "1"}, "REQUIRED_FIELD_MISSING", "LastName,Company"},
		{"required field empty", "Lead", object{"LastName": "", "Company": "X"}, "REQUIRED_FIELD_MISSING", "LastName"},
		{"long text", "Task", object{"Subject": strings.Repeat("ü", 256)}, "STRING_TOO_LONG", "Subject"},
		{"surrogate pairs", "Task", object{"Subject": strings.Repeat("😀", 128)}, "STRING_TOO_LONG", "Subject"},
		{"very long text", "Task", object{"Description": strings.Repeat("x", 32001)}, "STRING_TOO_LONG", "Description"},
		{"status of another org", "Task", object{"Status": "Done"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Status"},
		{"call type", "Task", object{"CallType": "inbound"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "CallType"},
		{"seconds as text", "Task", object{"CallDurationInSeconds": "a while"}, "JSON_PARSER_ERROR", ""},
		{"half a second", "Task", object{"CallDurationInSeconds": 1.5}, "JSON_PARSER_ERROR", ""},
		{"nine digits", "Task", object{"CallDurationInSeconds": 123456789}, "NUMBER_OUTSIDE_VALID_RANGE", "CallDurationInSeconds"},
		{"date with time", "Task", object{"ActivityDate": "2026-11-21T17:00:00Z"}, "JSON_PARSER_ERROR", ""},
		{"no such day", "Task", object{"ActivityDate": "2026-02-30"}, "JSON_PARSER_ERROR", ""},
		{"no id", "Task", object{"WhoId": "Dana"}, "MALFORMED_ID", "WhoId"},
		{"account as who", "Task", object{"WhoId": "001dm0000000001"}, "FIELD_INTEGRITY_EXCEPTION", "WhoId"},
		{"contact as what", "Task", object{"WhatId": dana.ID}, "FIELD_INTEGRITY_EXCEPTION", "WhatId"},
		{"converted lead", "Task", object{"WhoId": luis}, "CANNOT_UPDATE_CONVERTED_LEAD", ""},
		{"lead with a related record", "Task", object{"WhoId": tom.ID, "WhatId": "001dm0000000001"}, "FIELD_INTEGRITY_EXCEPTION", "WhatId"},
		{"unknown id", "Task", object{"WhoId": "003dm0000zzzzzz"}, "INVALID_CROSS_REFERENCE_KEY", ""},
		{"deleted contact", "Task", object{"WhoId": gone}, "ENTITY_IS_DELETED", ""},
		{"inactive owner", "Task", object{"OwnerId": sam}, "OPERATION_WITH_INVALID_USER_TYPE_EXCEPTION", "OwnerId"},
		{"no e-mail address", "Contact", object{"LastName": "X", "Email": "me at home"}, "INVALID_EMAIL_ADDRESS", "Email"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := refused(t, c.rest("POST", "/sobjects/"+tt.obj, tt.body), 400, tt.code)
			if got := strings.Join(p.Fields, ","); got != tt.fields {
				t.Errorf("fields %q, want %q", got, tt.fields)
			}
		})
	}
	mine := c.create("Task", object{"Subject": "Mine"})
	before++
	for field, code := range map[string]string{"TaskSubtype": "INVALID_FIELD_FOR_INSERT_UPDATE", "AccountId": "INVALID_FIELD_FOR_INSERT_UPDATE", "Nope": "INVALID_FIELD"} {
		refused(t, c.rest("PATCH", "/sobjects/Task/"+mine, object{field: "Call"}), 400, code)
	}
	refused(t, c.rest("PATCH", "/sobjects/Contact/"+dana.ID, object{"LastName": nil}), 400, "REQUIRED_FIELD_MISSING")
	if n := len(org.Tasks()); n != before {
		t.Errorf("refused writes left %d tasks", n-before)
	}
	want(t, c.rest("POST", "/sobjects/Task", object{"Description": strings.Repeat("é", 32000)}), 201)
}

func TestTheAdminsRules(t *testing.T) {
	org, c := start(t, demoorg.Config{Rules: demoorg.Rules{
		RequiredFields: []string{"Task.Region__c"},
		Validations: []demoorg.Validation{
			{Object: "Task", Field: "Subject", Forbidden: "test", Message: "Say what the call was about."},
			{Object: "Task", Field: "CallDisposition", Message: "An outcome is needed."},
		},
		DuplicateRule: true,
	}})
	p := refused(t, c.rest("POST", "/sobjects/Task", object{"Subject": "Hello"}), 400, "REQUIRED_FIELD_MISSING")
	if strings.Join(p.Fields, ",") != "Region__c" {
		t.Errorf("fields %v", p.Fields)
	}
	if f := describe(t, c.rest("GET", "/sobjects/Task/describe", nil))["Region__c"]; f.Nillable || f.DefaultedOnCreate || !f.Createable {
		t.Errorf("a required field is described as %+v", f)
	}
	p = refused(t, c.rest("POST", "/sobjects/Task", object{"Subject": "a test", "Region__c": "Europe"}), 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
	if p.Message != "Say what the call was about." {
		t.Errorf("message %q", p.Message)
	}
	refused(t, c.rest("POST", "/sobjects/Task", object{"Region__c": "Europe"}), 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
	want(t, c.rest("POST", "/sobjects/Task", object{"Subject": "Hello", "Region__c": "Europe", "CallDisposition": "Resolved"}), 201)

	twin := object{"LastName": "Whitfield", "Phone": "415.555.0132"}
	a := c.rest("POST", "/sobjects/Contact", twin)
	refused(t, a, 400, "DUPLICATES_DETECTED")
	if dana := person(t, org, "Dana Whitfield"); !strings.Contains(string(a.body), dana.ID) {
		t.Errorf("the duplicate is not named: %s", a.body)
	}
	refused(t, c.rest("POST", "/sobjects/Contact", object{"LastName": "W", "Email": "DANA.Whitfield@acme.example"}), 400, "DUPLICATES_DETECTED")
	want(t, c.rest("POST", "/sobjects/Contact", twin, "Sforce-Duplicate-Rule-Header", "allowSave=true"), 201)
}

// A field that was made shorter, and a record type that was taken from the profile, are described so and refused.
func TestTheAdminMakesAFieldShorter(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	before := into[struct {
		RecordTypeInfos []struct{ DeveloperName, RecordTypeID string }
	}](t, c.rest("GET", "/sobjects/Case/describe", nil))
	org.SetRules(func(r *demoorg.Rules) {
		r.Lengths, r.NoRecordTypes = map[string]int{"Case.Subject": 5, "Case.Ring_Seconds__c": 1}, []string{"Case.Complaint"}
	})
	after := want(t, c.rest("GET", "/sobjects/Case/describe", nil), 200)
	if f := describe(t, after)["Subject"]; f.Length != 5 {
		t.Errorf("the Subject has %d characters", f.Length)
	}
	refused(t, c.rest("POST", "/sobjects/Case", object{"Subject": "Longer"}), 400, "STRING_TOO_LONG")
	refused(t, c.rest("POST", "/sobjects/Case", object{"Ring_Seconds__c": 12}), 400, "NUMBER_OUTSIDE_VALID_RANGE")
	for _, rt := range before.RecordTypeInfos {
		if rt.DeveloperName == "Complaint" {
			refused(t, c.rest("POST", "/sobjects/Case", object{"RecordTypeId": rt.RecordTypeID}), 400, "INVALID_CROSS_REFERENCE_KEY")
		}
	}
	if text := string(after.body); strings.Contains(text, `"available":true,"defaultRecordTypeMapping":false,"developerName":"Complaint"`) {
		t.Error("the record type is described as the user's")
	}
	c.create("Case", object{"Subject": "Short", "Ring_Seconds__c": 9})
}

func TestStatusesInOtherLanguages(t *testing.T) {
	for language, closed := range map[string]string{"en": "Completed", "de": "Abgeschlossen", "es": "Completada", "ja": "完了"} {
		_, c := start(t, demoorg.Config{Language: language})
		p := into[page](t, c.query("SELECT ApiName, MasterLabel FROM TaskStatus WHERE IsClosed = true"))
		if p.TotalSize != 1 || p.Records[0]["ApiName"] != closed {
			t.Errorf("%s: closed is %v", language, p.Records)
		}
		if language != "en" {
			refused(t, c.rest("POST", "/sobjects/Task", object{"Status": "Completed"}), 400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
		}
		if task := c.read("Task", c.create("Task", object{"Status": closed})); task["IsClosed"] != true {
			t.Errorf("%s: %v does not close", language, closed)
		}
	}
}

func TestExternalID(t *testing.T) {
	_, c := start(t, demoorg.Config{CallKey: demoorg.SharedCallKey})
	const at = "/sobjects/Task/Linecard_Call_Id__c/call%201"
	type result struct {
		ID               string
		Success, Created bool
	}
	made := into[result](t, want(t, c.rest("PATCH", at, object{"Subject": "One"}), 201))
	again := into[result](t, want(t, c.rest("PATCH", at, object{"Subject": "Two"}), 200))
	if !made.Created || again.Created || made.ID != again.ID {
		t.Errorf("made %+v, again %+v", made, again)
	}
	if task := into[object](t, want(t, c.rest("GET", at, nil), 200)); task["Subject"] != "Two" {
		t.Errorf("read %v", task["Subject"])
	}
	want(t, c.send("PATCH", "/services/data/v45.0"+at, object{"Subject": "Three"}), 204)
	c.create("Task", object{"Linecard_Call_Id__c": "call 1"})
	if urls := into[[]string](t, want(t, c.rest("PATCH", at, object{"Subject": "Four"}), 300)); len(urls) != 2 {
		t.Errorf("several: %v", urls)
	}
	refused(t, c.rest("PATCH", "/sobjects/Task/CallObject/x", object{}), 404, "NOT_FOUND")
}

func TestIDs(t *testing.T) {
	org, c := start(t, demoorg.Config{PersonAccounts: true})
	prefixes := map[string]string{"Contact": "003", "Account": "001", "Lead": "00Q", "Opportunity": "006", "Case": "500", "Task": "00T", "User": "005", "Organization": "00D"}
	for obj, prefix := range prefixes {
		p := into[page](t, want(t, c.query("SELECT Id FROM "+obj), 200))
		if p.TotalSize == 0 {
			t.Errorf("no %s", obj)
		}
		for _, r := range p.Records {
			if id := r["Id"].(string); !regexp.MustCompile(`^` + prefix + `[0-9A-Za-z]{12}[A-Z0-5]{3}$`).MatchString(id) {
				t.Errorf("%s has the id %s", obj, id)
			}
		}
	}
	// Ids of 15 characters, and of 18 with lost case, name the same record.
	id := org.People()[len(org.People())-1].ID
	for _, form := range []string{id, id[:15], strings.ToLower(id), strings.ToUpper(id)} {
		if got := into[page](t, c.query("SELECT Id FROM Account WHERE Id = '"+form+"'")); got.TotalSize != 1 || got.Records[0]["Id"] != id {
			t.Errorf("%s finds %v", form, got.Records)
		}
	}
	refused(t, c.query("SELECT Id FROM Account WHERE Id = 'abc'"), 400, "INVALID_QUERY_FILTER_OPERATOR")
}

// A Case takes each kind of field that a layout may fill.
func TestCasesCanBeMade(t *testing.T) {
	org, c := start(t, demoorg.Config{CallKey: demoorg.UniqueCallKey})
	dana := person(t, org, "Dana Whitfield")
	id := c.create("Case", object{
		"Subject": "Pump", "ContactId": dana.ID, "Origin": "Phone", "Severity__c": "High", "Callback_Wanted__c": true, "Ring_Seconds__c": 6,
		"Callback_Number__c": "+14155550132", "Reply_To__c": "dana@example.com", "Queue__c": "Support", "Linecard_Call_Id__c": "c1",
	})
	want(t, c.rest("PATCH", "/sobjects/Case/"+id, object{"Description": "More."}), 204)
	got := org.CasesFor("c1")
	if len(got) != 1 || got[0].ID != id || got[0].AccountID == "" || got[0].Number == "" || got[0].Description != "More." || got[0].Values["Severity__c"] != "High" {
		t.Errorf("%+v", got)
	}
	refused(t, c.rest("POST", "/sobjects/Case", object{"Severity__c": "Nine"}), 400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
	refused(t, c.rest("POST", "/sobjects/Case", object{"Ring_Seconds__c": 12345}), 400, "NUMBER_OUTSIDE_VALID_RANGE")
	refused(t, c.rest("POST", "/sobjects/Case", object{"Reply_To__c": "nobody"}), 400, "INVALID_EMAIL_ADDRESS")
	refused(t, c.rest("POST", "/sobjects/Case", object{"Linecard_Call_Id__c": "c1"}), 400, "DUPLICATE_VALUE")
}

// The describe has the record types; a new record gets the default one, and one that the user has not is refused.
func TestRecordTypes(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	type recordType struct {
		ID        string `json:"recordTypeId"`
		Name      string `json:"developerName"`
		Available bool   `json:"available"`
		Default   bool   `json:"defaultRecordTypeMapping"`
		Master    bool   `json:"master"`
	}
	d := into[struct {
		Types []recordType `json:"recordTypeInfos"`
	}](t, want(t, c.rest("GET", "/sobjects/Case/describe", nil), 200))
	ids := map[string]string{}
	for _, r := range d.Types {
		ids[r.Name] = r.ID
	}
	if len(d.Types) != 4 || !d.Types[0].Default || d.Types[2].Available || !d.Types[3].Master || d.Types[3].Default {
		t.Fatalf("%+v", d.Types)
	}
	c.create("Case", object{"Subject": "A"})
	c.create("Case", object{"Subject": "B", "RecordTypeId": ids["Complaint"]})
	all := org.Cases()
	if a, b := all[len(all)-2], all[len(all)-1]; a.RecordType != "Support" || b.RecordType != "Complaint" {
		t.Errorf("%q, %q", a.RecordType, b.RecordType)
	}
	refused(t, c.rest("POST", "/sobjects/Case", object{"RecordTypeId": ids["Internal"]}), 400, "INVALID_CROSS_REFERENCE_KEY")
	refused(t, c.rest("POST", "/sobjects/Case", object{"RecordTypeId": "012000000000009AAA"}), 400, "INVALID_CROSS_REFERENCE_KEY")
}
