package demoorg

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// FaultKind is a kind of failure.
type FaultKind string

// The faults. Those of the REST API affect only /services/data/vNN, OAuthRefusal only the token endpoint and AuthorizeRefusal
// only the authorize endpoint, unless Path is set.
const (
	SessionExpired   FaultKind = "session-expired"    // 401 INVALID_SESSION_ID
	SessionUnusable  FaultKind = "session-unusable"   // 401 that a refresh does not resolve
	QuotaUsedUp      FaultKind = "quota"              // 403 REQUEST_LIMIT_EXCEEDED
	RowLocked        FaultKind = "lock-row"           // 400 UNABLE_TO_LOCK_ROW
	ServerError      FaultKind = "server-error"       // 500 UNKNOWN_EXCEPTION
	Unavailable      FaultKind = "html-503"           // 503 with the maintenance page
	Slow             FaultKind = "slow"               // no answer for Delay, then the answer
	SlowBody         FaultKind = "slow-body"          // the header immediately, the body after Delay
	Reset            FaultKind = "reset"              // connection reset, nothing done
	ResetAfterCommit FaultKind = "reset-after-commit" // connection reset, but the request is carried out
	CommitsLate      FaultKind = "commits-late"       // the client's request ends first (see Fault.Status), the org carries it out after Delay
	NeverCommits     FaultKind = "never-commits"      // the client's request ends in the same way, and is never carried out
	AnswersLate      FaultKind = "answers-late"       // carried out immediately, answered after Delay
	OAuthRefusal     FaultKind = "oauth-error"        // 400 {error: Code, error_description: Message}
	AuthorizeRefusal FaultKind = "authorize-error"    // the browser is sent back with {error: Code, error_description: Message}
	Refusal          FaultKind = "refusal"            // Status with [{errorCode: Code, message: Message, fields: Fields}]
	Torn             FaultKind = "torn"               // the connection breaks after half of the body
	CutShort         FaultKind = "cut-short"          // half of the body, ended as if it were the whole
	Answer           FaultKind = "answer"             // Status (0: 200) with Body as it is, and nothing done: what a proxy may send
)

// Silence is a Status of CommitsLate and NeverCommits: the client gets no answer at all.
const Silence = -1

// Always keeps a fault active until it is removed.
const Always = -1

// Fault is one failure to inject.
type Fault struct {
	Kind   FaultKind     `json:"kind"`
	Method string        `json:"method,omitempty"` // "": any
	Path   string        `json:"path,omitempty"`   // part of the URL's path; "": the default of the kind
	Times  int           `json:"times,omitempty"`  // number of requests it affects; 0: one; Always: all
	Delay  time.Duration `json:"delay,omitempty"`  // nanoseconds, for the slow and late kinds; CommitsLate with 0 waits for Org.Commit

	// Status is the HTTP status of a Refusal. For CommitsLate and NeverCommits it says how the request ends for the
	// client: 0 resets the connection, a status such as 504 answers with a gateway's page, and [Silence] leaves the
	// client waiting until it gives up.
	Status  int    `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`

	Fields []string `json:"fields,omitempty"` // of a Refusal
	Body   string   `json:"body,omitempty"`   // of an Answer; it may be empty
}

type activeFault struct{ Fault }

// Inject makes a fault affect the requests it matches. Of several faults the one injected first is used. remove removes
// it.
func (o *Org) Inject(f Fault) (remove func()) {
	if f.Times == 0 {
		f.Times = 1
	}
	active := &activeFault{f}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults = append(o.faults, active)
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.faults = slices.DeleteFunc(o.faults, func(a *activeFault) bool { return a == active })
	}
}

// ClearFaults removes every fault, and ends SetDown.
func (o *Org) ClearFaults() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.faults, o.down = nil, false
}

// SetDown makes the org unreachable: every connection is reset before an answer, also for web pages.
func (o *Org) SetDown(down bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down = down
}

func (o *Org) isDown() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.down
}

// takeFault returns the fault for r and counts it as used; ok is false when there is none.
func (o *Org) takeFault(r *http.Request) (Fault, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, f := range o.faults {
		if !f.matches(r) {
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				o.faults = slices.Delete(o.faults, i, i+1)
			}
		}
		return f.Fault, true
	}
	return Fault{}, false
}

func (f *activeFault) matches(r *http.Request) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, r.Method) {
		return false
	}
	switch {
	case f.Path != "":
		return strings.Contains(r.URL.Path, f.Path)
	case f.Kind == OAuthRefusal:
		return r.URL.Path == tokenPath
	case f.Kind == AuthorizeRefusal:
		return r.URL.Path == authorizePath
	}
	return strings.HasPrefix(r.URL.Path, "/services/data/v")
}

