package salesforce

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// intercept makes a client whose requests first go to handler; when handler returns an answer, it is used.
func intercept(handler func(*http.Request) *http.Response) func(*Config) {
	return func(c *Config) {
		t := newTransport()
		c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
			if resp := handler(q); resp != nil {
				resp.Request, resp.Body = q, io.NopCloser(strings.NewReader(""))
				return resp, nil
			}
			return t.RoundTrip(q)
		})
	}
}

// After a change of My Domain the old address only redirects. A token response has the new one.
func TestOrgThatMoved(t *testing.T) {
	var gone atomic.Bool
	r := linkedRig(t, demoorg.Config{}, intercept(func(q *http.Request) *http.Response {
		switch {
		case strings.Contains(q.URL.Path, "/oauth2/token"):
			gone.Store(false)
		case gone.Load():
			return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example/"}}}
		}
		return nil
	}))
	gone.Store(true)
	if got, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil || len(got.Matches) != 1 {
		t.Errorf("%d matches, %v", len(got.Matches), err)
	}
	gone.Store(true)
	a := r.newCall(t)
	if _, err := r.Log(t.Context(), a, false); err != nil || len(r.org.TasksFor(a.CallID)) != 1 {
		t.Errorf("%d tasks, %v", len(r.org.TasksFor(a.CallID)), err)
	}
}

// A redirect that a refresh does not resolve is no reason to park a call.
func TestOrgThatKeepsRedirecting(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusFound, Times: demoorg.Always})
	_, err := r.Log(t.Context(), r.newCall(t), false)
	wantError(t, err, crm.ClassTransient, "salesforce.answers-badly")
	if n := r.grants("refresh_token"); n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

// A pause that the org asks for is kept: the request is not repeated within the second, and whether the org answers again is not asked
// before it is over, whatever goes wrong besides.
func TestRetryAfterIsRespected(t *testing.T) {
	const forbidden = http.StatusForbidden
	tests := []struct {
		name  string
		fault demoorg.Fault
		after string // Retry-After
		least time.Duration
	}{
		{"too many requests", demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusTooManyRequests}, "", 10 * time.Second},
		{"too many requests with Retry-After", demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusTooManyRequests}, "90", 90 * time.Second},
		{"unavailable for a while", demoorg.Fault{Kind: demoorg.Unavailable}, "120", 2 * time.Minute},
		{"too many long requests", demoorg.Fault{Kind: demoorg.Refusal, Status: forbidden, Code: "REQUEST_LIMIT_EXCEEDED", Message: "ConcurrentPerOrgLongTxn (Concurrent API Requests) Limit exceeded."}, "", 10 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, func(c *Config) {
				next := newTransport()
				c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
					resp, err := next.RoundTrip(q)
					if err == nil && resp.StatusCode >= 400 && tt.after != "" {
						resp.Header.Set("Retry-After", tt.after)
					}
					return resp, err
				})
			})
			tt.fault.Path, tt.fault.Times = "/search", demoorg.Always
			r.org.Inject(tt.fault)
			before, begun := r.org.Count("", "/search"), time.Now()
			_, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield"))
			if e, ok := asError(err); !ok || e.Class != crm.ClassTransient || e.Retry < tt.least {
				t.Errorf("%+v, want %s", err, tt.least)
			}
			if n := r.org.Count("", "/search") - before; n != 1 {
				t.Errorf("asked %d times", n)
			}
			r.org.SetDown(true)
			if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err == nil {
				t.Error("the org is not down")
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if again := r.holds.again; again.Before(begun.Add(tt.least)) {
				t.Errorf("whether it answers is asked after %s", again.Sub(begun))
			}
		})
	}
}

// A lookup may be repeated, but it still refreshes only once.
func TestLookupRefreshesOnce(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.org.Inject(demoorg.Fault{Kind: demoorg.SessionExpired, Path: "/search", Times: demoorg.Always})
	_, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield"))
	wantError(t, err, crm.ClassTransient, "salesforce.new-session-refused")
	if n := r.grants("refresh_token"); n != 1 {
		t.Errorf("%d refreshes for a session that is always refused", n)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "30": 30 * time.Second, "999999999999": maxRetryAfter,
		"Sat, 21 Nov 2026 12:02:00 GMT": 2 * time.Minute, "Sat, 21 Nov 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}

// A request may ask for another form of answer than JSON.
func TestTheFormOfTheAnswerIsTheRequests(t *testing.T) {
	for want, header := range map[string]http.Header{"application/json": nil, "text/csv": {"Accept": {"text/csv"}}} {
		req, err := call{method: http.MethodGet, path: "/limits", header: header}.request(t.Context(), session{instance: "http://127.0.0.1", version: "v60.0"})
		if err != nil {
			t.Fatal(err)
		}
		if got := req.Header.Values("Accept"); len(got) != 1 || got[0] != want {
			t.Errorf("%q, not %s", got, want)
		}
	}
}
