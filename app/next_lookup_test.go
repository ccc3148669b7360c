package app

import (
	"testing"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

func TestTheRecordPaneFollowsTheLookup(t *testing.T) {
	down := &crm.Error{Class: crm.ClassTransient, Fault: fault.New(fault.Plain, "text", "Salesforce didn't answer.")}
	tests := []struct {
		name string
		play func(*story)
		want LookupState
	}{
		{"nobody asked yet", func(y *story) { y.rings() }, LookupPending},
		{"one match", func(y *story) { y.rings().found(dana) }, LookupOne},
		{"a contact and a lead", func(y *story) { y.rings().found(dana, danaLead) }, LookupMany},
		{"a contact and a lead, by order", func(y *story) { y.s.rules.ByOrder = true; y.rings().found(dana, danaLead) }, LookupOne},
		{"one that may be another number", func(y *story) { y.rings().found(unsure) }, LookupMany},
		{"one that may be another number, by order", func(y *story) { y.s.rules.ByOrder = true; y.rings().found(unsure) }, LookupMany},
		{"two contacts", func(y *story) { y.rings().found(dana, danaTwin) }, LookupMany},
		{"nobody", func(y *story) { y.rings().found() }, LookupNoMatch},
		{"org down", func(y *story) {
			y.rings().play(lookupEnded{stamp: y.stamp(), id: "c1", err: down})
		}, LookupFailed},
		{"org unlinked", func(y *story) { y.s.links[0].State = crm.Unlinked; y.rings() }, LookupNotLinked},
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
			y.rings().play(lookupEnded{stamp: y.stamp(), id: "c1", choice: danaTwin.Ref, result: crm.Result{Matches: []crm.Match{dana, danaTwin}}})
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
	y.play(recordPicked{y.stamp(), "c1", danaTwin.Ref}).found(dana, danaTwin)
	if r := y.view().Calls[0].Lookup.Record; r == nil || r.ID != danaTwin.ID {
		t.Errorf("shows %v, want the picked record", r)
	}
}

func TestTheOrgComingBackAnswersTheWaitingCall(t *testing.T) {
	y := newStory(t)
	y.s.links[0].State = crm.Inactive
	y.rings().play(lookupEnded{stamp: y.stamp(), id: "c1", err: &crm.Error{Class: crm.ClassRelink, Fault: fault.New(fault.Plain, "text", "Link again.")}})
	y.play(orgsChanged{y.stamp(), []crm.LinkStatus{{State: crm.Linked}}})
	if n := count[askOrg](y); n != 2 {
		t.Errorf("asked %d times, want again after the link came back", n)
	}
}

// A call is its org's and user's from the ring on, whoever is linked later.
func TestACallStaysWithTheOrgItRangFor(t *testing.T) {
	a, b := crm.LinkStatus{State: crm.Linked, OrgID: "00DA", UserID: "005A"}, crm.LinkStatus{State: crm.Linked, OrgID: "00DB", UserID: "005B"}
	y := newStory(t).links(a).rings().found(dana, danaTwin)
	y.play(recordPicked{y.stamp(), "c1", dana.Ref})
	y.links(b)
	asked := count[askOrg](y)
	y.play(lookupWanted{y.stamp(), "c1"})
	if l := y.view().Calls[0].Lookup; l.Record == nil || l.Record.ID != dana.ID || count[askOrg](y) != asked {
		t.Errorf("the other org was asked, or the record is gone: %+v", l)
	}
	y.answers().ends(sip.EndLocal)
	if a := y.queued()[0]; a.Org != "00DA" || a.User != "005A" || a.Who.ID != dana.ID {
		t.Errorf("queued for %s of %s with %s", a.User, a.Org, a.Who.ID)
	}
	if w := y.view().Calls[0].Wrap; w.Log != LogElsewhere || w.Error == "" {
		t.Errorf("the agent reads %q, %q, not that it waits for its org", w.Log, w.Error)
	}
	y.links(a)
	if w := y.view().Calls[0].Wrap; w.Log != LogQueued || w.Error != "" {
		t.Errorf("its org is linked again, and the agent reads %q, %q", w.Log, w.Error)
	}
}

// A call on an account whose org is not linked is looked up in no other org, and so is never about another org's people.
func TestACallOfAnOrgThatIsNotLinkedIsLookedUpInNoOther(t *testing.T) {
	a, b := crm.LinkStatus{State: crm.Linked, OrgID: "00DA", UserID: "005A"}, crm.LinkStatus{State: crm.Linked, OrgID: "00DB", UserID: "005B"}
	y := newStory(t)
	y.play(accountsSet{y.stamp(), []Account{{ID: "work", Org: "00DB"}}})
	y.links(a)
	arrived := callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", account: "work", number: number}
	y.play(arrived, lookupWanted{y.stamp(), "c1"})
	if n := count[askOrg](y); n != 0 || y.view().Calls[0].Lookup.State != LookupNotLinked {
		t.Errorf("%d other orgs were asked; the card says %q", n, y.view().Calls[0].Lookup.State)
	}
	y.links(b)
	if n := count[askOrg](y); n != 1 {
		t.Errorf("its own org was asked %d times once it was linked", n)
	}
}

// A call belongs to the org that its account named when it rang, linked or not: naming another org later does not move it.
func TestACallStaysWithTheOrgThatItsAccountNamed(t *testing.T) {
	a := crm.LinkStatus{State: crm.Linked, OrgID: "00DA", UserID: "005A"}
	y := newStory(t)
	y.play(accountsSet{y.stamp(), []Account{{ID: "work", Org: "00DB"}}})
	y.links(a)
	y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", account: "work", number: number})
	y.play(accountsSet{y.stamp(), []Account{{ID: "work", Org: "00DA"}}})
	if c := y.s.calls[0]; c.link != (link{org: "00DB"}) || count[belong](y) != 0 || count[askOrg](y) != 0 {
		t.Errorf("the call is %v's; told %d times, asked %d times", c.link, count[belong](y), count[askOrg](y))
	}
}

func TestTheAgentMayLogACallAsTheUserLinkedNow(t *testing.T) {
	y := newStory(t).links(crm.LinkStatus{State: crm.Linked, OrgID: "00DA", UserID: "005A"}).rings().found(dana).answers().ends(sip.EndLocal)
	y.links(crm.LinkStatus{State: crm.Linked, OrgID: "00DB", UserID: "005B"})
	asked := count[askOrg](y)
	y.play(logAsWanted{y.stamp(), "c1", link{"00DB", "005B"}})
	if c := y.view().Calls[0]; c.Org != "00DB" || c.User != "005B" || c.Lookup.Record != nil || count[askOrg](y) != asked+1 {
		t.Errorf("is %s's of %s, shows %+v", c.User, c.Org, c.Lookup)
	}
}

func TestEachAccountsCallsGoToItsOrg(t *testing.T) {
	y := newStory(t)
	y.play(accountsSet{y.stamp(), []Account{{ID: "2041@a", Label: "Sales", Org: "00DB"}, {ID: "2042@b"}}})
	y.play(orgsChanged{y.stamp(), []crm.LinkStatus{{State: crm.Linked, OrgID: "00DA"}, {State: crm.Linked, OrgID: "00DB"}}})
	for account, want := range map[string]string{"2041@a": "00DB", "2042@b": "00DA"} {
		y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: account, account: account, number: number})
		c, _ := y.view().call(account)
		if c.Org != want || c.Account != account || c.OnLine == "" {
			t.Errorf("a call of %s shows %q, org %q", account, c.OnLine, c.Org)
		}
	}
	y.play(accountsSet{y.stamp(), []Account{{ID: "2042@b"}}})
	if v := y.view(); len(v.Phones) != 1 || v.Phones[0].Account != "2042@b" || len(v.Calls) != 2 {
		t.Errorf("after an account was removed: %+v", v.Phones)
	}
}

