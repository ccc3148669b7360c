package salesforce

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// newCall makes a recent call by Dana Whitfield.
func (r *rig) newCall(t *testing.T) crm.Activity {
	t.Helper()
	p, ok := r.org.Caller("Dana Whitfield")
	if !ok {
		t.Fatal("no Dana Whitfield")
	}
	a := talked()
	a.CallID = uuid.NewString()
	a.Started = time.Now().Add(-time.Minute)
	a.AnsweredAt, a.Ended = a.Started.Add(5*time.Second), a.Started.Add(50*time.Second)
	a.Who = crm.Ref{Object: p.Object, ID: p.ID, Name: p.Name}
	return a
}

func TestClosedInAnyLanguage(t *testing.T) {
	for _, language := range []string{"en", "de", "es", "ja"} {
		r := linkedRig(t, demoorg.Config{Language: language}, nil)
		a := r.newCall(t)
		if _, err := r.Log(t.Context(), a, false); err != nil {
			t.Fatal(err)
		}
		if got := r.org.TasksFor(a.CallID); len(got) != 1 || !got[0].Closed {
			t.Errorf("%s: %+v", language, got)
		}
	}
}

// A call goes only to its own org and user; while they are not linked, it waits.
func TestCallOfAnotherOrgOrUserWaits(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	mine := r.newCall(t)
	mine.Org, mine.User = r.Status().OrgID, r.Status().UserID
	logged, err := r.Log(t.Context(), mine, false)
	if err != nil {
		t.Fatal(err)
	}
	if logged.Org != mine.Org || logged.User != mine.User {
		t.Errorf("the task is of %s, %s", logged.Org, logged.User)
	}
	other := map[string]func(*crm.Activity){
		"org":  func(a *crm.Activity) { a.Org = "00D000000000001AAA" },
		"user": func(a *crm.Activity) { a.User = "005000000000001AAA" },
	}
	for name, change := range other {
		t.Run(name, func(t *testing.T) {
			a := mine
			change(&a)
			before := r.Calls()
			for what, err := range map[string]error{
				"log":             second(r.Log(t.Context(), a, false)),
				"log with a look": second(r.Log(t.Context(), a, true)),
				"find":            second(r.Find(t.Context(), a)),
				"update":          r.Update(t.Context(), logged.Ref, a),
			} {
				if classOf(err) != crm.ClassNotLinked {
					t.Errorf("%s: %v", what, err)
				}
			}
			if n := r.Calls() - before; n != 0 {
				t.Errorf("%d requests for calls of another org or user", n)
			}
		})
	}
	elsewhere := logged.Ref
	elsewhere.Org = "00D000000000001AAA"
	if err := r.Delete(t.Context(), elsewhere); classOf(err) != crm.ClassNotLinked {
		t.Errorf("delete: %v", err)
	}
	if _, err := r.Details(t.Context(), crm.Ref{Object: crm.Contact, ID: mine.Who.ID, Org: elsewhere.Org}); classOf(err) != crm.ClassNotLinked {
		t.Errorf("details: %v", err)
	}
	if n := len(r.org.TasksFor(mine.CallID)); n != 1 {
		t.Errorf("%d Tasks", n)
	}
}

func second[T any](_ T, err error) error { return err }

// Every match and every Task says whose it is.
func TestResultsNameTheirOrg(t *testing.T) {
	r := linkedRig(t, demoorg.Config{PersonAccounts: true}, nil)
	org, user := r.Status().OrgID, r.Status().UserID
	for _, p := range r.org.People() {
		res, err := r.Lookup(t.Context(), crm.ParseNumber(p.Number, crm.NumberPlan{Region: "US"}))
		if err != nil || res.Org != org || res.User != user {
			t.Errorf("%s: answered by %s, %s: %v", p.Name, res.Org, res.User, err)
		}
		for _, m := range res.Matches {
			if m.Org != org || !m.Record.Account.IsZero() && m.Record.Account.Org != org {
				t.Errorf("%s is of %q, its account of %q", m.Name, m.Org, m.Record.Account.Org)
			}
		}
	}
	dana, _ := r.org.Caller("Dana Whitfield")
	d, err := r.Details(t.Context(), crm.Ref{Object: dana.Object, ID: dana.ID, Org: org})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]crm.Related{d.Opportunities, d.Cases, d.Activities} {
		for _, rel := range list {
			if rel.Org != org {
				t.Errorf("%s is of %q", rel.Name, rel.Org)
			}
		}
	}
	found, err := r.Search(t.Context(), dana.Name)
	if err != nil || len(found) == 0 || found[0].Org != org {
		t.Errorf("%+v, %v", found, err)
	}
}

