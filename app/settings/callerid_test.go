package settings

import (
	"slices"
	"testing"
)

// An account that says nothing of where the caller ID goes is as one that names the usual header: to save it changes nothing.
func TestWhereTheCallerIDGoes(t *testing.T) {
	a := DefaultAccount()
	a.CallerIDIn = ""
	if err := a.Set("label", "Support"); err != nil || a.CallerIDIn != "ppi" || DefaultAccount().CallerIDIn != "ppi" {
		t.Errorf("caller ID in %q, %v", a.CallerIDIn, err)
	}
}

// What withholds the number does so in any letters, in the list and as the account's own.
func TestWithheldInAnyLetters(t *testing.T) {
	a := DefaultAccount()
	if err := a.Set("caller_ids", "+1 415 555 0100,Withheld,WITHHELD"); err != nil {
		t.Fatal(err)
	}
	if want := []string{"+14155550100", "withheld"}; !slices.Equal(a.CallerIDs, want) {
		t.Errorf("list %q, want %q", a.CallerIDs, want)
	}
	if err := a.Set("caller_id", " WithHeld "); err != nil || a.CallerID != "withheld" {
		t.Errorf("caller ID %q, %v", a.CallerID, err)
	}
}

// The field of records with the number that callees see is the API name of one. It is asked for in the org of the account that names it, and in all of them where all are
// searched or the account names none.
func TestTheFieldOfRecordsWithTheCallerID(t *testing.T) {
	a := DefaultAccount()
	if err := a.Set("record_caller_id", " Preferred_Caller_ID__c "); err != nil || a.RecordCallerID != "Preferred_Caller_ID__c" {
		t.Errorf("%q, %v", a.RecordCallerID, err)
	}
	for _, name := range []string{"Account.Phone", "a b", "x,Id FROM User", "2__c"} {
		if err := a.Set("record_caller_id", name); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
	s := Default()
	s.Accounts = []Account{{RecordCallerID: "A__c"}, {RecordCallerID: "B__c", Org: "00DB"}, {RecordCallerID: "A__c", Org: "00DA"}}
	if got := s.RecordCallerIDs("00DA"); !slices.Equal(got, []string{"A__c"}) {
		t.Errorf("of one org: %q", got)
	}
	if s.Records.Orgs = "all"; !slices.Equal(s.RecordCallerIDs("00DA"), []string{"A__c", "B__c"}) {
		t.Errorf("of all: %q", s.RecordCallerIDs("00DA"))
	}
}
