package demoorg

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// call is one REST call, or one part of a composite one.
type call struct {
	method  string
	version int
	path    []string // after /services/data/vNN/
	query   url.Values
	header  http.Header
	body    []byte
	who     actor
	origin  string // scheme and host, for links
}

// base is the part of the URL's path before path, as answers spell it.
func (c *call) base() string { return fmt.Sprintf("/services/data/v%d.0", c.version) }

// reply is the answer to a call. A nil body sends none.
type reply struct {
	status int
	header http.Header
	body   any
	stream func(w http.ResponseWriter, r *http.Request) // writes the answer, header and all, after the transaction
}

func ok(body any) (reply, *apiError) { return reply{status: http.StatusOK, body: body}, nil }

const (
	oldestVersion = 31 // 21 to 30 were retired in June 2025
	maxBody       = 16 << 20
)

var versionPath = regexp.MustCompile(`^/services/data/v(\d{1,3})\.0(?:/(.*))?$`)

// serveREST serves /services/data.
func (o *Org) serveREST(w http.ResponseWriter, r *http.Request) {
	if strings.Trim(r.URL.Path, "/") == "services/data" {
		writeJSON(w, http.StatusOK, o.versions()) // needs no session
		return
	}
	m := versionPath.FindStringSubmatch(r.URL.Path)
	if m == nil {
		o.refuseAll(w, errNotFound())
		return
	}
	if !pause(r, o.cfg.LatencyPerCall) {
		return
	}
	body, err := readBody(r)
	if err != nil {
		o.refuseAll(w, err)
		return
	}
	version, _ := strconv.Atoi(m[1])
	c := &call{method: r.Method, version: version, query: r.URL.Query(), header: r.Header, body: body, origin: origin(r)}
	if m[2] != "" {
		c.path = strings.Split(strings.Trim(m[2], "/"), "/")
	}
	rep := o.run(c, r)
	if rep.stream != nil {
		for k, vs := range rep.header {
			w.Header()[k] = vs
		}
		rep.stream(w, r)
		return
	}
	o.send(w, rep)
}

// readBody reads the body and decompresses it.
func readBody(r *http.Request) ([]byte, *apiError) {
	in := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, bad("JSON_PARSER_ERROR", "body is not gzip")
		}
		in = io.LimitReader(z, maxBody)
	}
	b, err := io.ReadAll(in)
	if err != nil {
		return nil, bad("JSON_PARSER_ERROR", "body could not be read")
	}
	return bytes.TrimSpace(b), nil
}

// run runs one transaction: session, quota, then the resource. A call that fails changes nothing.
func (o *Org) run(c *call, r *http.Request) reply {
	o.mu.Lock()
	defer o.mu.Unlock()
	header := http.Header{"Date": {o.now().UTC().Format(http.TimeFormat)}}
	refused := func(e *apiError) reply { return reply{status: e.status, header: header, body: e.body()} }
	switch {
	case c.version < oldestVersion:
		return refused(refuse(http.StatusGone, "UNSUPPORTED_API_VERSION", "API version is not supported"))
	case c.version > o.cfg.MaxVersion:
		return refused(errNotFound())
	}
	s := o.session(r.Header)
	if s == nil {
		header.Set("WWW-Authenticate", "Token")
		return refused(errSession())
	}
	c.who.userID = s.grant.userID
	o.speaks(c)
	if e := o.refusesUser(); e != nil {
		return refused(e)
	}
	if !s.grant.has("api") && !s.grant.has("full") {
		return refused(refuse(http.StatusForbidden, "INVALID_SESSION_ID", "This session is not valid for use with the API"))
	}
	o.usage.forget(o.now())
	if len(o.usage.at)+o.cost(c) > o.cfg.DailyLimit {
		return refused(errQuota())
	}
	o.usage.add(o.now(), o.cost(c))
	header.Set("Sforce-Limit-Info", o.usage.header(o.cfg.DailyLimit))
	c.who.allowDuplicate = strings.Contains(strings.ToLower(c.header.Get("Sforce-Duplicate-Rule-Header")), "allowsave=true")
	rep := o.transact(c)
	for k, vs := range rep.header {
		header[k] = vs
	}
	rep.header = header
	return rep
}

// transact routes c inside a savepoint.
func (o *Org) transact(c *call) reply {
	rollback, commit := o.db.savepoint()
	rep, err := o.route(c)
	if err != nil {
		rollback()
		return reply{status: err.status, body: o.refusal(err).body()}
	}
	commit()
	return rep
}

func (o *Org) send(w http.ResponseWriter, rep reply) {
	for k, vs := range rep.header {
		w.Header()[k] = vs
	}
	if rep.body == nil {
		w.WriteHeader(rep.status)
		return
	}
	writeJSON(w, rep.status, rep.body)
}

func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
