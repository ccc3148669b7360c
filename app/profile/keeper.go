package profile

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"github.com/pelletier/go-toml/v2"

	"linecard/app/settings"
	"linecard/fault"
	"linecard/wholefile"
)

// The files in the data directory: the profile in force, and what the agent's account is made from.
const (
	FileName  = "profile.toml"
	agentFile = "profile-agent.toml"
)

// Person is what the agent's account is made from: values of the agent's User record in the org.
type Person struct {
	User        string `toml:"user"`
	DisplayName string `toml:"display_name"`
	CallerID    string `toml:"caller_id,omitempty"`
}

// Keeper keeps the profile in force in the data directory, and has a store follow it. Its methods may be called from any goroutine.
type Keeper struct {
	dir       string
	installed []string // paths of a profile that was installed with the program; one in dir outweighs them
	store     *settings.Store

	mu     sync.Mutex
	now    *Profile
	source Source // of now
	kept   Kept
	person Person
}

// Source says where a profile comes from. One that was imported by hand outweighs one that is kept in an org, and that one an installed one.
type Source string

// The values of Source.
const (
	Nowhere   Source = ""
	Installed Source = "installed"
	FromOrg   Source = "org"
	Imported  Source = "imported"
)

// Open applies the profile in dir to a store: the one that was imported by hand, else that of an org, else the first of the installed ones. A profile that cannot be used is an error,
// and the store is as without one.
func Open(dir string, installed []string, store *settings.Store) (*Keeper, error) {
	k := &Keeper{dir: dir, installed: installed, store: store}
	if b, err := os.ReadFile(filepath.Join(dir, agentFile)); err == nil && toml.Unmarshal(b, &k.person) != nil {
		k.person = Person{} // it is asked for again
	}
	k.recall()
	return k, k.load()
}

// load puts in force what outweighs the others. The caller holds k.mu, or is the only one.
func (k *Keeper) load() error {
	type candidate struct {
		source Source
		read   func() (*Profile, error)
	}
	all := []candidate{{Imported, func() (*Profile, error) { return readFile(filepath.Join(k.dir, FileName)) }}}
	if k.kept.Taken != nil && !k.kept.Removed {
		all = append(all, candidate{FromOrg, func() (*Profile, error) { return Read([]byte(k.kept.Doc)) }})
	}
	for _, path := range k.installed {
		all = append(all, candidate{Installed, func() (*Profile, error) { return readFile(path) }})
	}
	var errs []error
	for _, c := range all {
		p, err := c.read()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = k.apply(p)
		}
		if err == nil {
			k.source = c.source
			return errors.Join(errs...)
		}
		errs = append(errs, err)
	}
	k.source = Nowhere
	return errors.Join(append(errs, k.apply(nil))...)
}

func readFile(path string) (*Profile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	doc, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	if err != nil {
		return nil, fault.Err(err, "profile.unreadable")
	}
	return Read(doc)
}

// apply makes a profile the layer of the store; nil takes the layer away.
func (k *Keeper) apply(p *Profile) error {
	if p == nil {
		k.now = nil
		return k.store.SetProfile(nil, nil, "")
	}
	doc, err := k.layer(p)
	if err != nil {
		return err
	}
	if err := k.store.SetProfile(doc, p.Locked, p.Title()); err != nil {
		return err
	}
	k.now = p
	return nil
}

// layer is the document of a profile's layer, with the agent's account.
func (k *Keeper) layer(p *Profile) ([]byte, error) {
	layer := maps.Clone(p.Settings)
	if layer == nil {
		layer = map[string]any{}
	}
	if p.Agent != nil && k.person.User != "" {
		account := maps.Clone(p.Agent.Account)
		if account == nil {
			account = map[string]any{}
		}
		account["user"] = k.person.User
		if k.person.DisplayName != "" {
			account["display_name"] = k.person.DisplayName
		}
		if k.person.CallerID != "" {
			account["caller_id"] = k.person.CallerID
		}
		layer["accounts"] = []any{account}
	}
	doc, err := toml.Marshal(layer)
	if err != nil {
		return nil, fault.Err(err, "profile.unreadable")
	}
	return doc, nil
}

// Now is the profile in force, nil for none. It must not be changed.
func (k *Keeper) Now() *Profile {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// Source is where the profile in force comes from.
func (k *Keeper) Source() Source {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.source
}

// check reads a profile that will be put in force.
func check(doc []byte) (*Profile, error) {
	p, err := Read(doc)
	if err != nil {
		return nil, err
	}
	return p, settings.CheckLocks(p.Locked)
}

// Import puts a profile in force and keeps it. Where it cannot be used or kept, the earlier one stays.
func (k *Keeper) Import(doc []byte) error {
	p, err := check(doc)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.now
	if err := k.apply(p); err != nil {
		return err
	}
	if err := wholefile.Write(filepath.Join(k.dir, FileName), doc, 0o600); err != nil {
		return errors.Join(fault.Err(err, "profile.not-kept", "folder", k.dir), k.apply(before))
	}
	k.source = Imported
	return nil
}

// Remove takes the profile away that is in force: the one that was imported by hand, or else that of an org, which does not come back before a
// newer version of it is found. What it outweighed is in force then. One that was installed with the program stays.
func (k *Keeper) Remove() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.source == FromOrg {
		was := k.kept
		k.kept.Removed, k.kept.Doc = true, ""
		if err := k.save(); err != nil {
			k.kept = was
			return err
		}
		return k.load()
	}
	if err := os.Remove(filepath.Join(k.dir, FileName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Err(err, "profile.not-kept", "folder", k.dir)
	}
	return k.load()
}

// SetPerson takes who the agent is in the org, for the account that the profile describes, and keeps it. changed is false where that was
// known.
func (k *Keeper) SetPerson(who Person) (changed bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.person == who {
		return false, nil
	}
	b, err := toml.Marshal(who)
	if err == nil {
		err = wholefile.Write(filepath.Join(k.dir, agentFile), b, 0o600)
	}
	if err != nil {
		return false, fault.Err(err, "profile.not-kept", "folder", k.dir)
	}
	k.person = who
	return true, k.apply(k.now)
}
