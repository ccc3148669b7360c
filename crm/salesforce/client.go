package salesforce

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// Config is what a Client needs. Store and Secrets are required.
type Config struct {
	Store   Store   // describes the link; holds nothing secret
	Secrets Secrets // holds the tokens

	// Dir holds cached object descriptions. When it is empty, they are kept in memory only, and other processes are
	// assumed absent.
	Dir string
	// Lock is the path of the file that keeps two processes from renewing the link at the same time; "" means link.lock
	// in Dir. Each link has its own.
	Lock string

	// Apart makes the command of a process that calls RenewApart, so that a new refresh token is kept even when this
	// process is killed; nil makes this process do it. It is used for links with a FileStore and lasting Secrets.
	Apart func() *exec.Cmd

	// Say makes the sentence about a fault for the page that the browser shows after a link was made; nil shows the
	// code.
	Say func(fault.Fault) string

	// Layouts are what is written of calls; nil means those that are built in. It is called for each write.
	Layouts func() layout.List

	// Rules are the admin's rules, of which the doctor asks which layouts they name and what they make; nil means none. The org
	// that a rule is for is named by its id here.
	Rules func() []crm.Rule

	// Objects is the admin's table of objects; nil means the one that is built in. It is called for each search, and
	// [Client.ObjectsChanged] tells that it says something else.
	Objects func() []crm.Object

	// CallAs are the fields with the number that a callee is to see, of the accounts that call people of an org; nil means none. A change of it is told by
	// [Client.ObjectsChanged] too.
	CallAs func(org string) []string

	// Region is the ISO 3166 code of the country that numbers in the org, and typed ones, belong to; nil and "" mean that of the caller's
	// line. It is called for each lookup.
	Region func() string

	Ports         []int             // callback ports to try in turn; nil means 47117, 47118, 47119
	Transport     http.RoundTripper // nil means the Client's own transport
	Meter         Meter             // counts every request; nil counts nothing
	Log           *slog.Logger      // nil discards
	Now           func() time.Time  // nil means time.Now
	Location      *time.Location    // the agent's time zone, which decides the date of a call; nil means time.Local
	LinkTimeout   time.Duration     // how long the agent may take in the browser; 0 means 5 minutes
	AskAfter      time.Duration     // how long the browser may be silent before LinkRequest.Silent; 0 means 30 s
	LookupTimeout time.Duration     // for one lookup; 0 means 4 s
	WriteTimeout  time.Duration     // for one write or any other request but an exchange of tokens; 0 means 15 s
	Memory        time.Duration     // how long what stands beside a record is used again; 0 means 5 minutes
}

