package app

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// inTwoOrgs is a life with two orgs that are searched together.
func inTwoOrgs(t *testing.T, change func(l *life)) *life {
	t.Helper()
	l := newLife(t, t.TempDir())
	l.linked = []link{{"00DA", "005A"}, {"00DB", "005B"}}
	l.rules.AllOrgs = true
	if change != nil {
		change(l)
	}
	l.begin()
	t.Cleanup(func() { l.close() })
	return l
}

// silentOrg is a directory in which one org says nothing.
type silentOrg struct {
	*crm.Orgs
	org   string
	asked chan struct{}
	once  sync.Once
}

func (d *silentOrg) Lookup(ctx context.Context, org string, n crm.Number) (crm.Result, error) {
	if org != d.org {
		return d.Orgs.Lookup(ctx, org, n)
	}
	d.once.Do(func() { close(d.asked) })
	<-ctx.Done()
	return crm.Result{}, ctx.Err()
}

// Whoever one org knows does not wait for another that says nothing for longer than it takes.
func TestASilentOrgHoldsUpNoOther(t *testing.T) {
	l := inTwoOrgs(t, func(l *life) { l.orgs[1].matches = []crm.Match{dana} })
	silent := &silentOrg{Orgs: l.router, org: "00DA", asked: make(chan struct{})}
	told := &answerMemory{}
	l.desk.cfg.Directory, l.desk.cfg.Memory = silent, told
	id := l.ring("work", "+14155550132", true)
	<-silent.asked
	l.await("the card", func() bool {
		l.clock.advance(othersTime)
		l.quiet()
		v := l.desk.View()
		return len(v.Calls) == 1 && v.Calls[0].Lookup.State == LookupOne
	})
	if row := l.row(id); row.Org != "00DB" || row.User != "005B" || l.desk.View().Calls[0].Org != "00DB" {
		t.Errorf("the call is of %s of %s", row.User, row.Org)
	}
	l.endCall(id, sip.EndRemote)
	l.await("the Task", func() bool { l.quiet(); return l.orgs[1].count(id) == 1 })
	if a := l.orgs[1].last(id); a.Org != "00DB" || a.User != "005B" || a.Who.ID != dana.ID || l.orgs[0].count(id) != 0 {
		t.Errorf("written %+v, %d in the first org", a, l.orgs[0].count(id))
	}
	if l.quiet(); len(told.orgs) == 0 || slices.Contains(told.orgs, "00DA") {
		t.Errorf("remembered as the answer of %q", told.orgs)
	}
}

// answerMemory notes whose answers it was told.
type answerMemory struct {
	noMemory
	orgs []string
}

func (m *answerMemory) RememberAnswer(_ context.Context, org string, _ crm.Result) error {
	m.orgs = append(m.orgs, org)
	return nil
}

// What is drafted goes along, and a crash changes nothing of it.
func TestADraftGoesWithTheCall(t *testing.T) {
	l := inTwoOrgs(t, func(l *life) { l.orgs[0].down, l.orgs[1].down = true, true })
	id := l.ring("work", "+14155550132", true)
	l.answer(id)
	l.quiet()
	notes := "Pump P-200"
	if err := l.desk.EditWrap(id, WrapEdit{Notes: &notes}); err != nil {
		t.Fatal(err)
	}
	l.quiet()
	l.orgs[1].is(func() { l.orgs[1].matches = []crm.Match{dana} })
	for _, o := range l.orgs {
		o.is(func() { o.down = false })
	}
	if err := l.desk.LookupAgain(id); err != nil {
		t.Fatal(err)
	}
	l.await("found in the other org", func() bool { l.quiet(); return l.row(id).Org == "00DB" && l.row(id).Who.ID == dana.ID })
	e, err := l.journal.Entry(l.ctx(), id)
	if err != nil || e.Org != "00DB" || e.User != "005B" || e.Activity.Org != "00DB" || e.Activity.Notes != notes || e.Activity.Who.ID != dana.ID {
		t.Fatalf("the draft is %+v, %v", e, err)
	}
	l.kill()
	l.await("the Task", func() bool { l.quiet(); return l.orgs[1].count(id) == 1 })
	if a := l.orgs[1].last(id); a.Notes != notes || a.Who.ID != dana.ID || l.orgs[0].count(id) != 0 {
		t.Errorf("written %+v", a)
	}
}

// A call stays its user's where another user takes that org's link while it rings, and no org knows the caller.
func TestACallStaysItsUsersWhoeverIsLinked(t *testing.T) {
	l := inTwoOrgs(t, nil)
	id := l.ring("work", "+14155550190", true)
	l.quiet()
	l.unlink(0, link{"00DA", "005X"})
	l.quiet()
	asked := l.orgs[0].questions()
	if err := l.desk.LookupAgain(id); err != nil {
		t.Fatal(err)
	}
	l.await("the answer of the org", func() bool { l.quiet(); return l.orgs[0].questions() > asked })
	l.quiet()
	if row := l.row(id); row.Org != "00DA" || row.User != "005A" {
		t.Errorf("the call is of %s of %s", row.User, row.Org)
	}
}

