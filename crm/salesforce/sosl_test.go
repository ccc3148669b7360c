package salesforce

import (
	"errors"
	"strings"
	"testing"

	"linecard/crm"
)

func described(t *testing.T, objects ...*object) *Client {
	t.Helper()
	c := New(Config{})
	for _, o := range objects {
		c.schema.put(o.Name, description{Object: o})
	}
	return c
}

var caller = crm.ParseNumber("+14155550132", crm.NumberPlan{Region: "US"})

func TestSearchBeforeTheOrgIsDescribed(t *testing.T) {
	got := New(Config{}).findPhone(caller)
	want := "FIND {14155550132 OR 4155550132} IN PHONE FIELDS RETURNING " +
		"Contact(Id, Name, Phone, MobilePhone, HomePhone, OtherPhone, AssistantPhone, Title, Email, AccountId, Account.Name, Owner.Name, DoNotCall, LastModifiedDate ORDER BY LastModifiedDate DESC LIMIT 10), " +
		"Account(Id, Name, Phone, Fax, Type, Owner.Name, LastModifiedDate ORDER BY LastModifiedDate DESC LIMIT 10), " +
		"Lead(Id, Name, Phone, MobilePhone, Title, Company, Email, Status, Owner.Name, DoNotCall, LastModifiedDate WHERE IsConverted = false ORDER BY LastModifiedDate DESC LIMIT 10)"
	if got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
}

func TestSearchAsksForWhatTheUserSees(t *testing.T) {
	contact := &object{Name: crm.Contact, Fields: []field{
		{Name: "Id"},
		{Name: "Name"},
		{Name: "MobilePhone", Type: "phone"},
		{Name: "WhatsApp__c", Type: "phone"},
		{Name: "AccountId", Type: "reference", Relationship: "Account"},
		{Name: "LastModifiedDate"},
	}}
	c := described(t, contact)
	c.schema.put(crm.Account, description{}) // the user does not see it at all
	c.schema.put(crm.Lead, description{})
	got := c.findPhone(caller)
	want := "FIND {14155550132 OR 4155550132} IN PHONE FIELDS RETURNING " +
		"Contact(Id, Name, MobilePhone, WhatsApp__c, AccountId, Account.Name, LastModifiedDate ORDER BY LastModifiedDate DESC LIMIT 10)"
	if got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	c.schema.put(crm.Contact, description{})
	if got := c.findPhone(caller); got != "" {
		t.Errorf("searches in nothing: %s", got)
	}
}

func TestLearningFromRefusals(t *testing.T) {
	tests := []struct{ name, code, message, gone string }{
		{"field", "INVALID_FIELD", "No such column 'Title' on entity 'Contact'. If you are attempting to use a custom field…", "Title, Email, AccountId"},
		{"field of a parent", "INVALID_FIELD", "No such column 'Name' on entity 'Account'.", "Account.Name"},
		{"parent", "INVALID_FIELD", "Didn't understand relationship 'Account' in field path.", "Account.Name"},
		{"object", "INVALID_TYPE", "sObject type 'Lead' is not supported.", "Lead("},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := New(Config{})
			before := c.findPhone(caller)
			if !strings.Contains(before, tt.gone) {
				t.Fatalf("%q is not in %s", tt.gone, before)
			}
			e := &crm.Error{Code: tt.code, Err: errors.New(tt.message)}
			if !c.learn(e) {
				t.Fatal("nothing learned")
			}
			if after := c.findPhone(caller); strings.Contains(after, tt.gone) {
				t.Errorf("still asked for: %s", after)
			}
			if c.learn(e) {
				t.Error("the same refusal would be tried again without end")
			}
		})
	}
	if New(Config{}).learn(&crm.Error{Code: "MALFORMED_SEARCH", Err: errors.New("x")}) {
		t.Error("learned from a malformed search")
	}
}

func TestSearchTerms(t *testing.T) {
	tests := []struct{ typed, want string }{
		{"dana", "dana*"},
		{"Dana Whitfield", "Dana* AND Whitfield*"},
		{"  a b ", ""},
		{"Smith & Sons", "Smith* AND Sons*"},
		{"Dana - Acme", "Dana* AND Acme*"},
		{"-- !", ""},
		{"C++", `C\+\+*`},
		{"", ""},
		{"O'Neil", `O\'Neil*`},
		{"x} RETURNING User(Id", `x\}* AND RETURNING* AND User\(Id*`},
		{`a\b`, `a\\b*`},
	}
	for _, tt := range tests {
		if got := searchTerms(tt.typed); got != tt.want {
			t.Errorf("searchTerms(%q) = %q, want %q", tt.typed, got, tt.want)
		}
	}
}

// No typed text ends the braces of the FIND clause.
func FuzzSearchTerms(f *testing.F) {
	f.Add("dana} RETURNING User(Id)")
	f.Add(`\}`)
	f.Fuzz(func(t *testing.T, typed string) {
		escaped := false
		for _, r := range searchTerms(typed) {
			switch {
			case escaped:
				escaped = false
			case r == '\\':
				escaped = true
			case strings.ContainsRune(`?&|!{}[]()^~:"'+-`, r) || r < ' ':
				t.Fatalf("%q is not escaped in %q", r, searchTerms(typed))
			}
		}
		if escaped {
			t.Fatalf("%q ends in an escape", searchTerms(typed))
		}
	})
}
