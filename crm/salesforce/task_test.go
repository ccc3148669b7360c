package salesforce

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"linecard/crm"
	"linecard/crm/layout"
)

var (
	dana  = crm.Ref{Object: crm.Contact, ID: "003000000000001AAA", Name: "Dana Whitfield"}
	lead  = crm.Ref{Object: crm.Lead, ID: "00Q000000000001AAA", Name: "Lee"}
	acme  = crm.Ref{Object: crm.Account, ID: "001000000000001AAA", Name: "Acme Corp"}
	deal  = crm.Ref{Object: crm.Opportunity, ID: "006000000000001AAA", Name: "Pump renewal"}
	began = time.Date(2026, 11, 21, 23, 30, 0, 0, time.UTC)
)

func talked() crm.Activity {
	return crm.Activity{
		CallID: "0a1b2c3d-0000-4000-8000-000000000001", Direction: crm.Inbound, Outcome: crm.Answered,
		Number: "+14155550132", PartyName: "Dana Whitfield", Started: began, AnsweredAt: began.Add(4 * time.Second),
		Ended: began.Add(94 * time.Second), Notes: "Wants a second pump.", Who: dana,
	}
}

// fullTask is the Task of an org that shows every field.
func fullTask(change func(name string, f *field) bool) *object {
	o := &object{Name: crm.Task, Createable: true}
	for _, f := range []field{
		{Name: "Subject", Length: 255},
		{Name: "Description", Length: 32000},
		{Name: "Status", Length: 255},
		{Name: "ActivityDate"},
		{Name: "TaskSubtype", Restricted: true, Values: []pickValue{{Value: "Task", Active: true}, {Value: "Call", Active: true}}},
		{Name: "CallType", Restricted: true, Values: []pickValue{{Value: "Inbound", Active: true}, {Value: "Outbound", Active: true}}},
		{Name: "CallDurationInSeconds"},
		{Name: "CallDisposition", Length: 255},
		{Name: "CallObject", Length: 255, Filterable: true},
		{Name: "WhoId"},
		{Name: "WhatId"},
	} {
		f.Createable, f.Updateable = true, f.Name != "TaskSubtype"
		if change == nil || change(f.Name, &f) {
			o.Fields = append(o.Fields, f)
		}
	}
	o.index()
	return o
}

func newTaskClient() *Client {
	return New(Config{Location: time.FixedZone("Berlin", 3600)})
}

