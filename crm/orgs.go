package crm

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Client is the link of one user to one org, as the router needs it. Its Status says which user and org.
type Client interface {
	Status() LinkStatus          // returns immediately, without a request
	OnStatus(f func(LinkStatus)) // sets the one watcher; it is called after every change and must return soon
	Lookup(ctx context.Context, n Number) (Result, error)
	LookupAll(ctx context.Context, ns []Number) ([]Result, error)
	Search(ctx context.Context, text string) ([]Record, error)
	Details(ctx context.Context, ref Ref) (Details, error)
	SaveFields(ctx context.Context, ref Ref, seen Card, values map[string]string) (Card, error)
	Follow(ctx context.Context, ref Ref) (Record, error)
	Log(ctx context.Context, a Activity, check bool) (Logged, error)
	LogAll(ctx context.Context, all []Activity) ([]Written, error)
	Find(ctx context.Context, a Activity) ([]Ref, error)
	FindAll(ctx context.Context, all []Activity) (found map[string][]Ref, searched bool, err error)
	Update(ctx context.Context, ref Ref, a Activity) error
	Delete(ctx context.Context, ref Ref) error
	Upserts(org, object string) bool
}

// Orgs holds every linked org. Each call goes to the link it belongs to and to no other. A call whose link does not
// exist is refused with class NotLinked, which means that it waits. Org "" stands for the first linked org in the order
// of the settings.
//
// Orgs holds no lock while a client works, so a slow or unreachable org delays no other. All methods may be called from
// any goroutine.
type Orgs struct {
	mu      sync.Mutex
	clients []Client // in order; the slice is replaced and never changed, so readers may keep theirs
	order   []string // org ids
	watcher func([]LinkStatus)
	changes int

	notify    sync.Mutex // held while the watcher is called
	published int        // number of the last change that the watcher was told
}

// ErrLinkedTwice is returned when a user of an org is linked a second time.
var ErrLinkedTwice = errors.New("this user of this org is linked already")

// Add adds a link, after those that the order does not name. The error is ErrLinkedTwice.
func (o *Orgs) Add(c Client) error { return o.Replace(nil, c) }

// Replace puts c in the place of old, or at the end when old is nil or unknown. The error is ErrLinkedTwice.
func (o *Orgs) Replace(old, c Client) error {
	s := c.Status()
	o.mu.Lock()
	clients := slices.Clone(o.clients)
	at := slices.Index(clients, old)
	for i, other := range clients {
		have := other.Status()
		if other == c || i != at && s.OrgID != "" && have.OrgID == s.OrgID && have.UserID == s.UserID {
			o.mu.Unlock()
			return ErrLinkedTwice
		}
	}
	if at >= 0 {
		clients[at] = c
	} else {
		clients = append(clients, c)
	}
	o.clients = clients
	o.changes++
	o.mu.Unlock()
	if at >= 0 {
		old.OnStatus(nil)
	}
	c.OnStatus(func(LinkStatus) { o.changed() })
	o.publish()
	return nil
}

// Remove removes a link. Calls that belong to it wait from now on. The client itself is not changed.
func (o *Orgs) Remove(c Client) {
	o.mu.Lock()
	at := slices.Index(o.clients, c)
	if at >= 0 {
		o.clients = slices.Delete(slices.Clone(o.clients), at, at+1)
		o.changes++
	}
	o.mu.Unlock()
	if at >= 0 {
		c.OnStatus(nil)
		o.publish()
	}
}

// Order sets the order of the orgs by their ids, as in the settings. Orgs that are not named follow in the order in
// which they were added.
func (o *Orgs) Order(ids ...string) {
	o.mu.Lock()
	o.order = slices.Clone(ids)
	o.changes++
	o.mu.Unlock()
	o.publish()
}

// Clients returns the links in order.
func (o *Orgs) Clients() []Client {
	o.mu.Lock()
	clients, order := o.clients, o.order
	o.mu.Unlock()
	place := func(c Client) int {
		if i := slices.Index(order, c.Status().OrgID); i >= 0 {
			return i
		}
		return len(order)
	}
	clients = slices.Clone(clients)
	slices.SortStableFunc(clients, func(a, b Client) int { return place(a) - place(b) })
	return clients
}

// Status returns the status of every link, in order.
func (o *Orgs) Status() []LinkStatus {
	var all []LinkStatus
	for _, c := range o.Clients() {
		all = append(all, c.Status())
	}
	return all
}

// OnStatus calls f with the status of all links after every change of any of them: one call at a time, the latest
// status last. f must return soon and must not change a link. There is one f; nil removes it.
func (o *Orgs) OnStatus(f func([]LinkStatus)) {
	o.mu.Lock()
	o.watcher = f
	o.mu.Unlock()
}

func (o *Orgs) changed() {
	o.mu.Lock()
	o.changes++
	o.mu.Unlock()
	o.publish()
}

// publish tells the watcher the status of the links, unless it knows it already.
func (o *Orgs) publish() {
	o.notify.Lock()
	defer o.notify.Unlock()
	o.mu.Lock()
	f, n := o.watcher, o.changes
	o.mu.Unlock()
	if f == nil || n == o.published {
		return
	}
	o.published = n
	f(o.Status())
}

// Linked reports whether an activity of a user of an org can be written now; "" stands for any.
func (o *Orgs) Linked(org, user string) bool {
	c, err := o.clientFor(org, user)
	return err == nil && c.Status().State == Linked
}

