package salesforce

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/crm/layout"
)

// What an admin changes while Linecard runs, and what becomes of the calls behind it: they are logged as the org takes them now, and nobody
// has to press anything. Only the first of them is refused once.
func TestACallAfterTheAdminHasChangedTheObject(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*demoorg.Rules)
		want   func(demoorg.Case) bool
	}{
		"the record type is taken from the profile": {
			func(r *demoorg.Rules) { r.NoRecordTypes = []string{"Case.Complaint"} },
			func(c demoorg.Case) bool { return c.RecordType == "Support" },
		},
		"a text is shorter": {
			func(r *demoorg.Rules) { r.Lengths = map[string]int{"Case.Subject": 12} },
			func(c demoorg.Case) bool {
				return layout.Units(c.Subject) <= 12 && strings.HasPrefix(c.Subject, "Comp")
			},
		},
		"a number is smaller": {
			func(r *demoorg.Rules) { r.Lengths = map[string]int{"Case.Ring_Seconds__c": 1} },
			func(c demoorg.Case) bool {
				return c.Values["Ring_Seconds__c"] == nil && strings.Contains(c.Description, "Ring Seconds: 12")
			},
		},
	} {
		for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey} {
			t.Run(name+" "+string(key), func(t *testing.T) {
				r := caseRig(t, key)
				a := r.complaintOf(t, "Dana Whitfield")
				a.Rang = 12 * time.Second
				if _, err := r.Log(t.Context(), a, false); err != nil { // it is described
					t.Fatal(err)
				}
				r.org.SetRules(tt.change)
				for i, most := range []int{2, 1} {
					a.CallID = r.newCall(t).CallID
					before := r.writes()
					if _, err := r.Log(t.Context(), a, false); err != nil {
						t.Fatal(err)
					}
					if all := r.org.CasesFor(a.CallID); len(all) != 1 || !tt.want(all[0]) {
						t.Errorf("call %d: %+v", i, all)
					}
					if n := r.writes() - before; n > most {
						t.Errorf("call %d took %d writes", i, n)
					}
				}
			})
		}
	}
}

// writes counts the writes of Cases that were tried.
func (r *rig) writes() int {
	return r.org.Count(http.MethodPost, "/sobjects/Case") + r.org.Count(http.MethodPatch, "/sobjects/Case")
}

// A field that the agent empties, and that the admin has made required since, is left as it is.
func TestAFieldThatIsRequiredByNow(t *testing.T) {
	r := caseRig(t, demoorg.UniqueCallKey)
	a := r.complaintOf(t, "Dana Whitfield")
	a.Answers = map[string]string{"Mail": "dana@example.com"}
	made, err := r.Log(t.Context(), a, false)
	if err != nil {
		t.Fatal(err)
	}
	r.org.SetRules(func(r *demoorg.Rules) { r.RequiredFields = []string{"Case.Reply_To__c"} })
	a.Answers, a.Notes = nil, "Has no mail any more."
	if err := r.Update(t.Context(), made.Ref, a); err != nil {
		t.Fatal(err)
	}
	if got := r.org.CasesFor(a.CallID)[0]; got.Values["Reply_To__c"] != "dana@example.com" || !strings.Contains(got.Description, "no mail any more") {
		t.Errorf("%+v", got)
	}
}

// Calls that waited are sent together again by the new description, in one request.
func TestABatchAfterAFieldBecameShorter(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey} {
		r := linkedRig(t, demoorg.Config{CallKey: key}, nil)
		all := r.calls(t, MaxBatch)
		if _, err := r.Log(t.Context(), r.newCall(t), false); err != nil {
			t.Fatal(err)
		}
		r.org.SetRules(func(r *demoorg.Rules) { r.Lengths = map[string]int{"Task.Subject": 9} })
		before := r.Calls()
		written, err := r.LogAll(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range all {
			if tasks := r.org.TasksFor(a.CallID); written[i].Err != nil || len(tasks) != 1 || layout.Units(tasks[0].Subject) > 9 {
				t.Fatalf("%d: %+v, %+v", i, written[i], tasks)
			}
		}
		if n := r.Calls() - before; n > 8 {
			t.Errorf("%d requests", n)
		}
	}
}

