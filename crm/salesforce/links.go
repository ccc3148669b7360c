package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"linecard/crm"
)

// Shelf is where the descriptions of several links are kept, each under a name of its own.
type Shelf interface {
	Names() ([]string, error)  // of the links that are kept, in the order they were made
	First() string             // the name of the first link while none is kept; nothing is held by it
	Fresh() (string, error)    // a name for one more, not given out again
	Configure(*Config, string) // sets Store and Lock for the link of a name
}

// DirShelf keeps links in a data directory: the first in link.json, which is where versions with one link kept it, each
// further one in a file of its own in the folder links. Every link has a lock of its own beside its file. What the link is to
// is in the file and not in its name, so a link that is made to another org stays where it is.
func DirShelf(dir string) Shelf { return dirShelf{dir: dir} }

type dirShelf struct{ dir string }

const firstLink = "link"

func (s dirShelf) path(name, ext string) string {
	if name == firstLink {
		return filepath.Join(s.dir, firstLink+ext)
	}
	return filepath.Join(s.dir, "links", name+ext)
}

func (s dirShelf) Names() ([]string, error) {
	var names []string
	if kept(s.path(firstLink, ".json")) {
		names = append(names, firstLink)
	}
	files, err := os.ReadDir(filepath.Join(s.dir, "links"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return names, fmt.Errorf("read the saved links: %w", err)
	}
	var numbers []int
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".json"); ok && kept(s.path(name, ".json")) {
			if n, err := strconv.Atoi(name); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		names = append(names, strconv.Itoa(n))
	}
	return names, nil
}

// kept reports whether a file holds a link. An empty one only holds its name.
func kept(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0
}

func (s dirShelf) First() string { return firstLink }

func (s dirShelf) Fresh() (string, error) {
	if _, err := os.Stat(s.path(firstLink, ".json")); errors.Is(err, fs.ErrNotExist) {
		return firstLink, s.hold(firstLink)
	}
	if err := os.MkdirAll(filepath.Join(s.dir, "links"), 0o700); err != nil {
		return "", fmt.Errorf("make room for a link: %w", err)
	}
	for n := 2; ; n++ {
		name := strconv.Itoa(n)
		if err := s.hold(name); !errors.Is(err, fs.ErrExist) {
			return name, err
		}
	}
}

// hold makes the file of a name, empty.
func (s dirShelf) hold(name string) error {
	f, err := os.OpenFile(s.path(name, ".json"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make room for a link: %w", err)
	}
	return f.Close()
}

func (s dirShelf) Configure(c *Config, name string) {
	c.Store, c.Lock, c.Dir = FileStore(s.path(name, ".json")), s.path(name, ".lock"), s.dir
}

// MemoryShelf keeps links until the process ends, for a demo.
func MemoryShelf() Shelf { return &memoryShelf{stores: map[string]*memoryStore{}} }

type memoryShelf struct {
	mu     sync.Mutex
	names  []string
	stores map[string]*memoryStore
}

func (s *memoryShelf) Names() ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, n := range s.names {
		if b, _ := s.stores[n].Load(); len(b) > 0 {
			names = append(names, n)
		}
	}
	return names, nil
}

func (s *memoryShelf) First() string {
	name, _ := s.Fresh() // memory never fails
	return name
}

func (s *memoryShelf) Fresh() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strconv.Itoa(len(s.names) + 1)
	s.names, s.stores[name] = append(s.names, name), &memoryStore{}
	return name, nil
}

func (s *memoryShelf) Configure(c *Config, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Store = s.stores[name]
}

type memoryStore struct {
	mu   sync.Mutex
	link []byte
}

func (s *memoryStore) Load() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.link, nil
}

func (s *memoryStore) Save(b []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.link = b
	return nil
}

// SavedLink tells of a link that is kept, without a request.
type SavedLink struct {
	Name             string // on its shelf
	OrgID, OrgName   string
	UserID, Username string
}

// SavedLinks lists what a shelf keeps. A file that cannot be read is listed by its name alone.
func SavedLinks(s Shelf) ([]SavedLink, error) {
	names, err := s.Names()
	var all []SavedLink
	for _, name := range names {
		var c Config
		s.Configure(&c, name)
		var l savedLink
		if b, err := c.Store.Load(); err == nil {
			_ = json.Unmarshal(b, &l)
		}
		all = append(all, SavedLink{Name: name, OrgID: l.OrgID, OrgName: l.OrgName, UserID: l.UserID, Username: l.Username})
	}
	return all, err
}

// Links are the links of one shelf, a Client for each, behind a router. While there is no link there is one client that is
// Unlinked, so that a status can be shown, and the first link is made by it.
type Links struct {
	*crm.Orgs
	shelf Shelf
	base  Config

	mu      sync.Mutex
	clients map[*Client]bool
	spare   *Client // the only one, which has no link; nil where there is a link
}

