package salesforce

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

// logged logs a call and returns its Task; it must be the only one.
func (r *rig) logged(t *testing.T, c *Client) demoorg.Task {
	t.Helper()
	a := r.newCall(t)
	if _, err := c.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	tasks := r.org.TasksFor(a.CallID)
	if len(tasks) != 1 {
		t.Fatalf("%d tasks", len(tasks))
	}
	return tasks[0]
}

// The Task gets a closed status of the org as it is now, whatever was known of it.
func TestStatusOfTheOrgAsItIsNow(t *testing.T) {
	renamed := []demoorg.TaskStatus{{Name: "Offen", Default: true}, {Name: "Erledigt", Closed: true}}
	for name, statuses := range map[string][]demoorg.TaskStatus{
		"another language":    demoorg.TaskStatusesOf("de"),
		"Japanese":            demoorg.TaskStatusesOf("ja"),
		"renamed":             renamed,
		"Completed is open":   {{Name: "Completed", Default: true}, {Name: "Archived", Closed: true}},
		"the default closes":  {{Name: "Fertig", Closed: true, Default: true}},
		"an apostrophe in it": {{Name: "Open", Default: true}, {Name: `Don't "call" again`, Closed: true}},
	} {
		for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey} {
			t.Run(fmt.Sprintf("%s %s", name, key), func(t *testing.T) {
				dir := t.TempDir()
				c := &clock{}
				r := linkedRig(t, demoorg.Config{CallKey: key}, func(cfg *Config) { cfg.Dir, cfg.Now = dir, c.now })
				if task := r.logged(t, r.Client); !task.Closed {
					t.Fatalf("%+v", task)
				}
				r.org.SetTaskStatuses(statuses...)
				if name == "Completed is open" { // the org takes it, so nothing tells but its age
					c.set(closedLife + time.Second)
				}
				if task := r.logged(t, r.Client); !task.Closed {
					t.Errorf("while the app runs: %q is open", task.Status)
				}
				r.org.SetTaskStatuses(demoorg.TaskStatusesOf("es")...)
				again := r.restart(t)
				if err := again.Restore(t.Context()); err != nil {
					t.Fatal(err)
				}
				if task := r.logged(t, again); task.Status != "Completada" {
					t.Errorf("after a restart: %q", task.Status)
				}
				r.org.SetTaskStatuses(statuses...)
				if _, err := r.link(t.Context()); err != nil {
					t.Fatal(err)
				}
				if task := r.logged(t, r.Client); !task.Closed {
					t.Errorf("after linking again: %q is open", task.Status)
				}
			})
		}
	}
}

// What an admin has changed while the last answer was still used leaves no Task open: it is closed once the org has been asked again,
// which is the next call's doing, or that of the time that the answer is used. What somebody has opened again stays open.
func TestATaskThatWasLeftOpenIsClosed(t *testing.T) {
	for _, again := range []string{"at the next call", "without one"} {
		t.Run(again, func(t *testing.T) {
			c := &clock{}
			r := linkedRig(t, demoorg.Config{}, func(cfg *Config) { cfg.Now = c.now })
			c.set(time.Minute)
			r.org.SetTaskStatuses(demoorg.TaskStatus{Name: "Completed", Default: true}, demoorg.TaskStatus{Name: "Archived", Closed: true}, demoorg.TaskStatus{Name: "Again"})
			first, other := r.logged(t, r.Client), r.logged(t, r.Client)
			batch := r.calls(t, 2)
			if _, err := r.LogAll(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
			if first.Closed {
				t.Fatal("the org takes it for closed")
			}
			r.changeRecord(t, crm.Task, other.ID, map[string]any{"Status": "Again"})
			c.set(time.Minute + closedLife)
			before := r.org.Count("", "")
			want := 4 // the statuses, the description that has the new one, the Tasks, their change
			if again == "at the next call" {
				r.logged(t, r.Client)
				want++
			} else {
				r.askWhetherClosed(t.Context())
			}
			r.settle()
			if n := r.org.Count("", "") - before; n != want {
				t.Errorf("%d requests, want %d", n, want)
			}
			for _, task := range r.org.Tasks() {
				if task.Closed == (task.ID == other.ID) {
					t.Errorf("%+v", task)
				}
			}
			before = r.org.Count("", "")
			r.askWhetherClosed(t.Context())
			if n := r.org.Count("", "") - before; n != 0 {
				t.Errorf("%d more requests", n)
			}
		})
	}
}

// Without a usable closed status no Task is left open: the link says why, and goes on when there is one.
func TestNoUsableClosedStatus(t *testing.T) {
	open := []demoorg.TaskStatus{{Name: "Open", Default: true}, {Name: "Completed"}}
	for name, tt := range map[string]struct {
		begin  func(*demoorg.Org)
		reason string
	}{
		"none closes": {func(o *demoorg.Org) { o.SetTaskStatuses(open...) }, "salesforce.no-closed-status"},
		"Status is read-only": {func(o *demoorg.Org) {
			o.SetRules(func(r *demoorg.Rules) { r.ReadOnlyFields = []string{"Task.Status"} })
		}, "salesforce.status-read-only"},
		"the closed one is refused": {func(o *demoorg.Org) {
			o.Inject(demoorg.Fault{Kind: demoorg.Refusal, Method: "POST", Path: "/sobjects/Task", Status: 400, Code: "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Message: "Status: bad value for restricted picklist field: Completed", Fields: []string{"Status"}})
		}, "salesforce.no-closed-status"},
	} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			r.holds.patience = time.Hour
			tt.begin(r.org)
			c := r.restart(t)
			c.holds.patience = time.Hour
			if err := c.Restore(t.Context()); err != nil {
				t.Fatal(err)
			}
			a := r.newCall(t)
			_, err := c.Log(t.Context(), a, false)
			wantError(t, err, crm.ClassBlocked, tt.reason)
			if s := c.Status(); s.State != crm.Linked || !s.Trouble.Is(fault.Code(tt.reason)) || len(r.org.TasksFor(a.CallID)) != 0 {
				t.Errorf("%s %s, %d tasks", s.State, s.Trouble, len(r.org.TasksFor(a.CallID)))
			}
			r.org.SetTaskStatuses(demoorg.TaskStatusesOf("de")...)
			r.org.SetRules(func(r *demoorg.Rules) { r.ReadOnlyFields = nil })
			if err := c.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Log(t.Context(), a, false); err != nil || !r.org.TasksFor(a.CallID)[0].Closed || !c.Status().Trouble.IsZero() {
				t.Errorf("%v, %s", err, c.Status().Trouble)
			}
		})
	}
}

