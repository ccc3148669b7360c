package salesforce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/crm/layout"
)

const createPath = "/sobjects/Task"

// ids returns the ids of the refs, in order.
func ids(refs []crm.Ref) []string {
	var out []string
	for _, r := range refs {
		out = append(out, r.ID)
	}
	return out
}

// Every end of a write that may have reached the org is Ambiguous, and no other end is.
func TestEndsOfAWrite(t *testing.T) {
	page := "<html><body>Gateway</body></html>"
	answer := func(status int, body string) roundTripper {
		return func(q *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: q}, nil
		}
	}
	const sure, open = crm.ClassTransient, crm.ClassAmbiguous
	tests := []struct {
		name  string
		end   roundTripper
		class crm.Class
	}{
		{"a page with 408", answer(408, page), open},
		{"500 from the org", answer(500, `[{"errorCode":"UNKNOWN_EXCEPTION","message":"x"}]`), open},
		{"a page with 500", answer(500, page), open},
		{"502", answer(502, page), open},
		{"a page with 503", answer(503, page), open},
		{"503 from the org", answer(503, `[{"errorCode":"SERVER_UNAVAILABLE","message":"Server too busy"}]`), sure},
		{"504", answer(504, ""), open},
		{"a page with 200", answer(200, page), open},
		{"a page with 403", answer(403, page), open},
		{"a page with 404", answer(404, page), open},
		{"201 without a body", answer(201, ""), open},
		{"201 with half a body", answer(201, `{"id":"00T0000000`), open},
		{"201 without an id", answer(201, `{"success":true}`), open},
		{"201 with a strange id", answer(201, `{"id":"../../etc","success":true}`), open},
		{"204", answer(204, ""), open},
		{"a body that breaks off", func(q *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 201, Header: http.Header{}, Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"id":`), brokenReader{})), Request: q}, nil
		}, open},
		{"a redirect", answer(302, page), sure},
		{"429", answer(429, ""), sure},
		{"a locked row", answer(400, `[{"errorCode":"UNABLE_TO_LOCK_ROW","message":"x"}]`), sure},
		{"a refusal", answer(400, `[{"errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION","message":"x"}]`), crm.ClassRejected},
		{"no connection", func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }, sure},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, func(c *Config) {
				c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
					if q.Method == http.MethodPost && strings.HasSuffix(q.URL.Path, createPath) {
						return tt.end(q)
					}
					return http.DefaultTransport.RoundTrip(q)
				})
			})
			_, err := r.Log(t.Context(), r.newCall(t), false)
			if classOf(err) != tt.class {
				t.Errorf("class %q: %v, want %q", classOf(err), errors.Unwrap(err), tt.class)
			}
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// The same over real connections, with an org that continues to work.
func TestEndsOfAWriteThatTheOrgGoesOnWith(t *testing.T) {
	for name, fault := range map[string]demoorg.Fault{
		"reset before the work": {Kind: demoorg.CommitsLate},
		"gateway time-out":      {Kind: demoorg.CommitsLate, Status: 504},
		"own time-out":          {Kind: demoorg.CommitsLate, Status: demoorg.Silence},
		"reset after the work":  {Kind: demoorg.ResetAfterCommit},
		"answered too late":     {Kind: demoorg.AnswersLate, Delay: time.Hour},
		"torn in the answer":    {Kind: demoorg.Torn},
		"answer cut short":      {Kind: demoorg.CutShort},
	} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			a := r.newCall(t)
			fault.Method, fault.Path = "POST", createPath
			r.org.Inject(fault)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if fault.Status == demoorg.Silence || fault.Delay > 0 {
				go func() { // the caller gives up once the org has the request
					defer cancel()
					_ = r.org.Await(ctx, func() bool { return r.org.PendingCommits() > 0 || len(r.org.TasksFor(a.CallID)) > 0 })
				}()
			}
			_, err := r.Log(ctx, a, false)
			if classOf(err) != crm.ClassAmbiguous {
				t.Fatalf("class %q: %v", classOf(err), err)
			}
			if e, _ := asError(err); e.Retry != 0 {
				t.Errorf("the client says how long to wait: %s", e.Retry)
			}
			r.org.Commit()
			logged, err := r.Log(t.Context(), a, true)
			if err != nil || !logged.Existed || len(r.org.TasksFor(a.CallID)) != 1 {
				t.Errorf("%+v, %d tasks, %v", logged, len(r.org.TasksFor(a.CallID)), err)
			}
		})
	}
}

func TestFindReturnsEveryTaskOfTheCallOldestFirst(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.SharedCallKey} {
		t.Run("key "+string(key), func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{CallKey: key}, nil)
			a := r.newCall(t)
			a.Started = a.Started.AddDate(1, 0, 0) // the agent's clock is a year ahead
			if found, err := r.Find(t.Context(), a); err != nil || len(found) != 0 {
				t.Fatalf("nothing was written: %v, %v", found, err)
			}
			var want []string
			for i := range 3 {
				want = append(want, r.makeTask(t, map[string]any{"Subject": fmt.Sprint(i), "CallObject": a.CallID}))
				r.org.Advance(time.Second)
			}
			r.makeTask(t, map[string]any{"Subject": "other", "CallObject": "another call"})
			found, err := r.Find(t.Context(), a)
			if err != nil || fmt.Sprint(ids(found)) != fmt.Sprint(want) {
				t.Errorf("%v, %v; want %v", ids(found), err, want)
			}
			for _, f := range found {
				if f.Org != r.org.ID() || f.User != r.Status().UserID || f.URL == "" || f.Object != crm.Task {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

// makeTask writes a Task without the client.
func (r *rig) makeTask(t *testing.T, fields map[string]any) string {
	t.Helper()
	var made saved
	if _, err := r.do(t.Context(), call{method: "POST", path: createPath, body: fields, timeout: time.Minute}, &made); err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// A colleague's link has written the call: it is not written again.
func TestATaskOfAnotherUserIsFound(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	a := r.newCall(t)
	first, err := r.Log(t.Context(), a, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Link(t.Context(), LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID(), Username: demoorg.OtherUser}, r.open); err != nil {
		t.Fatal(err)
	}
	again, err := r.Log(t.Context(), a, true)
	if err != nil || !again.Existed || again.ID != first.ID || first.User == again.User {
		t.Errorf("first %+v, again %+v, %v", first, again, err)
	}
}

// An org that is too large for a search over all Tasks is searched from a week before the call on.
func TestFindInAnOrgThatIsTooLarge(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	a := r.newCall(t)
	logged, err := r.Log(t.Context(), a, false)
	if err != nil {
		t.Fatal(err)
	}
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/query", Status: 400, Code: "QUERY_TIMEOUT", Message: "Your query request was running for too long.", Times: 3})
	if found, err := r.Find(t.Context(), a); err != nil || fmt.Sprint(ids(found)) != fmt.Sprint([]string{logged.ID}) {
		t.Errorf("%v, %v", found, err)
	}
}

func keyedRig(t *testing.T, key demoorg.CallKey) *rig {
	t.Helper()
	r := linkedRig(t, demoorg.Config{CallKey: key}, nil)
	if got := r.Upserts(r.org.ID(), crm.Task); got != (key == demoorg.UniqueCallKey) {
		t.Fatalf("upserts %v with a field %q", got, key)
	}
	return r
}

// Where the org knows calls by their id, a write can be repeated any number of times.
func TestUpsertIsRepeatedWithoutACheck(t *testing.T) {
	for name, fault := range map[string]demoorg.Fault{
		"answer lost":   {Kind: demoorg.ResetAfterCommit},
		"commits late":  {Kind: demoorg.CommitsLate},
		"gateway":       {Kind: demoorg.CommitsLate, Status: 502},
		"never":         {Kind: demoorg.NeverCommits},
		"page with 503": {Kind: demoorg.Unavailable},
		"torn":          {Kind: demoorg.Torn},
		"cut short":     {Kind: demoorg.CutShort},
	} {
		t.Run(name, func(t *testing.T) {
			r := keyedRig(t, demoorg.UniqueCallKey)
			a := r.newCall(t)
			fault.Method, fault.Path = "PATCH", createPath
			r.org.Inject(fault)
			before := r.org.Count("GET", "/query")
			if _, err := r.Log(t.Context(), a, false); classOf(err) != crm.ClassAmbiguous {
				t.Fatalf("%v", err)
			}
			a.Notes = "typed since"
			logged, err := r.Log(t.Context(), a, false) // while the org still works on the first one
			if err != nil {
				t.Fatal(err)
			}
			r.org.Commit()
			if _, err := r.Log(t.Context(), a, false); err != nil {
				t.Fatal(err)
			}
			got := r.org.TasksFor(a.CallID)
			if len(got) != 1 || got[0].ID != logged.ID || !strings.HasPrefix(got[0].Description, "typed since") || got[0].CallKey != a.CallID {
				t.Errorf("%+v", got)
			}
			if n := r.org.Count("GET", "/query") - before; n != 0 {
				t.Errorf("%d queries", n)
			}
		})
	}
}

func TestUpsertTellsWhetherTheTaskWasThere(t *testing.T) {
	r := keyedRig(t, demoorg.UniqueCallKey)
	a := r.newCall(t)
	for _, existed := range []bool{false, true, true} {
		logged, err := r.Log(t.Context(), a, false)
		if err != nil || logged.Existed != existed || logged.ID == "" || logged.Org != r.org.ID() {
			t.Errorf("%+v, %v", logged, err)
		}
	}
}

// Another attempt is about to be committed: this one is repeated later, without a question to the agent.
func TestUpsertTooCloseBehindAnother(t *testing.T) {
	r := keyedRig(t, demoorg.UniqueCallKey)
	a := r.newCall(t)
	r.org.Inject(demoorg.Fault{
		Kind: demoorg.Refusal, Method: "PATCH", Path: createPath, Status: 400, Code: "DUPLICATE_VALUE",
		Message: "duplicate value found: " + callKeyField + " duplicates value on record with id: 00T000000000001AAA",
	})
	_, err := r.Log(t.Context(), a, false)
	if e, _ := asError(err); classOf(err) != crm.ClassAmbiguous || e.Retry <= 0 {
		t.Errorf("%+v", err)
	}
	// A unique field that belongs to the org is different.
	r.org.Inject(demoorg.Fault{
		Kind: demoorg.Refusal, Method: "PATCH", Path: createPath, Status: 400, Code: "DUPLICATE_VALUE",
		Message: "duplicate value found: Their_Key__c duplicates value on record with id: 00T000000000001AAA",
	})
	if _, err := r.Log(t.Context(), a, false); classOf(err) != crm.ClassRejected {
		t.Errorf("%+v", err)
	}
}

// Several Tasks have the call's id, from the time before the field was Unique: the oldest is changed, and none is made.
func TestUpsertOfSeveral(t *testing.T) {
	r := keyedRig(t, demoorg.SharedCallKey)
	a := r.newCall(t)
	first := r.makeTask(t, map[string]any{"Subject": "1", callKeyField: a.CallID})
	r.makeTask(t, map[string]any{"Subject": "2", callKeyField: a.CallID})
	a.Subject = "Pump sold"
	logged, err := r.Log(t.Context(), a, false)
	if err != nil || !logged.Existed || logged.ID != first {
		t.Fatalf("%+v, %v; want %s", logged, err, first)
	}
	if got := r.org.TasksFor(a.CallID); len(got) != 2 || got[0].Subject != "Pump sold" || got[1].Subject != "2" {
		t.Errorf("%+v", got)
	}
}

// When the admin removes the field, a caller that counted on an upsert gets an error, and no second Task is made.
func TestTheFieldIsRemoved(t *testing.T) {
	r := keyedRig(t, demoorg.UniqueCallKey)
	a := r.newCall(t)
	r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Method: "PATCH", Path: createPath})
	if _, err := r.Log(t.Context(), a, false); classOf(err) != crm.ClassAmbiguous {
		t.Fatalf("%v", err)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"Task." + callKeyField} })
	_, err := r.Log(t.Context(), a, false)
	wantError(t, err, crm.ClassTransient, "salesforce.fields-changed")
	if r.Upserts(r.org.ID(), crm.Task) {
		t.Error("Upserts is still true")
	}
	logged, err := r.Log(t.Context(), a, true)
	if err != nil || !logged.Existed || len(r.org.TasksFor(a.CallID)) != 1 {
		t.Errorf("%+v, %d tasks, %v", logged, len(r.org.TasksFor(a.CallID)), err)
	}
}

// What must be an upsert is one, or is not written: the journal counts on that when it is written again. So the field that is not
// there, or not there yet as far as this link knows, makes an error of it and no Task, by itself and among others.
func TestWhatMustBeAnUpsertIsNothingElse(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.SharedCallKey, demoorg.UniqueCallKey} {
		r := keyedRig(t, key)
		for name, write := range map[string]func(a crm.Activity) error{
			"by itself": func(a crm.Activity) error { _, err := r.Log(t.Context(), a, false); return err },
			"as a Case": func(a crm.Activity) error {
				a.Object = crm.Case
				_, err := r.Log(t.Context(), a, false)
				return err
			},
			"among others": func(a crm.Activity) error {
				other := r.newCall(t)
				written, err := r.LogAll(t.Context(), []crm.Activity{other, a})
				if err != nil || written[0].Err != nil || len(r.org.TasksFor(other.CallID)) != 1 {
					t.Errorf("%s: the other one: %+v, %v", key, written, err)
				}
				return written[1].Err
			},
		} {
			a := r.newCall(t)
			a.Upsert = true
			err := write(a)
			made := len(r.org.TasksFor(a.CallID)) + len(r.org.CasesFor(a.CallID))
			if key == demoorg.UniqueCallKey {
				if err != nil || made != 1 {
					t.Errorf("%s: %d made, %v", name, made, err)
				}
				continue
			}
			wantError(t, err, crm.ClassTransient, "salesforce.fields-changed")
			if made != 0 {
				t.Errorf("%s, with a field %q: %d made", name, key, made)
			}
		}
	}
}

// A description that an earlier version of Linecard kept does not mention the field; it is fetched again, in full.
func TestAnOldDescriptionIsFetchedAgain(t *testing.T) {
	dir := t.TempDir()
	r := linkedRig(t, demoorg.Config{CallKey: demoorg.UniqueCallKey}, func(c *Config) { c.Dir = dir })
	d, _ := r.schema.get(crm.Task)
	d.Format = 0
	r.writeDescription(crm.Task, d)
	c := r.restart(t)
	if err := c.Restore(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !c.Upserts("", crm.Task) || c.Upserts("00D000000000001AAA", crm.Task) {
		t.Errorf("upserts %v, for another org %v", c.Upserts("", crm.Task), c.Upserts("00D000000000001AAA", crm.Task))
	}
}

func TestCallResult(t *testing.T) {
	for _, tt := range []struct {
		outcome     crm.Outcome
		said, field string
	}{
		{crm.Answered, "", ""},
		{crm.Answered, "Sale", "Sale"},
		{crm.Missed, "", "Missed"},
		{crm.NoAnswer, "", "No answer"},
		{crm.Busy, "Left voicemail", "Left voicemail"},
	} {
		if got := (layout.Call{Activity: crm.Activity{Outcome: tt.outcome, Disposition: tt.said}}).Result(); got != tt.field {
			t.Errorf("%s, %q: %q", tt.outcome, tt.said, got)
		}
	}
	r := linkedRig(t, demoorg.Config{}, nil)
	a := r.newCall(t)
	a.Disposition = "Sale"
	logged, err := r.Log(t.Context(), a, false)
	if err != nil {
		t.Fatal(err)
	}
	a.Disposition = "" // the agent removed the result
	if err := r.Update(t.Context(), logged.Ref, a); err != nil {
		t.Fatal(err)
	}
	if got := r.org.TasksFor(a.CallID); got[0].Disposition != "" {
		t.Errorf("%+v", got[0])
	}
}