// withFaults applies the fault for the request, if there is one, and otherwise calls next.
func (o *Org) withFaults(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	f, ok := o.takeFault(r)
	if !ok {
		next(w, r)
		return
	}
	switch f.Kind {
	case SessionExpired:
		o.refuseAll(w, errSession())
	case SessionUnusable:
		o.refuseAll(w, refuse(http.StatusUnauthorized, "INVALID_SESSION_ID", "This session is not valid for use with the REST API"))
	case QuotaUsedUp:
		o.refuseAll(w, errQuota())
	case RowLocked:
		o.refuseAll(w, bad("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"))
	case ServerError:
		o.refuseAll(w, refuse(http.StatusInternalServerError, "UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345"))
	case Refusal:
		o.refuseAll(w, refuse(f.Status, f.Code, "%s", f.Message).on(f.Fields...))
	case Answer:
		answerAsItIs(w, f)
	case OAuthRefusal:
		writeJSON(w, http.StatusBadRequest, ordered{{"error", f.Code}, {"error_description", f.Message}})
	case AuthorizeRefusal:
		q := r.URL.Query()
		o.sendBack(w, r, &authorization{redirect: q.Get("redirect_uri"), state: q.Get("state")}, url.Values{"error": {f.Code}, "error_description": {f.Message}})
	case Unavailable:
		maintenance(w)
	case Slow:
		if pause(r, f.Delay) {
			next(w, r)
		}
	case SlowBody:
		slowBody(w, r, f.Delay, next)
	case Reset:
		dropConnection(w)
	case Torn, CutShort:
		half(w, r, f.Kind == Torn, next)
	case ResetAfterCommit:
		next(newHeldAnswer(), r)
		dropConnection(w)
	case CommitsLate:
		o.commitLater(r, next, f.Delay)
		endWithoutAnswer(w, r, f.Status)
	case NeverCommits:
		endWithoutAnswer(w, r, f.Status)
	case AnswersLate:
		held := newHeldAnswer()
		next(held, r)
		if pause(r, f.Delay) {
			held.send(w)
		}
	default:
		next(w, r)
	}
}

// answerAsItIs sends the body of the fault, as a page unless it is JSON.
func answerAsItIs(w http.ResponseWriter, f Fault) {
	if f.Status == 0 {
		f.Status = http.StatusOK
	}
	kind := "text/html;charset=UTF-8"
	if json.Valid([]byte(f.Body)) {
		kind = "application/json;charset=UTF-8"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body)
}

func (o *Org) refuseAll(w http.ResponseWriter, e *apiError) { writeJSON(w, e.status, e.body()) }

func errQuota() *apiError {
	return refuse(http.StatusForbidden, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
}

// pause waits, and reports whether the client is still connected.
func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func slowBody(w http.ResponseWriter, r *http.Request, d time.Duration, next http.HandlerFunc) {
	held := newHeldAnswer()
	next(held, r)
	for k, vs := range held.header {
		w.Header()[k] = vs
	}
	w.WriteHeader(held.status)
	_ = http.NewResponseController(w).Flush()
	if pause(r, d) {
		_, _ = w.Write(held.body.Bytes())
	}
}

// half sends half of the body, as it is on the way: compressed or not. With broken the connection breaks then.
func half(w http.ResponseWriter, r *http.Request, broken bool, next http.HandlerFunc) {
	held := newHeldAnswer()
	if !broken { // what ends too early must still be readable
		r.Header.Del("Accept-Encoding")
	}
	next(held, r)
	for k, vs := range held.header {
		w.Header()[k] = vs
	}
	w.WriteHeader(held.status)
	_, _ = w.Write(held.body.Bytes()[:held.body.Len()/2])
	if broken {
		_ = http.NewResponseController(w).Flush()
		dropConnection(w)
	}
}

// heldAnswer records an answer that is sent later or never.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newHeldAnswer() *heldAnswer { return &heldAnswer{header: http.Header{}, status: http.StatusOK} }

func (h *heldAnswer) Header() http.Header         { return h.header }
func (h *heldAnswer) WriteHeader(status int)      { h.status = status }
func (h *heldAnswer) Write(b []byte) (int, error) { return h.body.Write(b) }

// send sends the answer.
func (h *heldAnswer) send(w http.ResponseWriter) {
	for k, vs := range h.header {
		w.Header()[k] = vs
	}
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body.Bytes())
}

// dropConnection resets the connection, so that the client sees neither an answer nor an orderly close.
func dropConnection(w http.ResponseWriter) {
	if seen, ok := w.(*statusWriter); ok {
		seen.note()
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2 or a recorder: the server aborts the stream
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func maintenance(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(`<!DOCTYPE html><html><head><title>Scheduled Maintenance</title></head>
<body><h1>We are down for maintenance.</h1><p>Sorry for the inconvenience. We'll be back shortly.</p></body></html>
`))
}
