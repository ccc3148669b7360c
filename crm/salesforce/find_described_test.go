package salesforce

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// refusesCallObject has the org refuse the field of the call's id, which its description still calls createable, and returns a call
// that was written without it: its id is in the description.
func (r *rig) refusesCallObject(t *testing.T) crm.Activity {
	t.Helper()
	r.org.Inject(demoorg.Fault{
		Kind: demoorg.Refusal, Method: http.MethodPost, Path: createPath, Status: http.StatusBadRequest, Code: "INVALID_FIELD_FOR_INSERT_UPDATE",
		Message: "Unable to create/update fields: CallObject. Please check the security settings of this field", Fields: []string{"CallObject"},
	})
	r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Method: http.MethodPost, Path: createPath})
	a := r.newCall(t)
	if _, err := r.Log(t.Context(), a, false); classOf(err) != crm.ClassAmbiguous {
		t.Fatalf("class %q: %v", classOf(err), err)
	}
	if n := len(r.org.Tasks()); n == 0 {
		t.Fatal("nothing was written")
	}
	return a
}

// made is how many Tasks a run made.
func (r *rig) made(run func()) int {
	before := len(r.org.Tasks())
	run()
	return len(r.org.Tasks()) - before
}

// The org refused the field of the call's id, and the answer to the write without it was lost: the Task is found by its
// description, also by the next run of the app, which knows of no refusal, alone and among other calls.
func TestATaskWithItsIdInTheDescriptionIsFound(t *testing.T) {
	for _, restarted := range []bool{false, true} {
		r := linkedRig(t, demoorg.Config{}, nil)
		a := r.refusesCallObject(t)
		if restarted {
			r.schema.forget()
		}
		n := r.made(func() {
			logged, err := r.Log(t.Context(), a, true)
			if err != nil || !logged.Existed {
				t.Errorf("restarted %v: %+v, %v", restarted, logged, err)
			}
		})
		if n != 0 {
			t.Errorf("restarted %v: %d more Tasks", restarted, n)
		}
		b, c := r.newCall(t), r.newCall(t)
		if _, err := r.Log(t.Context(), b, false); err != nil {
			t.Fatal(err)
		}
		found, searched, err := r.FindAll(t.Context(), []crm.Activity{a, b, c})
		if err != nil || !searched || len(found[a.CallID]) != 1 || len(found[b.CallID]) != 1 || len(found[c.CallID]) != 0 {
			t.Errorf("restarted %v: %v, %v, %v", restarted, found, searched, err)
		}
	}
}

// The agent has a call logged as another user whose first attempt may have arrived: it is looked for among what the first user made.
func TestATaskOfTheUserBeforeIsFound(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	a := r.refusesCallObject(t)
	other := linkAs(t, r, demoorg.AdminUser)
	a.TriedBy, a.User = []string{r.Status().UserID}, other.Status().UserID
	n := r.made(func() {
		logged, err := other.Log(t.Context(), a, true)
		if err != nil || !logged.Existed {
			t.Errorf("%+v, %v", logged, err)
		}
	})
	if n != 0 {
		t.Errorf("%d more Tasks", n)
	}
	if found, _, err := other.FindAll(t.Context(), []crm.Activity{r.newCall(t), a}); err != nil || len(found[a.CallID]) != 1 {
		t.Errorf("among others: %v, %v", found, err)
	}
}

// The org refused the field only of the second of two Tasks of a call: both are found, alone and among other calls.
func TestTasksWithTheirIdInDifferentPlacesAreFound(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	a := r.newCall(t)
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	r.org.Inject(demoorg.Fault{
		Kind: demoorg.Refusal, Method: http.MethodPost, Path: createPath, Status: http.StatusBadRequest, Code: "INVALID_FIELD_FOR_INSERT_UPDATE",
		Message: "Unable to create/update fields: CallObject. Please check the security settings of this field", Fields: []string{"CallObject"},
	})
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	found, err := r.Find(t.Context(), a)
	if err != nil || len(found) != 2 {
		t.Errorf("alone: %v, %v", found, err)
	}
	all, _, err := r.FindAll(t.Context(), []crm.Activity{a, r.newCall(t)})
	if err != nil || len(all[a.CallID]) != 2 {
		t.Errorf("among others: %v, %v", all, err)
	}
}

