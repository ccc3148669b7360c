package demoorg_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"linecard/crm/demoorg"
)

func TestFaultCount(t *testing.T) {
	for _, tt := range []struct {
		fault  demoorg.Fault
		status int
		code   string
	}{
		{demoorg.Fault{Kind: demoorg.SessionExpired}, 401, "INVALID_SESSION_ID"},
		{demoorg.Fault{Kind: demoorg.SessionUnusable}, 401, "INVALID_SESSION_ID"},
		{demoorg.Fault{Kind: demoorg.QuotaUsedUp}, 403, "REQUEST_LIMIT_EXCEEDED"},
		{demoorg.Fault{Kind: demoorg.RowLocked}, 400, "UNABLE_TO_LOCK_ROW"},
		{demoorg.Fault{Kind: demoorg.ServerError}, 500, "UNKNOWN_EXCEPTION"},
		{demoorg.Fault{Kind: demoorg.Refusal, Status: 400, Code: "QUERY_TIMEOUT", Message: "too slow"}, 400, "QUERY_TIMEOUT"},
	} {
		t.Run(string(tt.fault.Kind), func(t *testing.T) {
			org, c := start(t, demoorg.Config{})
			before := len(org.Tasks())
			org.Inject(tt.fault)
			refused(t, c.rest("POST", "/sobjects/Task", object{"Subject": "x"}), tt.status, tt.code)
			if len(org.Tasks()) != before {
				t.Error("the refused request did its work")
			}
			want(t, c.rest("GET", "/limits", nil), 200)

			tt.fault.Times = demoorg.Always
			remove := org.Inject(tt.fault)
			for range 3 {
				refused(t, c.rest("GET", "/limits", nil), tt.status, tt.code)
			}
			remove()
			want(t, c.rest("GET", "/limits", nil), 200)
		})
	}
}

func TestFaultPath(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	org.Inject(demoorg.Fault{Kind: demoorg.Unavailable, Method: "POST", Path: "/sobjects/Task", Times: 2})
	want(t, c.rest("GET", "/sobjects/Task", nil), 200)
	want(t, c.rest("POST", "/sobjects/Contact", object{"LastName": "x"}), 201)
	a := want(t, c.rest("POST", "/sobjects/Task", object{}), 503)
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || !strings.Contains(string(a.body), "<html>") {
		t.Errorf("not a page: %s %s", a.header.Get("Content-Type"), a.body)
	}
	org.ClearFaults()
	want(t, c.rest("POST", "/sobjects/Task", object{}), 201)

	tok := c.login(org)
	org.Inject(demoorg.Fault{Kind: demoorg.OAuthRefusal, Code: "invalid_grant", Message: "ip restricted"})
	want(t, c.rest("GET", "/limits", nil), 200) // the token endpoint is not affected
	denied(t, c.refresh(org, tok.RefreshToken), "invalid_grant", "ip restricted")
	want(t, c.refresh(org, tok.RefreshToken), 200)
}

