// Package crmtest is the conformance suite for every implementation of crm.Client.
//
//	func TestConformance(t *testing.T) {
//		crmtest.Run(t, func(t *testing.T) crmtest.Subject { … })
//	}
//
// Run asks for a fresh Subject for each test: the implementation, linked and ready, and access to the org itself,
// through which the suite sees what was really written and causes failures. The suite does not depend on how the
// implementation and its org communicate.
//
// RunRefused has the org refuse in every way that Salesforce documents, one test each.
package crmtest

import (
	"context"
	"testing"

	"linecard/crm"
)

// Orgs is the implementation under test: the methods of one org or of several that the desk uses. [crm.Orgs] implements
// it; [One] makes it from a single client.
type Orgs interface {
	Lookup(ctx context.Context, org string, n crm.Number) (crm.Result, error)
	LookupAll(ctx context.Context, org string, ns []crm.Number) ([]crm.Result, error)
	Details(ctx context.Context, ref crm.Ref) (crm.Details, error)
	Search(ctx context.Context, org, text string) ([]crm.Record, error)
	Follow(ctx context.Context, ref crm.Ref) (crm.Record, error)
	Log(ctx context.Context, a crm.Activity, check bool) (crm.Logged, error)
	LogAll(ctx context.Context, all []crm.Activity) ([]crm.Written, error)
	Find(ctx context.Context, a crm.Activity) ([]crm.Ref, error)
	FindAll(ctx context.Context, all []crm.Activity) (found map[string][]crm.Ref, searched bool, err error)
	Update(ctx context.Context, ref crm.Ref, a crm.Activity) error
	Delete(ctx context.Context, ref crm.Ref) error
	Upserts(org, user, object string) bool
}

// One makes Orgs from a single client, which is asked for every org.
func One(c crm.Client) Orgs { return single{c} }

type single struct{ crm.Client }

func (o single) Lookup(ctx context.Context, _ string, n crm.Number) (crm.Result, error) {
	return o.Client.Lookup(ctx, n)
}

func (o single) LookupAll(ctx context.Context, _ string, ns []crm.Number) ([]crm.Result, error) {
	return o.Client.LookupAll(ctx, ns)
}

func (o single) Search(ctx context.Context, _, text string) ([]crm.Record, error) {
	return o.Client.Search(ctx, text)
}

func (o single) Upserts(org, _, object string) bool { return o.Client.Upserts(org, object) }

// org calls the implementation for the subject's own org.
type org struct {
	Orgs
	id, user string
}

func (o org) Lookup(ctx context.Context, n crm.Number) (crm.Result, error) {
	return o.Orgs.Lookup(ctx, o.id, n)
}

func (o org) LookupAll(ctx context.Context, ns []crm.Number) ([]crm.Result, error) {
	return o.Orgs.LookupAll(ctx, o.id, ns)
}

func (o org) Search(ctx context.Context, text string) ([]crm.Record, error) {
	return o.Orgs.Search(ctx, o.id, text)
}

// assign assigns the activity to the subject's org and user.
func (o org) assign(a crm.Activity) crm.Activity {
	if a.Org == "" && a.User == "" {
		a.Org, a.User = o.id, o.user
	}
	return a
}

func (o org) Log(ctx context.Context, a crm.Activity, check bool) (crm.Logged, error) {
	return o.Orgs.Log(ctx, o.assign(a), check)
}

func (o org) LogAll(ctx context.Context, all []crm.Activity) ([]crm.Written, error) {
	return o.Orgs.LogAll(ctx, o.assignAll(all))
}

func (o org) FindAll(ctx context.Context, all []crm.Activity) (map[string][]crm.Ref, bool, error) {
	return o.Orgs.FindAll(ctx, o.assignAll(all))
}

func (o org) assignAll(all []crm.Activity) []crm.Activity {
	out := make([]crm.Activity, len(all))
	for i, a := range all {
		out[i] = o.assign(a)
	}
	return out
}

func (o org) Find(ctx context.Context, a crm.Activity) ([]crm.Ref, error) {
	return o.Orgs.Find(ctx, o.assign(a))
}

// Subject is an implementation with the org it is linked to.
type Subject struct {
	Orgs   Orgs     // linked to the org, and perhaps to others that know none of these people
	ID     string   // id of the org
	User   string   // id of the user it is linked as
	Org    org      // set by Run
	People []Person // at least one Contact, one Lead and one Account whose number nobody shares, and two that share one

	Deal     crm.Ref                    // an open Opportunity of the first Contact's account
	Tasks    func(callID string) []Task // returns the Tasks of one call, as the org has them
	Break    func(Trouble)              // makes the org fail from now on; see Trouble
	Refuse   func(Fault)                // makes the org, or the way to it, refuse requests until Fine; see Fault
	Link     func() error               // links again, as a person does who consents
	Requests func() int                 // number of API requests that the org was sent so far
	Admin    Admin                      // what others do in the org
}

