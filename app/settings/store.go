package settings

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"linecard/crm/layout"
	"linecard/fault"
)

// Store holds the settings in force. Its methods may be called from any goroutine.
type Store struct {
	dir string // "" keeps nothing on disk

	now atomic.Pointer[layers]

	refused *fault.Error // why the file must not be written over, nil when it may be
	torn    *fault.Error // what was wrong with the file as a whole

	writing   sync.Mutex // one change at a time; guards all below
	followers []*follower
	notices   []fault.Fault
}

type follower struct{ tell func(old, new *Settings) }

// Open reads dir/settings.toml; a missing file gives the defaults. The settings are always usable: what could not be read is told by
// [Store.Notices]. Nothing is written before the first change.
func Open(dir string) *Store {
	doc, torn, refused := readFile(dir)
	s := &Store{dir: dir, refused: refused, torn: torn}
	s.build(doc, nil, nil, "")
	return s
}

// InMemory returns a store that keeps nothing on disk and begins with set.
func InMemory(set Settings) *Store {
	s := &Store{}
	s.build(difference(reflect.ValueOf(set), reflect.ValueOf(Default())), nil, nil, "")
	return s
}

// build stacks the layers from their documents.
func (s *Store) build(user, profile map[string]any, locked []string, by string) {
	if s.dir == "" || user == nil {
		if user == nil {
			user = map[string]any{}
		}
		user["version"] = int64(fileVersion)
	}
	l, r := &layers{by: by}, &reading{}
	l.readProfile(profile, locked, r)
	l.readUser(user, r)
	s.notices = r.notices
	s.now.Store(l)
}

// Get returns the settings in force. They must not be changed. It never waits.
func (s *Store) Get() *Settings { return s.now.Load().set }

// Notices say what was not taken as it stands in the file, or in the profile.
func (s *Store) Notices() []fault.Fault {
	s.writing.Lock()
	defer s.writing.Unlock()
	var out []fault.Fault
	if s.torn != nil {
		out = append(out, s.torn.Fault)
	}
	return append(out, s.notices...)
}

// Err is what was wrong with the file as a whole, with its cause for the log; nil when it could be read.
func (s *Store) Err() error {
	if s.torn == nil {
		return nil
	}
	return s.torn
}

// Change changes the settings: f gets a copy of those in force. The file is written first; then the new ones are published, and
// followers are told before Change returns. When the file cannot be written, when a value makes no sense, or when a locked key was changed, nothing
// changes. A change that changes nothing writes nothing.
func (s *Store) Change(f func(*Settings)) error {
	return s.change(nil, func(set *Settings) error {
		f(set)
		return nil
	})
}

// change is Change; what is at the path of unset is none of the agent's own any more.
func (s *Store) change(unset []string, f func(*Settings) error) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	now := s.now.Load()
	next := *now
	next.set = now.set.clone()
	if err := f(next.set); err != nil {
		return err
	}
	if err := next.check(now); err != nil {
		return err
	}
	next.user = now.follows(next.set, unset)
	if reflect.DeepEqual(next.user, now.user) {
		return nil
	}
	next.ignored = now.ignoredAfter(next.set)
	return s.commit(now, &next)
}

// commit writes the file and publishes. The caller holds s.writing.
func (s *Store) commit(now, next *layers) error {
	if s.dir != "" {
		if s.refused != nil {
			return s.refused
		}
		if err := writeFile(s.dir, next.document()); err != nil {
			return err
		}
	}
	s.publish(now, next)
	return nil
}

// check finds what may not be in the settings that are to follow those of before.
func (l *layers) check(before *layers) error {
	c := &checker{}
	c.all(l.set, *before.lower)
	var ids []string
	for i := range l.set.Accounts {
		a := &l.set.Accounts[i]
		key := fmt.Sprintf("accounts[%d]", i+1)
		c.account(key+".", a, DefaultAccount())
		c.echo(key+".", a, l.set.NumbersOf(a.ID()))
		switch {
		case !a.Configured():
			c.fault("settings.must-be-account", "key", key)
		case slices.Contains(ids, a.ID()):
			c.fault("settings.must-be-another-account", "key", key, "account", a.ID())
		}
		ids = append(ids, a.ID())
	}
	for i := range l.set.Orgs {
		c.org(fmt.Sprintf("orgs[%d].", i+1), &l.set.Orgs[i], DefaultOrg())
	}
	for i := range l.set.Owners {
		key := fmt.Sprintf("owners[%d]", i+1)
		if c.owner(key+".", &l.set.Owners[i], DefaultOwner()); l.set.Owners[i].Extension == "" {
			c.fault("settings.must-be-owner", "key", key)
		}
	}
	for i := range l.set.Colleagues {
		key := fmt.Sprintf("colleagues[%d]", i+1)
		if c.colleague(key+".", &l.set.Colleagues[i], DefaultColleague()); l.set.Colleagues[i].Extension == "" {
			c.fault("settings.must-be-colleague", "key", key)
		}
	}
	c.queues(l.set, before.set)
	c.rules(l.set.Rules)
	c.layouts(l.set.Layouts)
	c.objects(l.set.Objects)
	if len(c.faults) > 0 {
		return &KeyError{c.faults[0]}
	}
	if err := samePort(before.set, l.set); err != nil {
		return err
	}
	for _, key := range changed(before.set, l.set) {
		if l.locked(key) {
			return &LockedError{Key: key, By: before.by}
		}
	}
	return nil
}

// LockedError says that the administrator's profile fixes a setting.
type LockedError struct{ Key, By string }

func (e *LockedError) Error() string { return string(isLocked) + ": " + e.Key }

