// Package crmtest is what every org behind Linecard must do, as a test suite.
//
//	func TestConformance(t *testing.T) {
//		crmtest.Run(t, func(t *testing.T) crmtest.Subject { … })
//	}
//
// Run asks for a fresh Subject per test: the implementation, linked and ready, beside a view of the org from the
// other side, through which the suite sees what was really written and lets things go wrong. The suite knows nothing of
// how the implementation and its org talk.
package crmtest

import (
	"context"
	"testing"

	"linecard/crm"
)

// Orgs is the implementation under test: what the desk uses of one org or of several. [crm.Orgs] is one; [One] makes one of
// a single client.
type Orgs interface {
	Known(org string, n crm.Number) (crm.Result, bool)
	Lookup(ctx context.Context, org string, n crm.Number) (crm.Result, error)
	Details(ctx context.Context, ref crm.Ref) (crm.Details, error)
	Search(ctx context.Context, org, text string) ([]crm.Record, error)
	Log(ctx context.Context, a crm.Activity, check bool) (crm.Logged, error)
	Find(ctx context.Context, a crm.Activity) ([]crm.Ref, error)
	Update(ctx context.Context, ref crm.Ref, a crm.Activity) error
	Delete(ctx context.Context, ref crm.Ref) error
	Upserts(org string) bool
}

// One is a single client, which is asked whatever the org is.
func One(c crm.Client) Orgs { return one{c} }

type one struct{ crm.Client }

func (o one) Known(_ string, n crm.Number) (crm.Result, bool) { return o.Client.Known(n) }

func (o one) Lookup(ctx context.Context, _ string, n crm.Number) (crm.Result, error) {
	return o.Client.Lookup(ctx, n)
}

func (o one) Search(ctx context.Context, _, text string) ([]crm.Record, error) {
	return o.Client.Search(ctx, text)
}

// org is the implementation as the tests speak to it: about the subject's own org.
type org struct {
	Orgs
	id, user string
}

func (o org) Known(n crm.Number) (crm.Result, bool) { return o.Orgs.Known(o.id, n) }

func (o org) Lookup(ctx context.Context, n crm.Number) (crm.Result, error) {
	return o.Orgs.Lookup(ctx, o.id, n)
}

func (o org) Search(ctx context.Context, text string) ([]crm.Record, error) {
	return o.Orgs.Search(ctx, o.id, text)
}

// own makes the activity the subject's.
func (o org) own(a crm.Activity) crm.Activity {
	if a.Org == "" && a.User == "" {
		a.Org, a.User = o.id, o.user
	}
	return a
}

func (o org) Log(ctx context.Context, a crm.Activity, check bool) (crm.Logged, error) {
	return o.Orgs.Log(ctx, o.own(a), check)
}

func (o org) Find(ctx context.Context, a crm.Activity) ([]crm.Ref, error) {
	return o.Orgs.Find(ctx, o.own(a))
}

// Subject is an org and its other side.
type Subject struct {
	Orgs   Orgs     // linked to the org, and perhaps to others that know nobody of these people
	ID     string   // of the org
	User   string   // id of the user it is linked as
	Org    org      // set by Run
	People []Person // at least one Contact alone with its number, one Lead alone, one Account alone, two sharing one

	Deal     crm.Ref                    // an open Opportunity of the account that the first Contact belongs to
	Tasks    func(callID string) []Task // those of one call, as the org has them
	Break    func(Trouble)              // from now on; see Trouble
	Requests func() int                 // API requests the org was sent so far
}

// Person is somebody the org knows.
type Person struct {
	Ref    crm.Ref
	Number string // E.164
	Stored string // as the record has it
	Shared int    // other records with the same number
}

// Task is a logged call as the org has it.
type Task struct {
	ID, Subject, Description, Status string
	Closed                           bool
	WhoID, WhatID, AccountID         string
	Direction                        crm.Direction
	Seconds                          int
	Result                           string
	Date                             string // yyyy-mm-dd
}

// Trouble is what goes wrong in an org.
type Trouble string

// The troubles. Those marked once strike the next request only; the others last until Fine.
const (
	Fine           Trouble = "fine"            // everything works again
	Down           Trouble = "down"            // connections are reset before anything happens
	Maintenance    Trouble = "maintenance"     // an HTML page with status 503
	QuotaUsedUp    Trouble = "quota"           // the day's requests are used up
	SessionExpired Trouble = "session expired" // once: a new session has to be opened
	RowLocked      Trouble = "row locked"      // once, writes: the org rolled back
	AnswerLost     Trouble = "answer lost"     // once, writes: done, but the connection breaks
	Dropped        Trouble = "dropped"         // once, writes: not done, and the connection breaks
	Refused        Trouble = "refused"         // writes: a rule of the org refuses the data
	LinkRevoked    Trouble = "link revoked"    // the link is dead for good
)

// Run runs the suite, each test on a Subject of its own, several at a time.
func Run(t *testing.T, fresh func(t *testing.T) Subject) {
	for _, part := range []struct {
		name  string
		tests []test
	}{{"Lookup", lookups}, {"Log", logs}, {"Trouble", troubles}} {
		t.Run(part.name, func(t *testing.T) {
			for _, tt := range part.tests {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel() // most of a trouble is waiting
					s := fresh(t)
					s.Org = org{s.Orgs, s.ID, s.User}
					tt.run(t, s)
				})
			}
		})
	}
}

type test struct {
	name string
	run  func(t *testing.T, s Subject)
}

var agent = crm.NumberPlan{Region: "US"}

// somebody returns the first person of an object who shares their number with exactly so many.
func (s Subject) somebody(t *testing.T, object string, shared int) Person {
	t.Helper()
	for _, p := range s.People {
		if p.Ref.Object == object && p.Shared == shared {
			return p
		}
	}
	t.Fatalf("the subject has no %s that shares its number with %d", object, shared)
	return Person{}
}

// costs runs f and requires it to make n requests.
func (s Subject) costs(t *testing.T, n int, f func()) {
	t.Helper()
	before := s.Requests()
	f()
	if got := s.Requests() - before; got != n {
		t.Errorf("%d requests, want %d", got, n)
	}
}

func classOf(err error) crm.Class {
	if e, ok := asError(err); ok {
		return e.Class
	}
	return ""
}

// wantClass requires a *crm.Error of a class, with a fault to put into words.
func wantClass(t *testing.T, err error, want ...crm.Class) {
	t.Helper()
	e, ok := asError(err)
	if !ok {
		t.Fatalf("error %v is no *crm.Error; want one of %v", err, want)
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
