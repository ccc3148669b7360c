package salesforce

import (
	"bytes"
	"context"
	"crypto/subtle"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// callbackPath is what Salesforce redirects to.
const callbackPath = "/oauth/callback"

func callbackURL(port int) string {
	return "http://localhost:" + strconv.Itoa(port) + callbackPath
}

// answer is what the browser brought back: a code, or an error.
type answer struct{ code, err, description string }

// callback is the loopback server that takes one answer (RFC 8252 §7.3). It lives from before the browser opens until
// the page that tells the agent the outcome has been delivered.
type callback struct {
	url     string
	port    string
	state   string
	server  *http.Server
	serving sync.WaitGroup

	answers chan answer
	once    sync.Once // the one answer
	outcome error     // of the link; set before done is closed
	done    chan struct{}
	ended   sync.Once
}

// listenCallback starts serving on the first of ports that is free.
func listenCallback(ctx context.Context, ports []int, state string) (*callback, error) {
	var last error
	for _, port := range ports {
		listeners, err := listenLoopback(ctx, port)
		if err != nil {
			last = err
			continue
		}
		cb := &callback{
			url: callbackURL(port), port: strconv.Itoa(port), state: state,
			answers: make(chan answer, 1), done: make(chan struct{}),
		}
		cb.server = &http.Server{Handler: cb, ReadHeaderTimeout: 10 * time.Second, MaxHeaderBytes: 64 << 10}
		for _, l := range listeners {
			cb.serving.Go(func() { _ = cb.server.Serve(l) }) // ErrServerClosed, by close
		}
		return cb, nil
	}
	return nil, linkError(fmt.Sprintf("The ports %s are all in use by other programs, so the browser could not report back. "+
		"Close a program that uses one of them and press Link again.", joinInts(ports)), last)
}

// listenLoopback listens on both loopback addresses, since a browser resolves localhost to either. A machine without
// IPv6 does with one.
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
	case errors.Is(err, syscall.EADDRINUSE):
		_ = l4.Close() // somebody else would get half of the redirects
		return nil, err
	}
	return []net.Listener{l4}, nil
}

func joinInts(list []int) string {
	var b bytes.Buffer
	for i, n := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(n))
	}
	return b.String()
}

// wait returns the answer, or the context's error.
func (cb *callback) wait(ctx context.Context) (answer, error) {
	select {
	case a := <-cb.answers:
		return a, nil
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// finish tells the waiting browser how the link went.
func (cb *callback) finish(outcome error) {
	cb.ended.Do(func() {
		cb.outcome = outcome
		close(cb.done)
	})
}

// close ends the server after the page that is being written.
func (cb *callback) close() {
	cb.finish(errors.New("the link was given up"))
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
	h.Set("Referrer-Policy", "no-referrer") // the address holds the code
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Connection", "close")
	if r.Method == http.MethodOptions {
		// Chrome asks before a page from the internet may lead to this machine (Private Network Access).
		h.Set("Access-Control-Allow-Private-Network", "true")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	host, port, err := net.SplitHostPort(r.Host)
	local := err == nil && port == cb.port && (host == "localhost" || host == "127.0.0.1" || host == "::1")
	if r.Method != http.MethodGet || r.URL.Path != callbackPath || !local {
		http.NotFound(w, r) // the favicon, and pages that rebind a name of theirs to this machine
		return
	}
	q := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(cb.state)) != 1 {
		page(w, http.StatusBadRequest, "This page does not belong to the link under way",
			"It may come from an earlier attempt. Close it, go back to Linecard and press Link again.")
		return
	}
	a := answer{code: q.Get("code"), err: q.Get("error"), description: q.Get("error_description")}
	if a.code == "" && a.err == "" {
		a.err, a.description = "server_error", "the answer holds neither a code nor an error"
	}
	mine := false
	cb.once.Do(func() { mine = true })
	if !mine {
		page(w, http.StatusGone, "This login has been used already", "You can close this tab and go back to Linecard.")
		return
	}
	cb.answers <- a
	select {
	case <-cb.done:
	case <-r.Context().Done():
		return
	}
	if cb.outcome != nil {
		page(w, http.StatusOK, "Not linked", cb.outcome.Error())
		return
	}
	page(w, http.StatusOK, "Linked", "Linecard now works with your Salesforce org. You can close this tab and go back to the app.")
}

//go:embed callback.html
var callbackHTML string

var callbackPage = template.Must(template.New("callback").Parse(callbackHTML))

func page(w http.ResponseWriter, status int, title, text string) {
	var b bytes.Buffer
	data := struct {
		Title, Text string
		Linked      bool
	}{title, text, title == "Linked"}
	if err := callbackPage.Execute(&b, data); err != nil {
		http.Error(w, title, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