// Failure returns the Fault; [fault.Of] finds it by this.
func (e *LockedError) Failure() fault.Fault {
	if e.By == "" {
		return fault.New(isLocked, "key", e.Key)
	}
	return fault.New("settings.locked-by", "key", e.Key, "by", e.By)
}

const isLocked fault.Code = "settings.locked"

// changed lists the keys whose values differ.
func changed(a, b *Settings) (out []string) {
	var keys []string
	values := func(s *Settings) map[string]reflect.Value {
		m := map[string]reflect.Value{}
		each(reflect.ValueOf(*s), "", func(key string, v reflect.Value, _ reflect.StructTag) {
			m[key] = v
			keys = append(keys, key)
		})
		return m
	}
	was, is := values(a), values(b)
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		old, before := was[key]
		now, after := is[key]
		if before != after || !same(old, now) {
			out = append(out, key)
		}
	}
	return out
}

// publish puts new layers in force and tells those who follow. The caller holds s.writing.
func (s *Store) publish(old, now *layers) {
	s.now.Store(now)
	for _, f := range slices.Clone(s.followers) {
		f.tell(old.set, now.set)
	}
}

// Follow calls tell after every change, in order and one at a time, with the settings before and after it. Change waits for tell, which
// must therefore be quick and must not call Change.
func (s *Store) Follow(tell func(old, new *Settings)) (stop func()) {
	f := &follower{tell}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.followers = append(s.followers, f)
	return func() {
		s.writing.Lock()
		defer s.writing.Unlock()
		s.followers = slices.DeleteFunc(s.followers, func(g *follower) bool { return f == g })
	}
}

// SetProfile puts the administrator's layer under the agent's: a document like settings.toml, where no version means 2, and the keys, tables ("numbers") or lists
// ("accounts") that cannot be changed. A list is one value: the agent's own list takes the place of the profile's, and an element is locked
// with its list. by says who fixed them, as agents read it. No document takes the layer away. What could not be read of it is in
// [Store.Notices].
func (s *Store) SetProfile(doc []byte, locked []string, by string) error {
	profile, err := parseTOML(doc)
	if err != nil {
		return fault.Err(err, "settings.profile-unreadable")
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	old := s.now.Load()
	s.build(old.document(), profile, locked, by)
	s.publish(old, s.now.Load())
	return nil
}

// Origin is the layer the value of a key comes from.
func (s *Store) Origin(key string) Layer { return s.now.Load().origin(spelled(s.Get(), key)) }

// Locked reports whether the administrator fixed the value of a key.
func (s *Store) Locked(key string) bool { return s.now.Load().locked(key) }

// Locks are the keys, tables and lists that the administrator fixed, and who that is, as agents read it.
func (s *Store) Locks() (keys []string, by string) {
	l := s.now.Load()
	for _, lock := range l.locks {
		keys = append(keys, strings.Join(lock, "."))
	}
	return keys, l.by
}

// CheckLocks finds a key, table or list among locked that no version of the settings has. The error is a [*KeyError].
func CheckLocks(locked []string) error {
	known := map[string]bool{}
	each(reflect.ValueOf(Default()), "", func(key string, _ reflect.Value, _ reflect.StructTag) {
		for key != "" {
			known[key] = true
			key = key[:max(strings.LastIndexByte(key, '.'), 0)]
		}
	})
	for _, f := range fieldsOf(reflect.TypeFor[Settings]()) { // lists that are empty by default
		known[f.name] = true
	}
	for _, key := range locked {
		if !known[strings.Join(lockOf(key), ".")] {
			return keyError("settings.no-such-key", "key", key)
		}
	}
	return nil
}

// Document is what the settings in force have other than the defaults, whichever layer it comes from, as the file has it.
func (s *Store) Document() map[string]any {
	return difference(reflect.ValueOf(*s.Get()), reflect.ValueOf(Default()))
}

// spelled is a key with element numbers in place of ids.
func spelled(set *Settings, key string) string {
	if _, with, err := find(reflect.ValueOf(*set), key); err == nil {
		return with
	}
	return key
}

// List returns every setting, in the order of [Settings].
func (s *Store) List() (out []Entry) {
	l := s.now.Load()
	each(reflect.ValueOf(*l.set), "", func(key string, v reflect.Value, _ reflect.StructTag) {
		e := Entry{Key: key, Value: v.Interface(), Origin: l.origin(key), Locked: l.locked(key)}
		if list, ok := e.Value.([]string); ok && list == nil {
			e.Value = []string{}
		}
		if _, whole := e.Value.(layout.List); whole { // it is for a verb of its own
			return
		}
		out = append(out, e)
	})
	return out
}

// Set sets the value of a key from a text. A key that does not exist and a value that makes no sense are a [*KeyError].
func (s *Store) Set(key, text string) error {
	return s.change(nil, func(set *Settings) error {
		return set.Put(key, text)
	})
}

// Unset puts the value of a key back to what is below the agent's own.
func (s *Store) Unset(key string) error {
	return s.change(strings.Split(plainKey(key), "."), func(set *Settings) error {
		to, key, err := find(reflect.ValueOf(set).Elem(), key)
		if err != nil || set.readdress(key, "") {
			return err
		}
		base := reflect.ValueOf(*s.now.Load().lower.clone())
		path := steps(key)
		if path[0].element != "" { // what an element does not say is the default
			_, key, _ = strings.Cut(key, ".")
			base = reflect.ValueOf(defaultElement(path[0].name))
		}
		from, _, err := find(base, key)
		if err != nil {
			return err
		}
		to.Set(from)
		return nil
	})
}
