package salesforce

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/crm/layout"
	"linecard/fault"
)

// complaint is a layout with something of everything that a Case takes.
func complaint() layout.Layout {
	return layout.Layout{
		Name: "Complaint", Object: crm.Case, RecordType: "Complaint",
		Subject:     []layout.Value{"Complaint of", "{name}", "{Product}"},
		Description: []layout.Line{{Value: "{notes}"}, {}, {Key: "Queue", Value: "{called}"}, {Key: "Number", Value: "{number}"}},
		Fields: []layout.Field{
			{Field: "Origin", Value: "Phone"},
			{Field: "Severity__c", Value: "{Severity}"},
			{Field: "Callback_Wanted__c", Value: "{Call back}"},
			{Field: "Ring_Seconds__c", Value: "{ring seconds}"},
			{Field: "Callback_Number__c", Value: "{number}"},
			{Field: "Reply_To__c", Value: "{Mail}"},
		},
		LeadName: "SuppliedName",
		Variables: []layout.Variable{
			{Name: "Product", Default: "pump"}, {Name: "Severity", Ask: true, Default: "Low"}, {Name: "Call back", Ask: true}, {Name: "Mail", Ask: true},
		},
	}
}

// caseRig is a linked client whose org keeps calls as Cases, with or without the field of the call's id.
func caseRig(t *testing.T, key demoorg.CallKey) *rig {
	t.Helper()
	return linkedRig(t, demoorg.Config{CallKey: key}, func(c *Config) {
		c.Layouts = func() layout.List { return layout.List{complaint()} }
	})
}

func (r *rig) complaintOf(t *testing.T, name string) crm.Activity {
	t.Helper()
	found, err := r.Lookup(context.Background(), r.number(t, name))
	if err != nil || len(found.Matches) == 0 {
		t.Fatalf("%v %v", found, err)
	}
	a := talked()
	a.Org, a.User, a.Layout, a.Object = r.org.ID(), r.Status().UserID, "Complaint", crm.Case
	a.PartyName, a.Called = found.Matches[0].Name, "Support"
	a.Who, a.What = crm.Target(found.Matches[0].Record)
	return a
}

// A call is a Case as its layout says, with every type of field, and the agent's answers change that same Case.
func TestACallIsACase(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey, demoorg.SharedCallKey} {
		r := caseRig(t, key)
		a := r.complaintOf(t, "Dana Whitfield")
		made, err := r.Log(context.Background(), a, false)
		if err != nil {
			t.Fatal(err)
		}
		if made.Object != crm.Case || !strings.HasPrefix(made.ID, "500") || !strings.Contains(made.URL, made.ID) || made.User != a.User {
			t.Errorf("made %+v", made)
		}
		a.Notes = "Called again."
		a.Answers = map[string]string{"Severity": "High", "Call back": "yes", "Mail": "dana@example.com"}
		if err := r.Update(context.Background(), made.Ref, a); err != nil {
			t.Fatal(err)
		}
		cases := r.org.CasesFor(a.CallID)
		if len(cases) != 1 {
			t.Fatalf("%d cases with key %q", len(cases), key)
		}
		got := cases[0]
		want := map[string]any{
			"Subject": "Complaint of Dana Whitfield pump", "Origin": "Phone", "Severity__c": "High", "Callback_Wanted__c": true,
			"Ring_Seconds__c": 4.0, "Callback_Number__c": "+14155550132", "Reply_To__c": "dana@example.com", "ContactId": a.Who.ID,
		}
		for field, value := range want {
			if diff := cmp.Diff(value, got.Values[field]); diff != "" {
				t.Errorf("%s: %s", field, diff)
			}
		}
		if got.RecordType != "Complaint" || got.AccountID == "" || got.Status != "New" {
			t.Errorf("record type %q, account %q, status %q", got.RecordType, got.AccountID, got.Status)
		}
		text := "Called again.\n\nQueue: Support\nNumber: +14155550132"
		if key == demoorg.NoCallKey {
			text += "\n\nCall Id: " + a.CallID // it is found again by that
		}
		if got.Description != text {
			t.Errorf("the description is %q", got.Description)
		}
		if tasks := r.org.TasksFor(a.CallID); len(tasks) != 0 {
			t.Errorf("and there are Tasks: %v", tasks)
		}
	}
}