// An org without a field for the call's id is asked once for several calls.
func TestSeveralCallsAreFoundByTheirDescriptions(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rules: demoorg.Rules{HiddenFields: []string{"Task.CallObject"}}}, nil)
	all := r.calls(t, 3)
	for _, a := range all[:2] {
		if _, err := r.Log(t.Context(), a, false); err != nil {
			t.Fatal(err)
		}
	}
	before := r.org.Count("GET", "/query")
	found, searched, err := r.FindAll(t.Context(), all)
	if err != nil || !searched || len(found[all[0].CallID]) != 1 || len(found[all[1].CallID]) != 1 || len(found[all[2].CallID]) != 0 {
		t.Errorf("%v, %v, %v", found, searched, err)
	}
	if n := r.org.Count("GET", "/query") - before; n != 1 {
		t.Errorf("%d queries", n)
	}
}

// Where the org is too large for a search for several calls at once, the caller asks for each.
func TestSeveralCallsInAnOrgThatIsTooLarge(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/query", Status: 400, Code: "QUERY_TIMEOUT", Message: "Your query request was running for too long.", Times: 3})
	if _, searched, err := r.FindAll(t.Context(), r.calls(t, 2)); searched || err != nil {
		t.Errorf("%v, %v", searched, err)
	}
}

// A field for the call's id that the org refuses holds nothing: the id is in the description.
func TestARefusedKeyLeavesTheIdToTheDescription(t *testing.T) {
	r := keyedRig(t, demoorg.SharedCallKey)
	r.schema.refuse(crm.Task, callKeyField, "")
	r.schema.refuse(crm.Task, "CallObject", "")
	o, err := r.describe(t.Context(), crm.Task)
	if err != nil {
		t.Fatal(err)
	}
	a := r.newCall(t)
	if own := r.ownFields(o, a, "", false); own.marker != callLine+": "+a.CallID {
		t.Errorf("the description is marked with %q", own.marker)
	}
	all := append(r.calls(t, 2), a)
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Errorf("alone: %v", err)
	}
	written, err := r.LogAll(t.Context(), all[:2])
	if err != nil || written[0].Err != nil || written[1].Err != nil {
		t.Errorf("together: %+v, %v", written, err)
	}
	for _, a := range all {
		if found, err := r.Find(t.Context(), a); err != nil || len(found) != 1 {
			t.Errorf("%v, %v", found, err)
		}
	}
	if n := r.org.Count("PATCH", "/sobjects"); n != 0 {
		t.Errorf("%d upserts by the field that the org refuses", n)
	}
}

// Once an org has refused a write by the field for the call's id, calls are written without it, and no write may be repeated unchecked:
// alone and together, as Tasks and as Cases.
func TestAnOrgThatRefusesTheKeyIsNotAskedToWriteByIt(t *testing.T) {
	for _, object := range []string{crm.Task, crm.Case} {
		r := keyedRig(t, demoorg.UniqueCallKey)
		r.org.Inject(demoorg.Fault{
			Kind: demoorg.Refusal, Method: "PATCH", Path: "/sobjects", Status: http.StatusBadRequest, Code: "INVALID_FIELD_FOR_INSERT_UPDATE",
			Message: "Unable to create/update fields: " + callKeyField, Fields: []string{callKeyField}, Times: demoorg.Always,
		})
		all := r.calls(t, 3)
		for i := range all {
			all[i].Object, all[i].Upsert = object, true
		}
		if _, err := r.Log(t.Context(), all[0], false); classOf(err) != crm.ClassTransient { // it may have been written before
			t.Errorf("%s: %v", object, err)
		}
		if r.Upserts(r.org.ID(), object) {
			t.Errorf("%s: still written by the field", object)
		}
		for i := range all { // as the writer asks for it then
			all[i].Upsert = false
		}
		if _, err := r.Log(t.Context(), all[0], true); err != nil {
			t.Errorf("%s: %v", object, err)
		}
		written, err := r.LogAll(t.Context(), all[1:])
		if err != nil || written[0].Err != nil || written[1].Err != nil {
			t.Errorf("%s: %+v, %v", object, written, err)
		}
		for _, a := range all {
			if found, err := r.Find(t.Context(), a); err != nil || len(found) != 1 {
				t.Errorf("%s: %v, %v", object, found, err)
			}
		}
	}
}

