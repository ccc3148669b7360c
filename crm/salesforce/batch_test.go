package salesforce

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

func (r *rig) calls(t *testing.T, n int) []crm.Activity {
	t.Helper()
	all := make([]crm.Activity, n)
	for i := range all {
		all[i] = r.newCall(t)
	}
	return all
}

// Two hundred calls take one write and a few searches, whatever fields the org has for their ids: those of the fields are bounded by the
// length of a query, and one more reads the descriptions.
func TestBacklogInOneRequest(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.SharedCallKey, demoorg.UniqueCallKey} {
		t.Run(string(key), func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{CallKey: key}, nil)
			all := r.calls(t, MaxBatch)
			before := r.Calls()
			written, err := r.LogAll(t.Context(), all)
			if err != nil || len(written) != len(all) {
				t.Fatal(len(written), err)
			}
			if n := r.Calls() - before; n != 1 {
				t.Errorf("%d requests", n)
			}
			found, searched, err := r.FindAll(t.Context(), all)
			if err != nil || !searched {
				t.Fatal(searched, err)
			}
			if n := r.Calls() - before; n > 6 {
				t.Errorf("%d requests with the searches", n)
			}
			for i, a := range all {
				tasks := r.org.TasksFor(a.CallID)
				if w := written[i]; w.Err != nil || w.Existed || len(tasks) != 1 || tasks[0].ID != w.ID || !tasks[0].Closed || w.URL == "" || w.User == "" {
					t.Fatalf("%d: %+v, %+v", i, w, tasks)
				}
				if f := found[a.CallID]; len(f) != 1 || f[0].ID != written[i].ID {
					t.Fatalf("%d: found %+v", i, f)
				}
			}
			if key != demoorg.UniqueCallKey {
				return
			}
			again, err := r.LogAll(t.Context(), all[:2]) // some fields are taken at creation only: by itself it is written again
			if err != nil || classOf(again[0].Err) != crm.ClassTransient || classOf(again[1].Err) != crm.ClassTransient {
				t.Errorf("%+v, %v", again, err)
			}
			if logged, err := r.Log(t.Context(), all[0], false); err != nil || !logged.Existed || logged.ID != written[0].ID {
				t.Errorf("%+v, %v", logged, err)
			}
		})
	}
}

// One record that is refused does not affect the others, and each has its own reason.
func TestBatchPartlyRefused(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey} {
		r := linkedRig(t, demoorg.Config{CallKey: key, Rules: demoorg.Rules{
			Validations: []demoorg.Validation{{Object: "Task", Field: "Description", Forbidden: "pump", Message: "No <b>pumps</b>"}},
		}}, nil)
		all := r.calls(t, 5)
		for i := range all {
			all[i].Notes = "fine"
		}
		all[1].Notes = "a pump"
		all[2].Who.ID = "no id"
		check(t, r.org.Delete(r.person(t, crm.Contact, 3).ID))
		all[3].Who = r.person(t, crm.Contact, 3)
		written, err := r.LogAll(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, written[1].Err, crm.ClassRejected, "No pumps")
		wantError(t, written[2].Err, crm.ClassRejected, "salesforce.record-strange")
		wantError(t, written[3].Err, crm.ClassGone, "salesforce.record-gone")
		for i, a := range all {
			want := map[bool]int{true: 1}[i == 0 || i == 4]
			if n := len(r.org.TasksFor(a.CallID)); n != want || (written[i].Err == nil) != (want == 1) {
				t.Errorf("%d: %d tasks, %v", i, n, written[i].Err)
			}
		}
	}
}

// An answer to a batch that is lost, or that something else gives, leaves each of its calls in doubt.
func TestBatchWithoutAnAnswer(t *testing.T) {
	for _, f := range []demoorg.Fault{
		{Kind: demoorg.ResetAfterCommit},
		{Kind: demoorg.Torn},
		{Kind: demoorg.CutShort},
		{Kind: demoorg.Answer, Body: "<html>hotel</html>"},
		{Kind: demoorg.Answer, Body: "[]"},
		{Kind: demoorg.Answer, Body: "null"},
		{Kind: demoorg.Answer, Body: `[{"id":"00Tdm0000000001AAA","success":true}]`},
		{Kind: demoorg.Answer, Status: http.StatusBadGateway},
	} {
		t.Run(fmt.Sprint(f.Kind, f.Status, f.Body), func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			f.Path = "/composite/sobjects"
			r.org.Inject(f)
			all := r.calls(t, 3)
			_, err := r.LogAll(t.Context(), all)
			if classOf(err) != crm.ClassAmbiguous {
				t.Errorf("%q %v", classOf(err), err)
			}
			found, _, err := r.FindAll(t.Context(), all)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range all {
				if got, want := len(found[a.CallID]), len(r.org.TasksFor(a.CallID)); got != want {
					t.Errorf("found %d of %d", got, want)
				}
			}
		})
	}
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.Answer, Path: "/composite/sobjects", Body: `[{"success":true,"id":null},{"success":false,"errors":[]}]`})
	written, err := r.LogAll(t.Context(), r.calls(t, 2))
	if err != nil || classOf(written[0].Err) != crm.ClassAmbiguous || classOf(written[1].Err) != crm.ClassAmbiguous {
		t.Errorf("%+v, %v", written, err)
	}
}

