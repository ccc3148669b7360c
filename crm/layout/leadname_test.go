package layout_test

import (
	"testing"

	"linecard/crm"
	"linecard/crm/layout"
)

// The Lead's name follows the Lead: it is written after the create too, and changes with it. Where the call is with no Lead, an update
// leaves the field alone: a flow or a person may have filled it.
func TestTheLeadsNameFollowsTheLead(t *testing.T) {
	l := layout.Case()
	l.Fields, l.LeadName = nil, "Text__c"
	c := call()
	for _, tt := range []struct {
		who  crm.Ref
		want any
	}{
		{crm.Ref{Object: crm.Lead, ID: "00Q1", Name: "Dana {W}"}, "Dana {W}"},
		{crm.Ref{Object: crm.Lead, ID: "00Q2", Name: "Lee"}, "Lee"},
		{crm.Ref{Object: crm.Contact, ID: "0031", Name: "Kim"}, nil},
		{crm.Ref{}, nil},
	} {
		c.Who = tt.who
		r := l.Render(layout.Target{Object: caseObject(), Update: true}, c)
		got, written := r.Fields["Text__c"]
		if written != (tt.want != nil) || written && got != tt.want {
			t.Errorf("an update about %q says %v, %v", tt.who.Name, got, written)
		}
		created, written := l.Render(layout.Target{Object: caseObject()}, c).Fields["Text__c"]
		if written != (tt.want != nil) || written && created != tt.want {
			t.Errorf("a create about %q says %v, %v", tt.who.Name, created, written)
		}
	}
}
