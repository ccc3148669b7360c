package demoorg_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
	"linecard/test/wait"
)

// post sends a Task and does not require an answer.
func post(ctx context.Context, t *testing.T, c *client, callID string) (int, error) {
	t.Helper()
	b, err := json.Marshal(object{"Subject": "Call", "CallObject": callID})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, "POST", c.url+"/services/data/v60.0/sobjects/Task", strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

func TestLateCommit(t *testing.T) {
	for name, status := range map[string]int{"reset": 0, "gateway": 504, "silence": demoorg.Silence} {
		for _, kind := range []demoorg.FaultKind{demoorg.CommitsLate, demoorg.NeverCommits} {
			t.Run(name+" "+string(kind), func(t *testing.T) {
				org, c := start(t, demoorg.Config{})
				org.Inject(demoorg.Fault{Kind: kind, Method: "POST", Path: "/sobjects/Task", Status: status})
				ctx, cancel := context.WithCancel(t.Context())
				if status == demoorg.Silence { // the client gives up once the request has arrived
					go func() {
						if kind == demoorg.CommitsLate {
							_ = org.Await(ctx, func() bool { return org.PendingCommits() > 0 })
						}
						time.AfterFunc(20*time.Millisecond, cancel) // nothing tells that a request came of which nothing ever comes
					}()
				}
				got, err := post(ctx, t, c, "late-1")
				cancel()
				if status > 0 && got != status || status <= 0 && err == nil {
					t.Errorf("status %d, %v", got, err)
				}
				if n := len(org.TasksFor("late-1")); n != 0 {
					t.Fatalf("%d tasks before the commit", n)
				}
				want := 0
				if kind == demoorg.CommitsLate {
					want = 1
				}
				if n := org.Commit(); n != want || len(org.TasksFor("late-1")) != want || org.PendingCommits() != 0 {
					t.Errorf("%d committed, %d tasks", n, len(org.TasksFor("late-1")))
				}
			})
		}
	}
}

func TestCommitAfterTheDelay(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	org.Inject(demoorg.Fault{Kind: demoorg.CommitsLate, Method: "POST", Delay: 30 * time.Millisecond, Status: 502})
	if got, err := post(t.Context(), t, c, "late-2"); got != 502 || err != nil {
		t.Fatalf("%d, %v", got, err)
	}
	awaitTask(t, org, "late-2")
}

func TestAnswersLate(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	org.Inject(demoorg.Fault{Kind: demoorg.AnswersLate, Method: "POST", Delay: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := post(ctx, t, c, "late-3")
		done <- err
	}()
	awaitTask(t, org, "late-3")
	cancel()
	if err := wait.For(t, done); err == nil {
		t.Error("it was answered in time")
	}
}

func TestLateCommitFromAnotherProcess(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	control := httptest.NewServer(org.Control())
	t.Cleanup(control.Close)
	order := func(path, body string) string {
		t.Helper()
		res, err := http.Post(control.URL+"/__standin/"+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var got map[string]any
		if err := json.NewDecoder(res.Body).Decode(&got); err != nil || res.StatusCode != 200 {
			t.Fatalf("%s: %d, %v", path, res.StatusCode, err)
		}
		b, _ := json.Marshal(got)
		return string(b)
	}
	order("faults", `{"kind": "commits-late", "method": "POST", "path": "/sobjects/Task", "status": 504}`)
	if got, err := post(t.Context(), t, c, "late-4"); got != 504 || err != nil {
		t.Fatalf("%d, %v", got, err)
	}
	if got := order("commit", "{}"); got != `{"committed":1}` || len(org.TasksFor("late-4")) != 1 {
		t.Errorf("%s, %d tasks", got, len(org.TasksFor("late-4")))
	}
}

func TestTwoUsersOfOneOrg(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	c.create("Task", object{"Subject": "First", "CallObject": "one"})
	c.token = org.TokenOf(demoorg.OtherUser)
	c.create("Task", object{"Subject": "Second", "CallObject": "two"})
	one, two := org.TasksFor("one"), org.TasksFor("two")
	if len(one) != 1 || len(two) != 1 || one[0].CreatedByID == two[0].CreatedByID || two[0].OwnerID != two[0].CreatedByID {
		t.Errorf("%+v, %+v", one, two)
	}
}

func TestTwoOrgsInOneProcess(t *testing.T) {
	a, _ := start(t, demoorg.Config{})
	b, c := start(t, demoorg.Config{Instance: "eu"})
	if a.ID() == b.ID() {
		t.Fatalf("both are %s", a.ID())
	}
	seen := map[string]bool{}
	for _, p := range append(a.People(), b.People()...) {
		if seen[p.ID] {
			t.Errorf("%s is in both", p.ID)
		}
		seen[p.ID] = true
	}
	before := len(a.Tasks())
	c.create("Task", object{"Subject": "x"})
	if len(a.Tasks()) != before {
		t.Error("a task of one is in the other")
	}
}

// A call's Task is found by its id without reading all others.
func TestKeyIsFoundWithoutAScan(t *testing.T) {
	org, c := start(t, demoorg.Config{CallKey: demoorg.UniqueCallKey})
	id := c.create("Task", object{"Subject": "x", "CallObject": "the-call", demoorg.CallKeyField: "the-call"})
	c.create("Task", object{"Subject": "x", "CallObject": "another"})
	for _, where := range []string{"CallObject = 'THE-call'", "IsClosed = false AND CallObject = 'the-call'", demoorg.CallKeyField + " = 'the-call'"} {
		p := into[page](t, want(t, c.query("SELECT Id FROM Task WHERE "+where+" ORDER BY CreatedDate, Id"), 200))
		if len(p.Records) != 1 || p.Records[0]["Id"] != id {
			t.Errorf("%s: %v", where, p.Records)
		}
	}
	// A record is not found by its former value, but by the new one.
	want(t, c.rest("PATCH", "/sobjects/Task/"+id, object{"CallObject": "renamed"}), 204)
	for value, n := range map[string]int{"the-call": 0, "renamed": 1} {
		if p := into[page](t, c.query("SELECT Id FROM Task WHERE CallObject = '"+value+"'")); len(p.Records) != n {
			t.Errorf("%s: %d", value, len(p.Records))
		}
	}
	refused(t, c.rest("POST", "/sobjects/Task", object{"Subject": "y", demoorg.CallKeyField: "the-call"}), 400, "DUPLICATE_VALUE")
	want(t, c.rest("PATCH", "/sobjects/Task/"+demoorg.CallKeyField+"/the-call", object{"Subject": "z"}), 200)
	if n := len(org.TasksFor("the-call")); n != 1 {
		t.Errorf("%d tasks", n)
	}
}

// The admin deploys the field while the org runs.
func TestCallKeyFieldIsAddedAndRemoved(t *testing.T) {
	org, c := start(t, demoorg.Config{CallKey: demoorg.UniqueCallKey, Rules: demoorg.Rules{HiddenFields: []string{"Task." + demoorg.CallKeyField}}})
	const at = "/sobjects/Task/" + demoorg.CallKeyField + "/k"
	refused(t, c.rest("PATCH", at, object{"Subject": "x"}), 404, "NOT_FOUND")
	org.SetRules(func(r *demoorg.Rules) { r.HiddenFields = nil })
	want(t, c.rest("PATCH", at, object{"Subject": "x"}), 201)
}

// An upsert does not find a Task that was made while the field was not there: it has no value in it.
func TestUpsertDoesNotFindWhatIsOlderThanTheField(t *testing.T) {
	org, c := start(t, demoorg.Config{CallKey: demoorg.UniqueCallKey, Rules: demoorg.Rules{HiddenFields: []string{"Task." + demoorg.CallKeyField}}})
	want(t, c.rest("POST", "/sobjects/Task", object{"Subject": "x", "CallObject": "k"}), 201)
	org.SetRules(func(r *demoorg.Rules) { r.HiddenFields = nil })
	for _, status := range []int{201, 200} {
		want(t, c.rest("PATCH", "/sobjects/Task/"+demoorg.CallKeyField+"/k", object{"Subject": "y", "CallObject": "k"}), status)
	}
	if got := org.TasksFor("k"); len(got) != 2 || got[0].CallKey != "" || got[1].CallKey != "k" {
		t.Errorf("%+v", got)
	}
}

// awaitTask waits until the org has a Task of the call.
func awaitTask(t *testing.T, org *demoorg.Org, call string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := org.Await(ctx, func() bool { return len(org.TasksFor(call)) > 0 }); err != nil {
		t.Fatalf("%s was never committed: %v", call, err)
	}
}
