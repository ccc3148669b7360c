package crmtest

import (
	"errors"
	"sync"
	"testing"

	"linecard/clean"
	"linecard/crm"
)

func asError(err error) (*crm.Error, bool) { return errors.AsType[*crm.Error](err) }

var lookups = []test{
	{"every person is found in every stored spelling", func(t *testing.T, s Subject) {
		for _, p := range s.People {
			r, err := s.Org.Lookup(t.Context(), crm.ParseNumber(p.Number, agent))
			if err != nil {
				t.Errorf("%s: %v", p.Ref.Name, err)
				continue
			}
			m, ok := find(r, p.Ref.ID)
			switch {
			case !ok:
				t.Errorf("%s is not found by %s, stored as %q", p.Ref.Name, p.Number, p.Stored)
			case m.Why.Value != clean.Line(p.Stored) || m.Why.Field == "" || m.Why.Label == "":
				t.Errorf("%s matched by %+v, stored as %q", p.Ref.Name, m.Why, p.Stored)
			case m.Name != clean.Line(p.Ref.Name) || m.URL == "":
				t.Errorf("%s has name %q and page %q", p.Ref.Name, m.Name, m.URL)
			}
			if len(r.Matches) != p.Shared+1 {
				t.Errorf("%s: %d matches, want %d", p.Ref.Name, len(r.Matches), p.Shared+1)
			}
		}
	}},
	{"every spelling of the caller's number finds the same records", func(t *testing.T, s Subject) {
		p := s.person(t, crm.Contact, 0)
		n := crm.ParseNumber(p.Number, agent)
		for _, spelled := range []string{n.E164, n.International, n.E164[1:], "sip:" + n.E164 + "@pbx.example", "tel:" + n.E164, "00" + n.E164[1:]} {
			r, err := s.Org.Lookup(t.Context(), crm.ParseNumber(spelled, agent))
			if err != nil || len(r.Matches) != 1 || r.Matches[0].ID != p.Ref.ID {
				t.Errorf("%q: %d matches, %v", spelled, len(r.Matches), err)
			}
		}
	}},
	{"a caller costs one request, each time", func(t *testing.T, s Subject) {
		n := crm.ParseNumber(s.person(t, crm.Contact, 0).Number, agent)
		for range 2 { // what was answered before is app/directory's to remember
			s.requireRequests(t, 1, func() {
				if r, err := s.Org.Lookup(t.Context(), n); err != nil || r.Cached || len(r.Matches) != 1 {
					t.Errorf("cached %v, %d matches, %v", r.Cached, len(r.Matches), err)
				}
			})
		}
	}},
	{"several callers are found as one by one, in fewer requests", func(t *testing.T, s Subject) {
		var numbers []crm.Number
		for _, p := range s.People {
			numbers = append(numbers, crm.ParseNumber(p.Number, agent))
		}
		numbers = append(numbers, numbers[0], crm.Number{Withheld: true})
		var together []crm.Result
		s.requireAtMost(t, len(s.People)-1, func() {
			var err error
			if together, err = s.Org.LookupAll(t.Context(), numbers); err != nil || len(together) != len(numbers) {
				t.Fatalf("%d answers to %d numbers, %v", len(together), len(numbers), err)
			}
		})
		for i, n := range numbers {
			alone, err := s.Org.Lookup(t.Context(), n)
			if err != nil || len(alone.Matches) != len(together[i].Matches) {
				t.Errorf("%s: %d matches together, %d alone, %v", n.E164, len(together[i].Matches), len(alone.Matches), err)
				continue
			}
			for j, m := range alone.Matches {
				if together[i].Matches[j].ID != m.ID {
					t.Errorf("%s: place %d is %s together, %s alone", n.E164, j, together[i].Matches[j].Name, m.Name)
				}
			}
		}
	}},
	{"a record that is there is followed to itself", func(t *testing.T, s Subject) {
		for _, object := range []string{crm.Contact, crm.Lead, crm.Account} {
			p := s.person(t, object, 0)
			if is, err := s.Org.Follow(t.Context(), p.Ref); err != nil || is.ID != p.Ref.ID {
				t.Errorf("%s: %+v, %v", p.Ref.Name, is.Ref, err)
			}
		}
	}},
	{"simultaneous lookups of one caller cost one request", func(t *testing.T, s Subject) {
		n := crm.ParseNumber(s.person(t, crm.Lead, 0).Number, agent)
		s.Break(Slow) // the last one begins before the first one has its answer
		s.requireRequests(t, 1, func() {
			var wg sync.WaitGroup
			for range 32 {
				wg.Go(func() {
					if r, err := s.Org.Lookup(t.Context(), n); err != nil || len(r.Matches) != 1 {
						t.Errorf("%d matches, %v", len(r.Matches), err)
					}
				})
			}
			wg.Wait()
		})
	}},
	{"numbers of no customer are not looked up", func(t *testing.T, s Subject) {
		s.requireRequests(t, 0, func() {
			for _, raw := range []string{"", "sip:anonymous@anonymous.invalid", "204", "sip:204@10.0.0.1", "911", "*98", "sip:alice@example.org"} {
				if r, err := s.Org.Lookup(t.Context(), crm.ParseNumber(raw, agent)); err != nil || len(r.Matches) != 0 {
					t.Errorf("%q: %d matches, %v", raw, len(r.Matches), err)
				}
			}
		})
	}},
	{"an empty result is an answer", func(t *testing.T, s Subject) {
		r, err := s.Org.Lookup(t.Context(), crm.ParseNumber("+12025550199", agent))
		if err != nil || len(r.Matches) != 0 || r.At.IsZero() {
			t.Errorf("%+v, %v", r, err)
		}
	}},
	{"matches are ranked, and the agent picks between equals", func(t *testing.T, s Subject) {
		for _, p := range s.People {
			if p.Shared == 0 {
				continue
			}
			r, err := s.Org.Lookup(t.Context(), crm.ParseNumber(p.Number, agent))
			if err != nil {
				t.Fatal(err)
			}
			ranked := append([]crm.Match(nil), r.Matches...)
			crm.Rank(ranked)
			for i := range ranked {
				if ranked[i].ID != r.Matches[i].ID {
					t.Errorf("%s: place %d is %s, want %s", p.Number, i, r.Matches[i].Name, ranked[i].Name)
				}
			}
		}
	}},
	{"a record has details", func(t *testing.T, s Subject) {
		p := s.person(t, crm.Contact, 0)
		s.requireAtMost(t, 1, func() { // none while it is remembered
			d, err := s.Org.Details(t.Context(), p.Ref)
			if err != nil {
				t.Fatal(err)
			}
			if i := indexOf(d.Opportunities, s.Deal.ID); i < 0 || d.Opportunities[i].Detail == "" || d.Opportunities[i].URL == "" {
				t.Errorf("opportunities %+v lack %s", d.Opportunities, s.Deal.Name)
			}
			for i := 1; i < len(d.Activities); i++ {
				if d.Activities[i].When.After(d.Activities[i-1].When) {
					t.Errorf("activities are not newest first")
				}
			}
		})
	}},
	{"a name finds its record", func(t *testing.T, s Subject) {
		for _, object := range []string{crm.Contact, crm.Lead, crm.Account} {
			p := s.person(t, object, 0)
			found, err := s.Org.Search(t.Context(), p.Ref.Name)
			if err != nil {
				t.Fatal(err)
			}
			there := false
			for _, r := range found {
				there = there || r.ID == p.Ref.ID
			}
			if !there {
				t.Errorf("%q is not among %d records", p.Ref.Name, len(found))
			}
		}
	}},
	{"a hostile text finds nothing and breaks nothing", func(t *testing.T, s Subject) {
		for _, text := range []string{"} RETURNING User(Id)", `\`, "' OR Name != '", "***", "a", "", "AND OR NOT"} {
			if found, err := s.Org.Search(t.Context(), text); err != nil && classOf(err) != crm.ClassRejected {
				t.Errorf("%q: %d records, %v", text, len(found), err)
			}
		}
	}},
}

func find(r crm.Result, id string) (crm.Match, bool) {
	for _, m := range r.Matches {
		if m.ID == id {
			return m, true
		}
	}
	return crm.Match{}, false
}

func indexOf(list []crm.Related, id string) int {
	for i, r := range list {
		if r.ID == id {
			return i
		}
	}
	return -1
}