// The doctor asks TaskStatus, and says where an admin closes a status.
func TestDoctorAsksForAClosedStatus(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.SetTaskStatuses(demoorg.TaskStatus{Name: "Open", Default: true}, demoorg.TaskStatus{Name: "Completed"})
	for _, f := range r.Doctor(t.Context()) {
		if f.Check == "salesforce.check-status" && (f.OK || !f.Remedy.Is("salesforce.close-a-status")) {
			t.Errorf("%+v", f)
		}
	}
	r.org.SetTaskStatuses(demoorg.TaskStatusesOf("es")...)
	for _, f := range r.Doctor(t.Context()) {
		if f.Check == "salesforce.check-status" && (!f.OK || f.Detail.Values["text"] != "Completada") {
			t.Errorf("%+v", f)
		}
	}
}

// What the org refuses of a Task is left out for all calls at once: the first call costs one more write, the next none.
func TestRefusedFieldIsDropped(t *testing.T) {
	refusal := func(code, message string, fields ...string) demoorg.Fault {
		return demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusBadRequest, Path: "/sobjects/Task", Code: code, Message: message, Fields: fields}
	}
	for name, refused := range map[string]demoorg.Fault{
		"hidden field":             refusal("INVALID_FIELD", "No such column 'CallDisposition' on sobject of type Task"),
		"read-only field":          refusal("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: CallDisposition. Please check the security settings of this field", "CallDisposition"),
		"read-only, not listed":    refusal("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: CallDisposition, CallObject. Please check the security settings of this field"),
		"value of a picklist":      refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Call Result: bad value for restricted picklist field: Callback", "CallDisposition"),
		"value, field not listed":  refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Call Result: bad value for restricted picklist field: Callback"),
		"object hidden for a time": refusal("INVALID_TYPE", "sObject type 'Task' is not supported."),
	} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			refused.Method = http.MethodPost
			r.org.Inject(refused)
			a := r.newCall(t)
			a.Disposition = "Callback"
			before := r.org.Count("GET", "/sobjects/Task/describe")
			if _, err := r.Log(t.Context(), a, false); err != nil || len(r.org.TasksFor(a.CallID)) > 1 {
				t.Fatal(err)
			}
			described := r.org.Count("GET", "/sobjects/Task/describe") - before
			b := r.newCall(t)
			b.Disposition = "Callback"
			posts := r.org.Count("POST", "/sobjects/Task")
			if _, err := r.Log(t.Context(), b, false); err != nil {
				t.Fatal(err)
			}
			if n := r.org.Count("POST", "/sobjects/Task") - posts; n != 1 {
				t.Errorf("%d writes of the next call", n)
			}
			if described != 1 {
				t.Errorf("described %d times", described)
			}
			sent := slices.ContainsFunc(r.org.Tasks(), func(t demoorg.Task) bool { return t.Disposition == "Callback" })
			if sent != (refused.Code == "INVALID_TYPE") {
				t.Errorf("CallDisposition was sent: %v", sent)
			}
		})
	}
}

// After every link the objects are described again, without a body where nothing has changed.
func TestDescribedAgainAfterEveryLink(t *testing.T) {
	dir := t.TempDir()
	r := linkedRig(t, demoorg.Config{}, func(cfg *Config) { cfg.Dir = dir })
	before := len(r.org.Requests())
	if _, err := r.link(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.settle()
	unchanged := 0
	for _, q := range r.org.Requests()[before:] {
		if q.Status == http.StatusNotModified {
			unchanged++
		}
	}
	if unchanged != len(r.describedObjects()) {
		t.Errorf("%d descriptions confirmed, want %d", unchanged, len(r.describedObjects()))
	}
}
