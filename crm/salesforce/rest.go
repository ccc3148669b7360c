package salesforce

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// maxResponse bounds how much of a response is read, in bytes; the largest valid one is a describe of some hundred KiB.
const maxResponse = 8 << 20

// answerTooLarge is the code of the error for an answer of more than maxResponse: the same question has the same answer again.
const answerTooLarge = "ANSWER_TOO_LARGE"

// call is one request to the org's REST API.
type call struct {
	method  string
	path    string // below /services/data/vXX.0
	query   url.Values
	header  http.Header
	body    any           // sent as JSON; nil for none
	owner   owner         // the link it must be sent through
	timeout time.Duration // for all attempts together
	repeat  bool          // sending it twice does no harm
	upsert  bool          // by an External ID
	writes  bool          // it makes or changes a record
	probe   bool          // it only finds out whether the org answers
	files   bool          // it makes or shares a file
	silent  bool          // the org answers it without a body, with status 204

	// sink reads an answer of any length while it comes; nil reads it whole. A second attempt calls it again.
	sink func(http.Header, io.Reader) error
}

// owner is a user of an org. A request with an owner is sent through that link only; an empty part means any linked
// one.
type owner struct{ org, user string }

// admits reports whether a request of o may be sent in session s.
func (o owner) admits(s session) bool {
	return (o.org == "" || o.org == s.org) && (o.user == "" || o.user == s.user)
}

// conditional reports whether the org is to carry q out only if the record has not changed.
func (q call) conditional() bool { return q.header.Get("If-Unmodified-Since") != "" }

// reply is an answer with status 2xx or 304, 300 to an upsert, or 412 to a conditional request.
type reply struct {
	status int
	header http.Header
	body   []byte
	from   session // the session that it was sent in
}

func (c *Client) get(path string, query url.Values, timeout time.Duration) call {
	return call{method: http.MethodGet, path: path, query: query, timeout: timeout, repeat: true}
}

// do sends q and decodes the answer into v unless v is nil. A request that may be repeated is tried up to three times,
// unless Salesforce has asked for a pause: then the caller must try again later.
func (c *Client) do(ctx context.Context, q call, v any) (reply, error) {
	if err := c.admit(q); err != nil {
		return reply{}, err
	}
	epoch := c.epochNow()
	ctx, cancel := context.WithTimeout(ctx, q.timeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		r, err := c.authorized(ctx, q)
		if err == nil {
			err = q.read(r, v)
		}
		if err == nil || !q.repeat || attempt == 3 || !retryable(err) || !pause(ctx, time.Duration(attempt)*c.patience) {
			c.note(q, epoch, err)
			c.noteClock(r.header)
			return r, err
		}
	}
}

// read decodes an accepted answer into v. An answer that is not what the org gives to such a request, such as a page with
// status 200, comes from something on the way.
func (q call) read(r reply, v any) error {
	switch {
	case r.status == http.StatusPreconditionFailed: // only a conditional request has this for an answer
		return nil
	case q.silent && r.status != http.StatusNoContent:
		return garbled(r.status, errors.New("an answer where the org gives none"), q.repeat)
	case v == nil || q.sink != nil || q.upsert && (r.status == http.StatusMultipleChoices || r.status == http.StatusNoContent):
		return nil
	case string(bytes.TrimSpace(r.body)) == "null":
		return garbled(r.status, errors.New("the answer is null"), q.repeat)
	}
	if err := json.Unmarshal(r.body, v); err != nil {
		return garbled(r.status, fmt.Errorf("decode the answer: %w", err), q.repeat)
	}
	return nil
}

// garbled is the error of an accepted answer that cannot be read: it is unknown what the org did.
func garbled(status int, err error, harmless bool) *crm.Error {
	class := crm.ClassAmbiguous
	if harmless {
		class = crm.ClassTransient
	}
	return &crm.Error{Class: class, Fault: fault.New("salesforce.answered-by-another", "status", strconv.Itoa(status)), Err: err}
}

