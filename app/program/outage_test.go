package program_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"linecard/app"
	"linecard/crm"
	"linecard/sip/demopbx"
)

// Calls that an outage has left without names and unlogged go out together when the org is back: one question for all of their
// numbers and one write.
func TestAnOutageIsCaughtUpInTwoRequests(t *testing.T) {
	r := ready(t)
	known, _ := r.org.Caller("Dana Whitfield")
	numbers := []string{known.Number, "+14155550196", "+14155550197", "+14155550198"}
	r.org.SetDown(true)
	ids := map[string]string{}
	for i, n := range numbers {
		c := r.ring(demopbx.Caller{Number: n, GiveUpAfter: patience})
		ids[n] = c.ID
		if err := r.desk.Answer(c.ID); err != nil {
			t.Fatal(err)
		}
		r.see("talking, and not looked up", func(v app.View) bool {
			return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking && v.Calls[0].Lookup.State == app.LookupFailed
		})
		if err := r.desk.Hangup(c.ID); err != nil {
			t.Fatal(err)
		}
		r.see("kept", func(v app.View) bool { return v.Outbox.Waiting == i+1 })
		_ = r.desk.Dismiss(c.ID)
		r.see("an empty desk", func(v app.View) bool { return len(v.Calls) == 0 })
	}
	down := len(r.org.Requests())
	r.org.SetDown(false)
	if _, err := r.desk.SendAll(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := r.org.Await(ctx, func() bool {
		for _, id := range ids {
			if len(r.org.TasksFor(id)) != 1 {
				return false
			}
		}
		return true
	}); err != nil {
		t.Fatal("not every call was logged")
	}
	if task := r.org.TasksFor(ids[known.Number])[0]; task.WhoID != known.ID || known.Object != crm.Contact {
		t.Errorf("the Task of Dana's call is on %q", task.WhoID)
	}
	searches, writes := 0, 0
	for _, q := range r.org.Requests()[down:] {
		switch {
		case q.Status == 0: // one that the outage still ended
		case q.Method == http.MethodGet && strings.HasSuffix(q.Path, "/search"):
			searches++
		case q.Method == http.MethodPost && strings.Contains(q.Path, "/sobjects"):
			writes++
		}
	}
	// A call whose time had come just then may have gone ahead of the others.
	if searches > 2 || writes > 2 {
		t.Errorf("%d searches and %d writes for four calls of four numbers", searches, writes)
	}
}