// A Case cannot refer to a Lead: its name goes into the field that the layout names.
func TestACaseOfALead(t *testing.T) {
	r := caseRig(t, demoorg.UniqueCallKey)
	var of demoorg.Person
	for _, p := range r.org.People() {
		if p.Object == crm.Lead && p.Number != "" && p.Shared == 0 {
			of = p
			break
		}
	}
	a := r.complaintOf(t, of.Name)
	if _, err := r.Log(context.Background(), a, false); err != nil {
		t.Fatal(err)
	}
	got := r.org.CasesFor(a.CallID)
	if len(got) != 1 || got[0].Values["SuppliedName"] != of.Name || got[0].ContactID != "" {
		t.Errorf("%+v", got)
	}
}

// An answer that is lost after the org has made the Case makes no second one: it is looked for, or written once more by its id.
func TestACaseIsMadeOnce(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey, demoorg.SharedCallKey} {
		r := caseRig(t, key)
		a := r.complaintOf(t, "Dana Whitfield")
		if upserts := r.Upserts(a.Org, crm.Case); upserts && key != demoorg.UniqueCallKey {
			t.Errorf("key %q: upserts", key)
		}
		method := http.MethodPatch
		if key == demoorg.NoCallKey {
			method = http.MethodPost
		}
		r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Path: "/sobjects/Case", Method: method, Times: 1})
		_, err := r.Log(context.Background(), a, false)
		if e, _ := asError(err); e == nil || e.Class != crm.ClassAmbiguous {
			t.Fatalf("key %q: the lost answer is %v", key, err)
		}
		again, err := r.Log(context.Background(), a, true)
		if err != nil || !again.Existed || again.Object != crm.Case {
			t.Errorf("key %q: %+v, %v", key, again, err)
		}
		if n := len(r.org.CasesFor(a.CallID)); n != 1 {
			t.Errorf("key %q: %d cases", key, n)
		}
		if err := r.Delete(context.Background(), again.Ref); err != nil {
			t.Fatal(err)
		}
		if n := len(r.org.CasesFor(a.CallID)); n != 0 {
			t.Errorf("key %q: %d cases after it was taken back", key, n)
		}
		if err := r.Delete(context.Background(), again.Ref); err != nil {
			t.Errorf("taking back what is gone: %v", err)
		}
	}
}

// Calls that an outage has left are written together, those that are Cases among them.
func TestTasksAndCasesTogether(t *testing.T) {
	r := caseRig(t, demoorg.UniqueCallKey)
	a := r.complaintOf(t, "Dana Whitfield")
	b := a
	b.CallID, b.Object, b.Layout = "0a1b2c3d-0000-4000-8000-000000000002", "", ""
	written, err := r.LogAll(context.Background(), []crm.Activity{a, b})
	if err != nil || written[0].Err != nil || written[1].Err != nil || written[0].Object != crm.Case || written[1].Object != crm.Task {
		t.Fatalf("%+v %v", written, err)
	}
	found, searched, err := r.FindAll(context.Background(), []crm.Activity{a, b})
	if err != nil || !searched || len(found[a.CallID]) != 1 || len(found[b.CallID]) != 1 || found[a.CallID][0].Object != crm.Case {
		t.Errorf("%v %v %v", found, searched, err)
	}
	if len(r.org.CasesFor(a.CallID)) != 1 || len(r.org.TasksFor(b.CallID)) != 1 {
		t.Error("one is missing")
	}
}

// A user who may not create Cases is told so for that call; Tasks go on.
func TestNoRightToCases(t *testing.T) {
	r := caseRig(t, demoorg.UniqueCallKey)
	a := r.complaintOf(t, "Dana Whitfield")
	r.org.SetRules(func(rules *demoorg.Rules) { rules.NoCreate = []string{crm.Case} })
	r.schema.expire()
	_, err := r.Log(context.Background(), a, false)
	if e, _ := asError(err); e == nil || e.Class != crm.ClassPermission || e.Fault.Code != "salesforce.no-cases" {
		t.Fatalf("%v", err)
	}
	a.Object, a.Layout = "", ""
	if _, err := r.Log(context.Background(), a, false); err != nil {
		t.Errorf("a Task is refused too: %v", err)
	}
	// The right is there again: the next try finds out by itself.
	r.org.SetRules(func(rules *demoorg.Rules) { rules.NoCreate = nil })
	a.Object, a.Layout, a.CallID = crm.Case, "Complaint", "0a1b2c3d-0000-4000-8000-000000000003"
	if _, err := r.Log(context.Background(), a, false); err != nil {
		t.Errorf("%v", err)
	}
}

