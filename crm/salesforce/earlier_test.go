package salesforce

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// disk is what a kill of the app leaves, and what every step of a relink must leave so that the next start has a link: the Store describes a
// link whose token is in Secrets, was given by its login host, and is not revoked.
type disk struct {
	*rig
	t *testing.T

	mu      sync.Mutex
	given   map[string]string // login hosts by the refresh tokens that they gave
	revoked map[string]bool
	full    bool // the Store takes nothing
	ends    bool // the link is meant to end
	steps   int
}

func newDisk(t *testing.T) *disk {
	d := &disk{t: t, given: map[string]string{}, revoked: map[string]bool{}}
	d.rig = newRig(t, demoorg.Config{Rotate: true}, func(c *Config) {
		c.Store, c.Secrets = watchedStore{d, &shelf{}}, watchedSecrets{d, shutKeyring{c.Secrets.(*keyring)}}
		to := newTransport()
		c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) { return d.pass(to, q) })
	})
	d.linkAt(d.url, "")
	return d
}

// pass looks at what the login hosts give and are told.
func (d *disk) pass(to http.RoundTripper, q *http.Request) (*http.Response, error) {
	if strings.HasSuffix(q.URL.Path, "/oauth2/revoke") {
		body, _ := io.ReadAll(q.Body)
		q.Body = io.NopCloser(bytes.NewReader(body))
		form, _ := url.ParseQuery(string(body))
		d.mu.Lock()
		d.revoked[form.Get("token")] = true
		d.mu.Unlock()
		d.check("revoke")
	}
	resp, err := to.RoundTrip(q)
	if err == nil && strings.HasSuffix(q.URL.Path, "/oauth2/token") {
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		resp.Body = io.NopCloser(bytes.NewReader(body))
		var answer struct {
			Refresh string `json:"refresh_token"`
		}
		_ = json.Unmarshal(body, &answer)
		d.mu.Lock()
		d.given[answer.Refresh] = "http://" + q.URL.Host
		d.mu.Unlock()
	}
	return resp, err
}

// check is called after each step that changes something for the next start.
func (d *disk) check(step string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ends {
		return
	}
	d.steps++
	text, err := d.cfg.Store.Load()
	if err != nil {
		return // the first link has not been made
	}
	var link savedLink
	if err := json.Unmarshal(text, &link); err != nil {
		d.t.Error(err)
	}
	token := d.secrets.all()[link.secretKey()]
	if token == "" || d.revoked[token] || d.given[token] != link.LoginHost {
		d.t.Errorf("a kill after the step %q loses the link: there %t, revoked %t, of its login host %t", step, token != "", d.revoked[token], d.given[token] == link.LoginHost)
	}
}

type watchedSecrets struct {
	d *disk
	shutKeyring
}

func (s watchedSecrets) Set(key, value string) error {
	defer s.d.check("set")
	return s.shutKeyring.Set(key, value)
}

func (s watchedSecrets) Delete(key string) error {
	defer s.d.check("delete")
	return s.shutKeyring.Delete(key)
}

type watchedStore struct {
	d *disk
	*shelf
}

func (s watchedStore) Save(b []byte) error {
	s.d.mu.Lock()
	full := s.d.full
	s.d.mu.Unlock()
	if full {
		return io.ErrShortWrite
	}
	defer s.d.check("save")
	return s.shelf.Save(b)
}

func (d *disk) linkAt(host, username string) {
	d.t.Helper()
	if _, err := d.Link(d.t.Context(), LinkRequest{LoginHost: host, ClientID: d.org.ClientID(), Username: username}, d.open); err != nil {
		d.t.Fatal(err)
	}
	d.settle() // what is asked after a link would need a new token in the middle of what follows
}

