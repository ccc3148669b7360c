package salesforce

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// rig is a client with the org that it talks to over real HTTP.
type rig struct {
	*Client
	org     *demoorg.Org
	url     string
	secrets *keyring
	store   *shelf
	log     *logbook
	browser sync.WaitGroup
	page    chan string // the last page that the browser showed
}

// newRig makes an unlinked client and an org that consents immediately.
func newRig(t testing.TB, oc demoorg.Config, change func(*Config)) *rig {
	t.Helper()
	r := &rig{secrets: &keyring{m: map[string]string{}}, store: &shelf{}, log: &logbook{}, page: make(chan string, 10)}
	ports := freePorts(t)
	for _, p := range ports {
		oc.Redirects = append(oc.Redirects, callbackURL(p))
	}
	oc.AutoApprove = true
	r.org = demoorg.New(oc)
	url, err := r.org.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.url = url
	cfg := Config{
		Store: r.store, Secrets: r.secrets, Ports: ports, Region: func() string { return "US" },
		LinkTimeout: 30 * time.Second, LookupTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, // the tests do not depend on the speed of the machine
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&cfg)
	}
	r.Client = New(cfg)
	r.patience = time.Millisecond
	t.Cleanup(func() {
		r.browser.Wait()
		r.Client.Close()
		if err := r.org.Close(); err != nil {
			t.Errorf("org: %v", err)
		}
	})
	return r
}

// linkedRig makes a client that is linked and has described its objects.
func linkedRig(t testing.TB, oc demoorg.Config, change func(*Config)) *rig {
	t.Helper()
	r := newRig(t, oc, change)
	if _, err := r.link(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := r.describeAll(context.Background()); err != nil {
		t.Fatal(err)
	}
	r.settle()
	return r
}

func (r *rig) link(ctx context.Context) (crm.LinkStatus, error) {
	return r.Link(ctx, LinkRequest{LoginHost: r.url, ClientID: r.org.ClientID()}, r.open)
}

// open acts as the agent's browser.
func (r *rig) open(url string) error {
	r.browser.Go(func() {
		_, body, err := tryBrowse(context.Background(), url)
		if err != nil {
			body = err.Error()
		}
		r.page <- body
	})
	return nil
}

// settle waits for background work to end.
func (r *rig) settle() { r.work.Wait() }

// restart returns the client after a restart: same keyring, same disk.
func (r *rig) restart(t testing.TB) *Client {
	t.Helper()
	c := New(r.cfg)
	t.Cleanup(func() { c.Close() })
	return c
}

func (r *rig) number(t testing.TB, name string) crm.Number {
	t.Helper()
	p, ok := r.org.Caller(name)
	if !ok {
		t.Fatalf("no person is called %s", name)
	}
	return crm.ParseNumber(p.Number, crm.NumberPlan{Region: "US"})
}

// grants counts the requests of one kind to the token endpoint.
func (r *rig) grants(kind string) int {
	n := 0
	for _, q := range r.org.Requests() {
		if q.Grant == kind {
			n++
		}
	}
	return n
}

// keyring is Secrets in memory that can be made to fail.
type keyring struct {
	mu     sync.Mutex
	m      map[string]string
	locked bool
	onSet  func()
	gets   int
}

var errLocked = errors.New("failed to unlock correct collection")

func (k *keyring) Get(key string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.gets++
	if k.locked {
		return "", errLocked
	}
	if v, ok := k.m[key]; ok {
		return v, nil
	}
	return "", ErrNoSecret
}

func (k *keyring) Set(key, value string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.onSet != nil {
		k.onSet()
	}
	if k.locked {
		return errLocked
	}
	k.m[key] = value
	return nil
}

func (k *keyring) Delete(key string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.m[key]; !ok {
		return ErrNoSecret
	}
	delete(k.m, key)
	return nil
}

func (k *keyring) all() map[string]string {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := map[string]string{}
	for key, v := range k.m {
		out[key] = v
	}
	return out
}

func (k *keyring) lock(locked bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.locked = locked
}

// shelf is a Store in memory.
type shelf struct {
	mu sync.Mutex
	b  []byte
}

func (s *shelf) Load() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.b == nil {
		return nil, fs.ErrNotExist
	}
	return s.b, nil
}

func (s *shelf) Save(b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b = b
	return nil
}

// logbook collects the log, to check that it holds nothing secret.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// wantError requires a *crm.Error of a class whose fault, as JSON, contains text: its code or a value.
func wantError(t *testing.T, err error, class crm.Class, text string) {
	t.Helper()
	if e, ok := asError(err); !ok || e.Class != class || !strings.Contains(e.Fault.Encode(), text) {
		t.Fatalf("class %q, %v; want %s and %q", classOf(err), err, class, text)
	}
}

// roundTripper lets a test intercept requests between client and org.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
