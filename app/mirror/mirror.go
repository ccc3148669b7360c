// Package mirror keeps the directory's copy of an org's people: those contacts, accounts and leads with a phone number that the
// linked user may see. A card comes from the copy within milliseconds, names are found in it as they are typed, and both
// work while Salesforce is down.
//
// A copy begins with everything, by Bulk query. From then on it takes what has changed and what was deleted since, with an
// overlap: a record that is saved in a long transaction has the time of its beginning. How far it is is stored with each part,
// so that the copying goes on from there, whatever ended it. It reads everything again when the org no longer tells what
// was deleted, when other fields or objects must be copied, and once a month.
//
// Nothing waits for the copying: it has a goroutine for each link, writes a few hundred people at a time, and its requests are
// the first that are left off near a limit.
package mirror

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"linecard/app/directory"
	"linecard/crm"
	"linecard/fault"
)

// Codes of errors that are the mirror's own.
const (
	ErrOff      fault.Code = "directory.copy-off"       // copying is off in the settings
	ErrNoLink   fault.Code = "directory.copy-no-link"   // no org is linked
	ErrDiskFull fault.Code = "directory.copy-disk-full" // the disk has no room
	ErrDisk     fault.Code = "directory.copy-disk"      // the file cannot be written
	ErrRestart  fault.Code = "directory.copy-restart"   // the org no longer has what it had prepared, several times
)

// Org is the link of one user to an org, as a mirror needs it.
type Org interface {
	Status() crm.LinkStatus
	// CopyShape names what would be copied of an object; "" for nothing.
	CopyShape(ctx context.Context, object string) (string, error)
	// Copy reads the next part.
	Copy(ctx context.Context, object string, cur crm.Cursor, o crm.CopyOptions, take func(crm.Copied) error) (crm.Cursor, error)
	// Deleted tells what was deleted since; known is false when the org cannot tell.
	Deleted(ctx context.Context, object string, since, now time.Time) (ids []string, until time.Time, known bool, err error)
	// Persons reports whether accounts may be persons, who are copied as their contacts.
	Persons(ctx context.Context) (bool, error)
	// DropCopy gives up a copying.
	DropCopy(cur crm.Cursor)
}

// Store is the directory, as a mirror needs it.
type Store interface {
	SetReaders(all ...directory.Book)
	PutCopy(ctx context.Context, b directory.Book, part directory.Part) error
	DropOlder(ctx context.Context, b directory.Book, prefix string, persons bool, before time.Time) (more bool, err error)
	Copy(ctx context.Context, b directory.Book) (state []byte, records int, err error)
	Books(ctx context.Context) ([]directory.Book, error)
	ForgetCopy(ctx context.Context, b directory.Book) error
	ForgetOthers(ctx context.Context) error
	Size() int64
}

// Choice is what the admin has chosen.
type Choice struct {
	On      bool
	Objects []string      // in the order in which they are copied
	Phones  []string      // fields that hold numbers, beside those of type phone, as "Object.Field"
	Every   time.Duration // how often changes are taken over
	Region  string        // the country of numbers without a country code
}

// Objects are those that can be copied.
var Objects = []string{crm.Contact, crm.Account, crm.Lead}

// Options are what a mirror needs beside the store.
type Options struct {
	Choice func(org string) Choice // of an org; "" is any
	Now    func() time.Time        // nil means time.Now
	Log    *slog.Logger            // nil discards
	// Failed is told why a copying waits, once for each reason; the zero Fault when it goes on. nil for nobody.
	Failed func(org string, why fault.Fault)
	// Saved returns the users whose links are kept on this computer, also those that are not taken up yet; certain is false
	// when not all are known. Copies of others are deleted. nil means that the links that Follow was told are all.
	Saved func() (books []directory.Book, certain bool)
	// Poll is the first pause before the org is asked again whether a Bulk query is done; 0 means 2 s.
	Poll time.Duration
}

// Mirror keeps the copies of all links. Its methods may be called from any goroutine.
type Mirror struct {
	store Store
	o     Options

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	workers []*worker // in the order of the links
	links   []link    // as Follow saw them last
	watch   func()
	closed  bool
}

// New makes a mirror without links.
func New(store Store, o Options) *Mirror {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Failed == nil {
		o.Failed = func(string, fault.Fault) {}
	}
	if o.Poll <= 0 {
		o.Poll = 2 * time.Second
	}
	m := &Mirror{store: store, o: o}
	m.ctx, m.stop = context.WithCancel(context.Background())
	return m
}

// Close ends the copying; it goes on with the next start.
func (m *Mirror) Close() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	m.stop()
	m.work.Wait()
}

// link is what of a link decides about a copy.
type link struct {
	org   Org
	book  directory.Book
	state crm.LinkState
}

// OnChange calls f when something about a copy has changed. f must return at once.
func (m *Mirror) OnChange(f func()) {
	m.mu.Lock()
	m.watch = f
	m.mu.Unlock()
}

func (m *Mirror) changed() {
	m.mu.Lock()
	f := m.watch
	m.mu.Unlock()
	if f != nil {
		f()
	}
}