// rows sends a query and returns its rows, also where the org tells them in several pages, as it does with large ones. An empty list
// means that there are none; a missing list means nothing.
func (c *Client) rows(ctx context.Context, q call) (all []row, r reply, err error) {
	for {
		var page struct {
			Records *[]row `json:"records"`
			Done    *bool  `json:"done"`
			Next    string `json:"nextRecordsUrl"`
		}
		r, err = c.do(ctx, q, &page)
		_, next, _ := strings.Cut(page.Next, "/query/")
		more := next != "" || page.Done != nil && !*page.Done
		switch {
		case err != nil:
		case page.Records == nil:
			err = garbled(r.status, errors.New("the answer has no list of records"), true)
		case more && (next == "" || len(*page.Records) == 0):
			err = garbled(r.status, errors.New("the answer does not tell where it goes on"), true)
		}
		if err != nil {
			return nil, r, err
		}
		if all = append(all, *page.Records...); !more {
			return all, r, nil
		}
		q.path, q.query = "/query/"+next, nil
	}
}

// retryable reports whether another attempt within the second may succeed and is allowed.
func retryable(err error) bool {
	e, ok := asError(err)
	return ok && e.Class == crm.ClassTransient && e.Retry == 0 && e.Code != answerTooLarge
}

// pause waits for d or up to 2.5 times as long, and reports whether there is time for that. The jitter keeps the agents
// of one office apart after an outage.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d + rand.N(d+d/2+1))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// authorized sends q with a valid token. When the org says that the session has ended or that the org has moved, it
// refreshes once, which also tells the new address, and sends q once more.
func (c *Client) authorized(ctx context.Context, q call) (reply, error) {
	s, err := c.sessionWith(ctx, q.owner, "")
	if err != nil {
		return reply{}, err
	}
	r, err := c.send(ctx, s, q)
	if r.status == http.StatusGone { // the org no longer supports the API version of this link
		if s.version, err = c.rediscover(ctx, s); err == nil {
			r, err = c.send(ctx, s, q)
		}
	}
	if r.status == http.StatusMisdirectedRequest { // not by this connection (RFC 9110 §15.5.20)
		c.http.CloseIdleConnections()
		r, err = c.send(ctx, s, q)
	}
	if !sessionEnded(err) && !moved(r.status) {
		return r, err
	}
	if s, err = c.sessionWith(ctx, q.owner, s.token); err != nil {
		return reply{}, err
	}
	r, err = c.send(ctx, s, q)
	switch e, _ := asError(err); {
	case sessionEnded(err):
		e.Class, e.Retry = c.sessionRefused(), firstHold
		e.Fault = fault.New("salesforce.new-session-refused")
	case moved(r.status):
		e.Retry = time.Minute
	}
	return r, err
}

// sessionRefused counts that the org has refused a session that it had just opened, and returns the class of that: once
// may be an accident, twice in a row means that nothing works.
func (c *Client) sessionRefused() crm.Class {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holds.refused++; c.holds.refused < 2 {
		return crm.ClassTransient
	}
	return crm.ClassBlocked
}

// epochNow returns the number of the current link.
func (c *Client) epochNow() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.epoch
}

// sessionWith returns a session, or an error when it is another org's or user's than the request needs, since another
// one may have been linked in the meantime. This is checked before the link is used and again after it was renewed.
func (c *Client) sessionWith(ctx context.Context, o owner, stale string) (session, error) {
	if s, err := c.current(); err == nil && !o.admits(s) {
		return session{}, crm.OfAnotherOrg()
	}
	s, err := c.session(ctx, stale)
	if err == nil && !o.admits(s) {
		return session{}, crm.OfAnotherOrg()
	}
	return s, err
}

