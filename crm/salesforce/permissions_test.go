package salesforce

import (
	"slices"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/salesforce/setup"
)

// The permission set of the exported project must show an agent every field that the client asks for, but those that every user
// sees: what an org requires, what it sets itself, and the fields of calls and of person accounts, which have no entry of their own.
func TestPermissionSetCoversWhatIsAsked(t *testing.T) {
	files, err := setup.Files(setup.Options{Callbacks: Callbacks(), Scopes: Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	granted := ""
	for _, f := range files {
		if strings.HasSuffix(f.Path, setup.PermissionSet+".permissionset-meta.xml") {
			granted = string(f.Data)
		}
	}
	everybody := []string{
		"Account.PersonContactId", "Account.PersonEmail", "Account.PersonTitle", "Account.PersonDoNotCall",
		"Account.LastModifiedDate", "Account.IsPersonAccount", "Contact.LastModifiedDate", "Contact.IsPersonAccount",
		"Lead.LastModifiedDate", "Lead.Company", "Lead.Status",
	}
	ask := func(object, field string) {
		name := object + "." + field
		if strings.Contains(field, ".") || slices.Contains(everybody, name) {
			return // the field of a parent is asked for by the parent's own permission
		}
		if !strings.Contains(granted, "<field>"+name+"</field>") {
			t.Errorf("%s is asked for, and an agent with the permission set may not see it", name)
		}
	}
	for _, object := range crm.DefaultOrder {
		for _, field := range slices.Concat(standardFields[object], fallbackFields[object]) {
			ask(object, field)
		}
		if !strings.Contains(granted, "<object>"+object+"</object>") {
			t.Errorf("an agent with the permission set sees no %s", object)
		}
	}
	for _, field := range []string{callKeyField, "Description", "WhoId", "WhatId"} {
		ask("Task", field)
	}
	for _, right := range []string{"ApiEnabled", "EditTask"} {
		if !strings.Contains(granted, "<name>"+right+"</name>") {
			t.Errorf("the permission set lacks %s", right)
		}
	}
}

// Link must listen where the app that an admin makes lets the browser return to, if nobody says otherwise.
func TestCallbacksAreThoseOfALink(t *testing.T) {
	if got := New(Config{}).CallbackURLs(); !slices.Equal(got, Callbacks()) {
		t.Errorf("a link listens on %q, the app says %q", got, Callbacks())
	}
}
