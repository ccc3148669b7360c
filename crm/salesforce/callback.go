package salesforce

import (
	"bytes"
	"context"
	"crypto/subtle"
	_ "embed"
	"html/template"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"linecard/fault"
)

// callbackPath is the path that Salesforce redirects to.
const callbackPath = "/oauth/callback"

func callbackURL(port int) string {
	return "http://localhost:" + strconv.Itoa(port) + callbackPath
}

// answer is what the redirect carried: a code, or an error.
type answer struct{ code, err, description string }

// callback is the loopback server that takes one answer (RFC 8252 §7.3). It runs from before the browser opens until
// the page with the outcome has been delivered to the agent.
type callback struct {
	url     string
	port    string
	state   string
	say     func(fault.Fault) string // makes the words of the page
	server  *http.Server
	serving sync.WaitGroup

	answers chan answer
	once    sync.Once // guards the one answer
	outcome error     // the outcome of the link; set before done is closed
	done    chan struct{}
	ended   sync.Once
}

// listenCallback starts a server on the first free port of ports.
func listenCallback(ctx context.Context, ports []int, state string, say func(fault.Fault) string) (*callback, error) {
	var last error
	for _, port := range ports {
		listeners, err := listenLoopback(ctx, port)
		if err != nil {
			last = err
			continue
		}
		cb := &callback{
			url: callbackURL(port), port: strconv.Itoa(port), state: state, say: say,
			answers: make(chan answer, 1), done: make(chan struct{}),
		}
		cb.server = &http.Server{Handler: cb, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
		for _, l := range listeners {
			cb.serving.Go(func() { _ = cb.server.Serve(l) }) // ErrServerClosed, by close
		}
		return cb, nil
	}
	return nil, linkError(last, "salesforce.ports-in-use", "ports", texts(ports))
}

// listenLoopback listens on both loopback addresses, since a browser resolves localhost to either. A machine without
// IPv6 uses one.
func listenLoopback(ctx context.Context, port int) ([]net.Listener, error) {
	var lc net.ListenConfig
	p := strconv.Itoa(port)
	l4, err := lc.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", p))
	if err != nil {
		return nil, err
	}
	l6, err := lc.Listen(ctx, "tcp6", net.JoinHostPort("::1", p))
	switch {
	case err == nil:
		return []net.Listener{l4, l6}, nil
	case fault.PortTaken(err):
		_ = l4.Close() // another program would get half of the redirects
		return nil, err
	}
	return []net.Listener{l4}, nil
}

func texts(numbers []int) []string {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = strconv.Itoa(n)
	}
	return list
}

// wait returns the answer, or the context's error. It calls silent when there is none after a while.
func (cb *callback) wait(ctx context.Context, while time.Duration, silent func()) (answer, error) {
	t := time.NewTimer(while)
	defer t.Stop()
	for {
		select {
		case a := <-cb.answers:
			return a, nil
		case <-t.C:
			silent()
		case <-ctx.Done():
			return answer{}, ctx.Err()
		}
	}
}

// finish tells the waiting browser the outcome of the link.
func (cb *callback) finish(outcome error) {
	cb.ended.Do(func() {
		cb.outcome = outcome
		close(cb.done)
	})
}

// close stops the server after the page that is being written.
func (cb *callback) close() {
	cb.finish(linkError(context.Canceled, "salesforce.link-cancelled")) // does nothing after an earlier finish
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if cb.server.Shutdown(ctx) != nil {
		_ = cb.server.Close()
	}
	cb.serving.Wait()
}

// ServeHTTP answers the browser.
func (cb *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the URL holds the code
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Connection", "close")
	if r.Method == http.MethodOptions {
		// Chrome asks before a page from the internet may open an address of this machine (Private Network Access).
		h.Set("Access-Control-Allow-Private-Network", "true")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	host, port, err := net.SplitHostPort(r.Host)
	local := err == nil && port == cb.port && (host == "localhost" || host == "127.0.0.1" || host == "::1")
	if r.Method != http.MethodGet || r.URL.Path != callbackPath || !local {
		http.NotFound(w, r) // the favicon, and pages that resolve their own name to this machine (DNS rebinding)
		return
	}
	q := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(cb.state)) != 1 {
		cb.page(w, http.StatusBadRequest, false, fault.New("salesforce.page-of-another-link"), fault.New("salesforce.page-of-another-link-detail"))
		return
	}
	a := answer{code: q.Get("code"), err: q.Get("error"), description: q.Get("error_description")}
	if a.code == "" && a.err == "" {
		a.err, a.description = "server_error", "the answer holds neither a code nor an error"
	}
	mine := false
	cb.once.Do(func() { mine = true })
	if !mine {
		cb.page(w, http.StatusGone, false, fault.New("salesforce.page-used"), fault.New("salesforce.page-used-detail"))
		return
	}
	cb.answers <- a
	select {
	case <-cb.done:
	case <-r.Context().Done():
		return
	}
	if cb.outcome != nil {
		cb.page(w, http.StatusOK, false, fault.New("salesforce.page-not-linked"), faultOf(cb.outcome))
		return
	}
	cb.page(w, http.StatusOK, true, fault.New("salesforce.page-linked"), fault.New("salesforce.page-linked-detail"))
}

//go:embed callback.html
var callbackHTML string

var callbackPage = template.Must(template.New("callback").Parse(callbackHTML))

// page writes the page that tells the agent the outcome of the link.
func (cb *callback) page(w http.ResponseWriter, status int, linked bool, title, text fault.Fault) {
	var b bytes.Buffer
	data := struct {
		Language, Title, Text, Origin string
		Linked                        bool
	}{
		cb.say(fault.New("salesforce.page-language")), cb.say(title), cb.say(text), cb.say(fault.New("salesforce.page-origin")), linked,
	}
	if err := callbackPage.Execute(&b, data); err != nil {
		http.Error(w, data.Title, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
