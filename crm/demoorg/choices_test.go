package demoorg_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"linecard/crm/demoorg"
)

// A login that asks for openid gets no id_token, neither at first nor at a renewal: no client of the demo org checks one.
func TestNoIDTokenIsIssued(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	back := sentBack(t, c.send("GET", authorizeURL(org), nil))
	first := into[object](t, want(t, c.redeem(org, back.Get("code")), http.StatusOK))
	renewed := into[object](t, want(t, c.refresh(org, first["refresh_token"].(string)), http.StatusOK))
	for when, answer := range map[string]object{"login": first, "renewal": renewed} {
		if _, there := answer["id_token"]; there || !strings.Contains(answer["scope"].(string), "openid") {
			t.Errorf("%s: %v", when, answer)
		}
	}
}

// The values of an activity's picklists are rows with ids of their own.
func TestKeyPrefixesOfStatusesAndPriorities(t *testing.T) {
	_, c := start(t, demoorg.Config{})
	for obj, prefix := range map[string]string{"TaskStatus": "01T", "TaskPriority": "04T"} {
		p := into[page](t, want(t, c.query("SELECT Id FROM "+obj), http.StatusOK))
		if p.TotalSize == 0 {
			t.Errorf("no %s", obj)
		}
		for _, r := range p.Records {
			if id := r["Id"].(string); !strings.HasPrefix(id, prefix) {
				t.Errorf("%s has the id %s", obj, id)
			}
		}
		d := into[object](t, want(t, c.rest("GET", "/sobjects/"+obj+"/describe", nil), http.StatusOK))
		if d["keyPrefix"] != prefix {
			t.Errorf("%s is described with %v", obj, d["keyPrefix"])
		}
	}
}

// Spaces around a text go, and a text of spaces is none; a long text keeps them.
func TestSpacesAroundTextsAreRemoved(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	const spaced = "  two words \t"
	id := c.create("Task", object{"Subject": spaced, "CallObject": "   ", "Description": spaced})
	for field, want := range map[string]any{"Subject": "two words", "CallObject": nil, "Description": spaced} {
		if got := org.Value(id, field); got != want {
			t.Errorf("%s is %q, not %q", field, got, want)
		}
	}
	want(t, c.rest("PATCH", "/sobjects/Task/"+id, object{"Subject": "\nanother\n"}), http.StatusNoContent)
	if got := org.Value(id, "Subject"); got != "another" {
		t.Errorf("changed, Subject is %q", got)
	}
	refused(t, c.rest("POST", "/sobjects/Contact", object{"LastName": "  "}), http.StatusBadRequest, "REQUIRED_FIELD_MISSING")
}

// Upserts of one unique key at the same time make one record. Here they run one after the other, so that the later ones change it.
func TestUpsertsOfOneKeyAtTheSameTime(t *testing.T) {
	org, c := start(t, demoorg.Config{CallKey: demoorg.UniqueCallKey})
	const many = 8
	statuses := make([]int, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() {
			statuses[i] = c.rest("PATCH", "/sobjects/Task/"+demoorg.CallKeyField+"/one", object{"Subject": "x", "CallObject": "one"}).status
		})
	}
	wg.Wait()
	made := 0
	for _, status := range statuses {
		switch status {
		case http.StatusCreated:
			made++
		case http.StatusOK:
		default:
			t.Errorf("status %d", status)
		}
	}
	if n := len(org.TasksFor("one")); made != 1 || n != 1 {
		t.Errorf("%d made, %d tasks", made, n)
	}
}