func (c Config) withDefaults() Config {
	if c.Ports == nil {
		c.Ports = defaultPorts
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if c.Say == nil {
		c.Say = fault.Fault.String
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Lock == "" && c.Dir != "" {
		c.Lock = filepath.Join(c.Dir, "link.lock")
	}
	if c.Location == nil {
		c.Location = time.Local
	}
	for _, d := range []struct {
		v *time.Duration
		d time.Duration
	}{{&c.LinkTimeout, 5 * time.Minute}, {&c.AskAfter, askAfter}, {&c.LookupTimeout, 4 * time.Second}, {&c.WriteTimeout, 15 * time.Second}, {&c.Memory, 5 * time.Minute}} {
		if *d.v <= 0 {
			*d.v = d.d
		}
	}
	return c
}

// Client is the link of one user to one org. Its methods may be called from any goroutine.
type Client struct {
	cfg   Config
	http  *http.Client
	calls atomic.Int64

	plainSearch plainly       // of one number
	plainMany   plainly       // of several numbers at once
	patience    time.Duration // the first pause before a request is repeated
	redeemFor   time.Duration // how long a code is tried

	ctx  context.Context // of background work; ends on Close
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex // guards all fields below
	closed  bool
	linking bool
	link    savedLink
	status  crm.LinkStatus
	access  string           // access token, "" when none has been fetched yet
	refresh string           // refresh token
	earlier []earlierLink    // links that this one has replaced, oldest first, which end once it would outlast the app
	dead    *crm.Error       // why the link cannot be refreshed any more; nil while it can
	retryAt time.Time        // when a dead link is tried again automatically; zero for never
	holds   holds            // what the org refuses altogether
	panels  map[string]panel // what stood beside records, by id
	epoch   int              // counts links, so that late answers of an earlier link are dropped
	watcher func(crm.LinkStatus)
	changes int // counts status changes

	clockAhead atomic.Int64 // how far this computer's clock is ahead of the org's, in ns

	restoring    sync.Mutex // held while a saved link is taken up
	keyringAsked time.Time  // when the keyring was last asked because an exchange waits for it; guarded by mu
	keeping      sync.Mutex // held while tokens that are in memory only are put into Secrets
	saving       sync.Mutex // held while the Store is written
	notify       sync.Mutex // held while the watcher is called
	published    int        // number of the last change that the watcher was told

	holding chan struct{}      // held by the one operation that may change the link's tokens
	flights singleflight.Group // refreshes and lookups
	schema  schema
}

// New returns a client that is Unlinked until Restore or Link is called.
func New(cfg Config) *Client {
	cfg = cfg.withDefaults()
	transport := cfg.Transport
	if transport == nil {
		transport = newTransport()
	}
	ctx, stop := context.WithCancel(context.Background())
	c := &Client{
		cfg: cfg,
		http: &http.Client{
			// Salesforce answers without redirects. A redirect must not be followed with a token.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		ctx: ctx, stop: stop, patience: 100 * time.Millisecond, redeemFor: redeemFor,
		status:  crm.LinkStatus{State: crm.Unlinked},
		holds:   newHolds(),
		panels:  map[string]panel{},
		holding: make(chan struct{}, 1),
		schema:  newSchema(),
	}
	c.http.Transport = metered{transport, c}
	return c
}

// newTransport keeps connections to the org open, so that a call every few minutes does not wait for a TLS handshake.
func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 8
	t.IdleConnTimeout = 4 * time.Minute
	t.TLSHandshakeTimeout = 5 * time.Second
	return t
}

// Close ends background work and waits for it. The link is kept for the next start.
func (c *Client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.stop()
	c.work.Wait()
	c.http.CloseIdleConnections()
	return nil
}

// background runs f unless the client is closed. f must end soon after its context does.
func (c *Client) background(f func(context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.work.Go(func() { f(c.ctx) })
}

// Calls returns how many requests were made so far that count against the org's quota.
func (c *Client) Calls() int64 { return c.calls.Load() }

// Status returns the status of the link, without a request.
func (c *Client) Status() crm.LinkStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.statusLocked()
}

func (c *Client) statusLocked() crm.LinkStatus {
	s := c.status
	s.Scopes = append([]string(nil), s.Scopes...)
	s.Limits, s.NewLimits = slices.Clone(s.Limits), slices.Clone(s.NewLimits)
	return s
}

// OnStatus calls f after every change of the link's status, including quota use: one call at a time, the latest status
// last. f must return soon and must not call Link, Unlink, Refresh or Restore. There is one f; nil removes it.
func (c *Client) OnStatus(f func(crm.LinkStatus)) {
	c.mu.Lock()
	c.watcher = f
	c.mu.Unlock()
}

// setStatus changes the status under the lock and then tells the watcher.
func (c *Client) setStatus(change func(s *crm.LinkStatus)) {
	c.mu.Lock()
	change(&c.status)
	c.changes++
	c.mu.Unlock()
	c.publish()
}

// publish tells the watcher the latest status unless it knows it already. Several goroutines may call it at once; the
// second one finds nothing left to tell, so the calls come in the order of the changes.
func (c *Client) publish() {
	c.notify.Lock()
	defer c.notify.Unlock()
	c.mu.Lock()
	f, s, n := c.watcher, c.statusLocked(), c.changes
	c.mu.Unlock()
	if n == c.published || f == nil {
		return
	}
	c.published = n
	f(s)
}
