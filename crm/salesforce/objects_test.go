package salesforce

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

// table is the admin's table of objects, which a test changes.
type table struct {
	mu   sync.Mutex
	rows []crm.Object
}

func (o *table) get() []crm.Object {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.rows
}

func (o *table) set(rows ...crm.Object) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows = rows
}

// search is a row of an object that is searched, with fields that hold numbers.
func search(name string, phones ...string) crm.Object {
	return crm.Object{Name: name, Search: true, Phones: phones}
}

// chosenRig is a linked client that goes by rows of the table.
func chosenRig(t *testing.T, oc demoorg.Config, rows ...crm.Object) (*rig, *table) {
	t.Helper()
	o := &table{rows: rows}
	oc.CustomObjects = true
	return linkedRig(t, oc, func(c *Config) { c.Objects = o.get }), o
}

func number(s string) crm.Number { return crm.ParseNumber(s, crm.NumberPlan{Region: "US"}) }

func (r *rig) lookupOne(t *testing.T, n string) crm.Match {
	t.Helper()
	got, err := r.Lookup(t.Context(), number(n))
	if err != nil || len(got.Matches) != 1 {
		t.Fatalf("%s: %+v, %v", n, got.Matches, err)
	}
	return got.Matches[0]
}

func TestACustomObjectIsSearched(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, search(crm.Contact), search("Machine__c"))
	before := r.org.Count("", "/search")
	m := r.lookupOne(t, "+14155550151")
	if m.Object != "Machine__c" || m.Name != "Press 4" || m.Why.Field != "Panel_Phone__c" || m.Why.Label != "Panel Phone" || m.Why.Closeness != crm.Exact {
		t.Errorf("%+v", m)
	}
	if n := r.org.Count("", "/search") - before; n != 1 {
		t.Errorf("it took %d searches", n)
	}
	if !strings.Contains(m.URL, "/lightning/r/Machine__c/"+m.ID) {
		t.Errorf("its page is %s", m.URL)
	}
	// An object that is not chosen is not searched.
	if got, err := r.Lookup(t.Context(), r.number(t, "Tom Okafor")); err != nil || slices.ContainsFunc(got.Matches, func(m crm.Match) bool { return m.Object == crm.Lead }) {
		t.Errorf("%+v, %v", got.Matches, err)
	}
}

// A number in a field of text is found in whatever groups it is written, and by one request.
func TestAFieldOfTextHoldsNumbers(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, search(crm.Contact), search("Machine__c", "Keeper_Number__c"), search(crm.Case, "SuppliedPhone"))
	for n, stored := range map[string]string{"+14155550152": "+1 (415) 555-0152", "+13105550110": "ask Zoë: 310.555.0110"} {
		if m := r.lookupOne(t, n); m.Why.Field != "Keeper_Number__c" || m.Why.Value != stored {
			t.Errorf("%s: %+v", n, m.Why)
		}
	}
	for i, stored := range []string{"415-555-0161", "(415)5550162", "+14155550163", "415 555 0164 after six", "1.415.555.0165", "4155550166"} {
		n := "+1415555016" + string(rune('1'+i))
		if _, err := r.org.Create("Case", map[string]any{"Subject": "Web", "SuppliedPhone": stored}); err != nil {
			t.Fatal(err)
		}
		before := r.org.Count("", "/search")
		if m := r.lookupOne(t, n); m.Object != crm.Case || m.Why.Value != stored || m.Name == "" || m.Title != "Web" {
			t.Errorf("%s as %q: %+v", n, stored, m)
		}
		if n := r.org.Count("", "/search") - before; n != 1 {
			t.Errorf("it took %d searches", n)
		}
	}
	// The fields of type phone are found as before.
	if m := r.lookupOne(t, r.number(t, "Dana Whitfield").E164); m.Name != "Dana Whitfield" {
		t.Errorf("%+v", m)
	}
}

