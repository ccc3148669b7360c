package salesforce

import (
	"testing"

	"linecard/crm"
)

// TestDescribedLabelsAreClean: an org's labels go to the window and the command line.
func TestDescribedLabelsAreClean(t *testing.T) {
	dirty := "A\x1b[31m\u202eB\n"
	o := &object{Name: crm.Case, Label: dirty, Fields: []field{{Name: "X__c", Label: dirty, Type: "picklist", Values: []pickValue{{Value: dirty, Label: dirty, Active: true}}}}, RecordTypes: []recordType{{ID: "012", Name: dirty}}}
	d := o.described()
	for what, got := range map[string]string{"object": d.Label, "field": d.Fields[0].Label, "entry": d.Fields[0].Entries[0].Label, "record type": d.RecordTypes[0].Name} {
		if got != "A [31mB" && got != "A[31mB" {
			t.Errorf("%s: %q", what, got)
		}
	}
	if d.Fields[0].Entries[0].Value != dirty {
		t.Error("a value was changed: it would not be taken")
	}
}
