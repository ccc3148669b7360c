package app

import (
	"slices"
	"testing"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/sip"
)

// Rules see the whole record of a call that the org names only after its end, and the log brings the record's company.
func TestALateRecordIsJudgedAsALiveOne(t *testing.T) {
	acme := []string{"company: Acme*"}
	for name, tt := range map[string]struct {
		change func(*Rules)
		row    crm.Rule
		want   crm.Log
		layout string
	}{
		"logged by company":          {never, crm.Rule{Variables: acme, Log: "yes"}, crm.LogYes, ""},
		"logged by the record's id":  {never, crm.Rule{Variables: []string{"record id: " + dana.ID}, Log: "yes"}, crm.LogYes, ""},
		"not logged by company":      {same, crm.Rule{Variables: acme, Log: "no"}, crm.LogNo, ""},
		"another's company":          {never, crm.Rule{Variables: []string{"company: Globex*"}, Log: "yes"}, crm.LogNo, ""},
		"by the layout for contacts": {same, crm.Rule{Objects: []string{crm.Contact}, Layout: "Customers"}, crm.LogYes, "Customers"},
		"a layout for another object stays away": {
			same, crm.Rule{Objects: []string{crm.Contact}, Layout: "Repairs"}, crm.LogYes, "",
		},
	} {
		for when, live := range map[string]bool{"in time": true, "late": false} {
			if live && tt.row.Layout == "Repairs" {
				continue // in time it is a Case: only what was begun as a Task stays one
			}
			t.Run(name+", "+when, func(t *testing.T) {
				l := unheard(t, []crm.Match{dana}, func(r *Rules) {
					tt.change(r)
					customers := layout.Task()
					customers.Name = "Customers"
					cases := repairs()
					cases.Default = false
					r.Layouts = layout.List{customers, cases}
				}, tt.row)
				l.org.is(func() { l.org.down = !live })
				id := l.ring("work", "+14155550132", true)
				l.answer(id)
				if live {
					l.await("the org's answer", func() bool {
						l.quiet()
						calls := l.desk.View().Calls
						return len(calls) == 1 && calls[0].Lookup.State == LookupOne
					})
				}
				l.quiet()
				l.endCall(id, sip.EndRemote)
				l.quiet()
				l.org.is(func() { l.org.down = false })
				l.relink()
				l.await("what becomes of it", func() bool {
					l.quiet()
					state := l.entryState(id)
					return l.row(id).Verdict == tt.want && (state == journal.Done || tt.want == crm.LogNo && (state == "" || state == journal.Discarded))
				})
				if n := l.org.count(id); n != map[crm.Log]int{crm.LogYes: 1}[tt.want] {
					t.Fatalf("%d Tasks", n)
				}
				if tt.want != crm.LogYes {
					return
				}
				if a := l.org.last(id); a.Company != dana.Company || a.Layout != tt.layout || a.WrittenAs() != crm.Task {
					t.Errorf("company %q, layout %q, a %s", a.Company, a.Layout, a.WrittenAs())
				}
			})
		}
	}
}

// Where nobody is looked for, no stranger's call is logged by a row about people who are known: not live, not after a crash, and not
// when lookups are switched off, or refused, before the log went out.
func TestNobodyIsHopedForWhereNobodyIsLookedFor(t *testing.T) {
	known := crm.Rule{Objects: []string{crm.ObjectAny}, Log: "yes"}
	for name, tt := range map[string]struct {
		off   bool
		after func(l *life, id string)
	}{
		"lookups are off":              {true, func(l *life, id string) { l.endCall(id, sip.EndRemote) }},
		"lookups are off, and a crash": {true, func(l *life, _ string) { l.kill() }},
		"lookups are switched off": {false, func(l *life, id string) {
			l.endCall(id, sip.EndRemote)
			l.quiet()
			l.rules.NoLookup = true
			l.desk.SetRules(l.rules)
		}},
		"the org refuses to say": {false, func(l *life, id string) {
			l.endCall(id, sip.EndRemote)
			l.quiet()
			l.org.is(func() { l.org.moods = slices.Repeat([]*crm.Error{answersNo(crm.ClassRejected, 0)}, 1) })
			l.org.is(func() { l.org.down = false })
			l.retryOne(journal.Entry{ID: id, State: journal.Ready})
			l.await("the log is dropped", func() bool { return l.entryState(id) == journal.Discarded })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := unheard(t, nil, func(r *Rules) { r.Never, r.NoLookup = true, tt.off }, known)
			id := l.ring("work", "+14155550132", true)
			l.answer(id)
			l.quiet()
			tt.after(l, id)
			l.quiet()
			l.end()
			if row := l.onDisk(id); row.Verdict != crm.LogNo || l.org.count(id) != 0 {
				t.Errorf("the rules say %q, %d Tasks", row.Verdict, l.org.count(id))
			}
		})
	}
}