// An admin hides the field of the call's id while the answer to a write is lost: the link knows the field from before, the org
// refuses a search by it, and the search goes on with what the org has by then.
func TestTheFieldIsHiddenBeforeTheCheck(t *testing.T) {
	r := keyedRig(t, demoorg.SharedCallKey)
	all := r.calls(t, 3)
	for _, a := range all[:2] {
		if _, err := r.Log(t.Context(), a, false); err != nil {
			t.Fatal(err)
		}
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"Task.CallObject"} })
	found, searched, err := r.FindAll(t.Context(), all)
	if err != nil || !searched || len(found[all[0].CallID]) != 1 || len(found[all[2].CallID]) != 0 {
		t.Errorf("%v, %v, %v", found, searched, err)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"Task." + callKeyField} })
	if found, err := r.Find(t.Context(), all[1]); err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
}

// The org refuses a search by a field that it describes: the others find the Task.
func TestASearchByAFieldIsRefused(t *testing.T) {
	r := keyedRig(t, demoorg.SharedCallKey)
	a := r.newCall(t)
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	for range 2 { // as it was described before, and as it is described now
		r.org.Inject(demoorg.Fault{
			Kind: demoorg.Refusal, Method: http.MethodGet, Path: "/query", Status: http.StatusBadRequest, Code: "INVALID_FIELD",
			Message: "No such column '" + callKeyField + "' on entity 'Task'. If you are attempting to use a custom field, be sure to append the '__c'.",
		})
	}
	if found, err := r.Find(t.Context(), a); err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
}

// An org that hides the description from the user still tells what was written with the id in a field, alone and among other calls;
// where it hides the field too, nobody can say whether the call was written.
func TestCallsAreFoundWithoutTheDescription(t *testing.T) {
	for _, object := range []string{crm.Task, crm.Case} {
		for _, described := range []bool{true, false} { // the description was hidden before the org was described, or after it
			r := keyedRig(t, demoorg.UniqueCallKey)
			all := r.calls(t, 3)
			for i := range all {
				all[i].Object = object
			}
			hide := func(fields ...string) {
				r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = fields })
				if described {
					check(t, r.describeAll(t.Context()))
				}
			}
			for _, a := range all[:2] {
				if _, err := r.Log(t.Context(), a, false); err != nil {
					t.Fatal(err)
				}
			}
			hide(object + ".Description")
			if found, err := r.Find(t.Context(), all[0]); err != nil || len(found) != 1 {
				t.Errorf("%s, described %v: %v, %v", object, described, found, err)
			}
			if logged, err := r.Log(t.Context(), all[1], true); err != nil || !logged.Existed {
				t.Errorf("%s, described %v: %+v, %v", object, described, logged, err)
			}
			found, searched, err := r.FindAll(t.Context(), all)
			if err != nil || !searched || len(found[all[0].CallID]) != 1 || len(found[all[1].CallID]) != 1 || len(found[all[2].CallID]) != 0 {
				t.Errorf("%s, described %v: %v, %v, %v", object, described, found, searched, err)
			}
			hide(object+".Description", object+"."+callKeyField, object+".CallObject")
			if _, err := r.Find(t.Context(), all[0]); classOf(err) != crm.ClassPermission {
				t.Errorf("%s, described %v, without any field: %v", object, described, err)
			}
		}
	}
}

