package demoorg

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Request is a request that the org was sent, for a test to count. It has neither the query nor anything secret.
type Request struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Status int       `json:"status"`          // 0: no answer was given
	Grant  string    `json:"grant,omitempty"` // grant_type of a token request
}

const keptRequests = 10000

var slashes = regexp.MustCompile(`//+`)

// Handler serves everything: OAuth, REST and the web pages.
func (o *Org) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// An instance URL with a trailing slash makes clients send //services/…, which Salesforce accepts.
		if strings.Contains(r.URL.Path, "//") {
			r = r.Clone(r.Context())
			r.URL.Path, r.URL.RawPath = slashes.ReplaceAllString(r.URL.Path, "/"), ""
		}
		seen := &statusWriter{ResponseWriter: w}
		seen.note = sync.OnceFunc(func() { o.note(r, seen.status) })
		defer seen.note()
		if o.isDown() {
			dropConnection(seen)
			return
		}
		// The body is read before anything waits: net/http notices that a client has disconnected only after that.
		body, err := io.ReadAll(http.MaxBytesReader(seen, r.Body, maxBody))
		if err != nil {
			o.refuseAll(seen, refuse(http.StatusRequestEntityTooLarge, "REQUEST_TOO_LARGE", "request body could not be read"))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		o.withFaults(seen, r, o.serve)
	})
}

func (o *Org) serve(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/services/data"):
		o.rest.ServeHTTP(w, r)
	default:
		o.web.ServeHTTP(w, r)
	}
}

// note records the request and the status of its answer.
func (o *Org) note(r *http.Request, status int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := Request{At: o.now(), Method: r.Method, Path: r.URL.Path, Status: status}
	if r.URL.Path == tokenPath && r.PostForm != nil {
		n.Grant = r.PostForm.Get("grant_type")
	}
	if len(o.requests) == keptRequests {
		o.requests = o.requests[1:]
	}
	o.requests = append(o.requests, n)
	o.changes.tell()
	o.cfg.Log.Debug("demo org", "method", n.Method, "path", n.Path, "status", n.Status)
}

// Requests returns the last ten thousand requests, oldest first.
func (o *Org) Requests() []Request {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Request(nil), o.requests...)
}

// Count returns how many requests were made to paths that contain part; method "" counts every method.
func (o *Org) Count(method, part string) int {
	n := 0
	for _, r := range o.Requests() {
		if (method == "" || r.Method == method) && strings.Contains(r.Path, part) {
			n++
		}
	}
	return n
}

// statusWriter records the status; it is 0 when the connection was dropped.
type statusWriter struct {
	http.ResponseWriter
	status int
	note   func() // called before the client can know the result, so that a test can count the request by then
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController access to Hijack and Flush.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
