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
}

// Keeper keeps the profile in force in the data directory, and has a store follow it. Its methods may be called from any goroutine.
type Keeper struct {
	dir       string
	installed []string // paths of a profile that was installed with the program; one in dir outweighs them
	store     *settings.Store

	mu     sync.Mutex
	now    *Profile
	person Person
}

// Open applies the profile in dir to a store, or else the first of the installed ones. A profile that cannot be used is an error,
// and the store is as without one.
func Open(dir string, installed []string, store *settings.Store) (*Keeper, error) {
	k := &Keeper{dir: dir, installed: installed, store: store}
	if b, err := os.ReadFile(filepath.Join(dir, agentFile)); err == nil && toml.Unmarshal(b, &k.person) != nil {
		k.person = Person{} // it is asked for again
	}
	return k, k.load()
}

func (k *Keeper) load() error {
	var errs []error
	for _, path := range append([]string{filepath.Join(k.dir, FileName)}, k.installed...) {
		p, err := readFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = k.apply(p)
		}
		if err == nil {
			return errors.Join(errs...)
		}
		errs = append(errs, err)
	}
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
		layer["accounts"] = []any{account}
	}
	doc, err := toml.Marshal(layer)
	if err != nil {
		return fault.Err(err, "profile.unreadable")
	}
	if err := k.store.SetProfile(doc, p.Locked, p.Title()); err != nil {
		return err
	}
	k.now = p
	return nil
}

// Now is the profile in force, nil for none. It is not to be changed.
func (k *Keeper) Now() *Profile {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

// Import puts a profile in force and keeps it. Where it cannot be used or kept, the earlier one stays.
func (k *Keeper) Import(doc []byte) error {
	p, err := Read(doc)
	if err != nil {
		return err
	}
	if err := settings.CheckLocks(p.Locked); err != nil {
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
	return nil
}

// Remove takes the profile away that was imported. One that was installed with the program is in force then.
func (k *Keeper) Remove() error {
	k.mu.Lock()
	defer k.mu.Unlock()
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