// OpenLinks makes a client for every link on the shelf. base is what they have in common: all but Store, Lock and Dir. No
// request is made before Restore.
func OpenLinks(shelf Shelf, base Config) (*Links, error) {
	l := &Links{Orgs: &crm.Orgs{}, shelf: shelf, base: base, clients: map[*Client]bool{}}
	names, err := shelf.Names()
	for _, name := range names {
		l.take(l.client(name))
	}
	if len(names) == 0 {
		l.spare = l.client(shelf.First())
		l.take(l.spare)
	}
	return l, err
}

func (l *Links) client(name string) *Client {
	c := l.base
	l.shelf.Configure(&c, name)
	return New(c)
}

func (l *Links) take(c *Client) {
	l.mu.Lock()
	l.clients[c] = true
	l.mu.Unlock()
	if err := l.Add(c); err != nil {
		c.cfg.Log.Error("a link is not used", "err", err)
	}
}

// Restore takes up every saved link, all at the same time, so that none waits for a slow org.
func (l *Links) Restore(ctx context.Context) error {
	var wg sync.WaitGroup
	clients := l.All()
	errs := make([]error, len(clients))
	for i, c := range clients {
		wg.Go(func() { errs[i] = c.Restore(ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// All are the clients in order, that without a link too.
func (l *Links) All() []*Client {
	var all []*Client
	for _, c := range l.Clients() {
		if c, ok := c.(*Client); ok {
			all = append(all, c)
		}
	}
	return all
}

// CallbackURLs are those of [Client.CallbackURLs], which all links have in common.
func (l *Links) CallbackURLs() []string { return callbackURLs(l.base.withDefaults().Ports) }

// Of is the client of a user of an org, nil when there is none. An empty part stands for any.
func (l *Links) Of(org, user string) *Client {
	for _, c := range l.All() {
		s := c.Status()
		if s.OrgID != "" && (org == "" || s.OrgID == org) && (user == "" || s.UserID == user) {
			return c
		}
	}
	return nil
}

// Link links an org. A user who is linked already is linked again in place, and their earlier token is revoked. Anybody else
// takes the place of replace, whose link is revoked, or is added when replace is nil.
func (l *Links) Link(ctx context.Context, req LinkRequest, replace *Client, open func(url string) error) (crm.LinkStatus, error) {
	if replace == nil {
		replace = l.idle()
	}
	c := replace
	if c == nil {
		name, err := l.shelf.Fresh()
		if err != nil {
			return crm.LinkStatus{}, linkError(err, "salesforce.folder-unwritable")
		}
		c = l.client(name)
	}
	var taken *Client
	req.into = func(org, user string) *Client {
		taken = l.Of(org, user)
		return taken
	}
	status, err := c.Link(ctx, req, open)
	if replace != nil {
		if err == nil {
			l.used(replace)
		}
		return status, err
	}
	if err != nil || taken != nil { // the new client is not used
		return status, errors.Join(err, c.discard())
	}
	l.take(c)
	l.leave()
	return status, nil
}

// Unlink revokes and forgets one link; what belongs to it waits. The client of the last link stays, Unlinked.
func (l *Links) Unlink(ctx context.Context, c *Client) error {
	err := c.Unlink(ctx)
	if c.Status().OrgID != "" { // given up before it was done
		return err
	}
	l.mu.Lock()
	last := len(l.clients) == 1 && l.clients[c]
	if last {
		l.spare = c
	}
	l.mu.Unlock()
	if last {
		return err
	}
	return errors.Join(err, l.drop(c))
}

func (l *Links) drop(c *Client) error {
	l.Remove(c)
	l.mu.Lock()
	delete(l.clients, c)
	l.mu.Unlock()
	return c.Close()
}

// idle is the client that has no link yet; nil where there are links.
func (l *Links) idle() *Client {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.spare
}

// used tells that a client has its link now.
func (l *Links) used(c *Client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spare == c {
		l.spare = nil
	}
}

// leave takes the client without a link out: there is a link. One that is being linked stays.
func (l *Links) leave() {
	c := l.idle()
	if c == nil || c.Status().State != crm.Unlinked {
		return
	}
	l.used(c)
	if err := l.drop(c); err != nil {
		c.cfg.Log.Warn("a client without a link was not closed", "err", err)
	}
}

// discard closes a client that never had a link, and gives its name back.
func (c *Client) discard() error { return errors.Join(c.forgetLink(), c.Close()) }

// Close ends the background work of every link. The links stay for the next start.
func (l *Links) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	for c := range l.clients {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
