package app

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// Whatever happens in whatever order, the journal hears a call's story once and in order, no record is logged in a way
// Salesforce forbids, and no View shows a call twice or a button that does nothing.
func TestAnyStoryIsToldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := state{rules: someRules(), links: []crm.LinkStatus{{State: crm.Linked}}}
		now := t0
		mode := rapid.SampledFrom([]string{"always", "ask", "never"}).Draw(t, "rules")
		s.rules.Ask, s.rules.Never = mode == "ask", mode == "never"
		began, ended := map[string]int{}, map[string]int{}
		drafts := map[string]bool{} // what the journal keeps that nobody will send: for Save, or of a live call
		calls := 0
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "seconds")) * time.Second)
			var e event
			if rapid.IntRange(0, 5).Draw(t, "new call") == 0 {
				calls++
				e = anArrival(t, fmt.Sprint("c", calls), now)
			} else {
				e = anEvent(t, &s, fmt.Sprint("c", rapid.IntRange(1, max(1, calls)).Draw(t, "which")), now)
			}
			var out []effect
			s, out = next(s, e)
			for _, f := range out {
				switch f := f.(type) {
				case writeRing:
					if !writtenAgain(e) {
						began[f.call.id]++
					}
				case writeEnd:
					ended[f.call.id]++
					if began[f.call.id] != 1 {
						t.Fatalf("%s ends on disk and has begun %d times", f.call.id, began[f.call.id])
					}
					if a := f.activity; a != nil {
						check(t, *a)
					}
					drafts[f.call.id] = f.call.verdict == crm.LogAsk
					if (f.activity == nil) != (f.call.verdict == crm.LogNo) || f.call.verdict == crm.LogNo != (s.rules.Judge(f.call.facts()).Log == crm.LogNo) {
						t.Fatalf("%s ends with verdict %q and activity %v", f.call.id, f.call.verdict, f.activity)
					}
				case writeDraft:
					drafts[f.id] = drafts[f.id] || ended[f.id] == 0
				case takeBack:
					drafts[f.id] = false
				case wantLogged:
					drafts[f.id] = false
				case writeEdit:
					check(t, f.activity)
				}
			}
			seen := map[string]bool{}
			for _, c := range render(&s, false).Calls {
				if seen[c.ID] {
					t.Fatalf("%s is drawn twice", c.ID)
				}
				seen[c.ID] = true
				if (c.Lookup.State == LookupOne) != (c.Lookup.Record != nil) {
					t.Fatalf("%s shows state %q with record %v", c.ID, c.Lookup.State, c.Lookup.Record)
				}
				if over := !live(c); over == (ended[c.ID] == 0) {
					t.Fatalf("%s is %s, ended on disk %d times", c.ID, c.Phase, ended[c.ID])
				}
				if !live(c) && c.Wrap.Until.IsZero() {
					t.Fatalf("%s would never leave the desk", c.ID)
				}
			}
		}
		for id, draft := range drafts {
			if draft && ended[id] > 0 && mode != "ask" {
				t.Fatalf("a draft of %s waits for nobody", id)
			}
		}
		for id, n := range ended {
			if n != 1 {
				t.Fatalf("%s was ended %d times", id, n)
			}
		}
	})
}

// writtenAgain reports whether an event has the row of a call written again, with whom it is with or where it has gone by now.
func writtenAgain(e event) bool {
	switch e := e.(type) {
	case partyChanged:
		return true
	case phoneEvent:
		_, handed := e.Event.(sip.CallTransfer)
		return handed
	}
	return false
}

// check holds an activity against Salesforce's rules on WhoId and WhatId.
func check(t *rapid.T, a crm.Activity) {
	switch a.Who.Object {
	case "", crm.Contact:
	case crm.Lead:
		if !a.What.IsZero() {
			t.Fatalf("a Lead with a WhatId: %+v", a)
		}
	default:
		t.Fatalf("a %s as WhoId", a.Who.Object)
	}
	if a.SubjectLine() == "" || a.CallID == "" {
		t.Fatalf("incomplete: %+v", a)
	}
}

var account = crm.Match{Record: crm.Record{Ref: crm.Ref{Object: crm.Account, ID: "001000000000001AAA", Name: "Acme Corp"}}, Why: crm.Why{Closeness: crm.Exact}}

func someMatches(t *rapid.T) []crm.Match {
	return rapid.SliceOfNDistinct(rapid.SampledFrom([]crm.Match{dana, danaTwin, danaLead, account}), 0, 4, func(m crm.Match) string { return m.ID }).Draw(t, "matches")
}

