package demoorg_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

type compositeAnswer struct {
	CompositeResponse []struct {
		Body           any
		HTTPStatusCode int
		HTTPHeaders    map[string]string
		ReferenceID    string
	}
}

func (c *client) composite(allOrNone bool, parts ...object) compositeAnswer {
	c.t.Helper()
	return into[compositeAnswer](c.t, want(c.t, c.rest("POST", "/composite", object{"allOrNone": allOrNone, "compositeRequest": parts}), 200))
}

func (a compositeAnswer) statuses() []int {
	var ss []int
	for _, r := range a.CompositeResponse {
		ss = append(ss, r.HTTPStatusCode)
	}
	return ss
}

const v60 = "/services/data/v60.0"

func TestCompositeUsesEarlierAnswers(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	dana := person(t, org, "Dana Whitfield")
	a := c.composite(false,
		object{"method": "GET", "url": v60 + "/query?q=SELECT+Id,AccountId+FROM+Contact+WHERE+Id='" + dana.ID + "'", "referenceId": "q"},
		object{"method": "GET", "url": v60 + "/sobjects/Account/@{q.records[0].AccountId}?fields=Name", "referenceId": "a"},
		object{
			"method": "POST", "url": v60 + "/sobjects/Task", "referenceId": "t",
			"body": object{"Subject": "About @{a.Name}", "WhoId": "@{q.records[0].Id}"},
		},
		object{"method": "GET", "url": v60 + "/query?q=SELECT+Subject,Account.Name+FROM+Task+WHERE+Id='@{t.id}'", "referenceId": "r"},
		object{"method": "GET", "url": v60 + "/sobjects/Contact/describe", "referenceId": "d"},
	)
	if got := a.statuses(); !slices.Equal(got, []int{200, 200, 201, 200, 200}) {
		t.Fatalf("statuses %v: %+v", got, a)
	}
	if at := a.CompositeResponse[2].HTTPHeaders["Location"]; !strings.HasPrefix(at, v60+"/sobjects/Task/00T") {
		t.Errorf("Location %q", at)
	}
	task := a.CompositeResponse[3].Body.(object)["records"].([]any)[0].(object)
	if task["Subject"] != "About Acme Corp" || task["Account"].(object)["Name"] != "Acme Corp" {
		t.Errorf("task %v", task)
	}
}

func TestCompositeAllOrNone(t *testing.T) {
	org, c := start(t, demoorg.Config{IndexLag: 1})
	before := len(org.Tasks())
	parts := []object{
		{"method": "POST", "url": v60 + "/sobjects/Task", "referenceId": "a", "body": object{"Subject": "A"}},
		{"method": "POST", "url": v60 + "/sobjects/Task", "referenceId": "b", "body": object{"Nope": 1}},
		{"method": "POST", "url": v60 + "/sobjects/Task", "referenceId": "c", "body": object{"Subject": "C"}},
	}
	a := c.composite(true, parts...)
	if got := a.statuses(); !slices.Equal(got, []int{400, 400, 400}) || len(org.Tasks()) != before {
		t.Fatalf("statuses %v, %d tasks more", got, len(org.Tasks())-before)
	}
	code := func(i int) any { return a.CompositeResponse[i].Body.([]any)[0].(object)["errorCode"] }
	if code(0) != "PROCESSING_HALTED" || code(1) != "INVALID_FIELD" || code(2) != "PROCESSING_HALTED" {
		t.Errorf("codes %v %v %v", code(0), code(1), code(2))
	}
	if got := c.composite(false, parts...).statuses(); !slices.Equal(got, []int{201, 400, 201}) || len(org.Tasks()) != before+2 {
		t.Errorf("statuses %v, %d tasks more", got, len(org.Tasks())-before)
	}
	// A collection that was undone, within a composite that is undone: nothing is undone twice.
	task := object{"attributes": object{"type": "Task"}, "Subject": "D"}
	c.composite(true,
		object{
			"method": "POST", "url": v60 + "/composite/sobjects", "referenceId": "d",
			"body": object{"allOrNone": true, "records": []object{task, {"attributes": object{"type": "Task"}, "Nope": 1}}},
		},
		parts[1])
	if n := len(org.Tasks()); n != before+2 {
		t.Errorf("%d tasks more, want 2", n-before)
	}
	a = c.composite(false, object{"method": "GET", "url": v60 + "/sobjects/Task/@{nope.id}", "referenceId": "x"})
	if a.CompositeResponse[0].HTTPStatusCode != 400 {
		t.Errorf("an unknown reference gives %+v", a)
	}
}

func TestUndoneRecordsAreNotFound(t *testing.T) {
	for _, lag := range []time.Duration{0, time.Minute} {
		org, c := start(t, demoorg.Config{IndexLag: lag})
		dana := person(t, org, "Dana Whitfield")
		a := c.composite(true,
			object{"method": "PATCH", "url": v60 + "/sobjects/Contact/" + dana.ID, "referenceId": "a", "body": object{"Phone": "4155550111"}},
			object{"method": "GET", "url": v60 + "/nope", "referenceId": "b"})
		if a.CompositeResponse[0].HTTPStatusCode != 400 {
			t.Fatalf("not undone: %+v", a)
		}
		org.Advance(2 * lag)
		for number, want := range map[string]string{"4155550111": "", "4155550132": "Dana Whitfield"} {
			if got := hitNames(found(t, c.search("FIND {"+number+"} RETURNING Contact(Name)"))); got != want {
				t.Errorf("with a lag of %v %s finds %q, want %q", lag, number, got, want)
			}
		}
	}
}