// The search through the descriptions is bounded in time by the org's clock, however far off this computer's is, and also where that was put
// right after the call.
func TestADescriptionIsFoundByTheOrgsClock(t *testing.T) {
	for name, at := range map[string]struct{ call, search time.Duration }{
		"a year ahead": {365 * 24 * time.Hour, 365 * 24 * time.Hour}, "put right since": {365 * 24 * time.Hour, 0}, "a year behind": {-365 * 24 * time.Hour, -365 * 24 * time.Hour},
	} {
		c := &clock{}
		c.set(at.call)
		r := linkedRig(t, demoorg.Config{Rules: demoorg.Rules{HiddenFields: []string{"Task.CallObject"}}}, func(cfg *Config) { cfg.Now = c.now })
		a := r.newCall(t)
		a.Started, a.AnsweredAt, a.Ended = a.Started.Add(at.call), a.AnsweredAt.Add(at.call), a.Ended.Add(at.call)
		if _, err := r.Log(t.Context(), a, false); err != nil {
			t.Fatal(err)
		}
		c.set(at.search)
		if found, err := r.Find(t.Context(), a); err != nil || len(found) != 1 {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

// Descriptions that are too long to be read in one answer are read in parts for one call; for several calls at once the caller is told to ask for each.
func TestLongDescriptionsAreReadInParts(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rules: demoorg.Rules{HiddenFields: []string{"Task.CallObject"}}}, nil)
	a := r.newCall(t)
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("通", 32000) // three bytes each: a hundred are more than an answer may have
	for range 110 {
		r.makeRecord(t, crm.Task, map[string]any{"Subject": "Minutes", "Status": "Completed", "Description": long})
	}
	before := r.org.Count("GET", "/query")
	found, err := r.Find(t.Context(), a)
	if err != nil || len(found) != 1 {
		t.Errorf("%v, %v", found, err)
	}
	if n := r.org.Count("GET", "/query") - before; n != 5 { // 200, 100, and 50 three times
		t.Errorf("%d queries", n)
	}
	before = r.org.Count("GET", "/query")
	if _, searched, err := r.FindAll(t.Context(), []crm.Activity{a, r.newCall(t)}); searched || err != nil {
		t.Errorf("%v, %v", searched, err)
	}
	if err := r.org.Await(t.Context(), func() bool { return r.org.Count("GET", "/query") > before }); err != nil { // of a cut answer it counts late
		t.Fatal(err)
	}
	if n := r.org.Count("GET", "/query") - before; n != 1 {
		t.Errorf("%d queries for several calls", n)
	}
}

// An org that tells the rows of a check in several pages is asked for all of them, and one that does not say where the rest is has not said
// that a call is missing.
func TestACheckReadsEveryPage(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Rules: demoorg.Rules{HiddenFields: []string{"Task.CallObject"}}}, nil)
	a := r.newCall(t)
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	for range 250 {
		r.makeRecord(t, crm.Task, map[string]any{"Subject": "Minutes", "Status": "Completed"})
	}
	q := r.get("/query", url.Values{"q": {"SELECT Id FROM Task"}}, r.cfg.WriteTimeout)
	q.header = http.Header{"Sforce-Query-Options": {"batchSize=200"}}
	if rows, _, err := r.rows(t.Context(), q); err != nil || len(rows) < 251 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	for _, body := range []string{
		`{"totalSize":2,"done":false,"records":[]}`,
		`{"totalSize":2,"done":false,"records":[{"Id":"00T000000000001AAA"}]}`,
		`{"totalSize":2,"done":false,"nextRecordsUrl":"/services/data/v60.0/query/01g-1","records":[]}`,
	} {
		remove := r.org.Inject(demoorg.Fault{Kind: demoorg.Answer, Method: "GET", Path: "/query", Body: body, Status: 200, Times: demoorg.Always})
		if found, err := r.Find(t.Context(), a); classOf(err) != crm.ClassTransient {
			t.Errorf("%s: %v, %v", body, found, err)
		}
		remove()
	}
}
