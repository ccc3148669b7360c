package app

import (
	"testing"

	"linecard/crm"
	"linecard/sip"
)

func TestTheRecordPaneFollowsTheLookup(t *testing.T) {
	down := &crm.Error{Class: crm.ClassTransient, Message: "Salesforce didn't answer."}
	tests := []struct {
		name string
		play func(*story)
		want LookupState
	}{
		{"nobody asked yet", func(y *story) { y.rings() }, LookupPending},
		{"one match", func(y *story) { y.rings().found(dana) }, LookupOne},
		{"contact before lead", func(y *story) { y.rings().found(dana, danaLead) }, LookupOne},
		{"two contacts", func(y *story) { y.rings().found(dana, danaTwin) }, LookupMany},
		{"nobody", func(y *story) { y.rings().found() }, LookupNoMatch},
		{"org down", func(y *story) {
			y.rings().play(lookupEnded{stamp: y.stamp(), id: "c1", err: down})
		}, LookupFailed},
		{"org unlinked", func(y *story) { y.s.org.State = crm.Unlinked; y.rings() }, LookupNotLinked},
		{"withheld", func(y *story) {
			y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", number: crm.Number{Withheld: true}})
		}, LookupWithheld},
		{"colleague", func(y *story) {
			y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", number: crm.Number{Raw: "2042", Extension: true}})
		}, LookupNone},
		{"known from memory", func(y *story) {
			y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", number: number, known: &crm.Result{Matches: []crm.Match{dana}}})
		}, LookupOne},
		{"picked before", func(y *story) {
			y.rings().play(lookupEnded{stamp: y.stamp(), id: "c1", choice: danaTwin.ID, result: crm.Result{Matches: []crm.Match{dana, danaTwin}}})
		}, LookupOne},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			y := newStory(t)
			tt.play(y)
			l := y.view().Calls[0].Lookup
			if l.State != tt.want {
				t.Errorf("shows %q, want %q", l.State, tt.want)
			}
			if (l.Record != nil) != (tt.want == LookupOne) {
				t.Errorf("record %v in state %q", l.Record, l.State)
			}
		})
	}
}

func TestWithheldAndColleaguesAreNeverAskedFor(t *testing.T) {
	for _, n := range []crm.Number{{Withheld: true}, {Raw: "2042", Extension: true}} {
		y := newStory(t)
		y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", number: n}, lookupWanted{y.stamp(), "c1"})
		if n := count[askOrg](y); n != 0 {
			t.Errorf("the org was asked %d times", n)
		}
	}
}

func TestALateAnswerOfTheOrgDoesNotUndoThePick(t *testing.T) {
	y := newStory(t).rings().found(dana, danaTwin)
	y.play(recordPicked{y.stamp(), "c1", danaTwin.ID}).found(dana, danaTwin)
	if r := y.view().Calls[0].Lookup.Record; r == nil || r.ID != danaTwin.ID {
		t.Errorf("shows %v, want the picked record", r)
	}
}

func TestTheOrgComingBackAnswersTheWaitingCall(t *testing.T) {
	y := newStory(t)
	y.s.org.State = crm.Inactive
	y.rings().play(lookupEnded{stamp: y.stamp(), id: "c1", err: &crm.Error{Class: crm.ClassRelink, Message: "Link again."}})
	y.play(orgChanged{y.stamp(), crm.LinkStatus{State: crm.Linked}})
	if n := count[askOrg](y); n != 2 {
		t.Errorf("asked %d times, want again after the link came back", n)
	}
}

func TestACallUnderWayGoesToTheOrgLinkedNow(t *testing.T) {
	y := newStory(t)
	y.s.org.OrgID = "00DA"
	y.rings().found(dana, danaTwin).play(recordPicked{y.stamp(), "c1", dana.ID})
	other := crm.LinkStatus{State: crm.Linked, OrgID: "00DB"}
	y.play(orgChanged{y.stamp(), other})
	if l := y.view().Calls[0].Lookup; l.Record != nil || l.State != LookupPending {
		t.Errorf("shows %+v, which the other org said", l)
	}
	y.found(danaTwin).answers().ends(sip.EndLocal)
	if a := y.queued()[0]; a.Org != "00DB" || a.Who.ID != danaTwin.ID {
		t.Errorf("queued for %s with %s", a.Org, a.Who.ID)
	}
	asked := count[askOrg](y)
	y.s.calls[0].lookup = LookupView{State: LookupFailed}
	y.play(orgChanged{y.stamp(), crm.LinkStatus{State: crm.Linked, OrgID: "00DA"}})
	if c := y.s.calls[0]; c.org != "00DB" || count[askOrg](y) != asked {
		t.Error("a call that has ended changed hands")
	}
}

func TestLookUpAgainAnswersAfterUnlinking(t *testing.T) {
	y := newStory(t)
	y.s.org.OrgID = "00DA"
	y.rings().play(orgChanged{y.stamp(), crm.LinkStatus{State: crm.Unlinked}})
	asked := count[askOrg](y)
	y.play(lookupWanted{y.stamp(), "c1"})
	if n := count[askOrg](y); n != asked+1 {
		t.Error("nobody tells the agent that no org is linked")
	}
}

func TestACallOfNoOrgGoesToTheFirst(t *testing.T) {
	y := newStory(t)
	y.s.org = crm.LinkStatus{State: crm.Unlinked}
	y.rings().answers().play(orgChanged{y.stamp(), crm.LinkStatus{State: crm.Linked, OrgID: "00DA"}}).found(dana).ends(sip.EndLocal)
	if a := y.queued()[0]; a.Org != "00DA" || a.Who.ID != dana.ID {
		t.Errorf("queued for %q with %q", a.Org, a.Who.ID)
	}
}

func TestACallNobodyCouldLookUpIsMarkedForTheWriter(t *testing.T) {
	y := newStory(t).rings().play(lookupEnded{stamp: stamp{t0}, id: "c1", err: &crm.Error{Class: crm.ClassTransient, Message: "down"}})
	y.answers().ends(sip.EndLocal)
	if a := y.queued()[0]; !a.Unidentified {
		t.Error("the writer will not ask who it was")
	}
	y = newStory(t).rings().found().answers().ends(sip.EndLocal)
	if a := y.queued()[0]; a.Unidentified {
		t.Error("the org said nobody has the number; asking again costs a request")
	}
}

func TestTheRecordOpensByItselfOnlyWhenTheAgentChoseSo(t *testing.T) {
	withURL := dana
	withURL.URL = "https://acme.example/003"
	for _, tt := range []struct {
		pop               Pop
		ringing, answered int
	}{{PopNever, 0, 0}, {PopRing, 1, 1}, {PopAnswer, 0, 1}} {
		y := newStory(t)
		y.s.rules.Pop = tt.pop
		y.rings().found(withURL)
		if n := count[popRecord](y); n != tt.ringing {
			t.Errorf("%s: opened %d times while ringing, want %d", tt.pop, n, tt.ringing)
		}
		y.answers().found(withURL)
		if n := count[popRecord](y); n != tt.answered {
			t.Errorf("%s: opened %d times in all, want %d", tt.pop, n, tt.answered)
		}
	}
}
