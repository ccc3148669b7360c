package app

import (
	"testing"

	"linecard/crm"
	"linecard/fault"
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

// A call on an account that names no org belongs to the first org, also while that one's link does not work: no other org is asked
// who it is, and none gets the Task. It is asked and logged when the link works again.
func TestACallIsNotTheNextOrgsBecauseTheFirstIsOutOfOrder(t *testing.T) {
	for _, out := range []crm.LinkState{crm.Inactive, crm.Waiting, crm.Linking} {
		for _, late := range []bool{false, true} { // it rings before the links are told
			broken := crm.LinkStatus{State: out, OrgID: "A", UserID: "u1", Reason: fault.New("salesforce.link-changed")}
			y := newStory(t)
			y.play(accountsSet{y.stamp(), []Account{{ID: "2041@a", First: "A"}, {ID: "2042@a", First: "A"}}})
			links := orgsChanged{y.stamp(), []crm.LinkStatus{broken, linkedTo("B", "u2")}}
			arrived := callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", account: "2041@a", party: sip.Party{User: number.Raw}, number: number}
			if late {
				y.play(orgsChanged{y.stamp(), []crm.LinkStatus{{State: crm.Unlinked}}}, arrived, links)
			} else {
				y.play(links, arrived)
			}
			if c := y.view().Calls[0]; c.Org != "A" {
				t.Errorf("%s, late %v: the call is of org %q", out, late, c.Org)
			}
			for _, f := range y.effects {
				if q, ok := f.(askOrg); ok && q.org != "A" {
					t.Errorf("%s, late %v: org %q is asked", out, late, q.org)
				}
			}
			y.answers().ends(sip.EndRemote)
			if a := y.queued()[0]; a.Org != "A" {
				t.Errorf("%s, late %v: the Task goes to %q", out, late, a.Org)
			}
			if f := y.s.adoption(); f.first != (link{}) || f.accounts["2042@a"] != (link{}) {
				t.Errorf("%s, late %v: what waits without an org goes to %+v", out, late, f)
			}
			before := count[askOrg](y)
			y.play(lookupEnded{stamp: y.stamp(), id: "c1", org: "A", err: crm.NoOrg()})
			y.play(orgsChanged{y.stamp(), []crm.LinkStatus{linkedTo("A", "u1"), linkedTo("B", "u2")}})
			if c := y.view().Calls[0]; c.Org != "A" || c.User != "u1" || count[askOrg](y) != before+1 {
				t.Errorf("%s, late %v, works again: org %q, user %q, %d questions more", out, late, c.Org, c.User, count[askOrg](y)-before)
			}
		}
	}
}

// Only an org without any link leaves its place to the next one.
func TestTheFirstOrgIsTheFirstThatHasALink(t *testing.T) {
	for name, links := range map[string][]crm.LinkStatus{
		"no link":                      {linkedTo("B", "u2")},
		"an older integration logs in": {{State: crm.Legacy, OrgID: "A"}, linkedTo("B", "u2")},
		"unlinked":                     {{State: crm.Unlinked, OrgID: "A"}, linkedTo("B", "u2")},
	} {
		y := newStory(t)
		y.play(accountsSet{y.stamp(), []Account{{ID: "2041@a", First: "A"}}}, orgsChanged{y.stamp(), links})
		y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", account: "2041@a", party: sip.Party{User: number.Raw}, number: number})
		if c := y.view().Calls[0]; c.Org != "B" {
			t.Errorf("%s: the call is of org %q", name, c.Org)
		}
	}
	y := newStory(t) // of several users of an org, one whose link works
	y.play(accountsSet{y.stamp(), []Account{{ID: "2041@a", First: "A"}}})
	y.play(orgsChanged{y.stamp(), []crm.LinkStatus{{State: crm.Inactive, OrgID: "A", UserID: "u1"}, linkedTo("B", "u2"), linkedTo("A", "u3")}})
	if l := y.s.owner("2041@a"); l != (link{"A", "u3"}) {
		t.Errorf("the call is %+v's", l)
	}
}

// Of two users of an org whose links stand differently, neither is taken for the other: what has not changed is not told again, and nothing is
// sent again for it.
func TestTwoUsersOfAnOrgAreTwoLinks(t *testing.T) {
	y := newStory(t)
	a, b := linkedTo("A", "u1"), crm.LinkStatus{State: crm.Inactive, OrgID: "A", UserID: "u2", Reason: fault.New("salesforce.link-changed")}
	y.play(orgsChanged{y.stamp(), []crm.LinkStatus{a, b}})
	told, sent := count[say](y), count[sendAll](y)
	a.APIUsed = 7
	y.play(orgsChanged{y.stamp(), []crm.LinkStatus{a, b}})
	if count[say](y) != told || count[sendAll](y) != sent {
		t.Errorf("%d more events, %d more times all is sent", count[say](y)-told, count[sendAll](y)-sent)
	}
	b = linkedTo("A", "u2")
	y.play(orgsChanged{y.stamp(), []crm.LinkStatus{a, b}})
	if count[say](y) != told+1 || count[sendAll](y) != sent+1 {
		t.Errorf("linked again: %d more events, %d more times all is sent", count[say](y)-told, count[sendAll](y)-sent)
	}
	y.play(orgsChanged{y.stamp(), []crm.LinkStatus{b, a}}) // the order says nothing
	if count[say](y) != told+1 || count[sendAll](y) != sent+1 {
		t.Error("another order is told as a change")
	}
	a.State = crm.Inactive
	y.play(orgsChanged{y.stamp(), []crm.LinkStatus{a, b}})
	if l := y.s.linkOf("A"); l.UserID != "u2" {
		t.Errorf("the org is asked by %q, whose link does not work", l.UserID)
	}
}