// Follow takes the links there are, in order, and shows the copies of their users and of nobody else: of several users of an org, that of the
// first whose link works, who is asked. A copy whose user is not
// linked any more is deleted, and so is what that user was answered when another one is linked in their place. It is called after every change of a link, and returns at once.
func (m *Mirror) Follow(orgs []Org) {
	m.mu.Lock()
	if m.closed {
		m.mu.Unlock()
		return
	}
	var links []link
	for _, o := range orgs {
		s := o.Status()
		links = append(links, link{o, directory.Book{Org: s.OrgID, User: s.UserID}, s.State})
	}
	if slices.Equal(links, m.links) && m.links != nil { // a status changes with each request
		m.mu.Unlock()
		return
	}
	m.links = links
	var readers []directory.Book
	var workers, gone []*worker
	for _, o := range orgs {
		s := o.Status()
		b := directory.Book{Org: s.OrgID, User: s.UserID}
		if b.Org == "" || b.User == "" || slices.Contains(readers, b) {
			continue
		}
		readers = append(readers, b)
		i := slices.IndexFunc(m.workers, func(w *worker) bool { return w.book == b && w.org == o })
		if i >= 0 {
			workers = append(workers, m.workers[i])
			continue
		}
		workers = append(workers, m.start(o, b))
	}
	for _, w := range m.workers {
		if !slices.Contains(workers, w) {
			gone = append(gone, w)
		}
	}
	m.workers = workers
	if m.o.Saved != nil { // a link that is not taken up yet has its user all the same
		saved, _ := m.o.Saved()
		readers = append(readers, saved...)
	}
	slices.SortStableFunc(readers, func(a, b directory.Book) int { return rank(links, a) - rank(links, b) })
	m.store.SetReaders(readers...)
	m.work.Go(func() { m.clear(gone) })
	m.mu.Unlock()
	for _, w := range workers {
		w.linkChanged()
	}
	m.changed()
}

// rank puts the user whose link works before others.
func rank(links []link, b directory.Book) int {
	if slices.ContainsFunc(links, func(l link) bool { return l.book == b && l.state == crm.Linked }) {
		return 0
	}
	return 1
}

// Recheck takes over what the admin has chosen.
func (m *Mirror) Recheck() {
	m.mu.Lock()
	workers := slices.Clone(m.workers)
	m.mu.Unlock()
	for _, w := range workers {
		w.chosen()
	}
	m.changed()
}

// start makes a worker. The caller holds m.mu.
func (m *Mirror) start(o Org, b directory.Book) *worker {
	w := &worker{m: m, org: o, book: b, nudge: make(chan struct{}, 1)}
	w.ctx, w.end = context.WithCancel(m.ctx)
	w.done = make(chan struct{})
	m.work.Go(func() {
		defer close(w.done)
		w.run()
	})
	return w
}

// clear deletes the copies whose user is not linked, once nobody writes them any more.
func (m *Mirror) clear(gone []*worker) {
	for _, w := range gone {
		w.end()
		<-w.done
	}
	if err := m.store.ForgetOthers(m.ctx); err != nil { // it is not shown, and the next write deletes it
		m.o.Log.Warn("what another user was answered is not deleted yet", "err", err)
	}
	var saved []directory.Book
	if m.o.Saved != nil {
		var certain bool
		if saved, certain = m.o.Saved(); !certain {
			return
		}
	}
	books, err := m.store.Books(m.ctx)
	if err != nil {
		return
	}
	for _, b := range books {
		m.mu.Lock()
		kept := slices.ContainsFunc(m.workers, func(w *worker) bool { return w.book == b })
		m.mu.Unlock()
		if kept || b.User == "" || slices.Contains(saved, b) {
			continue
		}
		if err := m.store.ForgetCopy(m.ctx, b); err != nil {
			m.o.Log.Warn("the copy of a user who is not linked any more is not deleted yet", "err", err)
		}
	}
	m.changed()
}

// find returns the worker of an org, "" for the first.
func (m *Mirror) find(org string) (*worker, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.workers {
		if org == "" || w.book.Org == org {
			return w, nil
		}
	}
	return nil, fault.Err(nil, ErrNoLink)
}

// all returns the workers of an org, of all with "".
func (m *Mirror) all(org string) ([]*worker, error) {
	if _, err := m.find(org); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.workers), func(w *worker) bool { return org != "" && w.book.Org != org }), nil
}

// each does something with the copies of an org, of all orgs with "".
func (m *Mirror) each(org string, f func(*worker) error) error {
	workers, err := m.all(org)
	for _, w := range workers {
		err = errors.Join(err, f(w))
	}
	return err
}

// SyncNow brings the copy up to date now, also one that is paused.
func (m *Mirror) SyncNow(org string) error {
	if !m.o.Choice("").On {
		return fault.Err(nil, ErrOff)
	}
	return m.each(org, func(w *worker) error {
		if w.want() {
			return nil
		}
		defer w.interrupt()() // it may have begun by now; it goes on where it was
		return w.order(func(s *state) { s.Paused, s.Asked = false, true })
	})
}

// Pause stops the copying after the part that is being read, until Resume or SyncNow, also over a restart.
func (m *Mirror) Pause(org string) error {
	return m.each(org, func(w *worker) error {
		defer w.interrupt()()
		return w.order(func(s *state) { s.Paused = true })
	})
}

// Resume lets a paused copying go on where it was.
func (m *Mirror) Resume(org string) error {
	return m.each(org, func(w *worker) error {
		if !w.paused() { // it may be in the middle of a long copying
			return nil
		}
		defer w.interrupt()()
		return w.order(func(s *state) { s.Paused = false })
	})
}

// Wipe deletes the copy from this computer, and pauses the copying, which would begin again.
func (m *Mirror) Wipe(ctx context.Context, org string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(m.ctx, cancel)() // quitting waits for none; what is left is deleted after the next start
	return m.each(org, func(w *worker) error { return w.wipe(ctx) })
}
