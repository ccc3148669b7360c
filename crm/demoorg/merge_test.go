package demoorg_test

import (
	"net/http"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// row is what a query that finds deleted records too has of one record.
func row(t *testing.T, c *client, object, id, fields string) map[string]any {
	t.Helper()
	rows := into[page](t, want(t, c.rest("GET", "/queryAll?q=SELECT+"+fields+"+FROM+"+object+"+WHERE+Id='"+id+"'", nil), http.StatusOK)).Records
	if len(rows) != 1 {
		t.Fatalf("%d rows of %s", len(rows), id)
	}
	return rows[0]
}

func TestMergedRecords(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	dana, luis := person(t, org, "Dana Whitfield"), person(t, org, "Luis Ferreira")
	task := c.create("Task", object{"Subject": "Call", "WhoId": luis.ID})
	before := row(t, c, crm.Contact, dana.ID, "Name,SystemModstamp")
	if err := org.Merge(dana.ID, luis.ID); err != nil {
		t.Fatal(err)
	}
	refused(t, c.rest("GET", "/sobjects/Contact/"+luis.ID, nil), http.StatusNotFound, "ENTITY_IS_DELETED")
	if r := row(t, c, crm.Contact, luis.ID, "IsDeleted,MasterRecordId"); r["IsDeleted"] != true || r["MasterRecordId"] != dana.ID {
		t.Errorf("the loser is %v", r)
	}
	if r := row(t, c, crm.Contact, dana.ID, "Name,IsDeleted,MasterRecordId"); r["Name"] != before["Name"] || r["IsDeleted"] != false || r["MasterRecordId"] != nil {
		t.Errorf("the survivor is %v", r)
	}
	if r := row(t, c, "Task", task, "WhoId"); r["WhoId"] != dana.ID {
		t.Errorf("the task of the loser is of %v", r["WhoId"])
	}
	for _, err := range []error{org.Merge(dana.ID, luis.ID), org.Merge(dana.ID, dana.ID), org.Merge(dana.ID, task), org.Merge(dana.ID, "003000000000999AAA")} {
		if err == nil {
			t.Error("what can't be merged was merged")
		}
	}
}

func TestConvertedLeads(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	tom := person(t, org, "Tom Okafor")
	task := c.create("Task", object{"Subject": "Call", "WhoId": tom.ID})
	contact, err := org.ConvertLead(tom.ID)
	if err != nil {
		t.Fatal(err)
	}
	lead := row(t, c, crm.Lead, tom.ID, "IsConverted,IsDeleted,ConvertedContactId,ConvertedAccountId,Company,Phone")
	if lead["IsConverted"] != true || lead["IsDeleted"] != false || lead["ConvertedContactId"] != contact {
		t.Errorf("the lead is %v", lead)
	}
	made := row(t, c, crm.Contact, contact, "Name,AccountId,Phone")
	if made["Name"] != "Tom Okafor" || made["AccountId"] != lead["ConvertedAccountId"] || made["Phone"] != lead["Phone"] {
		t.Errorf("the contact is %v", made)
	}
	if r := row(t, c, crm.Account, made["AccountId"].(string), "Name"); r["Name"] != lead["Company"] {
		t.Errorf("the account is %v", r)
	}
	if r := row(t, c, "Task", task, "WhoId"); r["WhoId"] != contact {
		t.Errorf("the task of the lead is of %v", r["WhoId"])
	}
	if _, err := org.ConvertLead(tom.ID); err == nil {
		t.Error("a lead was converted twice")
	}
}
