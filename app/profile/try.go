package profile

import "linecard/app/settings"

// Trial is what would change on this computer with another profile. Nothing of it is in force.
type Trial struct {
	Title   string          // of the profile
	Locked  []string        // keys, tables and lists that the agent could not change any more
	Before  *settings.Store // as it is now
	After   *settings.Store // as it would be; its notices say what could not be taken of the profile
	Changes []string        // keys whose values would be others
}

// Try tells what would change if a profile were imported.
func (k *Keeper) Try(doc []byte) (Trial, error) {
	p, err := check(doc)
	if err != nil {
		return Trial{}, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	layer, err := k.layer(p)
	if err != nil {
		return Trial{}, err
	}
	after, err := k.store.WithProfile(layer, p.Locked, p.Title())
	if err != nil {
		return Trial{}, err
	}
	return Trial{Title: p.Title(), Locked: p.Locked, Before: k.store, After: after, Changes: settings.Changed(k.store.Get(), after.Get())}, nil
}
