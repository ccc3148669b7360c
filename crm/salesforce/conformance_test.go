package salesforce

import (
	"context"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/crmtest"
	"linecard/crm/demoorg"
)

// The org is the strictest one: every refresh token works once, and an old one that comes back ends the link.
func TestConformance(t *testing.T) {
	crmtest.Run(t, func(t *testing.T) crmtest.Subject { return subject(t, demoorg.Config{Rotate: true}) })
}

func subject(t *testing.T, oc demoorg.Config) crmtest.Subject {
	r := linkedRig(t, oc, nil)
	s := crmtest.Subject{
		Org:      r.Client,
		Deal:     deals(t, r),
		Break:    r.trouble,
		Requests: func() int { return r.org.Count("", "/services/data/v") },
	}
	for _, p := range r.org.People() {
		s.People = append(s.People, crmtest.Person{
			Ref: crm.Ref{Object: p.Object, ID: p.ID, Name: p.Name}, Number: p.Number, Stored: p.Stored, Shared: p.Shared,
		})
	}
	s.Tasks = func(callID string) []crmtest.Task {
		var out []crmtest.Task
		for _, k := range r.org.TasksFor(callID) {
			out = append(out, crmtest.Task{
				ID: k.ID, Subject: k.Subject, Description: k.Description, Status: k.Status, Closed: k.Closed,
				WhoID: k.WhoID, WhatID: k.WhatID, AccountID: k.AccountID, Direction: crm.Direction(k.CallType),
				Seconds: k.Duration, Result: k.Disposition, Date: k.ActivityDate,
			})
		}
		return out
	}
	return s
}

// deals finds an open opportunity of the account of the first contact who has a number alone.
func deals(t *testing.T, r *rig) crm.Ref {
	t.Helper()
	for _, p := range r.org.People() {
		if p.Object != crm.Contact || p.Shared != 0 {
			continue
		}
		d, err := r.Details(context.Background(), crm.Ref{Object: p.Object, ID: p.ID})
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Opportunities) == 0 {
			t.Fatalf("%s has no open opportunity", p.Name)
		}
		return d.Opportunities[0].Ref
	}
	t.Fatal("nobody has a number alone")
	return crm.Ref{}
}

func (r *rig) trouble(kind crmtest.Trouble) {
	const create = "/sobjects/Task"
	switch kind {
	case crmtest.Fine:
		r.org.ClearFaults()
		r.org.SetRules(func(rules *demoorg.Rules) { *rules = demoorg.Rules{} })
	case crmtest.Down:
		r.org.SetDown(true)
	case crmtest.Maintenance:
		r.org.Inject(demoorg.Fault{Kind: demoorg.Unavailable, Times: demoorg.Always})
	case crmtest.QuotaUsedUp:
		r.org.Inject(demoorg.Fault{Kind: demoorg.QuotaUsedUp, Times: demoorg.Always})
	case crmtest.SessionExpired:
		r.org.Inject(demoorg.Fault{Kind: demoorg.SessionExpired})
	case crmtest.RowLocked:
		r.org.Inject(demoorg.Fault{Kind: demoorg.RowLocked, Method: "POST", Path: create})
	case crmtest.AnswerLost:
		r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Method: "POST", Path: create})
	case crmtest.Dropped:
		r.org.Inject(demoorg.Fault{Kind: demoorg.Reset, Method: "POST", Path: create})
	case crmtest.Refused:
		r.org.SetRules(func(rules *demoorg.Rules) {
			rules.Validations = []demoorg.Validation{{Object: "Task", Field: "Subject", Forbidden: "call", Message: "No calls, please"}}
		})
	case crmtest.LinkRevoked:
		r.org.RevokeGrants()
	default:
		panic("no such trouble: " + strings.TrimSpace(string(kind)))
	}
}