// A value or a field that the org has stopped to take while calls waited is told of each record: all of them are sent once more
// without it, in one request, whatever field the org has for their ids.
func TestABatchWhoseRecordsAreRefusedForAField(t *testing.T) {
	for name, change := range map[string]func(r *rig){
		"another status": func(r *rig) { r.org.SetTaskStatuses(demoorg.TaskStatusesOf("de")...) },
		"read-only": func(r *rig) {
			r.org.SetRules(func(rules *demoorg.Rules) { rules.ReadOnlyFields = []string{"Task.CallDisposition"} })
		},
		"two, one after the other": func(r *rig) {
			r.org.SetTaskStatuses(demoorg.TaskStatusesOf("de")...)
			r.org.SetRules(func(rules *demoorg.Rules) { rules.ReadOnlyFields = []string{"Task.CallDisposition"} })
		},
	} {
		for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey} {
			t.Run(name+" "+string(key), func(t *testing.T) {
				r := linkedRig(t, demoorg.Config{CallKey: key}, nil)
				all := r.calls(t, MaxBatch)
				for i := range all {
					all[i].Disposition = "Callback"
				}
				if _, err := r.Log(t.Context(), r.newCall(t), false); err != nil { // it is described
					t.Fatal(err)
				}
				change(r)
				before := r.Calls()
				written, err := r.LogAll(t.Context(), all)
				if err != nil {
					t.Fatal(err)
				}
				for i, a := range all {
					if tasks := r.org.TasksFor(a.CallID); written[i].Err != nil || len(tasks) != 1 || !tasks[0].Closed {
						t.Fatalf("%d: %+v, %+v", i, written[i], tasks)
					}
				}
				if n := r.Calls() - before; n > 12 {
					t.Errorf("%d requests", n)
				}
			})
		}
	}
}

// Records that are refused again for the same are repeated by themselves, none is told to be refused.
func TestABatchWhoseRecordsAreRefusedAgain(t *testing.T) {
	for _, refusal := range []string{
		`{"statusCode":"INVALID_FIELD_FOR_INSERT_UPDATE","message":"Unable to create/update fields: Subject","fields":["Subject"]}`,
		`{"statusCode":"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST","message":"Call Type: bad value for restricted picklist field: Inbound","fields":["CallType"]}`,
		`{"statusCode":"INVALID_TYPE","message":"sObject type 'Task' is not supported","fields":[]}`,
	} {
		r := linkedRig(t, demoorg.Config{}, nil)
		one := `{"success":false,"errors":[` + refusal + `]}`
		r.org.Inject(demoorg.Fault{Kind: demoorg.Answer, Path: "/composite/sobjects", Times: demoorg.Always, Body: "[" + one + "," + one + "," + one + "]"})
		written, err := r.LogAll(t.Context(), r.calls(t, 3))
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range written {
			if classOf(w.Err) != crm.ClassTransient {
				t.Errorf("%d: %+v", i, w.Err)
			}
		}
	}
}

// The repeat of a part of a batch may fail as well: what was written stays written, and what was not may exist by now.
func TestTheRepeatOfABatchIsLost(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{
		Kind: demoorg.Answer, Path: "/composite/sobjects",
		Body: `[{"id":"00Tdm0000000001AAA","success":true,"errors":[]},{"success":false,"errors":[{"statusCode":"INVALID_FIELD_FOR_INSERT_UPDATE","message":"no","fields":["CallType"]}]}]`,
	})
	r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Path: "/composite/sobjects"})
	written, err := r.LogAll(t.Context(), r.calls(t, 2))
	if err != nil || written[0].Err != nil || written[0].ID == "" || classOf(written[1].Err) != crm.ClassAmbiguous {
		t.Errorf("%+v, %v", written, err)
	}
}

// What the org refuses altogether in a batch is the state of the link.
func TestBatchMeetsTheMoodsOfTheOrg(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.holds.patience = time.Hour
	r.org.SetRules(func(rules *demoorg.Rules) { rules.StorageFull = true })
	all := r.calls(t, 3)
	written, err := r.LogAll(t.Context(), all)
	if err != nil || classOf(written[0].Err) != crm.ClassBlocked || !r.Status().Trouble.Is("salesforce.storage-full") {
		t.Errorf("%+v, %v, %s", written, err, r.Status().Trouble)
	}
	_, err = r.LogAll(t.Context(), all)
	wantError(t, err, crm.ClassBlocked, "salesforce.storage-full")
}