// Without CallObject the call's id is in the description and is found there.
func TestOrgWithoutCallFields(t *testing.T) {
	hidden := []string{"Task.CallObject", "Task.CallType", "Task.CallDisposition", "Task.CallDurationInSeconds", "Task.TaskSubtype"}
	r := linkedRig(t, demoorg.Config{Rules: demoorg.Rules{HiddenFields: hidden}}, nil)
	a := r.newCall(t)
	a.Disposition = "Sale"
	r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Method: "POST", Path: "/sobjects/Task"})
	if _, err := r.Log(t.Context(), a, false); classOf(err) != crm.ClassAmbiguous {
		t.Fatalf("%v", err)
	}
	logged, err := r.Log(t.Context(), a, true)
	if err != nil || !logged.Existed {
		t.Fatalf("%+v, %v", logged, err)
	}
	var found []demoorg.Task
	for _, k := range r.org.Tasks() {
		if strings.Contains(k.Description, a.CallID) {
			found = append(found, k)
		}
	}
	if len(found) != 1 || found[0].ID != logged.ID {
		t.Fatalf("%d tasks, logged %s", len(found), logged.ID)
	}
	for _, line := range []string{"Direction: Inbound", "Duration: 45s", "Call Result: Sale"} {
		if !strings.Contains(found[0].Description, line) {
			t.Errorf("%q is not in %q", line, found[0].Description)
		}
	}
}

// An automation of the org gives the Task to the account's owner: it is still found as the Task of this call.
func TestTaskGivenToAnotherOwnerIsFound(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	a := r.newCall(t)
	r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Method: "POST", Path: "/sobjects/Task"})
	if _, err := r.Log(t.Context(), a, false); classOf(err) != crm.ClassAmbiguous {
		t.Fatalf("%v", err)
	}
	var users struct {
		Records []row `json:"records"`
	}
	others := url.Values{"q": {"SELECT Id FROM User WHERE IsActive = true AND Id != " + soqlString(r.Status().UserID)}}
	if _, err := r.do(t.Context(), r.get("/query", others, time.Minute), &users); err != nil || len(users.Records) == 0 {
		t.Fatalf("%d other users, %v", len(users.Records), err)
	}
	made := r.org.TasksFor(a.CallID)[0].ID
	give := call{method: "PATCH", path: "/sobjects/Task/" + made, timeout: time.Minute, body: map[string]string{"OwnerId": users.Records[0].text("Id")}}
	if _, err := r.do(t.Context(), give, nil); err != nil {
		t.Fatal(err)
	}
	logged, err := r.Log(t.Context(), a, true)
	if err != nil || !logged.Existed || logged.ID != made || len(r.org.TasksFor(a.CallID)) != 1 {
		t.Errorf("%+v, %d tasks, %v", logged, len(r.org.TasksFor(a.CallID)), err)
	}
}

// An admin hides a field after the org was described: the log notices it and succeeds.
func TestPermissionsChangeAfterDescribe(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.SetRules(func(rules *demoorg.Rules) {
		rules.HiddenFields = []string{"Task.CallDisposition"}
		rules.ReadOnlyFields = []string{"Task.CallType"}
	})
	a := r.newCall(t)
	a.Disposition = "Sale"
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	logged, err := r.Log(t.Context(), a, true)
	if err != nil || !logged.Existed {
		t.Fatalf("%+v, %v", logged, err)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.ReadOnlyFields = append(rules.ReadOnlyFields, "Task.Subject") })
	if err := r.Update(t.Context(), logged.Ref, a); err != nil {
		t.Errorf("update: %v", err)
	}
	got := r.org.TasksFor(a.CallID)
	if len(got) != 1 || got[0].CallType != "" || !strings.Contains(got[0].Description, "Call Result: Sale") {
		t.Errorf("%+v", got)
	}
}

// The lead of the card was converted before the call was written: the agent is told what to choose.
func TestConvertedLead(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	var leads struct {
		Records []row `json:"records"`
	}
	converted := url.Values{"q": {"SELECT Id FROM Lead WHERE IsConverted = true"}}
	if _, err := r.do(t.Context(), r.get("/query", converted, time.Minute), &leads); err != nil || len(leads.Records) == 0 {
		t.Fatalf("%d converted leads, %v", len(leads.Records), err)
	}
	a := r.newCall(t)
	a.Who = crm.Ref{Object: crm.Lead, ID: leads.Records[0].text("Id"), Name: "Luis Ferreira"}
	_, err := r.Log(t.Context(), a, false)
	wantError(t, err, crm.ClassGone, "salesforce.lead-converted")
}

func TestWhatTheOrgRefuses(t *testing.T) {
	tests := []struct {
		name  string
		rules demoorg.Rules
		class crm.Class
		says  string
	}{
		{"a required field", demoorg.Rules{RequiredFields: []string{"Task.ReminderDateTime"}}, crm.ClassRejected, `"salesforce.field-required-named","values":{"fields":["ReminderDateTime"]}`},
		{"a validation rule", demoorg.Rules{Validations: []demoorg.Validation{{Object: "Task", Field: "Description", Forbidden: "pump", Message: "No pumps, please"}}}, crm.ClassRejected, `"salesforce.validation-rule","values":{"message":"No pumps, please"}`},
		{"no right to create tasks", demoorg.Rules{NoCreate: []string{"Task"}}, crm.ClassBlocked, "salesforce.no-tasks"},
		{"tasks hidden", demoorg.Rules{HiddenObjects: []string{"Task"}}, crm.ClassBlocked, "salesforce.no-tasks"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{Rules: tt.rules}, nil)
			_, err := r.Log(t.Context(), r.newCall(t), false)
			wantError(t, err, tt.class, tt.says)
		})
	}
}

