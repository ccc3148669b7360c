package salesforce

import (
	"fmt"
	"net/http"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// wayAnswers are answers of things between the app and the org.
var wayAnswers = []struct {
	status int
	body   string
}{
	{200, ""},
	{200, "null"},
	{200, "[]"},
	{200, "{}"},
	{200, "true"},
	{200, "<html><body>Log in to the hotel's network</body></html>"},
	{201, ""},
	{201, "null"},
	{201, `{"id":null,"success":true}`},
	{202, `{"accepted":true}`},
	{204, ""},
	{304, ""},
	{401, "<html>Authorization required</html>"},
	{401, ""},
	{403, "<html>This page is blocked</html>"},
	{403, `{"error":"blocked","errorCode":"X"}`},
	{404, "<html>Not Found</html>"},
	{405, "<html>Method Not Allowed</html>"},
	{407, "<html>Proxy</html>"},
	{409, "<html>Conflict</html>"},
	{413, "<html>Too Large</html>"},
	{421, "<html>Misdirected Request</html>"},
	{425, ""},
	{500, "<html>Oops</html>"},
	{502, "<html>Bad Gateway</html>"},
}

// Only the org refuses data: whatever else answers a write, the call is tried again and has one Task in the end.
func TestTheWayRefusesNothing(t *testing.T) {
	for _, key := range []demoorg.CallKey{demoorg.NoCallKey, demoorg.UniqueCallKey} {
		r := linkedRig(t, demoorg.Config{CallKey: key}, nil)
		for _, way := range wayAnswers {
			t.Run(fmt.Sprintf("%s %d %s", key, way.status, way.body), func(t *testing.T) {
				a := r.newCall(t)
				answer := demoorg.Fault{Kind: demoorg.Answer, Status: way.status, Body: way.body, Path: "/sobjects/Task", Times: demoorg.Always}
				remove := r.org.Inject(answer)
				_, err := r.Log(t.Context(), a, false)
				remove()
				if class := classOf(err); class != crm.ClassTransient && class != crm.ClassAmbiguous {
					t.Errorf("%q, %v", class, err)
				}
				logged, err := r.Log(t.Context(), a, true)
				if err != nil || len(r.org.TasksFor(a.CallID)) != 1 {
					t.Fatalf("%d tasks, %v", len(r.org.TasksFor(a.CallID)), err)
				}
				if way.status == http.StatusNoContent { // what the org itself says to a change
					return
				}
				remove = r.org.Inject(answer)
				updated, deleted := r.Update(t.Context(), logged.Ref, a), r.Delete(t.Context(), logged.Ref)
				remove()
				if classOf(updated) != crm.ClassTransient || classOf(deleted) != crm.ClassTransient || r.Status().State != crm.Linked {
					t.Errorf("update %v, delete %v, %s", updated, deleted, r.Status().State)
				}
			})
		}
	}
}

// A question that something else answers is not answered: nobody is not found by it, and no Task is missing.
func TestTheWayKnowsNobody(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	n := r.number(t, "Dana Whitfield")
	a := r.newCall(t)
	if _, err := r.Log(t.Context(), a, false); err != nil {
		t.Fatal(err)
	}
	for _, way := range wayAnswers {
		remove := r.org.Inject(demoorg.Fault{Kind: demoorg.Answer, Status: way.status, Body: way.body, Times: demoorg.Always})
		_, looked := r.Lookup(t.Context(), n)
		_, found := r.Find(t.Context(), a)
		_, beside := r.Details(t.Context(), a.Who)
		r.schema.renew(r.cfg.Now())
		_, described := r.describe(t.Context(), crm.Task)
		remove()
		if classOf(looked) != crm.ClassTransient || classOf(found) != crm.ClassTransient || classOf(beside) != crm.ClassTransient {
			t.Errorf("%d %q: lookup %v, find %v, details %v", way.status, way.body, looked, found, beside)
		}
		if classOf(described) != crm.ClassTransient && way.status != http.StatusNotModified {
			t.Errorf("%d %q: describe %v", way.status, way.body, described)
		}
	}
	if got, err := r.Lookup(t.Context(), n); err != nil || len(got.Matches) != 1 {
		t.Errorf("%d matches, %v", len(got.Matches), err)
	}
}

// A header or a session that the org does not take is renewed, whatever the org calls it.
func TestSessionIsRenewed(t *testing.T) {
	for _, code := range []string{"INVALID_SESSION_ID", "INVALID_AUTH_HEADER", "SOMETHING_NEW"} {
		r := linkedRig(t, demoorg.Config{}, nil)
		r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusUnauthorized, Code: code, Message: "no"})
		a := r.newCall(t)
		if _, err := r.Log(t.Context(), a, false); err != nil || len(r.org.TasksFor(a.CallID)) != 1 || r.grants("refresh_token") != 1 {
			t.Errorf("%s: %v, %d refreshes", code, err, r.grants("refresh_token"))
		}
	}
}

// A request that was led to the wrong server is sent again by another connection.
func TestMisdirectedRequest(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.Answer, Status: http.StatusMisdirectedRequest, Path: "/sobjects/Task"})
	a := r.newCall(t)
	if _, err := r.Log(t.Context(), a, false); err != nil || len(r.org.TasksFor(a.CallID)) != 1 {
		t.Errorf("%d tasks, %v", len(r.org.TasksFor(a.CallID)), err)
	}
}