// clientFor returns the link of a user of an org. An empty part means the first linked one. Where none is linked, it is
// the first that could be linked again; the error of that client says what is wrong with it.
func (o *Orgs) clientFor(org, user string) (Client, error) {
	var inactive Client
	some := false
	for _, c := range o.Clients() {
		s := c.Status()
		some = some || s.OrgID != ""
		if s.OrgID == "" || org != "" && s.OrgID != org || user != "" && s.UserID != user {
			continue
		}
		if s.State == Linked {
			return c, nil
		}
		if inactive == nil {
			inactive = c
		}
	}
	switch {
	case inactive != nil:
		return inactive, nil
	case some && org != "":
		return nil, OfAnotherOrg()
	}
	return nil, NoOrg()
}

// Lookup asks an org which records have a number.
func (o *Orgs) Lookup(ctx context.Context, org string, n Number) (Result, error) {
	c, err := o.clientFor(org, "")
	if err != nil {
		return Result{}, err
	}
	return c.Lookup(ctx, n)
}

// LookupAll asks an org which records have each of several numbers, in as few requests as it can; the results are in the order
// of the numbers.
func (o *Orgs) LookupAll(ctx context.Context, org string, ns []Number) ([]Result, error) {
	c, err := o.clientFor(org, "")
	if err != nil {
		return nil, err
	}
	return c.LookupAll(ctx, ns)
}

// Search finds records of an org by typed text.
func (o *Orgs) Search(ctx context.Context, org, text string) ([]Record, error) {
	c, err := o.clientFor(org, "")
	if err != nil {
		return nil, err
	}
	return c.Search(ctx, text)
}

// Details fetches the related records of a record, from the record's own org.
func (o *Orgs) Details(ctx context.Context, ref Ref) (Details, error) {
	c, err := o.clientFor(ref.Org, "")
	if err != nil {
		return Details{}, err
	}
	return c.Details(ctx, ref)
}

// SaveFields writes fields of a record, in the record's own org and as one of its users; "" stands for any.
func (o *Orgs) SaveFields(ctx context.Context, user string, ref Ref, seen Card, values map[string]string) (Card, error) {
	c, err := o.clientFor(ref.Org, user)
	if err != nil {
		return seen, err
	}
	return c.SaveFields(ctx, ref, seen, values)
}

// Follow tells what has become of a record, in the record's own org; the zero Record means that it is gone.
func (o *Orgs) Follow(ctx context.Context, ref Ref) (Record, error) {
	c, err := o.clientFor(ref.Org, "")
	if err != nil {
		return Record{}, err
	}
	return c.Follow(ctx, ref)
}

// Log writes an activity to its own org as its own user.
func (o *Orgs) Log(ctx context.Context, a Activity, check bool) (Logged, error) {
	c, err := o.clientFor(a.Org, a.User)
	if err != nil {
		return Logged{}, err
	}
	return c.Log(ctx, a, check)
}

// LogAll writes several activities of one org and user, which are those of the first, and returns what became of each.
func (o *Orgs) LogAll(ctx context.Context, all []Activity) ([]Written, error) {
	if len(all) == 0 {
		return nil, nil
	}
	c, err := o.clientFor(all[0].Org, all[0].User)
	if err != nil {
		return nil, err
	}
	return c.LogAll(ctx, all)
}

// FindAll returns every Task of several calls of one org and user, by call id; searched is false where they can only be
// asked for one by one.
func (o *Orgs) FindAll(ctx context.Context, all []Activity) (found map[string][]Ref, searched bool, err error) {
	if len(all) == 0 {
		return nil, true, nil
	}
	c, err := o.clientFor(all[0].Org, all[0].User)
	if err != nil {
		return nil, false, err
	}
	return c.FindAll(ctx, all)
}

// Find returns every Task of a call, oldest first.
func (o *Orgs) Find(ctx context.Context, a Activity) ([]Ref, error) {
	c, err := o.clientFor(a.Org, a.User)
	if err != nil {
		return nil, err
	}
	return c.Find(ctx, a)
}

// Update changes a Task through the link that the activity belongs to, or, if the activity does not say, through the
// link that wrote the Task.
func (o *Orgs) Update(ctx context.Context, ref Ref, a Activity) error {
	org, user := a.Org, a.User
	if org == "" {
		org, user = ref.Org, ref.User
	}
	c, err := o.clientFor(org, user)
	if err != nil {
		return err
	}
	return c.Update(ctx, ref, a)
}

// Delete deletes a Task through the link that wrote it. While that user is not linked, another user of the same org
// tries.
func (o *Orgs) Delete(ctx context.Context, ref Ref) error {
	c, err := o.clientFor(ref.Org, ref.User)
	if err != nil && ref.User != "" {
		c, err = o.clientFor(ref.Org, "")
	}
	if err != nil {
		return err
	}
	return c.Delete(ctx, ref)
}

// Upserts reports whether a user's write of an object to the org can be repeated at any time; see salesforce.Client.Upserts. It is
// asked of that user's link: the field of the call's id may be hidden from one user and not from another.
func (o *Orgs) Upserts(org, user, object string) bool {
	c, err := o.clientFor(org, user)
	return err == nil && c.Upserts(org, object)
}

// TryNow makes every link that the org refuses for now try again with its next request, in place of waiting.
func (o *Orgs) TryNow() {
	for _, c := range o.Clients() {
		if c, ok := c.(interface{ TryNow() }); ok {
			c.TryNow()
		}
	}
}
