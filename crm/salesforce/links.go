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

// LinkStores keeps the descriptions of several links, each under its own name.
type LinkStores interface {
	Names() ([]string, error)  // of the links that are kept, in the order in which they were made
	First() string             // the name of the first link while none is kept; it is not reserved
	Fresh() (string, error)    // reserves a name for one more link
	Configure(*Config, string) // sets Store and Lock for the link with that name
}

// DirStores keeps links in the directory dir: the first in link.json, as in versions with one link, and each further one
// in its own file in the folder links. Every link has its own lock beside its file. The file holds the org of the link
// and its name does not, so a link that is made to another org keeps its file.
func DirStores(dir string) LinkStores { return dirStores{dir: dir} }

type dirStores struct{ dir string }

const firstLink = "link"

func (s dirStores) path(name, ext string) string {
	if name == firstLink {
		return filepath.Join(s.dir, firstLink+ext)
	}
	return filepath.Join(s.dir, "links", name+ext)
}

func (s dirStores) Names() ([]string, error) {
	var names []string
	if holdsLink(s.path(firstLink, ".json")) {
		names = append(names, firstLink)
	}
	files, err := os.ReadDir(filepath.Join(s.dir, "links"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return names, fmt.Errorf("read the saved links: %w", err)
	}
	var numbers []int
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".json"); ok && holdsLink(s.path(name, ".json")) {
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

// holdsLink reports whether a file holds a link. An empty file only reserves a name.
func holdsLink(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0
}

func (s dirStores) First() string { return firstLink }

func (s dirStores) Fresh() (string, error) {
	if _, err := os.Stat(s.path(firstLink, ".json")); errors.Is(err, fs.ErrNotExist) {
		return firstLink, s.reserve(firstLink)
	}
	if err := os.MkdirAll(filepath.Join(s.dir, "links"), 0o700); err != nil {
		return "", fmt.Errorf("make room for a link: %w", err)
	}
	for n := 2; ; n++ {
		name := strconv.Itoa(n)
		if err := s.reserve(name); !errors.Is(err, fs.ErrExist) {
			return name, err
		}
	}
}

// reserve makes the empty file for a name.
func (s dirStores) reserve(name string) error {
	f, err := os.OpenFile(s.path(name, ".json"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make room for a link: %w", err)
	}
	return f.Close()
}

func (s dirStores) Configure(c *Config, name string) {
	c.Store, c.Lock, c.Dir = FileStore(s.path(name, ".json")), s.path(name, ".lock"), s.dir
}

// MemoryStores keeps links until the process ends, for a demo.
func MemoryStores() LinkStores { return &memoryStores{stores: map[string]*memoryStore{}} }

type memoryStores struct {
	mu     sync.Mutex
	names  []string
	stores map[string]*memoryStore
}

func (s *memoryStores) Names() ([]string, error) {
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

func (s *memoryStores) First() string {
	name, _ := s.Fresh() // memory never fails
	return name
}

func (s *memoryStores) Fresh() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strconv.Itoa(len(s.names) + 1)
	s.names, s.stores[name] = append(s.names, name), &memoryStore{}
	return name, nil
}

func (s *memoryStores) Configure(c *Config, name string) {
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

// SavedLink describes a link that is kept. Reading it takes no request.
type SavedLink struct {
	Name             string // its name among the stores
	OrgID, OrgName   string
	UserID, Username string
}

// SavedLinks lists the links that are kept. A file that cannot be read is listed with its name only.
func SavedLinks(s LinkStores) ([]SavedLink, error) {
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

// Links are the links that are kept in one place, a Client for each, behind a router. While there is no link, there is one client
// that is Unlinked: it has a status to show, and the first link is made with it.
type Links struct {
	*crm.Orgs
	stores LinkStores
	base   Config

	mu       sync.Mutex
	clients  map[*Client]bool
	unlinked *Client // the client without a link, or whose link cannot be read; nil when there are links
}

// OpenLinks makes a client for every link that is kept. base is the Config of all of them, without Store, Lock and Dir.
// No request is made before Restore.
func OpenLinks(stores LinkStores, base Config) (*Links, error) {
	l := &Links{Orgs: &crm.Orgs{}, stores: stores, base: base, clients: map[*Client]bool{}}
	names, err := stores.Names()
	for _, name := range names {
		c := l.client(name)
		if _, _, err := c.loadLink(); err != nil && l.unlinked == nil { // the next link takes its place
			l.unlinked = c
		}
		l.take(c)
	}
	if len(names) == 0 {
		l.unlinked = l.client(stores.First())
		l.take(l.unlinked)
	}
	return l, err
}

func (l *Links) client(name string) *Client {
	c := l.base
	l.stores.Configure(&c, name)
	return New(c)
}

func (l *Links) take(c *Client) {
	l.mu.Lock()
	l.clients[c] = true
	l.mu.Unlock()
	if err := l.Add(c); err != nil {
		c.cfg.Log.Error("link not used", "err", err)
	}
}

// Restore restores every saved link, all at the same time, so that no org waits for a slow one.
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

// All returns the clients in order, including the one without a link.
func (l *Links) All() []*Client {
	var all []*Client
	for _, c := range l.Clients() {
		if c, ok := c.(*Client); ok {
			all = append(all, c)
		}
	}
	return all
}

// CallbackURLs returns what [Client.CallbackURLs] returns, which is the same for all links.
func (l *Links) CallbackURLs() []string { return callbackURLs(l.base.withDefaults().Ports) }

// Of returns the client of a user of an org, or nil. An empty part stands for any.
func (l *Links) Of(org, user string) *Client {
	for _, c := range l.All() {
		s := c.Status()
		if s.OrgID != "" && (org == "" || s.OrgID == org) && (user == "" || s.UserID == user) {
			return c
		}
	}
	return nil
}

// replacing returns the client whose link has taken the place of that user's and waits for the keyring, or nil. Its Store has that user's
// link still, and it ends that link's tokens later: those of a link that another client had made would have the same names.
func (l *Links) replacing(org, user string) *Client {
	for _, c := range l.All() {
		c.mu.Lock()
		has := slices.ContainsFunc(c.earlier, func(e earlierLink) bool { return e.link.OrgID == org && e.link.UserID == user })
		c.mu.Unlock()
		if has {
			return c
		}
	}
	return nil
}

// Link links an org. When the user is linked already, their link is made again in place and their earlier token is
// revoked. So it is where their link was replaced by one that waits for the keyring: it takes its place back. Otherwise the new link takes the place of replace, whose link is revoked, or is added when replace is nil.
// The error is that of [Client.Link].
func (l *Links) Link(ctx context.Context, req LinkRequest, replace *Client, open func(url string) error) (crm.LinkStatus, error) {
	if replace == nil {
		replace = l.unlinkedClient()
	}
	c := replace
	if c == nil {
		name, err := l.stores.Fresh()
		if err != nil {
			return crm.LinkStatus{}, linkError(err, "salesforce.folder-unwritable")
		}
		c = l.client(name)
	}
	req.again = len(l.linked()) > 0
	var taken *Client
	req.into = func(org, user string) *Client {
		if taken = l.Of(org, user); taken == nil {
			taken = l.replacing(org, user)
		}
		return taken
	}
	status, err := c.Link(ctx, req, open)
	if replace != nil {
		if err == nil {
			l.markLinked(replace)
		}
		return status, err
	}
	if err != nil || taken != nil { // the new client is not used
		return status, errors.Join(err, c.discard())
	}
	l.take(c)
	l.dropUnlinked()
	return status, nil
}

// linked returns the clients that have a link, whether it works or not.
func (l *Links) linked() []*Client {
	return slices.DeleteFunc(l.All(), func(c *Client) bool { return c.Status().OrgID == "" })
}

// Unlink revokes and forgets one link; calls that belong to it wait. The client of the last link stays, Unlinked.
func (l *Links) Unlink(ctx context.Context, c *Client) error {
	err := c.Unlink(ctx)
	if c.Status().OrgID != "" { // cancelled before it was done
		return err
	}
	l.mu.Lock()
	last := len(l.clients) == 1 && l.clients[c]
	if last {
		l.unlinked = c
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

// unlinkedClient returns the client that has no link yet; nil when there are links.
func (l *Links) unlinkedClient() *Client {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unlinked
}

// markLinked notes that a client has its link now.
func (l *Links) markLinked(c *Client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unlinked == c {
		l.unlinked = nil
	}
}

// dropUnlinked removes the client without a link once there is a link. A client that is being linked stays.
func (l *Links) dropUnlinked() {
	c := l.unlinkedClient()
	if c == nil || c.Status().State != crm.Unlinked {
		return
	}
	l.markLinked(c)
	if err := l.drop(c); err != nil {
		c.cfg.Log.Warn("client without a link not closed", "err", err)
	}
}

// discard closes a client that never had a link, and frees its name.
func (c *Client) discard() error { return errors.Join(c.forgetLink(), c.Close()) }

// Close ends the background work of every link. The links are kept for the next start.
func (l *Links) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	for c := range l.clients {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}