func TestTheOrderOfTheTableDecidesAmongEquals(t *testing.T) {
	r, o := chosenRig(t, demoorg.Config{}, search(crm.Lead), search(crm.Contact))
	n := r.number(t, "Priya Raman") // a contact and a lead have it
	first := func() string {
		got, err := r.Lookup(t.Context(), n)
		if err != nil || len(got.Matches) != 2 {
			t.Fatalf("%+v, %v", got.Matches, err)
		}
		m := got.Matches[0]
		return m.Object
	}
	if first() != crm.Lead {
		t.Error("the lead does not come first")
	}
	o.set(search(crm.Contact), search(crm.Lead))
	r.ObjectsChanged()
	r.settle()
	if first() != crm.Contact {
		t.Error("the contact does not come first after the change")
	}
}

// A table for one org says nothing to another, and a row of the org itself outweighs those for all.
func TestATableIsForAnOrg(t *testing.T) {
	r, o := chosenRig(t, demoorg.Config{})
	o.set(crm.Object{Name: "Machine__c", Org: "00D000000000001AAA", Search: true})
	if got := r.order(); !slices.Equal(got, crm.DefaultOrder) {
		t.Errorf("searched: %v", got)
	}
	o.set(search(crm.Lead), crm.Object{Name: "Machine__c", Org: r.org.ID(), Search: true})
	if got := r.order(); !slices.Equal(got, []string{"Machine__c"}) {
		t.Errorf("searched: %v", got)
	}
}

// What the user may not see is told once, and everything else is found.
func TestChosenAndHidden(t *testing.T) {
	hide := demoorg.Rules{HiddenObjects: []string{"Locker__c"}, HiddenFields: []string{"Machine__c.Keeper_Number__c", "Contact.Department"}}
	r, _ := chosenRig(t, demoorg.Config{Rules: hide},
		crm.Object{Name: crm.Contact, Search: true, Fields: []string{"Department"}}, search("Locker__c"), search("Machine__c", "Keeper_Number__c", "Nothing__c"), search("Gone__c"))
	if m := r.lookupOne(t, "+14155550151"); m.Name != "Press 4" {
		t.Errorf("%+v", m)
	}
	r.settle()
	var told []fault.Fault
	for _, f := range r.Status().NewLimits {
		if f.Code == hiddenChosen {
			told = append(told, f)
		}
	}
	want := []string{"Contact.Department", "Locker__c", "Machine__c.Keeper_Number__c", "Machine__c.Nothing__c", "Gone__c"}
	if len(told) != 1 || !slices.Equal(told[0].Values["what"].([]string), want) {
		t.Errorf("told: %+v", told)
	}
	again := r.restart(t)
	if err := again.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := again.describeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f := again.Status().NewLimits; slices.ContainsFunc(f, func(f fault.Fault) bool { return f.Code == hiddenChosen }) {
		t.Errorf("told again: %+v", f)
	}
}

// An object that is taken away while it is searched costs nobody else.
func TestAChosenObjectDisappears(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, search("Machine__c"), search(crm.Contact))
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenObjects = []string{"Machine__c"} })
	if m := r.lookupOne(t, r.number(t, "Dana Whitfield").E164); m.Name != "Dana Whitfield" {
		t.Errorf("%+v", m)
	}
	r.settle()
	if f := r.Status().NewLimits; !slices.ContainsFunc(f, func(f fault.Fault) bool { return f.Code == hiddenChosen }) {
		t.Errorf("not told: %+v", f)
	}
	before := r.org.Count("", "/search")
	if _, err := r.Lookup(t.Context(), r.number(t, "Luis Ferreira")); err != nil || r.org.Count("", "/search")-before != 1 {
		t.Errorf("the next caller costs %d searches, %v", r.org.Count("", "/search")-before, err)
	}
}