func (c *client) try(method, path, body string) error {
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func TestResetsGiveNoAnswer(t *testing.T) {
	for _, tt := range []struct {
		kind demoorg.FaultKind
		done int
	}{{demoorg.Reset, 0}, {demoorg.ResetAfterCommit, 1}} {
		org, c := start(t, demoorg.Config{})
		org.Inject(demoorg.Fault{Kind: tt.kind})
		if err := c.try("POST", "/services/data/v60.0/sobjects/Task", `{"CallObject": "lost"}`); !isReset(err) {
			t.Errorf("%s: %v", tt.kind, err)
		}
		if n := len(org.TasksFor("lost")); n != tt.done {
			t.Errorf("%s: %d tasks, want %d", tt.kind, n, tt.done)
		}
		if rs := org.Requests(); rs[len(rs)-1].Status != 0 {
			t.Errorf("%s: noted as answered with %d", tt.kind, rs[len(rs)-1].Status)
		}
		want(t, c.rest("GET", "/limits", nil), 200)
	}
}

func TestDown(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	org.SetDown(true)
	for _, path := range []string{"/services/data", "/services/oauth2/userinfo", "/"} {
		if err := c.try("POST", path, ""); !isReset(err) {
			t.Errorf("%s: %v", path, err)
		}
	}
	org.SetDown(false)
	want(t, c.rest("GET", "/limits", nil), 200)
}

func TestSlowAnswers(t *testing.T) {
	org, c := start(t, demoorg.Config{})
	for _, kind := range []demoorg.FaultKind{demoorg.Slow, demoorg.SlowBody} {
		org.Inject(demoorg.Fault{Kind: kind, Delay: 30 * time.Millisecond})
		began := time.Now()
		want(t, c.rest("GET", "/limits", nil), 200)
		if took := time.Since(began); took < 30*time.Millisecond {
			t.Errorf("%s took %v", kind, took)
		}
	}

	// When a client gives up, the org stops waiting, and nothing was carried out.
	org.Inject(demoorg.Fault{Kind: demoorg.Slow, Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "POST", c.url+"/services/data/v60.0/sobjects/Task", strings.NewReader(`{"CallObject": "late"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	if res, err := c.http.Do(req); err == nil {
		res.Body.Close()
		t.Error("an hour passed quickly")
	}
	if n := len(org.TasksFor("late")); n != 0 {
		t.Errorf("%d tasks", n)
	}

	_, late := start(t, demoorg.Config{LatencyPerCall: 30 * time.Millisecond})
	began := time.Now()
	want(t, late.rest("GET", "/limits", nil), 200)
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("with latency it took %v", took)
	}
}

func TestControlFromAnotherProcess(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	server := httptest.NewServer(org.Control())
	t.Cleanup(server.Close)
	control := &client{t: t, url: server.URL, http: &http.Client{}}
	tok := c.login(org)

	want(t, control.send("POST", "/__standin/faults", `{"kind": "html-503", "path": "/limits", "times": 1}`), 200)
	want(t, c.rest("GET", "/limits", nil), 503)
	want(t, control.send("POST", "/__standin/faults", `{"kind": "slow", "delay": "30ms"}`), 200)
	began := time.Now()
	want(t, c.rest("GET", "/limits", nil), 200)
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("took %v", took)
	}
	want(t, control.send("POST", "/__standin/faults", `{"kind": "quota", "times": -1}`), 200)
	want(t, control.send("DELETE", "/__standin/faults", nil), 200)
	want(t, c.rest("GET", "/limits", nil), 200)

	want(t, control.send("POST", "/__standin/down", `{"down": true}`), 200)
	if err := c.try("GET", "/services/data", ""); !isReset(err) {
		t.Errorf("down: %v", err)
	}
	want(t, control.send("POST", "/__standin/down", `{"down": false}`), 200)

	want(t, control.send("PUT", "/__standin/rules", `{"hiddenObjects": ["Case"]}`), 200)
	refused(t, c.query("SELECT Id FROM Case"), 400, "INVALID_TYPE")
	if rules := into[demoorg.Rules](t, control.send("GET", "/__standin/rules", nil)); len(rules.HiddenObjects) != 1 {
		t.Errorf("rules %+v", rules)
	}

	want(t, control.send("POST", "/__standin/clock", `{"advance": "3h"}`), 200)
	refused(t, c.rest("GET", "/limits", nil), 401, "INVALID_SESSION_ID")
	c.token = into[tokens](t, want(t, control.send("POST", "/__standin/token", nil), 200)).AccessToken
	want(t, c.rest("GET", "/limits", nil), 200)
	want(t, control.send("POST", "/__standin/sessions/expire", nil), 200)
	refused(t, c.rest("GET", "/limits", nil), 401, "INVALID_SESSION_ID")
	c.token = into[tokens](t, want(t, c.refresh(org, tok.RefreshToken), 200)).AccessToken
	want(t, control.send("POST", "/__standin/usage", `{"add": 20000}`), 200)
	refused(t, c.rest("GET", "/limits", nil), 403, "REQUEST_LIMIT_EXCEEDED")

	want(t, control.send("POST", "/__standin/users", `{"username": "riley.morgan@acme-demo.example", "active": false}`), 200)
	denied(t, c.refresh(org, tok.RefreshToken), "invalid_grant", "inactive user")
	want(t, control.send("POST", "/__standin/users", `{"username": "nobody"}`), 400)
	want(t, control.send("POST", "/__standin/grants/revoke", nil), 200)

	if people := into[[]demoorg.Person](t, control.send("GET", "/__standin/people", nil)); len(people) < 40 || people[0].Name != "Dana Whitfield" {
		t.Errorf("%d people", len(people))
	}
	if ts := into[[]demoorg.Task](t, control.send("GET", "/__standin/tasks?callObject=none", nil)); len(ts) != 0 {
		t.Errorf("tasks %v", ts)
	}
	grants := 0
	for _, r := range into[[]demoorg.Request](t, control.send("GET", "/__standin/requests", nil)) {
		if r.Grant == "refresh_token" {
			grants++
		}
	}
	if grants != 2 {
		t.Errorf("%d refreshes noted, want 2", grants)
	}
	if state := into[object](t, control.send("GET", "/__standin/state", nil)); state["orgId"] != org.ID() || state["limit"] != 15000.0 {
		t.Errorf("state %v", state)
	}
	want(t, control.send("POST", "/__standin/down", `nonsense`), 400)
}

func TestManyClientsAtOnce(t *testing.T) {
	org, c := start(t, demoorg.Config{DailyLimit: 1 << 30, IndexLag: time.Millisecond})
	before := len(org.Tasks())
	var clients sync.WaitGroup
	for range 16 {
		clients.Go(func() {
			for range 20 {
				if err := c.try("POST", "/services/data/v60.0/sobjects/Task", `{"Subject": "x"}`); err != nil {
					t.Error(err)
				}
				if err := c.try("GET", "/services/data/v60.0/search?q=FIND+%7B4155550132%7D+RETURNING+Contact(Id)", ""); err != nil {
					t.Error(err)
				}
				org.SetRules(func(r *demoorg.Rules) { r.DuplicateRule = !r.DuplicateRule })
				org.People()
				org.Requests()
			}
		})
	}
	clients.Wait()
	if n := len(org.Tasks()) - before; n != 320 {
		t.Errorf("%d tasks made, want 320", n)
	}
}

// The browser comes back to the app with whatever error is injected, and with the app's state.
func TestErrorsAtAuthorize(t *testing.T) {
	org, c := start(t, demoorg.Config{AutoApprove: true})
	org.Inject(demoorg.Fault{Kind: demoorg.AuthorizeRefusal, Code: "login_required", Message: "not logged in"})
	q := url.Values{"response_type": {"code"}, "client_id": {org.ClientID()}, "redirect_uri": {redirect}, "state": {"s"}, "code_challenge": {challenge("v")}}
	for i, want := range []string{"login_required", ""} {
		a := c.send("GET", "/services/oauth2/authorize?"+q.Encode(), nil)
		back, err := url.Parse(a.header.Get("Location"))
		if err != nil || a.status != 302 || back.Query().Get("error") != want || back.Query().Get("state") != "s" {
			t.Errorf("%d: status %d, %v, %v", i, a.status, back, err)
		}
	}
}
