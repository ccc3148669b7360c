package demoorg

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// Org is one org. Its methods may be called from any goroutine.
type Org struct {
	cfg    Config
	schema *schema
	web    http.Handler
	rest   http.Handler

	mu           sync.Mutex
	db           *database
	index        *searchIndex
	random       *rand.Rand
	offset       time.Duration // of the clock, see Advance
	rules        Rules
	rulesChanged time.Time
	orgID        string
	people       []Person
	listViews    []*listView
	language     string // of the answer to the request that is being answered
	oauth        *authority
	usage        usage
	cursors      map[string]*cursor
	jobs         map[string]*bulkJob
	faults       []*activeFault
	late         []*lateWork
	down         bool
	requests     []Request

	changes changes

	server *http.Server
	cutOff context.CancelFunc // ends requests that wait
	served chan error
}

// New makes an org. It starts no server: serve [Org.Handler], or call [Org.Start].
func New(cfg Config) *Org {
	cfg = cfg.withDefaults()
	index := newSearchIndex(cfg.IndexLag, cfg.PhoneIndex)
	o := &Org{
		cfg:     cfg,
		schema:  orgSchema(cfg),
		index:   index,
		db:      newDatabase(cfg.Instance, index),
		random:  rand.New(rand.NewPCG(cfg.Seed, 0x11ecad)),
		rules:   cfg.Rules,
		cursors: map[string]*cursor{},
		jobs:    map[string]*bulkJob{},
	}
	o.rulesChanged = o.now()
	o.oauth = newAuthority()
	o.seed()
	o.seedVolume()
	o.index.flush()
	o.db.changed = o.changes.tell
	o.rest = http.HandlerFunc(o.serveREST)
	o.web = o.pages()
	return o
}

// now is the org's time: the clock plus what Advance has added.
func (o *Org) now() time.Time { return o.cfg.Clock().Add(o.offset) }

// Advance moves the org's clock forward: sessions, codes and idle tokens age, and the search index catches up.
func (o *Org) Advance(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.offset += d
}

// ID returns the organization's 18-character id.
func (o *Org) ID() string { return o.orgID }

// ClientID returns the consumer key of the External Client App.
func (o *Org) ClientID() string { return o.cfg.ClientID }

// Start listens on addr, such as "127.0.0.1:0", and serves until Close. The URL it returns is both login host and
// instance. It begins with http, which clients accept on loopback only. It fails when addr cannot be listened on or
// when the org was started already.
func (o *Org) Start(addr string) (url string, err error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return "", fmt.Errorf("demo org: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.server != nil {
		return "", errors.Join(errors.New("demo org: started already"), l.Close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.cutOff = cancel
	o.server = &http.Server{
		Handler: o.Handler(), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	o.served = make(chan error, 1)
	go func(s *http.Server, done chan<- error) { done <- s.Serve(l) }(o.server, o.served)
	return "http://" + l.Addr().String(), nil
}

// Close ends what Start began, including requests in progress.
func (o *Org) Close() error {
	o.mu.Lock()
	s, served, cutOff := o.server, o.served, o.cutOff
	o.server = nil
	o.mu.Unlock()
	if s == nil {
		return nil
	}
	cutOff()
	o.dropAllLate()
	// Answers that are being written get a grace period; a connection without a request gets none.
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	err := s.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close()
	}
	if e := <-served; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}
