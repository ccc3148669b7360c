package owners

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"linecard/app/settings"
	"linecard/clean"
	"linecard/crm"
	"linecard/fault"
	"linecard/wholefile"
)

// FileName is the book's file inside the data directory.
const FileName = "users.json"

// List is the users of an org as they were read last.
type List struct {
	At    time.Time    `json:"at"`
	Users []crm.Person `json:"users"`
}

// Book keeps the users of each org. Its methods may be called from any goroutine.
type Book struct {
	path string // "" keeps nothing on disk

	mu      sync.Mutex
	lists   map[string]List // by org id
	changes int
}

// OpenBook reads the book. A file that cannot be read is an empty book: the lists are read from the orgs again.
func OpenBook(path string) (*Book, error) {
	b := &Book{path: path, lists: map[string]List{}}
	if path == "" {
		return b, nil
	}
	doc, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return b, nil
	case err == nil:
		err = json.Unmarshal(doc, &b.lists)
	}
	if err != nil || b.lists == nil {
		b.lists = map[string]List{}
	}
	for _, l := range b.lists {
		for i := range l.Users {
			u := &l.Users[i]
			u.Name, u.Username, u.Email = clean.Line(u.Name), clean.Line(u.Username), clean.Line(u.Email)
			u.Extension, u.Phone = clean.Line(u.Extension), clean.Line(u.Phone)
		}
	}
	return b, err
}

// Get is the list of an org; the zero List when it was never read.
func (b *Book) Get(org string) List {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.lists[org]
	l.Users = slices.Clone(l.Users)
	return l
}

// Changes is how often the lists have changed: what was made of them is as good as new while it is the same.
func (b *Book) Changes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changes
}

// Put keeps the list of an org.
func (b *Book) Put(org string, l List) error {
	return b.change(func() { b.lists[org] = l })
}

// Forget drops the list of an org that is unlinked.
func (b *Book) Forget(org string) error { return b.change(func() { delete(b.lists, org) }) }

// Refused notes that an org does not take a user for an owner: the list is older than that.
func (b *Book) Refused(org, id string) error {
	b.mu.Lock()
	l, read := b.lists[org]
	b.mu.Unlock()
	if id == "" || !read || l.At.IsZero() { // of a list that was never read nothing can be said
		return nil
	}
	return b.change(func() {
		l := b.lists[org]
		l.Users = slices.Clone(l.Users)
		for i := range l.Users {
			if crm.SameID(l.Users[i].ID, id) {
				l.Users[i].Active = false
				b.lists[org] = l
				return
			}
		}
		l.Users = append(l.Users, crm.Person{ID: id})
		b.lists[org] = l
	})
}

func (b *Book) change(f func()) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changes++
	f()
	if b.path == "" {
		return nil
	}
	doc, err := json.Marshal(b.lists)
	if err == nil {
		err = wholefile.Write(b.path, doc, 0o600)
	}
	return err
}

// Owner is the id of the user who is to own the log of a call, as the rules say it; "" is the user who is linked. What keeps
// the right user from owning it is returned as a fault, with "" where the admin chose the linked user for that case. instead
// tells that this is so.
func (b *Book) Owner(set *settings.Settings, org, account, wish string) (id string, why fault.Fault, instead bool) {
	id, why = b.find(set, org, account, wish)
	if why.IsZero() {
		return id, why, false
	}
	return "", why, set.Logging.NoOwner == "linked"
}

func (b *Book) find(set *settings.Settings, org, account, wish string) (string, fault.Fault) {
	if wish == "" || wish == crm.OwnerLinked {
		return "", fault.Fault{}
	}
	list := b.Get(org)
	if wish == crm.OwnerExtension {
		o, ok := associated(set, org, namesOf(set, account)...)
		if !ok {
			return "", fault.New("owners.nobody", "extension", extensionOf(account))
		}
		return o.User, standing(o.User, o.Name, list.Users)
	}
	u, why := FindUser(list.Users, wish)
	switch {
	case !why.IsZero() && len(list.Users) == 0 && isUser(wish): // the org will say whether it can be
		return wish, fault.Fault{}
	case !why.IsZero() && len(list.Users) == 0:
		return "", fault.New("owners.not-read")
	case !why.IsZero() && isUser(wish):
		return "", fault.New("owners.gone", "name", wish)
	case !why.IsZero():
		return "", why
	}
	return u.ID, standing(u.ID, u.Name, list.Users)
}

func isUser(wish string) bool { return (len(wish) == 15 || len(wish) == 18) && wish[:3] == "005" }
