package program_test

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
)

// Where orgs are searched together, a number and a name are looked for in all of them, and each row says its org. A past call can be given to
// somebody of any of them, until its log is in one.
func TestPeopleAreFoundInAllOrgs(t *testing.T) {
	r := ready(t)
	other := r.another()
	const number = "+442079460875"
	r.person(r.org, "Petra Zimmer", number)
	r.person(other, "Paul Zimmer", number)
	orgsOf := func(records ...crm.Record) (orgs []string) {
		for _, rec := range records {
			orgs = append(orgs, rec.Org)
		}
		slices.Sort(orgs)
		return orgs
	}
	both := []string{r.org.ID(), other.ID()}
	slices.Sort(both)
	lookUp := func(org string) []string {
		found, err := r.desk.LookupNumber(t.Context(), org, number)
		if err != nil || !found.Silent.IsZero() {
			t.Fatal(err, found.Silent)
		}
		var all []crm.Record
		for _, m := range found.Matches {
			all = append(all, m.Record)
		}
		return orgsOf(all...)
	}
	if got := lookUp(""); !slices.Equal(got, []string{r.org.ID()}) {
		t.Errorf("each by itself: %q", got)
	}
	if err := r.p.SearchOrgs("all"); err != nil {
		t.Fatal(err)
	}
	id := r.rings(number)
	r.card(app.LookupMany) // the desk knows the setting
	if got := lookUp(""); !slices.Equal(got, both) {
		t.Errorf("together: %q", got)
	}
	if got := lookUp(other.ID()); !slices.Equal(got, []string{other.ID()}) {
		t.Errorf("the named one: %q", got)
	}
	if found, err := r.desk.FindPeople(t.Context(), "", "Zimmer"); err != nil || !slices.Equal(orgsOf(found...), both) {
		t.Errorf("by name: %q, %v", orgsOf(found...), err)
	}

	if err := r.desk.Answer(id); err != nil {
		t.Fatal(err)
	}
	r.see("talking", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking })
	notes := "wants 40"
	if err := r.desk.EditWrap(id, app.WrapEdit{Notes: &notes}); err != nil { // kept, should the agent think better of it
		t.Fatal(err)
	}
	if err := r.desk.DontLog(id); err != nil {
		t.Fatal(err)
	}
	if err := r.desk.Hangup(id); err != nil {
		t.Fatal(err)
	}
	r.see("the history", func(v app.View) bool { return len(v.Calls) == 0 && len(v.History) > 0 && v.History[0].ID == id })
	var paul, petra crm.Ref
	for _, text := range []string{"", "Zimmer"} {
		who, err := r.desk.WhoElse(t.Context(), id, text)
		if err != nil || !slices.Equal(orgsOf(who...), both) {
			t.Fatalf("who else, by %q: %q, %v", text, orgsOf(who...), err)
		}
		for _, rec := range who {
			if rec.Org == other.ID() {
				paul = rec.Ref
			} else {
				petra = rec.Ref
			}
		}
	}
	if err := r.desk.PointAt(t.Context(), id, paul, ""); err != nil {
		t.Fatal(err)
	}
	row := r.see("Paul", func(v app.View) bool { return v.History[0].Name == "Paul Zimmer" }).History[0]
	if row.Org != other.ID() || row.Log != app.LogSkipped {
		t.Errorf("the call is of %s, its log %s", row.Org, row.Log)
	}
	if err := r.desk.RetryLog(id); err != nil {
		t.Fatal(err)
	}
	r.see("logged", func(v app.View) bool { return v.History[0].Log == app.LogDone })
	if here, there := len(r.org.TasksFor(id)), other.TasksFor(id); here != 0 || len(there) != 1 {
		t.Errorf("%d Tasks in the first org, %d in the other", here, len(there))
	}
	if err := r.desk.PointAt(t.Context(), id, petra, ""); !fault.Of(err).Is("desk.logged-there") {
		t.Errorf("its log is in one: %v", err)
	}
}
