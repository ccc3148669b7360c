package salesforce

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"linecard/crm"
)

// Kind is what a request asks of Salesforce.
type Kind string

// The kinds of requests. Those from KindLogin on do not count against the org's requests of the day.
const (
	KindSearch   Kind = "search"   // SOSL: who has a number, who fits a text
	KindDetails  Kind = "details"  // what stands beside a record
	KindQuery    Kind = "query"    // any other SOQL: the Task of a call, closed statuses, the org's name
	KindRecord   Kind = "record"   // one record
	KindDescribe Kind = "describe" // an object's description
	KindFile     Kind = "file"     // a file: its content, its versions, with whom it is shared
	KindBulk     Kind = "bulk"     // a Bulk query, and its results
	KindWrite    Kind = "write"    // makes, changes or deletes records
	KindLimits   Kind = "limits"   // whether the org answers
	KindOther    Kind = "other"

	KindLogin    Kind = "login"    // the login page, before the browser opens it
	KindToken    Kind = "token"    // OAuth: a token is fetched or revoked
	KindIdentity Kind = "identity" // who logged in
	KindVersions Kind = "versions" // the API versions of the org
)

// Request is one request to Salesforce, as the meter sees it.
type Request struct {
	Org   string // id; "" while it is not known, as in a login
	Kind  Kind
	Use   crm.Use
	Call  string // id of the call that it is made for, "" for none
	Quota bool   // it may count against the org's requests of the day
}

// Gauge is what an answer tells of the org's requests of the last 24 hours; the zero Gauge is of an answer that does not.
type Gauge struct{ Used, Limit int }

// Meter counts the requests. Its methods never wait.
type Meter interface {
	// Begin is called before each request. With an error, a *crm.Error, the request is not made.
	Begin(Request) error
	// End is called once after each that Begin let pass. sent tells that it left; counted that it counts against the org's
	// requests of the day, or may.
	End(r Request, sent, counted bool, g Gauge)
}

// metered is the transport of a client: every request to Salesforce goes through it and is counted here, and the gauge is
// read here. Only this place decides what a request is.
type metered struct {
	http.RoundTripper
	c *Client
}

type orgKey struct{}

// ofOrg returns a context whose requests go to the org with that id. Without it they are of the client's link.
func ofOrg(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, orgKey{}, id)
}

func (m metered) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	r := Request{Kind: kindOf(req.Method, req.URL.Path), Use: crm.UseOf(ctx), Call: crm.CallOf(ctx)}
	r.Quota = r.Kind.quota()
	var named bool
	if r.Org, named = ctx.Value(orgKey{}).(string); !named {
		m.c.mu.Lock()
		r.Org = m.c.link.OrgID
		m.c.mu.Unlock()
	}
	meter := m.c.cfg.Meter
	if meter != nil {
		if err := meter.Begin(r); err != nil {
			if req.Body != nil {
				_ = req.Body.Close()
			}
			return nil, err
		}
	}
	if r.Quota {
		m.c.calls.Add(1)
	}
	var sent atomic.Bool // the header is sent: the org may have counted it
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { sent.Store(false) }, // once more, since the connection before was dead
		WroteHeaders: func() { sent.Store(true) },
	})
	resp, err := m.RoundTripper.RoundTrip(req.WithContext(ctx))
	var g Gauge
	told := false
	if err == nil {
		sent.Store(true) // a transport that tells no trace
		g, told = gaugeOf(resp.Header.Get("Sforce-Limit-Info"))
		if told {
			m.c.noteUsage(g)
		}
	}
	if meter != nil {
		// What the org has counted carries the header. An answer that was lost may have been counted.
		meter.End(r, sent.Load(), r.Quota && (told || err != nil && sent.Load()), g)
	}
	return resp, err
}

func (m metered) CloseIdleConnections() {
	if t, ok := m.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// quota reports whether requests of this kind count against the org's requests of the day. OAuth, the identity and the list
// of versions do not. (Read: reference of API request limits; the demo org counts alike.)
func (k Kind) quota() bool {
	switch k {
	case KindLogin, KindToken, KindIdentity, KindVersions:
		return false
	}
	return true
}

// rest takes a path of the REST API apart: the version, and what is behind it.
var restPath = regexp.MustCompile(`^/services/data(?:/v\d+\.0)?(?:/(.*))?$`)

// kindOf tells what a request asks.
func kindOf(method, path string) Kind {
	switch {
	case strings.HasPrefix(path, "/services/oauth2/authorize"):
		return KindLogin
	case strings.HasPrefix(path, "/services/oauth2/"):
		return KindToken
	case strings.HasPrefix(path, "/id/"):
		return KindIdentity
	}
	m := restPath.FindStringSubmatch(strings.TrimRight(path, "/"))
	if m == nil {
		return KindOther
	}
	first, rest, _ := strings.Cut(m[1], "/")
	switch first {
	case "":
		return KindVersions
	case "search", "parameterizedSearch":
		return KindSearch
	case "query", "queryAll":
		return KindQuery
	case "jobs":
		return KindBulk
	case "limits":
		return KindLimits
	case "composite":
		if strings.HasPrefix(rest, "sobjects") {
			return KindWrite
		}
		return KindDetails // only reads: see Client.composite
	case "sobjects":
		switch {
		case strings.HasSuffix(rest, "/describe"):
			return KindDescribe
		case strings.HasPrefix(rest, "ContentVersion"), strings.HasPrefix(rest, "ContentDocument"):
			return KindFile
		case strings.HasSuffix(rest, "/deleted"):
			return KindQuery
		case method == http.MethodGet:
			return KindRecord
		}
		return KindWrite
	}
	return KindOther
}

// gaugeOf reads Sforce-Limit-Info, which comes with every answer, so that the limits need no request:
// "api-usage=18/15000", or with more behind it, "api-usage=25/5000; per-app-api-usage=17/250(appName=sample)".
func gaugeOf(info string) (g Gauge, ok bool) {
	for part := range strings.FieldsFuncSeq(info, func(r rune) bool { return r == ',' || r == ';' }) {
		usage, is := strings.CutPrefix(strings.TrimSpace(part), "api-usage=")
		if !is {
			continue
		}
		used, limit, _ := strings.Cut(usage, "/")
		var err1, err2 error
		g.Used, err1 = strconv.Atoi(strings.TrimSpace(used))
		g.Limit, err2 = strconv.Atoi(strings.TrimSpace(limit))
		return g, err1 == nil && err2 == nil
	}
	return Gauge{}, false
}

// noteUsage shows the gauge in the status of the link.
func (c *Client) noteUsage(g Gauge) {
	c.setStatus(func(s *crm.LinkStatus) {
		if s.State == crm.Linked {
			s.APIUsed, s.APILimit = g.Used, g.Limit
		}
	})
}

// sentKinds is the Meter of a process that makes requests for the app.
type sentKinds struct {
	mu    sync.Mutex
	kinds []Kind
}

func (s *sentKinds) Begin(Request) error { return nil }

func (s *sentKinds) End(r Request, sent, _ bool, _ Gauge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sent {
		s.kinds = append(s.kinds, r.Kind)
	}
}

func (s *sentKinds) all() []Kind {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kinds
}

// countApart counts what another process has sent for this client. A renewal sends nothing that counts against the org's requests.
func (c *Client) countApart(org string, sent []Kind) {
	for _, k := range sent {
		r := Request{Org: org, Kind: k}
		if c.cfg.Meter != nil && c.cfg.Meter.Begin(r) == nil {
			c.cfg.Meter.End(r, true, false, Gauge{})
		}
	}
}