// A call of which no org said in time who it was goes to the one that knows, alone and with others that an outage has left.
func TestALateNameIsLookedForInAllOrgs(t *testing.T) {
	for _, calls := range []int{1, 3} {
		l := inTwoOrgs(t, func(l *life) { l.orgs[0].down, l.orgs[1].down = true, true })
		var ids []string
		for range calls {
			ids = append(ids, l.talk())
		}
		l.orgs[1].is(func() { l.orgs[1].matches, l.orgs[1].down = []crm.Match{dana}, false })
		l.orgs[0].is(func() { l.orgs[0].down = false })
		for _, id := range ids {
			if s := l.entryState(id); s != journal.Done {
				_ = l.desk.RetryLog(id)
			}
		}
		for _, id := range ids {
			l.await("the Task", func() bool { l.clock.advance(time.Second); l.quiet(); return l.orgs[1].count(id) == 1 })
			if a := l.orgs[1].last(id); a.Who.ID != dana.ID || a.Company != dana.Company || l.orgs[0].count(id) != 0 || l.row(id).Org != "00DB" {
				t.Errorf("%d calls: written %+v, %d in the first org, the call is of %s", calls, a, l.orgs[0].count(id), l.row(id).Org)
			}
		}
	}
}

// undecidedOrg is a directory in which one org has too many records with numbers that begin like the one asked for, from a time on.
type undecidedOrg struct {
	*crm.Orgs
	org string
	on  atomic.Bool
}

func (d *undecidedOrg) Lookup(ctx context.Context, org string, n crm.Number) (crm.Result, error) {
	if org == d.org && d.on.Load() {
		return crm.Result{}, &crm.Error{Class: crm.ClassRejected, Code: crm.CodeTooManyFound, Fault: fault.New("salesforce.too-many-found")}
	}
	return d.Orgs.Lookup(ctx, org, n)
}

// A call goes to the org that knows its caller, where its own has too many similar numbers to tell; where no org knows the caller, it is
// written by its own.
func TestAnOrgThatCannotTellLeavesTheNameToTheOthers(t *testing.T) {
	for _, known := range []bool{true, false} {
		l := inTwoOrgs(t, func(l *life) { l.orgs[0].down, l.orgs[1].down = true, true })
		undecided := &undecidedOrg{Orgs: l.router, org: "00DA"}
		l.desk.cfg.Directory = undecided
		id := l.talk()
		undecided.on.Store(true)
		to := l.orgs[0]
		if known {
			to = l.orgs[1]
			to.is(func() { to.matches = []crm.Match{dana} })
		}
		for _, o := range l.orgs {
			o.is(func() { o.down = false })
		}
		if s := l.entryState(id); s != journal.Done {
			_ = l.desk.RetryLog(id)
		}
		l.await("the Task", func() bool {
			l.clock.advance(time.Second)
			l.quiet()
			return l.orgs[0].count(id)+l.orgs[1].count(id) == 1
		})
		if to.count(id) != 1 || known != (to.last(id).Who.ID == dana.ID) {
			t.Errorf("known %v: %d and %d Tasks, with %+v", known, l.orgs[0].count(id), l.orgs[1].count(id), to.last(id).Who)
		}
	}
}

// People in two orgs are a choice. Picking one moves the call, also after its end, as long as its log has not been sent.
func TestPeopleOfTwoOrgsAreAChoice(t *testing.T) {
	for _, live := range []bool{true, false} {
		l := inTwoOrgs(t, func(l *life) {
			l.rules.Ask = true
			l.orgs[0].matches, l.orgs[1].matches = []crm.Match{danaTwin}, []crm.Match{dana}
		})
		id := l.ring("work", "+14155550132", true)
		l.answer(id)
		l.await("the choice", func() bool {
			l.quiet()
			v := l.desk.View()
			return len(v.Calls) == 1 && v.Calls[0].Lookup.State == LookupMany
		})
		l.quiet()
		if row := l.row(id); row.Org != "00DA" {
			t.Fatalf("before a choice the call is of %s", row.Org)
		}
		if !live {
			l.endCall(id, sip.EndRemote)
			l.quiet()
		}
		if err := l.desk.Pick(id, dana.Ref); err != nil {
			t.Fatal(err)
		}
		l.quiet()
		if live {
			l.endCall(id, sip.EndRemote)
			l.quiet()
		}
		if err := l.desk.SaveWrap(id); err != nil {
			t.Fatal(err)
		}
		l.await("the Task", func() bool { l.quiet(); return l.orgs[1].count(id) == 1 })
		if a := l.orgs[1].last(id); a.Who.ID != dana.ID || l.orgs[0].count(id) != 0 || l.row(id).Org != "00DB" {
			t.Errorf("live %v: written %+v, %d in the first org", live, a, l.orgs[0].count(id))
		}
	}
}