// Person is a person that the org knows.
type Person struct {
	Ref    crm.Ref
	Number string // E.164
	Stored string // the number as the record has it
	Shared int    // how many other records have the same number
}

// Task is a logged call as the org holds it.
type Task struct {
	ID, Subject, Description, Status string
	Closed                           bool
	WhoID, WhatID, AccountID         string
	Direction                        crm.Direction
	Seconds                          int
	Result                           string
	Date                             string // yyyy-mm-dd
}

// Trouble is a kind of failure of an org.
type Trouble string

// Those marked once affect the next request only; the others last until Fine.
const (
	Fine           Trouble = "fine"            // everything works again
	Down           Trouble = "down"            // connections are reset before the org acts
	Maintenance    Trouble = "maintenance"     // an HTML page with status 503
	QuotaUsedUp    Trouble = "quota"           // the day's requests are used up
	SessionExpired Trouble = "session expired" // once: a new session must be opened
	Slow           Trouble = "slow"            // once, lookups: the answer takes a second
	RowLocked      Trouble = "row locked"      // once, writes: the org rolled the write back
	AnswerLost     Trouble = "answer lost"     // once, writes: the write is done, but the connection breaks
	Dropped        Trouble = "dropped"         // once, writes: the write is not done, and the connection breaks
	Refused        Trouble = "refused"         // writes: a rule of the org refuses the data
	LinkRevoked    Trouble = "link revoked"    // the link will not work again
)

// Run runs the suite, each test on its own Subject, several tests at a time.
func Run(t *testing.T, fresh func(t *testing.T) Subject) {
	for _, part := range []struct {
		name  string
		tests []test
	}{{"Lookup", lookups}, {"Log", logs}, {"Trouble", troubles}, {"Meanwhile", meanwhiles}} {
		runTests(t, part.name, part.tests, fresh)
	}
}

// RunRefused runs a test of every documented refusal at some steps, each on its own Subject, several at a time.
func RunRefused(t *testing.T, fresh func(t *testing.T) Subject, steps ...Step) {
	for _, step := range steps {
		runTests(t, string(step), faults(step), fresh)
	}
}

// runTests runs tests as subtests, each on its own Subject.
func runTests(t *testing.T, name string, tests []test, fresh func(t *testing.T) Subject) {
	t.Run(name, func(t *testing.T) {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel() // most of the time a test waits
				s := fresh(t)
				s.Org = org{s.Orgs, s.ID, s.User}
				tt.run(t, s)
			})
		}
	})
}

type test struct {
	name string
	run  func(t *testing.T, s Subject)
}

var agent = crm.NumberPlan{Region: "US"}

// person returns the first person of an object who shares the number with exactly that many records.
func (s Subject) person(t *testing.T, object string, shared int) Person {
	t.Helper()
	for _, p := range s.People {
		if p.Ref.Object == object && p.Shared == shared {
			return p
		}
	}
	t.Fatalf("the subject has no %s that shares its number with %d", object, shared)
	return Person{}
}

// requireRequests runs f and requires it to make n requests.
func (s Subject) requireRequests(t *testing.T, n int, f func()) {
	t.Helper()
	before := s.Requests()
	f()
	if got := s.Requests() - before; got != n {
		t.Errorf("%d requests, want %d", got, n)
	}
}

// requireAtMost fails the test when f takes more than n requests.
func (s Subject) requireAtMost(t *testing.T, n int, f func()) {
	t.Helper()
	before := s.Requests()
	f()
	if got := s.Requests() - before; got > n {
		t.Errorf("%d requests, want at most %d", got, n)
	}
}

func classOf(err error) crm.Class {
	if e, ok := asError(err); ok {
		return e.Class
	}
	return ""
}

// wantClass requires a *crm.Error of one of the classes, with a fault to show.
func wantClass(t *testing.T, err error, want ...crm.Class) {
	t.Helper()
	e, ok := asError(err)
	if !ok {
		t.Fatalf("error %v is not a *crm.Error; want one of %v", err, want)
	}
	for _, c := range want {
		if e.Class == c {
			if e.Fault.IsZero() {
				t.Errorf("no fault for %v", e.Err)
			}
			return
		}
	}
	t.Fatalf("class %q (%v); want one of %v", e.Class, e.Err, want)
}