func TestCompositeLimits(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	get := func(url string, n int) []object {
		var parts []object
		for i := range n {
			parts = append(parts, object{"method": "GET", "url": v60 + url, "referenceId": "r" + string(rune('a'+i))})
		}
		return parts
	}
	refused(t, c.rest("POST", "/composite", object{"compositeRequest": get("/limits", 26)}), 400, "LIMIT_EXCEEDED")
	refused(t, c.rest("POST", "/composite", object{"compositeRequest": get("/query?q=SELECT+Id+FROM+Contact", 6)}), 400, "LIMIT_EXCEEDED")
	refused(t, c.rest("POST", "/composite", object{"compositeRequest": []object{}}), 400, "INVALID_INPUT")
	twice := append(get("/limits", 1), get("/limits", 1)...)
	refused(t, c.rest("POST", "/composite", object{"compositeRequest": twice}), 400, "INVALID_INPUT")
	refused(t, c.rest("GET", "/composite", nil), 405, "METHOD_NOT_ALLOWED")
	for _, url := range []string{"/search?q=FIND+{Dana}", "/composite", "/composite/batch"} {
		if a := c.composite(false, get(url, 1)...); a.CompositeResponse[0].HTTPStatusCode != 400 {
			t.Errorf("%s inside a composite gives %v", url, a.statuses())
		}
	}
}

type saved struct {
	ID      string
	Success bool
	Errors  []struct {
		StatusCode, Message string
		Fields              []string
	}
}

func TestCollections(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	before := len(org.Tasks())
	task := func(subject string) object { return object{"attributes": object{"type": "Task"}, "Subject": subject} }
	records := []object{task("One"), task(strings.Repeat("x", 256)), task("Three"), {"Subject": "no type"}}

	some := into[[]saved](t, want(t, c.rest("POST", "/composite/sobjects", object{"records": records}), 200))
	if !some[0].Success || some[1].Success || !some[2].Success || some[3].Success || len(org.Tasks()) != before+2 {
		t.Fatalf("results %+v", some)
	}
	if e := some[1].Errors[0]; e.StatusCode != "STRING_TOO_LONG" || !slices.Equal(e.Fields, []string{"Subject"}) {
		t.Errorf("error %+v", e)
	}
	none := into[[]saved](t, want(t, c.rest("POST", "/composite/sobjects", object{"allOrNone": true, "records": records}), 200))
	if none[0].Success || none[0].Errors[0].StatusCode != "ALL_OR_NONE_OPERATION_ROLLED_BACK" || len(org.Tasks()) != before+2 {
		t.Errorf("all or none: %+v", none)
	}

	change := []object{{"attributes": object{"type": "Task"}, "id": some[0].ID, "Description": "Changed"}, {"attributes": object{"type": "Task"}, "id": "00Tdm0000zzzzzz"}}
	if got := into[[]saved](t, c.rest("PATCH", "/composite/sobjects", object{"records": change})); !got[0].Success || got[1].Success {
		t.Errorf("changes %+v", got)
	}
	rows := into[[]object](t, want(t, c.rest("GET", "/composite/sobjects/Task?fields=Subject,Description&ids="+some[0].ID+",00Tdm0000zzzzzz", nil), 200))
	if len(rows) != 2 || rows[0]["Description"] != "Changed" || rows[1] != nil {
		t.Errorf("read %v", rows)
	}
	want(t, c.rest("POST", "/composite/sobjects/Task", object{"ids": []string{some[0].ID}, "fields": []string{"Id"}}), 200)
	gone := into[[]saved](t, want(t, c.rest("DELETE", "/composite/sobjects?ids="+some[0].ID+","+some[2].ID, nil), 200))
	if len(gone) != 2 || !gone[0].Success || len(org.Tasks()) != before {
		t.Errorf("deleted %+v", gone)
	}
	refused(t, c.rest("POST", "/composite/sobjects", object{"records": make([]object, 201)}), 400, "INVALID_INPUT")
}

func TestBatch(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	type batch struct {
		HasErrors bool
		Results   []struct {
			StatusCode int
			Result     any
		}
	}
	parts := []object{
		{"method": "GET", "url": "v60.0/limits"},
		{"method": "GET", "url": "v60.0/nope"},
		{"method": "POST", "url": "v60.0/sobjects/Task", "richInput": object{"Subject": "B"}},
	}
	b := into[batch](t, want(t, c.rest("POST", "/composite/batch", object{"batchRequests": parts}), 200))
	if !b.HasErrors || b.Results[0].StatusCode != 200 || b.Results[1].StatusCode != 404 || b.Results[2].StatusCode != http.StatusCreated {
		t.Errorf("got %+v", b)
	}
	b = into[batch](t, c.rest("POST", "/composite/batch", object{"haltOnError": true, "batchRequests": parts}))
	if b.Results[2].StatusCode != http.StatusPreconditionFailed {
		t.Errorf("halting: %+v", b)
	}
}
