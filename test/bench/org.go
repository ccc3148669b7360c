package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"linecard/app/instance"
	"linecard/crm/demoorg"
)

// org is the demo org with a record of when a search was answered.
type org struct {
	*demoorg.Org
	url    string
	server *http.Server

	mu       sync.Mutex
	answered time.Time // when the last search was answered
}

// startOrg starts an org that takes the given time for each answer.
func startOrg(latency time.Duration) (*org, error) { return startOrgOf(0, latency) }

// startOrgOf starts an org that has so many people beside those of the demo.
func startOrgOf(people int, latency time.Duration) (*org, error) {
	o := &org{Org: demoorg.New(demoorg.Config{AutoApprove: true, LatencyPerCall: latency, DailyLimit: 1 << 20, Volume: people})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o.url = "http://" + l.Addr().String()
	handler := o.Handler()
	o.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		giveWay()
		handler.ServeHTTP(w, r)
		if strings.Contains(r.URL.Path, "/search") {
			o.mu.Lock()
			o.answered = time.Now()
			o.mu.Unlock()
		}
	})}
	go func() { _ = o.server.Serve(l) }() // it ends with close
	return o, nil
}

func (o *org) close() { _ = o.server.Close() }

func (o *org) lastSearch() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.answered
}

// link links the app to the org; this program acts as the browser. All apps use the same three callback ports, so
// another Linecard that is being linked may delay this.
func (l *linecard) link(ctx context.Context, o *org) error {
	args := map[string]string{"login-host": o.url, "client-id": o.ClientID(), "no-browser": "true", "timeout": "1m"}
	linked := false
	err := instance.Call(ctx, l.dir, instance.Request{Verb: "link", Args: args}, func(raw json.RawMessage) error {
		var answer struct {
			AuthorizeURL string `json:"authorizeUrl"`
			State        string `json:"state"`
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			return err
		}
		linked = linked || strings.EqualFold(answer.State, "linked")
		if answer.AuthorizeURL == "" {
			return nil
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, answer.AuthorizeURL, nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return fmt.Errorf("authorize in the browser: %w", err)
		}
		return res.Body.Close()
	})
	if err == nil && !linked {
		err = fmt.Errorf("the org was not linked")
	}
	return err
}