// What may be about the description has it read again, once: a refusal that comes back is the call's. What says that it is about the record
// type has that left out, as the preview and the test log say.
func TestWhatIsReadAgain(t *testing.T) {
	type outcome struct {
		class crm.Class // when it comes back each time; "" is written all the same
		code  string    // what the preview says then
	}
	for name, tt := range map[string]struct {
		refusal demoorg.Fault
		always  outcome
	}{
		"too long":              {demoorg.Fault{Code: "STRING_TOO_LONG", Message: "Subject: data value too large", Fields: []string{"Subject"}}, outcome{crm.ClassRejected, ""}},
		"out of range":          {demoorg.Fault{Code: "NUMBER_OUTSIDE_VALID_RANGE", Message: "Ring Seconds: value outside of valid range", Fields: []string{"Ring_Seconds__c"}}, outcome{crm.ClassRejected, ""}},
		"of another type":       {demoorg.Fault{Code: "JSON_PARSER_ERROR", Message: "Cannot deserialize instance of double from VALUE_STRING value 4"}, outcome{crm.ClassRejected, ""}},
		"the record type":       {demoorg.Fault{Code: "INVALID_CROSS_REFERENCE_KEY", Message: "no", Fields: []string{"RecordTypeId"}}, outcome{"", "layout.record-type-refused"}},
		"the type, in words":    {demoorg.Fault{Code: "INVALID_CROSS_REFERENCE_KEY", Message: "Record Type ID: this ID value isn't valid for the user: 012dm0000000001AAA"}, outcome{"", "layout.record-type-refused"}},
		"some reference":        {demoorg.Fault{Code: "INVALID_CROSS_REFERENCE_KEY", Message: "invalid cross reference id"}, outcome{crm.ClassGone, ""}},
		"the type, deleted":     {demoorg.Fault{Code: "ENTITY_IS_DELETED", Message: "entity is deleted"}, outcome{crm.ClassGone, ""}},
		"a field not sent":      {demoorg.Fault{Code: "STRING_TOO_LONG", Message: "Digest: data value too large", Fields: []string{"Digest__c"}}, outcome{crm.ClassRejected, ""}},
		"a reference, named":    {demoorg.Fault{Code: "INVALID_CROSS_REFERENCE_KEY", Message: "no", Fields: []string{"OwnerId"}}, outcome{crm.ClassRejected, ""}},
		"a field nobody filled": {demoorg.Fault{Code: "REQUIRED_FIELD_MISSING", Message: "Required fields are missing: [Region__c]", Fields: []string{"Region__c"}}, outcome{crm.ClassRejected, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			r := caseRig(t, demoorg.NoCallKey)
			a := r.complaintOf(t, "Dana Whitfield")
			tt.refusal.Kind, tt.refusal.Method, tt.refusal.Path, tt.refusal.Status = demoorg.Refusal, http.MethodPost, "/sobjects/Case", http.StatusBadRequest
			again := !slices.Contains([]string{"a field not sent", "a reference, named", "a field nobody filled"}, name)
			r.org.Inject(tt.refusal) // once
			if _, err := r.Log(t.Context(), a, false); (err == nil) != again {
				t.Errorf("refused once: %v", err)
			}
			if tt.always.class == "" {
				if got := r.org.CasesFor(a.CallID)[0]; got.RecordType != "Support" {
					t.Errorf("the record type is %q", got.RecordType)
				}
				p, err := r.Preview(t.Context(), complaint(), a)
				if err != nil || !slices.ContainsFunc(p.Problems, func(p layout.Problem) bool { return string(p.Why.Code) == tt.always.code }) {
					t.Errorf("the preview: %+v, %v", p.Problems, err)
				}
				return
			}
			tt.refusal.Times = demoorg.Always
			r.org.Inject(tt.refusal)
			a.CallID = r.newCall(t).CallID
			before := r.writes()
			_, err := r.Log(t.Context(), a, false)
			if classOf(err) != tt.always.class {
				t.Errorf("refused each time: %v", err)
			}
			if n := r.writes() - before; n != map[bool]int{true: 2, false: 1}[again] {
				t.Errorf("tried %d times", n)
			}
		})
	}
}

// A test log whose record type is refused says that it was taken without it; one by a description that is older than the field says nothing
// was left out.
func TestATestLogWithoutItsRecordType(t *testing.T) {
	r := caseRig(t, demoorg.NoCallKey)
	a := r.complaintOf(t, "Dana Whitfield")
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	r.org.SetRules(func(r *demoorg.Rules) { r.Lengths = map[string]int{"Case.Subject": 40} })
	if got, err := r.Try(t.Context(), complaint(), a, "t1"); err != nil || !got.Deleted || len(got.Without) != 0 {
		t.Errorf("shorter: %+v, %v", got, err)
	}
	r.org.SetRules(func(r *demoorg.Rules) { r.NoRecordTypes = []string{"Case.Complaint"} })
	got, err := r.Try(t.Context(), complaint(), a, "t2")
	if err != nil || !got.Deleted || len(got.Without) != 1 || !got.Without[0].Why.Is("layout.record-type-refused") {
		t.Errorf("%+v, %v", got, err)
	}
}
