package salesforce

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// stranger is a call from nobody that the org knows, of which a rule wants a record.
func (r *rig) stranger(object string) crm.Activity {
	a := talked()
	a.Org, a.User, a.Make = r.org.ID(), r.Status().UserID, object
	a.Who, a.Number, a.PartyName, a.Started = crm.Ref{}, "+14155550999", "Robin Vale", time.Now().Add(-time.Minute)
	return a
}

// all are the fields of the records of an object that has the call's mark.
func (r *rig) all(t *testing.T, object, fields string) (found []row) {
	t.Helper()
	rows, _, err := r.rows(t.Context(), r.get("/query", url.Values{"q": {"SELECT " + fields + ", Description FROM " + object}}, time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range rows {
		if strings.Contains(one.raw("Description"), talked().CallID) {
			found = append(found, one)
		}
	}
	return found
}

// A rule's record has the name and the number of who called, and is found again by the call.
func TestARecordIsMadeOfACall(t *testing.T) {
	for object, want := range map[string]map[string]string{
		crm.Lead:    {"FirstName": "Robin", "LastName": "Vale", "Company": "[not provided]", "Phone": "+14155550999"},
		crm.Contact: {"FirstName": "Robin", "LastName": "Vale", "Phone": "+14155550999"},
		crm.Account: {"Name": "Robin Vale", "Phone": "+14155550999"},
		crm.Case:    {"SuppliedName": "Robin Vale", "SuppliedPhone": "+14155550999", "Origin": "Phone"},
	} {
		t.Run(object, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			a := r.stranger(object)
			rec, err := r.Make(t.Context(), a)
			if err != nil || rec.Object != object || rec.URL == "" || rec.Org != a.Org || rec.User != a.User {
				t.Fatalf("%+v, %v", rec, err)
			}
			var fields []string
			for name := range want {
				fields = append(fields, name)
			}
			all := r.all(t, object, strings.Join(fields, ", "))
			if len(all) != 1 {
				t.Fatalf("%d records", len(all))
			}
			for name, value := range want {
				if got := all[0].text(name); got != value {
					t.Errorf("%s is %q, want %q", name, got, value)
				}
			}
			found, err := r.FindMade(t.Context(), a)
			if err != nil || len(found) != 1 || found[0].ID != rec.ID || found[0].User != a.User {
				t.Fatalf("%+v, %v", found, err)
			}
			other := a
			other.CallID, other.Started = "0a1b2c3d-0000-4000-8000-000000000002", a.Started.Add(time.Minute)
			found, err = r.FindMade(t.Context(), other)
			if shared := object != crm.Case; err != nil || (len(found) == 1 && found[0].User == "") != shared || len(found) > 1 {
				t.Errorf("of another call with the number: %+v, %v", found, err)
			}
			if err := r.Unmake(t.Context(), rec.Ref); err != nil || len(r.all(t, object, "Id")) != 0 {
				t.Errorf("not deleted: %v", err)
			}
			if err := r.Unmake(t.Context(), rec.Ref); err != nil {
				t.Errorf("deleted twice: %v", err)
			}
		})
	}
}

// A caller without a name is called by the number; a name with a comma is turned round.
func TestNamesOfMadeRecords(t *testing.T) {
	for name, want := range map[string][2]string{"": {"", "(415) 555-0999"}, "Vale, Robin": {"Robin", "Vale"}, "Robin": {"", "Robin"}, "Robin van der Vale": {"Robin van der", "Vale"}} {
		a := crm.Activity{Make: crm.Lead, PartyName: name, Number: "+14155550999", Shown: "(415) 555-0999"}
		if first, last := splitName(madeName(a), name != ""); first != want[0] || last != want[1] {
			t.Errorf("%q is %q and %q", name, first, last)
		}
	}
}

// An answer that was lost leaves a record that is found; a refusal makes none, says why, and holds up nothing else.
func TestMakingARecordFails(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	a := r.stranger(crm.Lead)
	r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Path: "/sobjects/Lead", Method: http.MethodPost})
	_, err := r.Make(t.Context(), a)
	wantError(t, err, crm.ClassAmbiguous, "")
	if found, err := r.FindMade(t.Context(), a); err != nil || len(found) != 1 {
		t.Fatalf("%+v, %v", found, err)
	}
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/sobjects/Contact", Method: http.MethodPost, Status: 400, Code: "DUPLICATES_DETECTED", Message: "Use one of these records?"})
	a.Make = crm.Contact
	_, err = r.Make(t.Context(), a)
	wantError(t, err, crm.ClassRejected, "")
	if logged, err := r.Log(t.Context(), a, false); err != nil || logged.ID == "" {
		t.Errorf("the call is not logged: %v", err)
	}
	a.Org = "00D000000000009AAA"
	_, err = r.Make(t.Context(), a)
	wantError(t, err, crm.ClassNotLinked, "")
}

// A user who may not make Leads is told so for that record; Tasks go on.
func TestNoRightToMakeARecord(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rules: demoorg.Rules{NoCreate: []string{crm.Lead}}}, nil)
	a := r.stranger(crm.Lead)
	_, err := r.Make(t.Context(), a)
	wantError(t, err, crm.ClassPermission, "")
	if err := r.heldBack(); err != nil {
		t.Errorf("the link is held: %v", err)
	}
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Error(err)
	}
}

// A record that somebody has worked on is not deleted.
func TestAChangedRecordStays(t *testing.T) {
	var later atomic.Int64
	r := linkedRig(t, demoorg.Config{Clock: func() time.Time { return time.Now().Add(time.Duration(later.Load())) }}, nil)
	a := r.stranger(crm.Lead)
	rec, err := r.Make(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	later.Store(int64(3 * time.Minute))
	if err := r.org.Change(rec.ID, map[string]any{"Title": "CTO"}); err != nil {
		t.Fatal(err)
	}
	err = r.Unmake(t.Context(), rec.Ref)
	var ce *crm.Error
	if !errors.As(err, &ce) || !ce.Fault.Is("salesforce.record-changed") || len(r.all(t, crm.Lead, "Id")) != 1 {
		t.Errorf("%v, %d left", err, len(r.all(t, crm.Lead, "Id")))
	}
}

// The org refuses a field that its description allows: the record is looked for without it, as long as something tells which one it is.
func TestAMadeRecordIsFoundWithoutAHiddenField(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	a := r.stranger(crm.Lead)
	rec, err := r.Make(t.Context(), a)
	check(t, err)
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"Lead.Phone"} })
	if found, err := r.FindMade(t.Context(), a); err != nil || len(found) != 1 || found[0].ID != rec.ID {
		t.Errorf("hidden since: %+v, %v", found, err)
	}
	refuse := func(field string) {
		r.org.Inject(demoorg.Fault{
			Kind: demoorg.Refusal, Path: "/query", Status: 400, Code: "INVALID_FIELD", Times: 2, Message: "No such column '" + field + "' on entity 'Lead'.",
		})
	}
	refuse("Name")
	if found, err := r.FindMade(t.Context(), a); err != nil || len(found) != 1 {
		t.Errorf("refused by the query alone: %+v, %v", found, err)
	}
	refuse("Description")
	_, err = r.FindMade(t.Context(), a)
	wantError(t, err, crm.ClassPermission, "salesforce.show-fields")
}