func TestTaskOfACall(t *testing.T) {
	got := newTaskClient().recordFields(fullTask(nil), talked(), "Completed", false)
	want := map[string]any{
		"Subject": "Inbound call from Dana Whitfield", "Status": "Completed", "TaskSubtype": "Call",
		"ActivityDate": "2026-11-22", // past midnight at the agent's place
		"CallType":     "Inbound", "CallDurationInSeconds": 90,
		"CallObject": "0a1b2c3d-0000-4000-8000-000000000001", "WhoId": dana.ID,
		"Description": "Wants a second pump.\n\nNumber: +14155550132\nWaited: 0:04",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The clock may have been set between answer and end: what was measured counts, and nothing is negative.
func TestSecondsOfACall(t *testing.T) {
	answered := talked().AnsweredAt
	for name, tt := range map[string]struct {
		ended  time.Duration // after the answer, by the clock
		talked time.Duration
		want   int
	}{
		"measured":                   {90 * time.Second, 90*time.Second + 400*time.Millisecond, 90},
		"the clock was set forward":  {time.Hour + 90*time.Second, 90 * time.Second, 90},
		"the clock was set back":     {90*time.Second - time.Hour, 90 * time.Second, 90},
		"not measured":               {90 * time.Second, 0, 90},
		"not measured, and set back": {90*time.Second - time.Hour, 0, 0},
		"a damaged measure":          {90 * time.Second, -time.Second, 90},
	} {
		a := talked()
		a.Ended, a.Talked = answered.Add(tt.ended), tt.talked
		got := newTaskClient().recordFields(fullTask(nil), a, "Completed", false)
		if got["CallDurationInSeconds"] != tt.want || got["ActivityDate"] != "2026-11-22" {
			t.Errorf("%s: %v seconds on %v", name, got["CallDurationInSeconds"], got["ActivityDate"])
		}
	}
}

func TestWhoAndWhat(t *testing.T) {
	tests := []struct {
		name      string
		who, what crm.Ref
		whoID     any
		whatID    any
		line      string // of the description
	}{
		{"contact", dana, crm.Ref{}, dana.ID, nil, ""},
		{"contact and deal", dana, deal, dana.ID, deal.ID, ""},
		{"lead", lead, crm.Ref{}, lead.ID, nil, ""},
		{"a lead excludes a related record", lead, deal, lead.ID, nil, "Related To: Pump renewal"},
		{"account", crm.Ref{}, acme, nil, acme.ID, ""},
		{"account given as who", acme, crm.Ref{}, nil, acme.ID, ""},
		{"account given as who beside a deal", acme, deal, nil, deal.ID, ""},
		{"nobody", crm.Ref{}, crm.Ref{}, nil, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := talked()
			a.Who, a.What = tt.who, tt.what
			got := newTaskClient().recordFields(fullTask(nil), a, "Completed", false)
			if got["WhoId"] != tt.whoID || got["WhatId"] != tt.whatID {
				t.Errorf("WhoId %v, WhatId %v; want %v, %v", got["WhoId"], got["WhatId"], tt.whoID, tt.whatID)
			}
			if d := got["Description"].(string); !strings.Contains(d, tt.line) {
				t.Errorf("description %q lacks %q", d, tt.line)
			}
			again := newTaskClient().recordFields(fullTask(nil), a, "Completed", true)
			for _, f := range []string{"WhoId", "WhatId"} {
				if _, named := again[f]; !named {
					t.Errorf("an update leaves %s as it was", f)
				}
			}
		})
	}
}

// An org that hides the fields of a call still gets all that is known about it, in the description.
func TestHiddenFieldsGoIntoTheDescription(t *testing.T) {
	o := fullTask(func(name string, f *field) bool {
		switch name {
		case "CallObject", "WhoId":
			return false
		case "CallDurationInSeconds":
			f.Createable = false
		case "CallType":
			f.Values = []pickValue{{Value: "Eingehend", Active: true}}
		}
		return !strings.HasPrefix(name, "CallDisp")
	})
	a := talked()
	a.Disposition, a.Called, a.Earlier, a.Override = "Callback wanted", "+14155550100", "Reception (2050)", "asked us to"
	got := newTaskClient().recordFields(o, a, "Erledigt", false)
	for _, f := range []string{"CallObject", "WhoId", "CallDurationInSeconds", "CallType", "CallDisposition"} {
		if v, sent := got[f]; sent {
			t.Errorf("%s is sent as %v", f, v)
		}
	}
	want := "Wants a second pump.\n\nDirection: Inbound\nDuration: 1m30s\nCall Result: Callback wanted\n" +
		"Call Id: 0a1b2c3d-0000-4000-8000-000000000001\nName: Dana Whitfield\nNumber: +14155550132\nCalled: +14155550100\nWaited: 0:04\nEarlier: Reception (2050)\nDo Not Call: called anyway: asked us to\nOutcome: Answered"
	if diff := cmp.Diff(want, got["Description"]); diff != "" {
		t.Error(diff)
	}
	if got["Status"] != "Erledigt" {
		t.Errorf("status %v", got["Status"])
	}
}

// Where the org itself closes a new Task, none is sent; an empty status would be refused.
func TestNoStatusIsSentWhereNoneIsClosed(t *testing.T) {
	if v, sent := newTaskClient().recordFields(fullTask(nil), talked(), "", false)["Status"]; sent {
		t.Errorf("Status is sent as %q", v)
	}
}

func TestUpdateLeavesCreateOnlyFields(t *testing.T) {
	if got := newTaskClient().recordFields(fullTask(nil), talked(), "Completed", true); got["TaskSubtype"] != nil {
		t.Errorf("TaskSubtype %v in an update", got["TaskSubtype"])
	}
}

// Salesforce counts as Java does: an emoji as two, and the end of a line in a long text as two.
func TestLengthsAsSalesforceCounts(t *testing.T) {
	a := talked()
	a.Subject, a.Notes = strings.Repeat("😀", 200), strings.Repeat("ok 👍\n", 8000)
	got := newTaskClient().recordFields(fullTask(nil), a, "Completed", false)
	for name, n := range map[string]int{"Subject": 255, "Description": 32000} {
		s := strings.ReplaceAll(got[name].(string), "\n", "\r\n")
		if units := len(utf16.Encode([]rune(s))); units > n || units < n-10 || !strings.Contains(s, " […]") {
			t.Errorf("%s has %d units", name, units)
		}
	}
}

// Every text that the agent types fits, and the details are kept.
func TestTextsFit(t *testing.T) {
	c, o := newTaskClient(), fullTask(nil)
	rapid.Check(t, func(t *rapid.T) {
		a := talked()
		a.Subject = rapid.StringN(1, 400, -1).Draw(t, "subject")
		a.Notes = strings.Repeat(rapid.StringN(1, 50, -1).Draw(t, "notes"), rapid.IntRange(1, 2000).Draw(t, "times"))
		a.Disposition = rapid.StringN(0, 300, -1).Draw(t, "disposition")
		got := c.recordFields(o, a, "Completed", false)
		for name, n := range map[string]int{"Subject": 255, "Description": 32000, "CallDisposition": 255} {
			if s, _ := got[name].(string); utf8.RuneCountInString(s) > n {
				t.Fatalf("%s has %d characters", name, utf8.RuneCountInString(s))
			}
		}
		if !strings.Contains(got["Description"].(string), "Number: +14155550132") {
			t.Fatal("the details were cut off")
		}
	})
}

func TestTruncationIsMarked(t *testing.T) {
	a := talked()
	a.Notes = strings.Repeat("ü", 40000)
	d := newTaskClient().recordFields(fullTask(nil), a, "Completed", false)["Description"].(string)
	if !strings.Contains(d, "ü […]\n\nNumber: ") || layout.Units(d) != 32000 {
		t.Errorf("%d characters, ending in %q", layout.Units(d), d[len(d)-60:])
	}
}

func TestClosedStatus(t *testing.T) {
	tests := []struct {
		name string
		all  []taskStatus
		want string
	}{
		{"as delivered", []taskStatus{{"Not Started", false, true}, {"Completed", true, false}}, "Completed"},
		{"renamed", []taskStatus{{"Offen", false, true}, {"Erledigt", true, false}}, "Erledigt"},
		{"several", []taskStatus{{"Storniert", true, false}, {"Erledigt", true, true}}, "Erledigt"},
		{"completed among several", []taskStatus{{"Dropped", true, true}, {"Completed", true, false}}, "Completed"},
		{"none", []taskStatus{{"Open", false, true}}, ""},
		{"hidden statuses", nil, ""},
	}
	for _, tt := range tests {
		if got := bestClosed(tt.all); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	translated := statusesOf([]row{{"ApiName": "Completed", "MasterLabel": "Abgeschlossen", "IsClosed": true}})
	if got := bestClosed(translated); got != "Completed" {
		t.Errorf("translated label: %q", got)
	}
}

func TestSOQLString(t *testing.T) {
	if got := soqlString(`O'Neil \ x`); got != `'O\'Neil \\ x'` {
		t.Error(got)
	}
}