// What the org would refuse of a layout is said by the preview; what is written leaves it out, so that the call is logged.
func TestPreviewSaysWhatIsRefused(t *testing.T) {
	r := caseRig(t, demoorg.UniqueCallKey)
	a := r.complaintOf(t, "Dana Whitfield")
	l := complaint()
	l.RecordType = "Internal"
	l.Fields = append(l.Fields, layout.Field{Field: "ClosedDate", Value: "{date}"}, layout.Field{Field: "IsClosed", Value: "true"},
		layout.Field{Field: "Queue__c", Value: layout.Value(strings.Repeat("queue ", 20))}, layout.Field{Field: "Nope__c", Value: "x"})
	l.Variables[1].Default = "Nine"
	shown, err := r.Preview(context.Background(), l, a)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	for _, p := range shown.Problems {
		codes[string(p.Why.Code)+" "+p.Field] = true
	}
	for _, want := range []string{
		"layout.record-type-closed RecordTypeId", "layout.type-not-written ClosedDate", "layout.not-createable IsClosed", "layout.too-long Queue__c",
		"layout.no-such-field Nope__c", "layout.not-an-entry Severity__c",
	} {
		if !codes[want] {
			t.Errorf("not said: %s of %v", want, codes)
		}
	}
	r.cfg.Layouts = func() layout.List { return layout.List{l} }
	a.Layout = l.Name
	if _, err := r.Log(context.Background(), a, false); err != nil {
		t.Fatalf("the call is lost: %v", err)
	}
	got := r.org.CasesFor(a.CallID)[0]
	for _, want := range []string{"Severity: Nine", "Nope__c: x"} {
		if !strings.Contains(got.Description, want) {
			t.Errorf("the description %q lacks %q", got.Description, want)
		}
	}
}

// A test log is made and deleted; what the org refuses is told, and one that cannot be deleted too.
func TestTestLog(t *testing.T) {
	r := caseRig(t, demoorg.UniqueCallKey)
	a := r.complaintOf(t, "Dana Whitfield")
	try := func(id string) layout.Tried {
		t.Helper()
		tried, err := r.Try(context.Background(), complaint(), a, id)
		if err != nil {
			t.Fatal(err)
		}
		return tried
	}
	if got := try("t1"); !got.Deleted || got.Record.Object != crm.Case || len(r.org.CasesFor("t1")) != 0 {
		t.Errorf("%+v", got)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.NoDelete = []string{crm.Case} })
	if got := try("t2"); got.Deleted || got.Kept.IsZero() || len(r.org.CasesFor("t2")) != 1 {
		t.Errorf("%+v", got)
	}
	if got := r.org.CasesFor("t2")[0].Subject; !strings.HasPrefix(got, "Linecard test, please ignore: Complaint of") {
		t.Errorf("the subject is %q", got)
	}
	r.org.SetRules(func(rules *demoorg.Rules) {
		rules.Validations = []demoorg.Validation{{Object: crm.Case, Field: "Subject", Forbidden: "test", Message: "No tests."}}
	})
	if got := try("t3"); got.Refused.Code != "salesforce.validation-rule" || got.Deleted {
		t.Errorf("%+v", got)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { *rules = demoorg.Rules{} })
	r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Path: "/sobjects/Case", Method: http.MethodPost, Times: 1})
	if got := try("t4"); !got.Deleted || len(r.org.CasesFor("t4")) != 0 {
		t.Errorf("after a lost answer: %+v", got)
	}
}