// killed is the client of the next start after a kill at this moment. The keyring is open then.
func (d *disk) killed() *Client {
	d.t.Helper()
	text, err := d.cfg.Store.Load()
	if err != nil {
		d.t.Fatal(err)
	}
	cfg := d.cfg
	cfg.Store, cfg.Secrets, cfg.Transport = &shelf{b: text}, &keyring{m: d.secrets.all()}, nil
	c := New(cfg)
	d.t.Cleanup(func() { c.Close() })
	return c
}

// relinks are the ways in which a link takes the place of another.
var relinks = map[string]func(*disk){
	"the same user":      func(d *disk) { d.linkAt(d.url, "") },
	"another user":       func(d *disk) { d.linkAt(d.url, demoorg.OtherUser) },
	"another login host": func(d *disk) { d.linkAt(strings.Replace(d.url, "127.0.0.1", "localhost", 1), "") },
	"twice":              func(d *disk) { d.linkAt(d.url, demoorg.OtherUser); d.linkAt(d.url, "") },
}

// works demands that a client works with an access token that only its refresh token gives.
func (d *disk) works(what string, c *Client) {
	d.t.Helper()
	d.org.ExpireSessions()
	if _, err := c.Lookup(d.t.Context(), d.number(d.t, "Dana Whitfield")); err != nil || c.Status().State != crm.Linked {
		d.t.Errorf("%s: %v, %+v", what, err, c.Status())
	}
}

// A kill at any step of a relink leaves a link that works.
func TestEveryStepOfARelinkLeavesALink(t *testing.T) {
	for name, relink := range relinks {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t)
			d.steps = 0
			relink(d)
			if s := d.Status(); d.steps < 3 || s.Unsaved || d.org.Approvals() != 1 || len(d.secrets.all()) != 2 {
				t.Errorf("%d steps, %d approvals, %d secrets, %+v", d.steps, d.org.Approvals(), len(d.secrets.all()), s)
			}
			next := d.killed()
			if err := next.Restore(t.Context()); err != nil || next.Status().UserID != d.Status().UserID {
				t.Errorf("%v, %+v", err, next.Status())
			}
			d.works("the next start", next)
		})
	}
}

// A link that is made while the keyring is locked works from memory. The one before is left in the keyring, valid, until the new one is
// kept: a kill in between costs no link.
func TestALinkInMemoryDoesNotEndTheOneBefore(t *testing.T) {
	for name, relink := range relinks {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t)
			before := d.Status().UserID
			d.secrets.lock(true)
			relink(d)
			if s := d.Status(); s.State != crm.Linked || !s.Unsaved {
				t.Errorf("%+v", s)
			}
			d.works("from memory", d.Client) // its tokens are renewed, and change
			next := d.killed()
			if err := next.Restore(t.Context()); err != nil || next.Status().UserID != before {
				t.Fatalf("after a kill: %v, %+v", err, next.Status())
			}
			d.works("after a kill", next)
		})
	}
}

// When the keyring opens, it takes the new link, and the one before ends.
func TestTheLinkBeforeEndsWhenTheKeyringOpens(t *testing.T) {
	for name, relink := range relinks {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t)
			d.secrets.lock(true)
			relink(d)
			d.works("from memory", d.Client)
			d.secrets.lock(false)
			if err := d.KeyringChanged(t.Context()); err != nil || d.Status().Unsaved {
				t.Errorf("%v, %+v", err, d.Status())
			}
			if d.org.Approvals() != 1 || len(d.secrets.all()) != 2 {
				t.Errorf("%d approvals, %d secrets", d.org.Approvals(), len(d.secrets.all()))
			}
			next := d.killed()
			if err := next.Restore(t.Context()); err != nil || next.Status().UserID != d.Status().UserID {
				t.Errorf("%v, %+v", err, next.Status())
			}
			d.works("the next start", next)
		})
	}
}

