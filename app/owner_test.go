package app

import (
	"testing"

	"linecard/crm"
	"linecard/sip"
)

func linkedTo(org, user string) crm.LinkStatus {
	return crm.LinkStatus{State: crm.Linked, OrgID: org, UserID: user}
}

// A call on an account that names its org belongs there, also while only another org is linked: that one is not asked who it
// is, and never gets the Task.
func TestACallBelongsToTheOrgItsAccountNames(t *testing.T) {
	y := newStory(t)
	y.play(accountsSet{y.stamp(), []Account{{ID: "2041@a", Org: "A"}}}, orgsChanged{y.stamp(), []crm.LinkStatus{linkedTo("B", "u1")}})
	y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", account: "2041@a", party: sip.Party{User: number.Raw}, number: number})
	if c := y.view().Calls[0]; c.Org != "A" || c.Lookup.State != LookupNotLinked || count[askOrg](y) != 0 {
		t.Fatalf("the call is of org %q, the card is %q, %d questions", c.Org, c.Lookup.State, count[askOrg](y))
	}
	y.answers().ends(sip.EndRemote)
	if a := y.queued()[0]; a.Org != "A" {
		t.Errorf("the Task goes to %q", a.Org)
	}
	y.play(orgsChanged{y.stamp(), []crm.LinkStatus{linkedTo("A", "u7"), linkedTo("B", "u1")}})
	if c := y.view().Calls[0]; c.User != "u7" || count[askOrg](y) != 1 {
		t.Errorf("linked again: user %q, %d questions", c.User, count[askOrg](y))
	}
}

// A caller who is known before any link has told its org is one of that org's people: the call waits for that org, which is
// asked whether it is still so.
func TestAKnownCallerIsOfTheOrgThatKnowsThem(t *testing.T) {
	for _, tt := range []struct {
		linked    string
		user      string
		questions int
	}{{"A", "u1", 1}, {"B", "", 0}} {
		y := newStory(t)
		y.play(orgsChanged{y.stamp(), []crm.LinkStatus{{State: crm.Unlinked}}})
		y.play(callArrived{
			stamp: y.stamp(), direction: crm.Inbound, id: "c1", party: sip.Party{User: number.Raw}, number: number,
			known: &crm.Result{Number: number, Org: "A", Cached: true, Matches: []crm.Match{dana}},
		})
		if c := y.view().Calls[0]; c.Lookup.State != LookupOne || !c.Lookup.Known || c.Org != "A" {
			t.Fatalf("the card is %+v, the call of org %q", c.Lookup, c.Org)
		}
		y.play(orgsChanged{y.stamp(), []crm.LinkStatus{linkedTo(tt.linked, "u1")}})
		if c := y.view().Calls[0]; c.Org != "A" || c.User != tt.user || count[askOrg](y) != tt.questions || c.Lookup.Record == nil {
			t.Errorf("%s linked: org %q, user %q, %d questions", tt.linked, c.Org, c.User, count[askOrg](y))
		}
	}
}