// What the org refuses of a test log although its descriptions allow it is told, by the test itself and by each later one, and the preview
// has it as a problem.
func TestATestLogThatIsTakenInPartOnly(t *testing.T) {
	for name, tt := range map[string]struct {
		refusal demoorg.Fault
		field   string
		code    fault.Code
	}{
		"a field":            {demoorg.Fault{Code: "INVALID_FIELD_FOR_INSERT_UPDATE", Message: "Unable to create/update fields: Severity__c.", Fields: []string{"Severity__c"}}, "Severity__c", "layout.field-refused"},
		"as words":           {demoorg.Fault{Code: "INVALID_FIELD_FOR_INSERT_UPDATE", Message: "Unable to create/update fields: Severity__c"}, "Severity__c", "layout.field-refused"},
		"a column":           {demoorg.Fault{Code: "INVALID_FIELD", Message: "No such column 'Severity__c' on sobject of type Case"}, "Severity__c", "layout.field-refused"},
		"an entry":           {demoorg.Fault{Code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Message: "Severity: bad value for restricted picklist field: High", Fields: []string{"Severity__c"}}, "Severity__c", "layout.entry-refused"},
		"an entry, as words": {demoorg.Fault{Code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Message: "Severity: bad value for restricted picklist field: High"}, "Severity__c", "layout.entry-refused"},
	} {
		t.Run(name, func(t *testing.T) {
			r := caseRig(t, demoorg.NoCallKey)
			l := complaint()
			l.Fields = []layout.Field{{Field: "Severity__c", Value: "High"}}
			tt.refusal.Kind, tt.refusal.Method, tt.refusal.Path, tt.refusal.Status = demoorg.Refusal, http.MethodPost, "/sobjects/Case", http.StatusBadRequest
			r.org.Inject(tt.refusal)
			a := r.complaintOf(t, "Dana Whitfield")
			for _, id := range []string{"t1", "t2"} {
				got, err := r.Try(t.Context(), l, a, id)
				if err != nil || !got.Deleted || len(got.Without) != 1 || got.Without[0].Field != tt.field || got.Without[0].Why.Code != tt.code || !got.Said().Is("layout.test-without") {
					t.Errorf("%s: %+v, %v", id, got, err)
				}
			}
			p, err := r.Preview(t.Context(), l, a)
			if err != nil || !slices.ContainsFunc(p.Problems, func(p layout.Problem) bool { return p.Field == tt.field && p.Why.Code == tt.code }) {
				t.Errorf("the preview: %+v, %v", p.Problems, err)
			}
		})
	}
}

// A layout for Tasks fills custom fields and the agent's subject comes before the parts. A layout that is gone by the time of
// writing is the default one.
func TestLayoutOfATask(t *testing.T) {
	l := layout.Task()
	l.Name, l.Subject = "Sales", []layout.Value{"{direction} call,", "{name}", "({talk seconds} s)"}
	l.Fields = []layout.Field{{Field: "Region__c", Value: "Europe"}, {Field: "Priority", Value: "High"}, {Field: "Type", Value: "Call"}}
	all := layout.List{l}
	r := linkedRig(t, demoorg.Config{CallKey: demoorg.UniqueCallKey}, func(c *Config) { c.Layouts = func() layout.List { return all } })
	a := r.complaintOf(t, "Dana Whitfield")
	a.Object, a.Layout = "", "Sales"
	if _, err := r.Log(context.Background(), a, false); err != nil {
		t.Fatal(err)
	}
	if got := r.org.TasksFor(a.CallID); len(got) != 1 || got[0].Subject != "Inbound call, Dana Whitfield (90 s)" || !got[0].Closed {
		t.Errorf("%+v", got)
	}
	a.Subject = "As typed"
	if err := r.Update(context.Background(), crm.Ref{Object: crm.Task, ID: r.org.TasksFor(a.CallID)[0].ID}, a); err != nil {
		t.Fatal(err)
	}
	if got := r.org.TasksFor(a.CallID)[0].Subject; got != "As typed" {
		t.Errorf("the agent's subject became %q", got)
	}
	all = nil
	a.Subject, a.CallID = "", "0a1b2c3d-0000-4000-8000-000000000009"
	if _, err := r.Log(context.Background(), a, false); err != nil {
		t.Fatal(err)
	}
	if got := r.org.TasksFor(a.CallID); len(got) != 1 || got[0].Subject != "Inbound call from Dana Whitfield" {
		t.Errorf("without the layout: %+v", got)
	}
}