// A link whose description cannot be written ends the one before no sooner than it can be.
func TestALinkThatIsNotStoredDoesNotEndTheOneBefore(t *testing.T) {
	d := newDisk(t)
	before := d.Status().UserID
	store := func(full bool) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.full = full
	}
	store(true)
	d.linkAt(d.url, demoorg.OtherUser)
	next := d.killed()
	if err := next.Restore(t.Context()); err != nil || next.Status().UserID != before {
		t.Fatalf("%v, %+v", err, next.Status())
	}
	store(false)
	if err := d.KeyringChanged(t.Context()); err != nil || d.org.Approvals() != 1 || len(d.secrets.all()) != 2 {
		t.Errorf("%v, %d approvals, %d secrets", err, d.org.Approvals(), len(d.secrets.all()))
	}
	d.works("the new one", d.Client)
}

// A link that is not described yet spends no token that is in the keyring alone while that is locked, and goes on from memory when it opens.
func TestALinkThatIsNotStoredWaitsForTheKeyring(t *testing.T) {
	for name, relink := range relinks {
		t.Run(name, func(t *testing.T) {
			d := newDisk(t)
			store := func(full bool) {
				d.mu.Lock()
				defer d.mu.Unlock()
				d.full = full
			}
			store(true)
			relink(d)
			made := d.Status()
			spent := d.grants("refresh_token")
			d.secrets.lock(true)
			d.org.ExpireSessions()
			_, err := d.Lookup(t.Context(), d.number(t, "Dana Whitfield"))
			wantError(t, err, crm.ClassNotLinked, "salesforce.waiting-for-keyring")
			if s := d.Status(); s.State != crm.Waiting || s.UserID != made.UserID || d.grants("refresh_token") != spent {
				t.Errorf("%d exchanges, %+v", d.grants("refresh_token")-spent, s)
			}
			store(false)
			d.secrets.lock(false)
			if err := d.KeyringChanged(t.Context()); err != nil || d.Status().UserID != made.UserID {
				t.Errorf("%v, %+v", err, d.Status())
			}
			d.works("when it opens", d.Client)
		})
	}
}

// Whoever unlinks means the link that was replaced as well.
func TestUnlinkingEndsTheLinkBeforeToo(t *testing.T) {
	d := newDisk(t)
	d.secrets.lock(true)
	d.linkAt(d.url, demoorg.OtherUser)
	d.secrets.lock(false)
	d.mu.Lock()
	d.ends = true
	d.mu.Unlock()
	if err := d.Unlink(t.Context()); err != nil || d.org.Approvals() != 0 || len(d.secrets.all()) != 0 {
		t.Errorf("%v, %d approvals, %d secrets", err, d.org.Approvals(), len(d.secrets.all()))
	}
}

// An access token that would have to be sent to an unknown address is not used; the refresh token that came with it is, as the one before is spent.
func TestTheTokenOfAStrangeAnswerIsKept(t *testing.T) {
	var strange atomic.Bool // the next answer
	r := linkedRig(t, demoorg.Config{Rotate: true}, func(c *Config) {
		to := newTransport()
		c.Transport = roundTripper(func(q *http.Request) (*http.Response, error) {
			resp, err := to.RoundTrip(q)
			if err == nil && strings.HasSuffix(q.URL.Path, "/oauth2/token") && strange.Swap(false) {
				body, _ := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				text := strings.ReplaceAll(string(body), `"instance_url":"http://127.0.0.1`, `"instance_url":"http://evil.example`)
				resp.Body, resp.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
			}
			return resp, err
		})
	})
	n := r.number(t, "Dana Whitfield")
	strange.Store(true)
	r.org.ExpireSessions()
	if _, err := r.Lookup(t.Context(), n); err != nil || r.Status().State != crm.Linked || r.grants("refresh_token") != 2 { // it is tried again
		t.Errorf("%v, %d exchanges, %+v", err, r.grants("refresh_token"), r.Status())
	}
	if err := r.restart(t).Restore(t.Context()); err != nil {
		t.Errorf("the next start: %v", err)
	}
}
