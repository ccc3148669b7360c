package app

import (
	"errors"
	"testing"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// choosing is a life in which both of two orgs know the caller, and a call that waits for the agent's choice.
func choosing(t *testing.T, change func(l *life)) (l *life, id string) {
	t.Helper()
	l = inTwoOrgs(t, func(l *life) {
		l.rules.Ask = true
		l.orgs[0].matches, l.orgs[1].matches = []crm.Match{danaTwin}, []crm.Match{dana}
		if change != nil {
			change(l)
		}
	})
	id = l.ring("work", "+14155550132", true)
	l.answer(id)
	l.await("the choice", func() bool { return l.front().State == LookupMany })
	return l, id
}

// of is a record in an org.
func of(m crm.Match, org string) crm.Ref {
	m.Org = org
	return m.Ref
}

// inTheOther waits until the log of a call is in the second org, and says whether it is nowhere else and about Dana.
func (l *life) inTheOther(t *testing.T, id, notes string) {
	t.Helper()
	l.await("the Task", func() bool { l.quiet(); return l.orgs[1].count(id) == 1 })
	if a := l.orgs[1].last(id); a.Who.ID != dana.ID || a.Notes != notes || a.Org != "00DB" || l.orgs[0].count(id) != 0 || l.row(id).Org != "00DB" {
		t.Errorf("written %+v, %d in the first org; the call is of %s", a, l.orgs[0].count(id), l.row(id).Org)
	}
}

// A choice after the end of the call does not overtake what was typed before it.
func TestAPickInAnotherOrgWaitsForTheTyping(t *testing.T) {
	l, id := choosing(t, nil)
	l.endCall(id, sip.EndRemote)
	l.quiet()
	l.onSlowDisk(id, "wants 40", func() error { return l.desk.Pick(id, of(dana, "00DB")) })
	if err := l.desk.SaveWrap(id); err != nil {
		t.Fatal(err)
	}
	l.inTheOther(t, id, "wants 40")
}

// On a full disk the choice is kept in memory, and the desk and the journal stay of one mind.
func TestAPickInAnotherOrgOnAFullDisk(t *testing.T) {
	l, id := choosing(t, nil)
	l.endCall(id, sip.EndRemote)
	l.quiet()
	l.full(true)
	if err := l.desk.Pick(id, of(dana, "00DB")); err != nil {
		t.Fatal(err)
	}
	l.quiet()
	if c := l.desk.View().Calls[0]; c.Org != "00DB" || c.Lookup.Record == nil || c.Lookup.Record.ID != dana.ID {
		t.Errorf("the desk has it in %s: %+v", c.Org, c.Lookup.Record)
	}
	notes := "wants 40"
	if err := l.desk.EditWrap(id, WrapEdit{Notes: &notes}); err != nil {
		t.Fatal(err)
	}
	l.quiet()
	l.full(false)
	if err := l.desk.SaveWrap(id); err != nil {
		t.Fatal(err)
	}
	l.inTheOther(t, id, notes)
}

// A choice that is told before the end of the call, and comes after it, holds all the same.
func TestAPickThatComesAfterTheEnd(t *testing.T) {
	l, id := choosing(t, nil)
	c := l.desk.now.Load().calls[0]
	l.endCall(id, sip.EndRemote)
	l.quiet()
	l.desk.post(recordPicked{l.desk.stamp(), c.id, of(dana, "00DB")})
	l.await("it is there", func() bool { l.quiet(); return l.row(id).Org == "00DB" && l.row(id).Who.ID == dana.ID })
	if err := l.desk.SaveWrap(id); err != nil {
		t.Fatal(err)
	}
	l.inTheOther(t, id, "")
}

// A log that the first org has refused is another org's once the agent picks a record of that one; of one that the first org has, the agent
// reads why it stays.
func TestALogThatWasRefusedGoesToTheOrgOfThePick(t *testing.T) {
	for _, refused := range []bool{true, false} {
		l, id := choosing(t, func(l *life) {
			l.rules.Ask = false
			if refused {
				l.orgs[0].fates = []fate{{refused: answersNo(crm.ClassRejected, 0)}}
			}
		})
		l.endCall(id, sip.EndRemote)
		want := journal.Done
		if refused {
			want = journal.Parked
		}
		l.await(string(want), func() bool { l.quiet(); return l.entryState(id) == want })
		err := l.desk.Pick(id, of(dana, "00DB"))
		if refused {
			if err != nil {
				t.Fatal(err)
			}
			l.inTheOther(t, id, "")
			continue
		}
		if !fault.Of(err).Is("desk.logged-there") {
			t.Errorf("logged: %v", err)
		}
		if c := l.desk.View().Calls[0]; c.Org != "00DA" || l.row(id).Org != "00DA" {
			t.Errorf("it went to %s", c.Org)
		}
	}
}

// A call of which a rule has a record made stays in the org of that record: whom another org knows by then is not shown, and not picked.
func TestACallStaysWhereItsRecordIsMade(t *testing.T) {
	l := inTwoOrgs(t, func(l *life) { l.rules.Table = makesLeads("ring") })
	id := l.ring("work", "+14155550132", true)
	l.answer(id)
	l.await("the record", func() bool { l.quiet(); return !l.desk.now.Load().calls[0].made.IsZero() })
	l.orgs[1].is(func() { l.orgs[1].matches = []crm.Match{dana} })
	if err := l.desk.LookupAgain(id); err != nil {
		t.Fatal(err)
	}
	l.await("the answer", func() bool { c := l.front(); return c.State == LookupOne && !c.Known })
	if c := l.desk.View().Calls[0]; c.Org != "00DA" || c.Lookup.Record.Object != crm.Lead || len(c.Lookup.Matches) != 1 {
		t.Errorf("the call is of %s, with %+v", c.Org, c.Lookup.Matches)
	}
	l.endCall(id, sip.EndRemote)
	l.await("the Task", func() bool { l.quiet(); return l.orgs[0].count(id) == 1 })
	if a := l.orgs[0].last(id); a.Who.Object != crm.Lead || l.orgs[1].count(id) != 0 {
		t.Errorf("written %+v, %d in the other org", a, l.orgs[1].count(id))
	}
	if err := l.journal.Move(l.ctx(), id, "00DB", "005B"); !errors.Is(err, journal.ErrMade) {
		t.Errorf("moved: %v", err)
	}
}

// The agent reads why a record of another org is not picked while a rule has one made.
func TestNoPickInAnotherOrgWhileARecordIsMade(t *testing.T) {
	l, id := choosing(t, nil)
	s := *l.desk.now.Load()
	c := s.calls[0]
	c.making = crm.Lead
	s = s.with(0, c)
	after, out := recordPicked{l.desk.stamp(), id, of(dana, "00DB")}.next(s)
	if c := after.calls[0]; c.org != "00DA" || c.lookup.Record != nil || len(out) > 0 || !after.notices[AboutAction].Is(madeInOrg) {
		t.Errorf("the call is of %s, with %v; told %v", c.org, c.lookup.Record, after.notices[AboutAction])
	}
	after, _ = recordPicked{l.desk.stamp(), id, of(danaTwin, "00DA")}.next(s)
	if c := after.calls[0]; c.org != "00DA" || c.lookup.Record == nil {
		t.Error("one of its own org is not picked")
	}
}

// A full copy of an org has the ids of the org: which is meant is told by the org.
func TestTheSameIDInTwoOrgs(t *testing.T) {
	copied := dana
	copied.Name = "Dana in the copy"
	l, id := choosing(t, func(l *life) {
		l.orgs[0].matches, l.orgs[1].matches = []crm.Match{copied}, []crm.Match{dana}
	})
	if err := l.desk.Pick(id, crm.Ref{ID: dana.ID}); !fault.Of(err).Is("desk.record-of-several") {
		t.Errorf("without its org: %v", err)
	}
	if err := l.desk.Pick(id, of(dana, "00DB")); err != nil {
		t.Fatal(err)
	}
	l.await("picked", func() bool { c := l.front(); return c.State == LookupOne })
	if c := l.desk.View().Calls[0]; c.Org != "00DB" || c.Lookup.Record.Org != "00DB" || c.Name != dana.Name {
		t.Errorf("picked %q of %s, the call is of %s", c.Name, c.Lookup.Record.Org, c.Org)
	}
	if err := l.desk.LookupAgain(id); err != nil {
		t.Fatal(err)
	}
	l.await("confirmed", func() bool { c := l.front(); return len(c.Matches) == 2 && c.Record != nil && c.Record.Org == "00DB" })
	if err := l.desk.Pick(id, of(copied, "00DA")); err != nil {
		t.Fatal(err)
	}
	l.await("back", func() bool { l.quiet(); return l.desk.View().Calls[0].Org == "00DA" && l.row(id).Org == "00DA" })
	if c := l.desk.View().Calls[0]; c.Name != copied.Name {
		t.Errorf("picked %q", c.Name)
	}
	s := l.desk.now.Load()
	both := crm.Result{Matches: []crm.Match{copied, dana}}
	both.Matches[0].Org, both.Matches[1].Org = "00DA", "00DB"
	for org, name := range map[string]string{"00DA": copied.Name, "00DB": dana.Name} {
		if v := s.card("00DA", both, crm.Ref{Org: org, ID: dana.ID}); v.Record == nil || v.Record.Name != name {
			t.Errorf("picked before in %s: %+v", org, v.Record)
		}
	}
}

// Whom the agent picks in one org is in the place of whoever was picked for the number in another.
func TestAPickReplacesThatOfAnotherOrg(t *testing.T) {
	l, id := choosing(t, nil)
	s := *l.desk.now.Load()
	_, out := recordPicked{l.desk.stamp(), id, of(dana, "00DB")}.next(s)
	var kept, dropped []string
	for _, f := range out {
		switch f := f.(type) {
		case remember:
			kept = append(kept, f.org)
		case unpick:
			dropped = append(dropped, f.org)
		}
	}
	if len(kept) != 1 || kept[0] != "00DB" || len(dropped) != 1 || dropped[0] != "00DA" {
		t.Errorf("kept in %q, dropped in %q", kept, dropped)
	}
}