// Nobody is looked for in another org where somebody has chosen one; and where there is one org, nothing is different.
func TestAChosenOrgIsTheOnlyOneAsked(t *testing.T) {
	y := newStory(t)
	y.s.rules.AllOrgs = true
	y.s.links = []crm.LinkStatus{{State: crm.Linked, OrgID: "A", UserID: "a"}, {State: crm.Linked, OrgID: "B", UserID: "b"}}
	orgs := func() []string {
		c := callArrived{direction: crm.Inbound, account: "work", number: number, called: "support"}.bare(y.s)
		return y.s.places(&c)
	}
	if got := orgs(); !slices.Equal(got, []string{"A", "B"}) {
		t.Errorf("together: %q", got)
	}
	y.s.rules.Called = crm.CalledOrgs{}.With("B", []string{"supp*"})
	if got := orgs(); !slices.Equal(got, []string{"B"}) {
		t.Errorf("by the called number: %q", got)
	}
	y.s.rules.Table, _ = crm.NewTable([]crm.Rule{{Name: "night", On: true, Called: []string{"support"}, Org: "A"}})
	if got := orgs(); !slices.Equal(got, []string{"A"}) {
		t.Errorf("by a rule: %q", got)
	}
	y.s.rules.Table, y.s.rules.Called = crm.Table{}, crm.CalledOrgs{}
	y.s.accounts = []Account{{ID: "work", Org: "B", First: "A"}}
	if got := orgs(); !slices.Equal(got, []string{"B"}) {
		t.Errorf("by the account: %q", got)
	}
	y.s.accounts, y.s.links = nil, y.s.links[:1]
	if got := orgs(); !slices.Equal(got, []string{"A"}) {
		t.Errorf("one org: %q", got)
	}
}

// oneKnows is a memory in which one org has answered before.
type oneKnows struct {
	noMemory
	org    string
	result crm.Result
}

func (m oneKnows) Recall(org string, _ crm.Number) (directory.Known, bool) {
	return directory.Known{Result: m.result}, org == m.org
}

// Rules that change between the moment a call is put on disk and that at which it is drawn move it: the card, the row and the log are of
// one org, and nobody is shown whom only the other knows.
func TestRulesThatChangeAsACallArrives(t *testing.T) {
	l := inTwoOrgs(t, func(l *life) { l.rules.AllOrgs = false })
	l.desk.cfg.Memory = oneKnows{org: "00DA", result: crm.Result{Matches: []crm.Match{dana}, Org: "00DA"}}
	e := sip.CallIncoming{ID: "moves", Account: "work", At: l.clock.Now(), Party: sip.Party{User: "+14155550132"}}
	l.ids, l.calls[e.ID] = append(l.ids, e.ID), lived{account: "work", direction: crm.Inbound}
	kept := make(chan struct{})
	l.desk.BeforeRinging(e, func() { close(kept) })
	<-kept
	if row := l.row(e.ID); row.Org != "00DA" || row.Who.ID != dana.ID {
		t.Fatalf("put on disk as a call of %s with %q", row.Org, row.Who.ID)
	}
	rules := l.rules
	rules.Table, _ = crm.NewTable([]crm.Rule{{Name: "The other", On: true, Org: "00DB"}})
	l.desk.SetRules(rules)
	l.desk.Heard(e)
	l.await("the card", func() bool {
		l.quiet()
		c, ok := l.desk.View().call(e.ID)
		return ok && c.Lookup.State == LookupNoMatch
	})
	if c, _ := l.desk.View().call(e.ID); c.Org != "00DB" || len(c.Lookup.Matches) > 0 {
		t.Errorf("the call is of %s, its card %+v", c.Org, c.Lookup)
	}
	if row := l.row(e.ID); row.Org != "00DB" || row.User != "005B" || !row.Who.IsZero() {
		t.Errorf("the row is of %s of %s, with %q", row.User, row.Org, row.Who.ID)
	}
	l.endCall(e.ID, sip.EndRemote)
	l.await("the Task", func() bool { l.quiet(); return l.orgs[1].count(e.ID) == 1 })
	if a := l.orgs[1].last(e.ID); a.Org != "00DB" || !a.Who.IsZero() || l.orgs[0].count(e.ID) != 0 {
		t.Errorf("written %+v, %d in the first org", a, l.orgs[0].count(e.ID))
	}
}
