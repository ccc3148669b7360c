package crmtest

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"linecard/crm"
)

var troubles = []test{
	{"an expired session is renewed without an error", func(t *testing.T, s Subject) {
		p := s.person(t, crm.Contact, 0)
		s.Break(SessionExpired)
		if r, err := s.Org.Lookup(t.Context(), crm.ParseNumber(p.Number, agent)); err != nil || len(r.Matches) != 1 {
			t.Errorf("lookup: %d matches, %v", len(r.Matches), err)
		}
		s.Break(SessionExpired)
		a := call(p.Ref)
		if _, err := s.Org.Log(t.Context(), a, false); err != nil {
			t.Errorf("log: %v", err)
		}
		s.onlyTask(t, a.CallID)
	}},
	{"an unreachable org is asked again later", func(t *testing.T, s Subject) {
		p := s.person(t, crm.Contact, 0)
		n := crm.ParseNumber(p.Number, agent)
		for _, trouble := range []Trouble{Down, Maintenance} {
			s.Break(trouble)
			_, err := s.Org.Lookup(t.Context(), n)
			wantClass(t, err, crm.ClassTransient)
			_, err = s.Org.Log(t.Context(), call(p.Ref), false)
			wantClass(t, err, crm.ClassTransient, crm.ClassAmbiguous)
			s.Break(Fine)
		}
		if r, err := s.Org.Lookup(t.Context(), n); err != nil || len(r.Matches) != 1 {
			t.Errorf("back again: %d matches, %v", len(r.Matches), err)
		}
	}},
	{"a lost answer leaves one task", func(t *testing.T, s Subject) {
		for _, trouble := range []Trouble{AnswerLost, Dropped} {
			a := call(s.person(t, crm.Contact, 0).Ref)
			s.Break(trouble)
			_, err := s.Org.Log(t.Context(), a, false)
			wantClass(t, err, crm.ClassAmbiguous)
			logged, err := s.Org.Log(t.Context(), a, true)
			if err != nil || logged.Existed != (trouble == AnswerLost) {
				t.Errorf("%s: %+v, %v", trouble, logged, err)
			}
			s.onlyTask(t, a.CallID)
		}
	}},
	{"a locked row is known not to be written", func(t *testing.T, s Subject) {
		a := call(s.person(t, crm.Contact, 0).Ref)
		s.Break(RowLocked)
		_, err := s.Org.Log(t.Context(), a, false)
		wantClass(t, err, crm.ClassTransient)
		if _, err := s.Org.Log(t.Context(), a, false); err != nil {
			t.Fatal(err)
		}
		s.onlyTask(t, a.CallID)
	}},
	{"a refusal is reported and not tried again", func(t *testing.T, s Subject) {
		a := call(s.person(t, crm.Contact, 0).Ref)
		s.Break(Refused)
		_, err := s.Org.Log(t.Context(), a, false)
		wantClass(t, err, crm.ClassRejected)
		if n := len(s.Tasks(a.CallID)); n != 0 {
			t.Errorf("%d tasks", n)
		}
	}},
	{"a used-up quota is reported as such", func(t *testing.T, s Subject) {
		p := s.person(t, crm.Contact, 0)
		s.Break(QuotaUsedUp)
		_, err := s.Org.Lookup(t.Context(), crm.ParseNumber(p.Number, agent))
		wantClass(t, err, crm.ClassQuota)
		_, err = s.Org.Log(t.Context(), call(p.Ref), false)
		wantClass(t, err, crm.ClassQuota)
		if e, _ := asError(err); e.Retry <= 0 {
			t.Error("the error has no time for the next try")
		}
	}},
	{"a revoked link must be linked again", func(t *testing.T, s Subject) {
		p := s.person(t, crm.Contact, 0)
		s.Break(LinkRevoked)
		n := crm.ParseNumber(p.Number, agent)
		_, err := s.Org.Lookup(t.Context(), n)
		wantClass(t, err, crm.ClassRelink)
		s.requireRequests(t, 0, func() {
			_, err = s.Org.Log(t.Context(), call(p.Ref), false)
			wantClass(t, err, crm.ClassRelink)
		})
	}},
	{"the caller's context ends the waiting", func(t *testing.T, s Subject) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.Org.Log(ctx, call(s.person(t, crm.Contact, 0).Ref), false)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("log: %v", err)
		}
	}},
	{"a call has one task after any failures", func(t *testing.T, s Subject) {
		who := s.person(t, crm.Contact, 0).Ref
		kinds := []Trouble{Fine, SessionExpired, RowLocked, AnswerLost, Dropped, Down, Maintenance}
		rapid.Check(t, func(rt *rapid.T) {
			a := call(who)
			check, done := false, false
			for _, trouble := range rapid.SliceOfN(rapid.SampledFrom(kinds), 1, 4).Draw(rt, "troubles") {
				s.Break(trouble)
				_, err := s.Org.Log(t.Context(), a, check)
				s.Break(Fine)
				if done = err == nil; done {
					break
				}
				check = check || classOf(err) == crm.ClassAmbiguous
			}
			if !done {
				if _, err := s.Org.Log(t.Context(), a, check); err != nil {
					rt.Fatal(err)
				}
			}
			if n := len(s.Tasks(a.CallID)); n != 1 {
				rt.Fatalf("%d tasks", n)
			}
		})
	}},
}