// A call with a machine is related to it; a locker takes no Task, and its name goes into the description.
func TestWhatACallIsRelatedTo(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, search("Machine__c"), search("Locker__c"), search(crm.Case, "SuppliedPhone"), search(crm.Opportunity))
	caseID, err := r.org.Create("Case", map[string]any{"Subject": "Web", "SuppliedPhone": "415-555-0161"})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		number, what, said string
	}{{"+14155550151", "Press 4", ""}, {"+14155550161", "", ""}, {"+14155550153", "", "Related To: Locker 12"}} {
		m := r.lookupOne(t, c.number)
		now := time.Now()
		a := crm.Activity{
			CallID: "call-" + string(rune('1'+i)), Direction: crm.Inbound, Outcome: crm.Answered, Number: c.number, Started: now, AnsweredAt: now, Ended: now,
			Org: r.Status().OrgID, User: r.Status().UserID,
		}
		a.Who, a.What = crm.Target(m.Record)
		if _, err := r.Log(t.Context(), a, false); err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		tasks := r.org.TasksFor(a.CallID)
		if len(tasks) != 1 || tasks[0].WhoName != "" || !strings.Contains(tasks[0].Description, c.said) {
			t.Fatalf("%s: %+v", m.Name, tasks)
		}
		what, _ := r.org.Value(tasks[0].ID, "WhatId").(string)
		switch want := m.ID; {
		case m.Object == crm.Case && what != caseID, m.Object == "Machine__c" && what != want, m.Object == "Locker__c" && what != "":
			t.Errorf("%s is related to %q", m.Name, what)
		}
	}
	if f := r.Status().NewLimits; !slices.ContainsFunc(f, func(f fault.Fault) bool {
		return f.Code == untracked && slices.Equal(f.Values["objects"].([]string), []string{"Locker__c"})
	}) {
		t.Errorf("not told that lockers take no Task: %+v", f)
	}
}

func TestObjectsToChooseFrom(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{Rules: demoorg.Rules{HiddenObjects: []string{"Opportunity"}}})
	got, err := r.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range got {
		names = append(names, o.Name)
	}
	if want := []string{crm.Contact, crm.Account, crm.Lead, crm.Case, "Locker__c", "Machine__c"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}

func TestHowTheTableStands(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{Rules: demoorg.Rules{ReadOnlyFields: []string{"Contact.Department"}}},
		crm.Object{Name: crm.Contact, Search: true, Fields: []string{"Title", "Nothing__c", "AccountId"}, Editable: []string{"Department", "AccountId"}},
		search("Locker__c"), search(crm.Opportunity), search("Gone__c"), search("Machine__c", "Keeper_Number__c", "Condition__c"))
	states := map[string]crm.ObjectState{}
	for _, s := range r.ObjectStates(t.Context()) {
		states[s.Name] = s
	}
	if s := states[crm.Contact]; !slices.Contains(s.FoundBy(), "Mobile Phone") || slices.Contains(s.FoundBy(), "MobilePhone") {
		t.Errorf("people read that callers are found by %q", s.FoundBy())
	}
	problems := func(name string) (codes []string) {
		for _, p := range states[name].Problems {
			codes = append(codes, strings.TrimPrefix(string(p.Code), "objects."))
		}
		return codes
	}
	for name, want := range map[string][]string{
		crm.Contact:     {"no-such-field", "type-not-edited", "may-not-edit"},
		"Locker__c":     {"no-activities"},
		crm.Opportunity: {"no-phone-field"},
		"Gone__c":       {"hidden"},
		"Machine__c":    {"not-for-numbers"},
	} {
		if got := problems(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if s := states["Machine__c"]; s.Label != "Machine" || !s.Activities || !slices.Equal(s.Found, []string{"Panel_Phone__c", "Keeper_Number__c"}) {
		t.Errorf("%+v", s)
	}
	found := r.checkObjects(t.Context())
	if len(found) != 1 || found[0].OK || !found[0].Minor {
		t.Errorf("the doctor says %+v", found)
	}
}

func TestTheDoctorSaysNothingOfATableThatNobodyMade(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{})
	if found := r.checkObjects(t.Context()); found != nil {
		t.Errorf("%+v", found)
	}
}

func TestANumberIsTried(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, search(crm.Contact), search(crm.Lead), search("Machine__c", "Keeper_Number__c"))
	trial, err := r.TryNumber(t.Context(), number("+14155550152"))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range trial.Rows {
		if want := map[string]int{"Machine__c": 1}[row.Object]; len(row.Matches) != want || !row.Searched || row.Hits < want {
			t.Errorf("%+v", row)
		}
	}
	if m, ok := trial.Result.Winner(r.order()...); !ok || m.Name != "Press 4" {
		t.Errorf("%+v is taken", m)
	}
}