func TestUsageIsRead(t *testing.T) {
	r := linkedRig(t, demoorg.Config{DailyLimit: 1000}, nil)
	before := r.Status()
	if before.APILimit != 1000 || before.APIUsed == 0 {
		t.Fatalf("%+v", before)
	}
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Fatal(err)
	}
	if used, _ := r.org.Usage(); r.Status().APIUsed != used {
		t.Errorf("%d used, the org says %d", r.Status().APIUsed, used)
	}
	r.org.UseUp(1000)
	_, err := r.Lookup(t.Context(), r.number(t, "Priya Raman"))
	wantError(t, err, crm.ClassQuota, "salesforce.quota-used-up")
}

func TestDetailsOfEachObject(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	for _, object := range []string{crm.Contact, crm.Lead, crm.Account} {
		activities := 0
		for _, p := range r.org.People() {
			if p.Object != object {
				continue
			}
			d, err := r.Details(t.Context(), crm.Ref{Object: p.Object, ID: p.ID})
			if err != nil {
				t.Fatalf("%s: %v", p.Name, err)
			}
			activities += len(d.Activities)
			if object == crm.Lead && len(d.Opportunities)+len(d.Cases) != 0 {
				t.Errorf("%s is a lead with %+v", p.Name, d)
			}
			for _, k := range d.Activities {
				if k.Name == "" || k.URL == "" || k.When.IsZero() {
					t.Errorf("%+v", k)
				}
			}
		}
		if activities == 0 {
			t.Errorf("no %s has an activity", object)
		}
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenObjects = []string{"Opportunity", "Case"} })
	p, _ := r.org.Caller("Dana Whitfield")
	r.dropPanels(crm.Activity{Who: crm.Ref{ID: p.ID}})
	if d, err := r.Details(t.Context(), crm.Ref{Object: p.Object, ID: p.ID}); err != nil || len(d.Opportunities) != 0 || len(d.Activities) == 0 {
		t.Errorf("%+v, %v", d, err)
	}
	_, err := r.Details(t.Context(), crm.Ref{Object: crm.Contact, ID: "' OR Id != '"})
	wantError(t, err, crm.ClassRejected, "salesforce.record-unknown")
}

// Amounts are often hidden from people who answer the phone; the deals are not.
func TestDetailsWithoutHiddenFields(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	p, _ := r.org.Caller("Dana Whitfield")
	ref := crm.Ref{Object: p.Object, ID: p.ID}
	want, err := r.Details(t.Context(), ref)
	if err != nil || len(want.Opportunities) == 0 || len(want.Activities) == 0 {
		t.Fatalf("%+v, %v", want, err)
	}
	r.org.SetRules(func(rules *demoorg.Rules) {
		rules.HiddenFields = []string{"Opportunity.Amount", "Opportunity.StageName", "Task.CallDisposition", "Case.CaseNumber"}
	})
	for _, requests := range []int{3, 1} { // once two hidden fields are learned, one request is enough
		before := r.org.Count("", "/composite")
		r.dropPanels(crm.Activity{Who: ref})
		got, err := r.Details(t.Context(), ref)
		if err != nil || len(got.Opportunities) != len(want.Opportunities) || len(got.Activities) != len(want.Activities) || len(got.Cases) != len(want.Cases) {
			t.Fatalf("%+v, %v", got, err)
		}
		if n := r.org.Count("", "/composite") - before; n != requests {
			t.Errorf("%d requests, want %d", n, requests)
		}
		if d := got.Opportunities[0].Detail; d != "" {
			t.Errorf("detail %q of hidden fields", d)
		}
	}
}

// What stands beside a record is asked for once in five minutes, and again after a call was logged at it.
func TestDetailsAreAskedOnce(t *testing.T) {
	c := &clock{}
	r := linkedRig(t, demoorg.Config{}, func(cfg *Config) { cfg.Now = c.now })
	ref := r.person(t, crm.Contact, 0)
	asks := func(want int) {
		t.Helper()
		before := r.org.Count("", "/composite")
		if _, err := r.Details(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		if n := r.org.Count("", "/composite") - before; n != want {
			t.Errorf("%d requests, want %d", n, want)
		}
	}
	asks(1)
	asks(0)
	c.set(6 * time.Minute)
	asks(1)
	a := r.newCall(t)
	a.Who = ref
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	asks(1)
	asks(0)
}

func TestFormatAmount(t *testing.T) {
	for amount, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 48000.4: "48,000", 1234567: "1,234,567", -1500: "-1,500"} {
		if got := formatAmount(amount); got != want {
			t.Errorf("%v is %q", amount, got)
		}
	}
}