func TestLookUpAgainAnswersAfterUnlinking(t *testing.T) {
	y := newStory(t).links(crm.LinkStatus{State: crm.Linked, OrgID: "00DA"}).rings().links(crm.LinkStatus{State: crm.Unlinked})
	y.play(lookupWanted{y.stamp(), "c1"})
	if l := y.view().Calls[0].Lookup; l.State != LookupNotLinked {
		t.Errorf("shows %q, and nobody tells the agent that no org is linked", l.State)
	}
}

func TestACallOfNoOrgGoesToTheFirst(t *testing.T) {
	y := newStory(t)
	y.s.links = []crm.LinkStatus{{State: crm.Unlinked}}
	y.rings().answers().play(orgsChanged{y.stamp(), []crm.LinkStatus{{State: crm.Linked, OrgID: "00DA"}}}).found(dana).ends(sip.EndLocal)
	if a := y.queued()[0]; a.Org != "00DA" || a.Who.ID != dana.ID {
		t.Errorf("queued for %q with %q", a.Org, a.Who.ID)
	}
}

func TestACallNobodyCouldLookUpIsMarkedForTheWriter(t *testing.T) {
	y := newStory(t).rings().play(lookupEnded{stamp: stamp{t0}, id: "c1", err: &crm.Error{Class: crm.ClassTransient, Fault: fault.New(fault.Plain, "text", "down")}})
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
		pop               crm.Pop
		ringing, answered int
	}{{crm.PopNever, 0, 0}, {crm.PopRing, 1, 1}, {crm.PopAnswer, 0, 1}} {
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

// unsure has a number that is also another country's.
var unsure = func() crm.Match {
	m := dana
	m.Why = crm.Why{Closeness: crm.National, Unsure: true}
	return m
}()

// A match that may be another number puts no record on the Task, and no name on the call.
func TestAnUnsureMatchIsOffered(t *testing.T) {
	y := newStory(t).rings().found(unsure).answers().ends(sip.EndRemote)
	if a := y.end().activity; a == nil || !a.Who.IsZero() {
		t.Errorf("the Task is about %+v", a)
	}
	if l := y.view().Calls[0].Lookup; len(l.Matches) != 1 || l.Record != nil {
		t.Errorf("%+v", l)
	}
	y.play(recordPicked{y.stamp(), "c1", dana.Ref})
	if l := y.view().Calls[0].Lookup; l.State != LookupOne {
		t.Errorf("picked, and still %q", l.State)
	}
}

// A contact that is created during the call is found by "look up again", and the Task gets it, after the call too.
func TestLookUpAgainFindsTheNewContact(t *testing.T) {
	for _, when := range []string{"during the call", "after it"} {
		y := newStory(t).rings().found().answers()
		if when == "after it" {
			y.ends(sip.EndRemote)
		}
		asked := count[askOrg](y)
		y.play(lookupWanted{y.stamp(), "c1"})
		if n := count[askOrg](y) - asked; n != 1 {
			t.Fatalf("%s: the org was asked %d times", when, n)
		}
		y.found(dana)
		var who crm.Ref
		if when == "after it" {
			for _, f := range y.effects {
				if e, ok := f.(writeEdit); ok {
					who = e.activity.Who
				}
			}
		} else {
			who = y.ends(sip.EndRemote).end().activity.Who
		}
		if who.ID != dana.ID {
			t.Errorf("%s: the Task is about %+v", when, who)
		}
	}
}

// TestRelatedToGoesWithItsRecord: what the call is related to belonged to the record that was remembered; the org names another.
func TestRelatedToGoesWithItsRecord(t *testing.T) {
	r := carded(t)
	offer := crm.Ref{Object: crm.Opportunity, ID: "006X", Name: "Renewal"}
	must(t, r.EditWrap("", WrapEdit{What: &offer}))
	r.wait("related", func(v View) bool { return v.Calls[0].Wrap.What == offer })
	given(r)
	if got := r.View().Calls[0].Wrap.What; !got.IsZero() {
		t.Errorf("still related to %v", got)
	}
}