// A batch that the org refuses because of a field is sent again without that, in one request; nothing of it is asked for one by one.
func TestABatchIsRefusedForAField(t *testing.T) {
	for name, refused := range map[string]demoorg.Fault{
		"hidden":    {Code: "INVALID_FIELD", Message: "No such column 'CallDisposition' on sobject of type Task"},
		"read-only": {Code: "INVALID_FIELD_FOR_INSERT_UPDATE", Message: "Unable to create/update fields: CallDisposition.", Fields: []string{"CallDisposition"}},
	} {
		r := linkedRig(t, demoorg.Config{}, nil)
		refused.Kind, refused.Path, refused.Status = demoorg.Refusal, "/composite/sobjects", http.StatusBadRequest
		r.org.Inject(refused)
		all := r.calls(t, 3)
		for i := range all {
			all[i].Disposition = "Callback"
		}
		before := r.org.Count("POST", "/composite/sobjects")
		written, err := r.LogAll(t.Context(), all)
		if err != nil {
			t.Fatal(name, err)
		}
		for i, a := range all {
			if tasks := r.org.TasksFor(a.CallID); written[i].Err != nil || len(tasks) != 1 || tasks[0].Disposition != "" {
				t.Errorf("%s: %+v, %+v", name, written[i], tasks)
			}
		}
		if n := r.org.Count("POST", "/composite/sobjects") - before; n != 2 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

// What refuses a batch as a whole says that it refused them together, so that each is tried by itself.
func TestWhatRefusesABatchAsAWhole(t *testing.T) {
	for name, tt := range map[string]struct {
		fault    demoorg.Fault
		together bool
	}{
		"no such address":     {demoorg.Fault{Kind: demoorg.Refusal, Status: 404, Code: "NOT_FOUND", Message: "The requested resource does not exist"}, true},
		"denied":              {demoorg.Fault{Kind: demoorg.Refusal, Status: 403, Code: "FUNCTIONALITY_NOT_ENABLED", Message: "no"}, true},
		"too large":           {demoorg.Fault{Kind: demoorg.Answer, Status: 413, Body: "<html>Request Entity Too Large</html>"}, true},
		"address too long":    {demoorg.Fault{Kind: demoorg.Answer, Status: 414, Body: "<html>URI Too Long</html>"}, true},
		"too large, says org": {demoorg.Fault{Kind: demoorg.Refusal, Status: 413, Code: "REQUEST_TOO_LARGE", Message: "too large"}, true},
		"one too many":        {demoorg.Fault{Kind: demoorg.Answer, Status: 429}, false},
		"a gateway":           {demoorg.Fault{Kind: demoorg.Answer, Status: 502}, false},
		"the answer is lost":  {demoorg.Fault{Kind: demoorg.ResetAfterCommit}, false},
	} {
		r := linkedRig(t, demoorg.Config{}, nil)
		tt.fault.Path, tt.fault.Times = "/composite/sobjects", demoorg.Always
		r.org.Inject(tt.fault)
		_, err := r.LogAll(t.Context(), r.calls(t, 2))
		if err == nil || crm.RefusedTogether(err) != tt.together {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The org fails at one record of a batch: that one is tried again, and is not set aside.
func TestTheOrgFailsAtOneRecord(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{
		Kind: demoorg.Answer, Path: "/composite/sobjects",
		Body: `[{"id":"00Tdm0000000001AAA","success":true,"errors":[]},{"success":false,"errors":[{"statusCode":"UNKNOWN_EXCEPTION","message":"An unexpected error occurred","fields":[]}]}]`,
	})
	written, err := r.LogAll(t.Context(), r.calls(t, 2))
	if err != nil || written[0].Err != nil || classOf(written[1].Err) != crm.ClassTransient {
		t.Errorf("%+v, %v", written, err)
	}
}

// A refusal of every write in a batch is one refusal, however many records were told: the next try is not put off by their number.
func TestABatchOfBlockedRecordsIsOneRefusal(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.SetRules(func(rules *demoorg.Rules) { rules.StorageFull = true })
	written, err := r.LogAll(t.Context(), r.calls(t, 20))
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	tries := r.holds.tries
	r.mu.Unlock()
	if tries != 1 {
		t.Errorf("counted as %d refusals", tries)
	}
	for _, w := range written {
		if e, _ := asError(w.Err); e == nil || e.Retry == 0 {
			t.Errorf("%+v says no time", w.Err)
		}
	}
}
