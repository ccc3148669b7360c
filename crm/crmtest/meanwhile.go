package crmtest

import (
	"fmt"
	"testing"

	"linecard/crm"
)

// Admin is what others do in the org while somebody is linked to it.
type Admin struct {
	Add      func(object string, fields map[string]any) crm.Ref // makes a record
	Delete   func(id string)
	Merge    func(survivor, loser string)
	Statuses func(all ...Status) // gives Tasks these statuses in place of those there were
}

// Status is a status that a Task can have.
type Status struct {
	Name            string
	Closed, Default bool
}

// meanwhiles are what the org is by now, and not what it was when somebody linked.
var meanwhiles = []test{
	{"a task has a closed status of now", func(t *testing.T, s Subject) {
		who := s.person(t, crm.Contact, 0).Ref
		before, after := call(who), call(who)
		if _, err := s.Org.Log(t.Context(), before, false); err != nil {
			t.Fatal(err)
		}
		s.Admin.Statuses(Status{Name: "Offen", Default: true}, Status{Name: "Erledigt", Closed: true})
		if _, err := s.Org.Log(t.Context(), after, false); err != nil {
			t.Fatal(err)
		}
		if k := s.onlyTask(t, after.CallID); !k.Closed || k.Status != "Erledigt" {
			t.Errorf("%+v", k)
		}
	}},
	{"nobody is not remembered", func(t *testing.T, s Subject) {
		n := crm.ParseNumber("+12025550142", agent)
		if r, err := s.Org.Lookup(t.Context(), n); err != nil || len(r.Matches) != 0 {
			t.Fatalf("%d matches, %v", len(r.Matches), err)
		}
		made := s.Admin.Add(crm.Contact, map[string]any{"LastName": "Newcomer", "Phone": "(202) 555-0142"})
		if r, err := s.Org.Lookup(t.Context(), n); err != nil || len(r.Matches) != 1 || r.Matches[0].ID != made.ID {
			t.Errorf("a moment later: %d matches, %v", len(r.Matches), err)
		}
	}},
	{"one weak match is offered, and not taken", func(t *testing.T, s Subject) {
		maine := s.Admin.Add(crm.Contact, map[string]any{"LastName": "Portland", "Phone": "(207) 946-0991"})
		london := crm.ParseNumber("+442079460991", agent)
		r, err := s.Org.Lookup(t.Context(), london)
		if err != nil || len(r.Matches) > 1 || len(r.Matches) == 1 && r.Matches[0].ID != maine.ID {
			t.Fatalf("%+v, %v", r.Matches, err)
		}
		if m, taken := r.Winner(); taken {
			t.Errorf("%s is taken for %s", m.Name, london.E164)
		}
	}},
	{"a record that is deleted takes no call", func(t *testing.T, s Subject) {
		gone := s.Admin.Add(crm.Contact, map[string]any{"LastName": "Leaver"})
		s.Admin.Delete(gone.ID)
		a := call(gone)
		_, err := s.Org.Log(t.Context(), a, false)
		wantClass(t, err, crm.ClassGone)
		if is, err := s.Org.Follow(t.Context(), gone); err != nil || !is.IsZero() {
			t.Errorf("it is followed to %+v, %v", is.Ref, err)
		}
		a.Who = crm.Ref{}
		if _, err := s.Org.Log(t.Context(), a, false); err != nil {
			t.Errorf("without it: %v", err)
		}
		s.onlyTask(t, a.CallID)
	}},
	{"a record that was merged is followed to the other", func(t *testing.T, s Subject) {
		loser := s.Admin.Add(crm.Contact, map[string]any{"LastName": "Twin"})
		survivor := s.Admin.Add(crm.Contact, map[string]any{"LastName": "Twin"})
		s.Admin.Merge(survivor.ID, loser.ID)
		a := call(loser)
		_, err := s.Org.Log(t.Context(), a, false)
		wantClass(t, err, crm.ClassGone)
		is, err := s.Org.Follow(t.Context(), loser)
		if err != nil || is.ID != survivor.ID {
			t.Fatalf("it is followed to %+v, %v", is.Ref, err)
		}
		a.Who = is.Ref
		if _, err := s.Org.Log(t.Context(), a, false); err != nil {
			t.Error(err)
		}
		if k := s.onlyTask(t, a.CallID); k.WhoID != survivor.ID {
			t.Errorf("the task is on %s", k.WhoID)
		}
	}},
	{"more records than are told are not passed over in silence", func(t *testing.T, s Subject) {
		const many = 12
		for i := range many {
			s.Admin.Add(crm.Contact, map[string]any{"LastName": fmt.Sprint("Switchboard ", i), "Phone": "+1 202-555-0143"})
		}
		r, err := s.Org.Lookup(t.Context(), crm.ParseNumber("+12025550143", agent))
		if err != nil || len(r.Matches) == 0 || len(r.Matches) < many && !r.More {
			t.Errorf("%d of %d, more %v, %v", len(r.Matches), many, r.More, err)
		}
		if m, taken := r.Winner(); taken {
			t.Errorf("%s is taken", m.Name)
		}
	}},
}