// The Case that a rule wants made of a call is the log itself where the layout writes a Case.
func TestALogThatIsACaseHasNoOther(t *testing.T) {
	for _, at := range []string{"ring", "answer", "hangup"} {
		l := newLife(t, t.TempDir())
		l.rules.Table, _ = crm.NewTable([]crm.Rule{{Name: "cases", On: true, Create: crm.Case, CreateAt: at, Layout: "Repairs"}})
		l.rules.Layouts = layout.List{repairs()}
		l.begin()
		id := l.talk()
		l.await("the log", func() bool { _, times := l.written(id); return times == 1 })
		l.quiet()
		if l.org.everMade[id] != 0 {
			t.Errorf("at %s: %d Cases beside the log", at, l.org.everMade[id])
		}
		l.close()
	}
}

// A record that a rule had made goes when the rules drop the call at its end. That of a call that a colleague took stays: the
// colleague's log is about it.
func TestARecordOfACallThatIsDroppedGoes(t *testing.T) {
	for name, tt := range map[string]struct {
		row    crm.Rule
		answer bool
		reason sip.EndReason
		stays  int
	}{
		"declined":            {crm.Rule{Statuses: []string{"declined"}, Log: "no"}, false, sip.EndDeclined, 0},
		"too short":           {crm.Rule{Variables: []string{"talk seconds: < 10"}, Log: "no"}, true, sip.EndRemote, 0},
		"answered elsewhere":  {crm.Rule{Statuses: []string{"busy"}, Log: "no"}, false, sip.EndAnsweredElsewhere, 1},
		"it is logged anyway": {crm.Rule{Statuses: []string{"busy"}, Log: "no"}, true, sip.EndRemote, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, t.TempDir())
			tt.row.Name, tt.row.On = "dropped", true
			l.rules.Table, _ = crm.NewTable([]crm.Rule{tt.row, {Name: "leads", On: true, Create: crm.Lead, CreateAt: "ring"}})
			l.begin()
			defer l.close()
			id := l.ring("work", "+14155550132", true)
			l.await("the Lead", func() bool { l.quiet(); return l.org.recordCount(id) == 1 })
			l.await("the desk has it", func() bool { l.quiet(); return l.row(id).Who.Object == crm.Lead })
			if tt.answer {
				l.answer(id)
			}
			l.endCall(id, tt.reason)
			l.quiet()
			if tt.stays == 0 {
				l.await("it is gone", func() bool { return l.org.recordCount(id) == 0 })
			}
			l.await("rest", func() bool { l.quiet(); s := l.entryState(id); return s == journal.Done || s == journal.Discarded })
			if n := l.org.recordCount(id); n != tt.stays {
				t.Errorf("%d records", n)
			}
		})
	}
}

// row is the call in the history.
func (l *life) row(id string) journal.Row {
	row, err := l.journal.Call(l.ctx(), id)
	if err != nil {
		l.t.Fatalf("%s: %v", id, err)
	}
	return row
}

func (o *lateOrg) recordCount(id string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.recordsOf(id, ""))
}

