package crmtest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"linecard/crm"
)

// call makes an activity of a call that has just ended after a minute and a half.
func call(who crm.Ref) crm.Activity {
	now := time.Now().Truncate(time.Second)
	a := crm.Activity{
		CallID: uuid.NewString(), Direction: crm.Inbound, Outcome: crm.Answered, Number: "+14155550132",
		PartyName: who.Name, Started: now.Add(-100 * time.Second), AnsweredAt: now.Add(-90 * time.Second), Ended: now,
		Notes: "Wants a second pump.",
	}
	if who.Object == crm.Account {
		a.What = who
	} else {
		a.Who = who
	}
	return a
}

// onlyTask returns the one Task of a call.
func (s Subject) onlyTask(t *testing.T, callID string) Task {
	t.Helper()
	tasks := s.Tasks(callID)
	if len(tasks) != 1 {
		t.Fatalf("%d tasks for the call, want 1", len(tasks))
	}
	return tasks[0]
}

var logs = []test{
	{"a call becomes one task", func(t *testing.T, s Subject) {
		p := s.person(t, crm.Contact, 0)
		a := call(p.Ref)
		logged, err := s.Org.Log(t.Context(), a, false)
		if err != nil {
			t.Fatal(err)
		}
		got := s.onlyTask(t, a.CallID)
		if logged.ID != got.ID || logged.Object != crm.Task || logged.Existed || logged.URL == "" {
			t.Errorf("logged %+v, the task is %s", logged, got.ID)
		}
		if got.Subject != "Inbound call from "+p.Ref.Name || !got.Closed || got.Direction != crm.Inbound || got.Seconds != 90 {
			t.Errorf("%+v", got)
		}
		if got.WhoID != p.Ref.ID || got.WhatID != "" || !strings.HasPrefix(got.Description, "Wants a second pump.") {
			t.Errorf("%+v", got)
		}
		if got.Date != a.Started.Local().Format(time.DateOnly) {
			t.Errorf("date %s", got.Date)
		}
	}},
	{"several calls become one task each, and are found again", func(t *testing.T, s Subject) {
		var all []crm.Activity
		for _, object := range []string{crm.Contact, crm.Lead, crm.Account} {
			all = append(all, call(s.person(t, object, 0).Ref))
		}
		written, err := s.Org.LogAll(t.Context(), all)
		if err != nil || len(written) != len(all) {
			t.Fatalf("%d answers to %d calls, %v", len(written), len(all), err)
		}
		found, searched, err := s.Org.FindAll(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range all {
			task := s.onlyTask(t, a.CallID)
			if written[i].Err != nil || written[i].Logged.ID != task.ID {
				t.Errorf("call %d: %+v, the task is %s", i, written[i], task.ID)
			}
			if refs := found[a.CallID]; searched && (len(refs) != 1 || refs[0].ID != task.ID) {
				t.Errorf("call %d: found %+v, the task is %s", i, refs, task.ID)
			}
		}
	}},
	{"every outcome is logged", func(t *testing.T, s Subject) {
		p := s.person(t, crm.Contact, 0)
		for _, direction := range []crm.Direction{crm.Inbound, crm.Outbound} {
			for _, outcome := range []crm.Outcome{crm.Answered, crm.Missed, crm.Declined, crm.Busy, crm.NoAnswer, crm.Cancelled, crm.Failed, crm.AnsweredElsewhere, crm.Forwarded} {
				a := call(p.Ref)
				a.Direction, a.Outcome = direction, outcome
				if outcome != crm.Answered {
					a.AnsweredAt = time.Time{}
				}
				if _, err := s.Org.Log(t.Context(), a, false); err != nil {
					t.Fatalf("%s, %s: %v", direction, outcome, err)
				}
				got := s.onlyTask(t, a.CallID)
				result := string(outcome)
				if outcome == crm.Answered {
					result = "" // the agent chooses the result of an answered call
				}
				if got.Direction != direction || got.Subject != crm.DefaultSubject(a) || !strings.EqualFold(got.Result, result) || (got.Seconds > 0) != (outcome == crm.Answered) {
					t.Errorf("%s, %s: %+v", direction, outcome, got)
				}
			}
		}
	}},
	{"the task is related to the chosen record", func(t *testing.T, s Subject) {
		contact, lead, account := s.person(t, crm.Contact, 0).Ref, s.person(t, crm.Lead, 0).Ref, s.person(t, crm.Account, 0).Ref
		tests := []struct {
			name         string
			who, what    crm.Ref
			whoID, what2 string
		}{
			{"contact and deal", contact, s.Deal, contact.ID, s.Deal.ID},
			{"lead", lead, crm.Ref{}, lead.ID, ""},
			{"lead, which bears no deal", lead, s.Deal, lead.ID, ""},
			{"account", crm.Ref{}, account, "", account.ID},
			{"nobody", crm.Ref{}, crm.Ref{}, "", ""},
		}
		for _, tt := range tests {
			a := call(tt.who)
			a.Who, a.What = tt.who, tt.what
			if _, err := s.Org.Log(t.Context(), a, false); err != nil {
				t.Errorf("%s: %v", tt.name, err)
				continue
			}
			if got := s.onlyTask(t, a.CallID); got.WhoID != tt.whoID || got.WhatID != tt.what2 {
				t.Errorf("%s: who %q, what %q", tt.name, got.WhoID, got.WhatID)
			}
		}
	}},
	{"long texts are shortened and marked", func(t *testing.T, s Subject) {
		a := call(s.person(t, crm.Contact, 0).Ref)
		a.Subject, a.Notes, a.Disposition = strings.Repeat("ü", 500), strings.Repeat("long ", 20000), strings.Repeat("x", 500)
		if _, err := s.Org.Log(t.Context(), a, false); err != nil {
			t.Fatal(err)
		}
		if got := s.onlyTask(t, a.CallID); !strings.Contains(got.Subject, "…") || !strings.Contains(got.Description, "…") {
			t.Errorf("subject ends %q", got.Subject[len(got.Subject)-12:])
		}
	}},
	{"later changes update the same task", func(t *testing.T, s Subject) {
		contact, lead := s.person(t, crm.Contact, 0).Ref, s.person(t, crm.Lead, 0).Ref
		a := call(contact)
		a.What = s.Deal
		logged, err := s.Org.Log(t.Context(), a, false)
		if err != nil {
			t.Fatal(err)
		}
		a.Notes, a.Disposition, a.Subject = "Ordered it.", "Sale", "Pump sold"
		a.Who, a.What = lead, crm.Ref{} // the caller was another person
		for range 2 {
			if err := s.Org.Update(t.Context(), logged.Ref, a); err != nil {
				t.Fatal(err)
			}
		}
		got := s.onlyTask(t, a.CallID)
		if got.ID != logged.ID || got.Subject != "Pump sold" || got.Result != "Sale" || !strings.HasPrefix(got.Description, "Ordered it.") || got.WhoID != lead.ID || got.WhatID != "" {
			t.Errorf("%+v", got)
		}
	}},
	{"a logged call is deleted", func(t *testing.T, s Subject) {
		a := call(s.person(t, crm.Contact, 0).Ref)
		logged, err := s.Org.Log(t.Context(), a, false)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Org.Delete(t.Context(), logged.Ref); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(s.Tasks(a.CallID)); n != 0 {
			t.Errorf("%d tasks left", n)
		}
		wantClass(t, s.Org.Update(t.Context(), logged.Ref, a), crm.ClassRejected)
	}},
	{"a check first finds the existing task", func(t *testing.T, s Subject) {
		a := call(s.person(t, crm.Contact, 0).Ref)
		first, err := s.Org.Log(t.Context(), a, true)
		if err != nil || first.Existed {
			t.Fatalf("nothing was there: %+v, %v", first, err)
		}
		again, err := s.Org.Log(t.Context(), a, true)
		if err != nil || !again.Existed || again.ID != first.ID {
			t.Errorf("%+v, %v; want %s", again, err, first.ID)
		}
		s.onlyTask(t, a.CallID)
	}},
	{"every result names its org and user", func(t *testing.T, s Subject) {
		p := s.person(t, crm.Contact, 0)
		r, err := s.Org.Lookup(t.Context(), crm.ParseNumber(p.Number, agent))
		if err != nil || r.Org != s.ID || r.User != s.User || len(r.Matches) != 1 || r.Matches[0].Org != s.ID {
			t.Errorf("found in %q as %q: %+v, %v", r.Org, r.User, r.Matches, err)
		}
		d, err := s.Org.Details(t.Context(), r.Matches[0].Ref)
		if err != nil || len(d.Opportunities) == 0 || d.Opportunities[0].Org != s.ID {
			t.Errorf("%+v, %v", d.Opportunities, err)
		}
		logged, err := s.Org.Log(t.Context(), call(p.Ref), false)
		if err != nil || logged.Org != s.ID {
			t.Errorf("logged in %q: %v", logged.Org, err)
		}
	}},
	{"a call of another org or user waits and is written nowhere", func(t *testing.T, s Subject) {
		mine := call(s.person(t, crm.Contact, 0).Ref)
		logged, err := s.Org.Log(t.Context(), mine, false)
		if err != nil {
			t.Fatal(err)
		}
		s.requireRequests(t, 0, func() {
			for _, a := range []crm.Activity{
				{Org: "00D000000000009AAA", User: s.User}, {Org: s.ID, User: "005000000000009AAA"},
			} {
				a.CallID, a.Outcome, a.Started = mine.CallID, mine.Outcome, mine.Started
				for _, check := range []bool{false, true} {
					_, err := s.Orgs.Log(t.Context(), a, check)
					wantClass(t, err, crm.ClassNotLinked)
				}
				_, err := s.Orgs.Find(t.Context(), a)
				wantClass(t, err, crm.ClassNotLinked)
				wantClass(t, s.Orgs.Update(t.Context(), logged.Ref, a), crm.ClassNotLinked)
			}
		})
		s.onlyTask(t, mine.CallID)
	}},
	{"a call's tasks are found by its id", func(t *testing.T, s Subject) {
		a := call(s.person(t, crm.Contact, 0).Ref)
		if found, err := s.Org.Find(t.Context(), a); err != nil || len(found) != 0 {
			t.Errorf("before: %v, %v", found, err)
		}
		logged, err := s.Org.Log(t.Context(), a, false)
		if err != nil {
			t.Fatal(err)
		}
		a.Started = a.Started.AddDate(3, 0, 0) // the search does not depend on the clock
		found, err := s.Org.Find(t.Context(), a)
		if err != nil || len(found) != 1 || found[0].ID != logged.ID || found[0].Org != s.ID {
			t.Errorf("%+v, %v; want %s", found, err, logged.ID)
		}
	}},
	{"a record that is gone is told apart from data that is refused", func(t *testing.T, s Subject) {
		a := call(s.person(t, crm.Contact, 0).Ref)
		a.Who.ID = a.Who.ID[:12] + "zzz" + "AAA"
		_, err := s.Org.Log(t.Context(), a, false)
		wantClass(t, err, crm.ClassGone)
		a.Who.ID = "no id"
		_, err = s.Org.Log(t.Context(), a, false)
		wantClass(t, err, crm.ClassRejected)
	}},
}