func anArrival(t *rapid.T, id string, now time.Time) event {
	numbers := []crm.Number{number, {Withheld: true}, {Raw: "2042", Extension: true}, {Raw: "anna"}}
	e := callArrived{
		stamp: stamp{now}, id: id, direction: rapid.SampledFrom([]crm.Direction{crm.Inbound, crm.Outbound}).Draw(t, "direction"),
		number: rapid.SampledFrom(numbers).Draw(t, "number"),
	}
	if rapid.Bool().Draw(t, "known") {
		e.known = &crm.Result{Matches: someMatches(t)}
	}
	if rapid.IntRange(0, 4).Draw(t, "a room") == 0 {
		e.direction, e.number, e.known, e.gathers = crm.Outbound, roomNumber(sip.Party{User: "3041"}), nil, []string{"c1", "c2"}
	}
	return e
}

func anEvent(t *rapid.T, s *state, id string, now time.Time) event {
	st, text := stamp{now}, rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "text")
	what := crm.Ref{Object: crm.Opportunity, ID: "0061"}
	reasons := []sip.EndReason{sip.EndLocal, sip.EndRemote, sip.EndDeclined, sip.EndCancelled, sip.EndAnsweredElsewhere, sip.EndBusy, sip.EndNoAnswer, sip.EndNotFound, sip.EndFailed, sip.EndTransferred}
	return rapid.SampledFrom([]func() event{
		func() event { return phoneEvent{st, sip.CallProgress{ID: id, At: now}} },
		func() event { return phoneEvent{st, sip.CallAnswered{ID: id, At: now}} },
		func() event {
			return phoneEvent{st, sip.CallKeys{ID: id, At: now, Keys: "1", Failed: fault.New("sip.keys-refused", "keys", "1")}}
		},
		func() event {
			return phoneEvent{st, sip.CallHold{ID: id, At: now, Local: rapid.Bool().Draw(t, "local"), Remote: rapid.Bool().Draw(t, "remote")}}
		},
		func() event {
			return phoneEvent{st, sip.CallEnded{ID: id, At: now, Reason: rapid.SampledFrom(reasons).Draw(t, "reason")}}
		},
		func() event {
			var rooms []string // whose far ends go to which: no room goes to another
			for i := range s.calls {
				if r := &s.calls[i]; r.room() && r.live() && r.id != id {
					rooms = append(rooms, r.id)
				}
			}
			if i := s.find(id); len(rooms) == 0 || i >= 0 && s.calls[i].room() {
				return phoneEvent{st, sip.CallTransfer{ID: id, At: now, Target: "3041", Done: rapid.Bool().Draw(t, "handed")}}
			}
			room := rapid.SampledFrom(rooms).Draw(t, "room")
			return phoneEvent{st, sip.CallTransfer{ID: id, At: now, Target: "3041", Room: room, Done: rapid.Bool().Draw(t, "gone")}}
		},
		func() event { return phoneEvent{st, sip.CallEnded{ID: id, At: now, Reason: sip.EndTransferred}} },
		func() event { return lookupEnded{stamp: st, id: id, result: crm.Result{Matches: someMatches(t)}} },
		func() event { return lookupEnded{stamp: st, id: id, err: &crm.Error{Class: crm.ClassTransient}} },
		func() event {
			return recordPicked{st, id, rapid.SampledFrom([]crm.Ref{dana.Ref, danaLead.Ref, {ID: "none"}}).Draw(t, "pick")}
		},
		func() event {
			n := rapid.SampledFrom([]crm.Number{number, {Withheld: true}, {Raw: "2042", Extension: true}, {Raw: "anna"}}).Draw(t, "new number")
			e := partyChanged{stamp: st, id: id, party: sip.Party{User: n.Raw, Name: text}, number: n, answer: rapid.Bool().Draw(t, "answer")}
			if rapid.Bool().Draw(t, "new one known") {
				e.known = &crm.Result{Matches: someMatches(t)}
			}
			return e
		},
		func() event { return wrapEdited{st, id, WrapEdit{Notes: &text}} },
		func() event { return wrapEdited{st, id, WrapEdit{What: &what}} },
		func() event { return wrapSaved{st, id} },
		func() event { return logRefused{st, id} },
		func() event { return declinedHere{st, id} },
		func() event { return dismissed{st, id} },
		func() event { return ticked{st} },
		func() event { return logMoved{stamp: st, id: id, standing: logStanding{state: LogDone}} },
		func() event {
			return orgsChanged{st, []crm.LinkStatus{{State: rapid.SampledFrom([]crm.LinkState{crm.Linked, crm.Inactive, crm.Unlinked}).Draw(t, "link")}}}
		},
		func() event { return lookupWanted{st, id} },
		func() event { return detailsCame{stamp: st, id: id, ref: dana.Ref} },
	}).Draw(t, "event")()
}
