package demoorg_test

import (
	"slices"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

type summary struct {
	Name   string
	Custom bool
}

func TestCustomObjects(t *testing.T) {
	org, c := start(t, demoorg.Config{CustomObjects: true})
	all := into[struct{ Sobjects []summary }](t, want(t, c.rest("GET", "/sobjects", nil), 200)).Sobjects
	for _, s := range []summary{{"Machine__c", true}, {"Locker__c", true}, {"Contact", false}} {
		if !slices.Contains(all, s) {
			t.Errorf("%+v is not among the objects", s)
		}
	}
	found := into[struct{ SearchRecords []object }](t, want(t, c.search("FIND {4155550151} IN PHONE FIELDS RETURNING Machine__c(Id, Name, Account__r.Name)"), 200)).SearchRecords
	if len(found) != 1 || found[0]["Name"] != "Press 4" || found[0]["Account__r"].(map[string]any)["Name"] != "Acme Corp" {
		t.Fatalf("found %v", found)
	}
	press := found[0]["Id"].(string)
	if press[:3] != "a00" {
		t.Errorf("its id is %s", press)
	}
	if n := len(into[struct{ SearchRecords []object }](t, c.search(`FIND {"415 555 0152"} IN PHONE FIELDS RETURNING Machine__c(Id)`)).SearchRecords); n != 0 {
		t.Errorf("a field of text is searched as a phone: %d", n)
	}
	if n := len(into[struct{ SearchRecords []object }](t, c.search(`FIND {"415 555 0152"} IN ALL FIELDS RETURNING Machine__c(Id)`)).SearchRecords); n != 1 {
		t.Errorf("a field of text is not found: %d", n)
	}
	want(t, c.rest("PATCH", "/sobjects/Machine__c/"+press, object{"Condition__c": "Broken", "Value__c": 12500.5}), 204)
	if m := c.read("Machine__c", press); m["Condition__c"] != "Broken" || m["Value__c"] != 12500.5 {
		t.Errorf("after the change: %v", m)
	}
	refused(t, c.rest("PATCH", "/sobjects/Machine__c/"+press, object{"Condition__c": "Gone"}), 400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")

	// Tasks go to the one that has activities.
	want(t, c.rest("POST", "/sobjects/Task", object{"Subject": "Call", "Status": "Completed", "WhatId": press}), 201)
	locker, err := org.Create("Locker__c", map[string]any{"Name": "Locker 99"})
	if err != nil {
		t.Fatal(err)
	}
	refused(t, c.rest("POST", "/sobjects/Task", object{"Subject": "Call", "Status": "Completed", "WhatId": locker}), 400, "FIELD_INTEGRITY_EXCEPTION")
	type described struct {
		ChildRelationships []struct{ ChildSObject, Field string }
	}
	for name, tasks := range map[string]bool{"Machine__c": true, "Locker__c": false} {
		d := into[described](t, want(t, c.rest("GET", "/sobjects/"+name+"/describe", nil), 200))
		if has := slices.Contains(d.ChildRelationships, struct{ ChildSObject, Field string }{"Task", "WhatId"}); has != tasks {
			t.Errorf("%s has Tasks: %v", name, has)
		}
	}
}

func TestAChangeOnCondition(t *testing.T) {
	clock := time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)
	org, c := start(t, demoorg.Config{Clock: func() time.Time { return clock }})
	dana := person(t, org, "Dana Whitfield")
	path := "/sobjects/Contact/" + dana.ID
	want(t, c.rest("PATCH", path, object{"Department": "Plant"}), 204)
	if a := want(t, c.rest("PATCH", path, object{"Department": "Yard"}, "If-Unmodified-Since", "Sat, 21 Nov 2026 16:59:59 GMT"), 412); len(a.body) != 0 {
		t.Errorf("412 with %s", a.body)
	}
	if now := c.read("Contact", dana.ID)["Department"]; now != "Plant" {
		t.Errorf("the department is %v", now)
	}
	want(t, c.rest("PATCH", path, object{"Department": "Yard"}, "If-Unmodified-Since", "Sat, 21 Nov 2026 17:00:00 GMT"), 204)
}