// moved reports whether the org has moved to another address, as after a change of its My Domain. Redirects are not
// followed: only the token endpoint says where a token may be sent.
func moved(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// sessionEnded reports whether a new token may help: the org itself, with a code, has refused the session or the header
// that carries it. A 401 without a code is a proxy's.
func sessionEnded(err error) bool {
	for _, e := range refusals(err) {
		if r, _ := errors.AsType[refusal](err); r.status == http.StatusUnauthorized && !unusable(e.Message) {
			return true
		}
	}
	return false
}

// send makes one HTTP request.
func (c *Client) send(ctx context.Context, s session, q call) (reply, error) {
	var sent atomic.Bool // once the header is sent, the org may have acted
	leaves := func() {
		if q.writes && !q.repeat {
			crm.WriteLeaves(ctx)
		}
	}
	traced := httptrace.WithClientTrace(ofOrg(ctx, s.org), &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { leaves() }, // a connection may take as long as the whole request
		WroteHeaders: func() { sent.Store(true) },
	})
	req, err := q.request(traced, s)
	if err != nil {
		return reply{}, err
	}
	leaves()
	began := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		c.cfg.Log.Debug("no answer", "method", q.method, "path", q.path, "sent", sent.Load(), "ms", time.Since(began).Milliseconds())
		return reply{}, unanswered(err, q.repeat || !sent.Load())
	}
	defer resp.Body.Close()
	if q.sink != nil && resp.StatusCode == http.StatusOK {
		if err := q.sink(resp.Header, resp.Body); err != nil {
			return reply{}, unread(err)
		}
		return reply{resp.StatusCode, resp.Header, nil, s}, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxResponse+1))
	c.cfg.Log.Debug("request", "method", q.method, "path", q.path, "status", resp.StatusCode, "bytes", len(body), "ms", time.Since(began).Milliseconds())
	switch {
	case err != nil:
		return reply{}, unanswered(err, q.repeat)
	case len(body) > maxResponse:
		e := unanswered(fmt.Errorf("answer of more than %d bytes", maxResponse), q.repeat)
		e.Code = answerTooLarge
		return reply{}, e
	case resp.StatusCode == http.StatusMultipleChoices && q.upsert: // several records have the key; the body lists them
	case resp.StatusCode == http.StatusPreconditionFailed && q.conditional(): // the answer is that, whatever the body
	case resp.StatusCode >= 300 && resp.StatusCode != http.StatusNotModified:
		e := refused(resp.StatusCode, body, q.repeat)
		e.Retry = max(e.Retry, retryAfter(resp.Header, c.cfg.Now()))
		return reply{status: resp.StatusCode, from: s}, e
	}
	return reply{resp.StatusCode, resp.Header, body, s}, nil
}

// maxRetryAfter is the longest Retry-After that is respected.
const maxRetryAfter = 24 * time.Hour

// retryAfter returns how long a gateway asks to wait (RFC 9110 §10.2.3), and 0 when it does not say.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(seconds, 0), int(maxRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

func (q call) request(ctx context.Context, s session) (*http.Request, error) {
	u := s.instance + "/services/data/" + s.version + q.path
	if len(q.query) > 0 {
		u += "?" + q.query.Encode()
	}
	var body io.Reader
	if q.body != nil {
		b, err := json.Marshal(q.body)
		if err != nil {
			return nil, fmt.Errorf("encode the request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, u, body)
	if err != nil {
		return nil, fmt.Errorf("build the request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	for k, v := range q.header { // also another form of answer
		req.Header[k] = v
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json; charset=UTF-8")
	}
	return req, nil
}

// unanswered is the error of a request without a complete answer. harmless tells that the org certainly did not act on
// it, or that acting twice would not matter.
func unanswered(err error, harmless bool) *crm.Error {
	class := crm.ClassAmbiguous
	if harmless {
		class = crm.ClassTransient
	}
	if e, ok := asError(err); ok && crm.IsLeftOff(err) { // Linecard did not make the request
		return e
	}
	if u, ok := asURLError(err); ok {
		err = u.Err // without the URL, whose query holds the search text
	}
	return &crm.Error{Class: class, Fault: connectionFault(err), Err: err}
}