// A call that is pointed at somebody else has that person's company.
func TestACompanyFollowsThePerson(t *testing.T) {
	r := newRig(t)
	r.org.matches = []crm.Match{dana}
	r.org.others = []crm.Match{{Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003LEE", Name: "Lee"}, Company: "Globex"}}}
	r.call(sip.EndRemote, true)
	r.wait("the Task", loggedRow)
	if a := r.org.written(); len(a) != 1 || a[0].Company != "Acme Corp" {
		t.Fatalf("the org got %+v", a)
	}
	_ = r.Dismiss("c1")
	for i, step := range []struct{ record, text, company string }{{"003LEE", "Lee", "Globex"}, {"", "", ""}} {
		if err := r.PointAt(t.Context(), "c1", crm.Ref{ID: step.record}, step.text); err != nil {
			t.Fatal(err)
		}
		r.wait("the Task follows", func(View) bool { return len(r.org.updated()) == i+1 })
		if a := r.org.updated()[i]; a.Company != step.company {
			t.Errorf("with %q the company is %q", step.record, a.Company)
		}
	}
	successors := []successor{{dana.Ref, &crm.Match{Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003LEE", Name: "Lee"}, Company: "Globex"}}}}
	a := crm.Activity{Who: dana.Ref, PartyName: dana.Name}
	a.Company = dana.Company
	if got := inherit(a, successors); got.Company != "Globex" || got.PartyName != "Lee" {
		t.Errorf("the successor is %q of %q", got.PartyName, got.Company)
	}
}

// A remembered record gives way to a question where the org answers with several who have nothing to do with each other; the one
// that the agent picked stays.
func TestARememberedRecordIsAskedAbout(t *testing.T) {
	known := crm.Result{Number: number, Matches: []crm.Match{dana}}
	ring := func(choice crm.Ref) *story {
		y := newStory(t)
		return y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", party: sip.Party{User: number.Raw}, number: number, known: &known, choice: choice})
	}
	y := ring(crm.Ref{}).found(dana, danaTwin)
	if l := y.view().Calls[0].Lookup; l.State != LookupMany || l.Record != nil {
		t.Errorf("the card: %+v", l)
	}
	if w, ok := last[writeIdentity](y); !ok || w.call.lookup.Record != nil {
		t.Error("the journal still has what was remembered")
	}
	if l := ring(dana.Ref).found(dana, danaTwin).view().Calls[0].Lookup; l.State != LookupOne || l.Record.ID != dana.ID {
		t.Errorf("picked before: %+v", l)
	}
	y = newStory(t).rings().found(dana, danaTwin)
	y.play(recordPicked{y.stamp(), "c1", danaTwin.Ref})
	if l := y.found(dana, danaTwin).view().Calls[0].Lookup; l.State != LookupOne || l.Record.ID != danaTwin.ID {
		t.Errorf("picked now: %+v", l)
	}
}

// A called number fits a rule in whichever spelling the phone system signals it.
func TestTheCalledNumberIsReadByTheDialPlan(t *testing.T) {
	for _, called := range []string{"02079460123", "+442079460123"} {
		for _, pattern := range []string{"+44 20 7946*", "(020) 7946*"} {
			l := newLife(t, t.TempDir())
			l.plan.Store(&crm.NumberPlan{Region: "GB"})
			l.rules.Table, _ = crm.NewTable([]crm.Rule{{Name: "desk", On: true, Called: []string{pattern}, Log: "no"}})
			l.begin()
			l.ids, l.calls["c1"] = append(l.ids, "c1"), lived{account: "work", direction: crm.Inbound}
			l.desk.Heard(sip.CallIncoming{ID: "c1", Account: "work", At: l.clock.Now(), Party: sip.Party{User: "+14155550132"}, Called: called})
			l.answer("c1")
			l.endCall("c1", sip.EndRemote)
			l.quiet()
			row := l.row("c1")
			if row.Verdict != crm.LogNo || l.rules.Judge(row.Facts()).Log != crm.LogNo {
				t.Errorf("%s does not fit %s: %s", called, pattern, row.Verdict)
			}
			l.close()
		}
	}
}

// Who a call was with is written behind what was typed, and so perhaps after the sender has judged the call again: the verdict stays.
func TestALateNameLeavesTheVerdict(t *testing.T) {
	l := unheard(t, []crm.Match{dana}, same, crm.Rule{Variables: []string{"company: Acme*"}, Log: "no"})
	id := l.ring("work", "+14155550132", true)
	l.answer(id)
	l.endCall(id, sip.EndRemote)
	l.quiet()
	s := l.desk.now.Load()
	before := s.calls[s.find(id)]
	l.org.is(func() { l.org.down = false })
	l.relink()
	dropped := func() bool {
		l.quiet()
		return l.row(id).Verdict == crm.LogNo && l.entryState(id) == journal.Discarded
	}
	l.await("the verdict", dropped)
	if err := (writeIdentity{before}).write(l.ctx(), l.desk); err != nil || !dropped() {
		t.Errorf("the verdict is %q, %v", l.row(id).Verdict, err)
	}
}

// The agent's word in the history about who a call was with holds, though the org was not asked before: nobody is looked for again.
func TestNobodyIsLookedForAfterTheAgentsWord(t *testing.T) {
	l := unheard(t, []crm.Match{dana}, same, crm.Rule{Variables: []string{"company: Globex*"}, Log: "no"})
	id := l.ring("work", "+14155550132", true)
	l.answer(id)
	l.endCall(id, sip.EndRemote)
	l.quiet()
	if err := l.desk.PointAt(l.ctx(), id, crm.Ref{}, ""); err != nil {
		t.Fatal(err)
	}
	l.quiet()
	l.org.is(func() { l.org.down = false })
	l.relink()
	l.await("the Task", func() bool { l.quiet(); return l.org.count(id) == 1 })
	l.quiet()
	if a := l.org.last(id); !a.Who.IsZero() {
		t.Errorf("written for %+v", a.Who)
	}
}
