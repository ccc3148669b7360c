package salesforce

import (
	"context"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/crmtest"
	"linecard/crm/demoorg"
)

// The org is the strictest kind: every refresh token works once, and an old one ends the link.
func TestConformance(t *testing.T) {
	crmtest.Run(t, func(t *testing.T) crmtest.Subject { return subject(t, demoorg.Config{Rotate: true}) })
}

// The org knows calls by their id.
func TestConformanceWithUpserts(t *testing.T) {
	crmtest.Run(t, func(t *testing.T) crmtest.Subject { return subject(t, demoorg.Config{CallKey: demoorg.UniqueCallKey}) })
}

// Whatever Salesforce refuses, and with whatever words, is told as what is to be done about it.
func TestRefusals(t *testing.T) {
	crmtest.RunRefused(t, func(t *testing.T) crmtest.Subject { return subject(t, demoorg.Config{}) },
		crmtest.Authorize, crmtest.Redeem, crmtest.Token, crmtest.Anything, crmtest.Search, crmtest.Query, crmtest.Write)
}

func TestRefusalsOfUpserts(t *testing.T) {
	crmtest.RunRefused(t, func(t *testing.T) crmtest.Subject { return subject(t, demoorg.Config{CallKey: demoorg.UniqueCallKey}) }, crmtest.Query, crmtest.Write)
}

// The implementation is behind a router, and its org is the second of three: the first is another org, the third is
// unreachable.
func TestConformanceOfTheRouter(t *testing.T) {
	crmtest.Run(t, func(t *testing.T) crmtest.Subject {
		first := linkedRig(t, demoorg.Config{Instance: "o1", Empty: true}, nil)
		dead := linkedRig(t, demoorg.Config{Instance: "o3", Empty: true}, nil)
		dead.org.SetDown(true)
		s, r := subjectOf(t, demoorg.Config{})
		orgs := &crm.Orgs{}
		for _, c := range []*Client{first.Client, r.Client, dead.Client} {
			if err := orgs.Add(c); err != nil {
				t.Fatal(err)
			}
		}
		s.Orgs = orgs
		return s
	})
}

func subject(t *testing.T, oc demoorg.Config) crmtest.Subject {
	s, _ := subjectOf(t, oc)
	return s
}

func subjectOf(t *testing.T, oc demoorg.Config) (crmtest.Subject, *rig) {
	r := linkedRig(t, oc, nil)
	s := crmtest.Subject{
		Orgs: crmtest.One(r.Client), ID: r.Status().OrgID, User: r.Status().UserID,
		Deal:     deals(t, r),
		Break:    r.trouble,
		Refuse:   r.refuse,
		Link:     func() error { _, err := r.link(context.Background()); return err },
		Requests: func() int { return r.org.Count("", "/services/data/v") },
		Admin:    r.admin(t),
	}
	for _, p := range r.org.People() {
		s.People = append(s.People, crmtest.Person{
			Ref: crm.Ref{Object: p.Object, ID: p.ID, Name: p.Name, Org: s.ID}, Number: p.Number, Stored: p.Stored, Shared: p.Shared,
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
	return s, r
}

// admin is what others do in the org.
func (r *rig) admin(t *testing.T) crmtest.Admin {
	return crmtest.Admin{
		Add: func(object string, fields map[string]any) crm.Ref {
			id, err := r.org.Create(object, fields)
			check(t, err)
			return crm.Ref{Object: object, ID: id, Org: r.Status().OrgID}
		},
		Delete: func(id string) { check(t, r.org.Delete(id)) },
		Merge:  func(survivor, loser string) { check(t, r.org.Merge(survivor, loser)) },
		Statuses: func(all ...crmtest.Status) {
			var statuses []demoorg.TaskStatus
			for _, s := range all {
				statuses = append(statuses, demoorg.TaskStatus{Name: s.Name, Closed: s.Closed, Default: s.Default})
			}
			r.org.SetTaskStatuses(statuses...)
		},
	}
}

// deals finds an open opportunity of the account of the first contact whose number nobody shares.
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
	t.Fatal("every number is shared")
	return crm.Ref{}
}

func (r *rig) trouble(kind crmtest.Trouble) {
	const create = "/sobjects/Task"
	method := "POST"
	if r.Upserts("", crm.Task) {
		method = "PATCH"
	}
	switch kind {
	case crmtest.Fine:
		r.org.ClearFaults()
		r.TryNow()
		defer r.settle() // what was held is tried again in the background, and others wait for that
		r.org.SetRules(func(rules *demoorg.Rules) { *rules = demoorg.Rules{} })
		r.org.Commit()
	case crmtest.Down:
		r.org.SetDown(true)
	case crmtest.Maintenance:
		r.org.Inject(demoorg.Fault{Kind: demoorg.Unavailable, Times: demoorg.Always})
	case crmtest.QuotaUsedUp:
		r.org.Inject(demoorg.Fault{Kind: demoorg.QuotaUsedUp, Times: demoorg.Always})
	case crmtest.SessionExpired:
		r.org.Inject(demoorg.Fault{Kind: demoorg.SessionExpired})
	case crmtest.Slow:
		r.org.Inject(demoorg.Fault{Kind: demoorg.Slow, Path: "/search", Delay: time.Second})
	case crmtest.RowLocked:
		r.org.Inject(demoorg.Fault{Kind: demoorg.RowLocked, Method: method, Path: create})
	case crmtest.AnswerLost:
		r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Method: method, Path: create})
	case crmtest.Dropped:
		r.org.Inject(demoorg.Fault{Kind: demoorg.Reset, Method: method, Path: create})
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

// refuse has the org answer with a fault.
func (r *rig) refuse(f crmtest.Fault) {
	out := demoorg.Fault{Kind: demoorg.Refusal, Status: f.Status, Code: f.Code, Message: f.Message, Fields: f.Fields, Body: f.Body, Times: demoorg.Always}
	if f.Once {
		out.Times = 1
	}
	if f.Code == "" {
		out.Kind = demoorg.Answer
	}
	switch f.At {
	case crmtest.Authorize:
		out.Kind = demoorg.AuthorizeRefusal
	case crmtest.Redeem:
		out.Kind = demoorg.OAuthRefusal
	case crmtest.Token:
		if out.Path = "/services/oauth2/token"; f.Code != "" {
			out.Kind = demoorg.OAuthRefusal
		}
		r.org.ExpireSessions()
	case crmtest.Search:
		out.Path = "/search"
	case crmtest.Query:
		out.Path = "/query"
	case crmtest.Write:
		out.Path, out.Method = "/sobjects/Task", "POST"
		if r.Upserts("", crm.Task) {
			out.Method = "PATCH"
		}
	}
	r.org.Inject(out)
}
