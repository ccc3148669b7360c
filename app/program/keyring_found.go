package program

import (
	"context"
	"errors"
	"maps"

	"linecard/app/settings"
	"linecard/fault"
)

// Found looks again for a keyring that was not there, as one whose service starts later than the program does, and puts into it
// what the memory has kept for it. It reports whether there is one from now on.
func (k *keyring) Found(ctx context.Context) bool {
	memory, err := k.open(ctx)
	k.mu.Lock()
	missing := k.missing
	k.mu.Unlock()
	kept, inMemory := memory.(*settings.Memory)
	if err != nil || !missing || !inMemory {
		return false
	}
	found, warning, _ := settings.OpenKeyring(ctx, &k.ring)
	if !warning.IsZero() || !k.ring.Open(ctx) || !k.move(ctx, kept, found) {
		return false
	}
	k.warn(fault.Fault{})
	return true
}

// move puts what the memory has kept into a keyring, which takes its place once it has all of it: what is put into the memory meanwhile, or taken
// out, as well. false means that it stays in the memory, and is tried again; what the keyring has by then is remembered, so that a secret that is
// deleted between two tries leaves the keyring too.
func (k *keyring) move(ctx context.Context, kept *settings.Memory, found settings.Secrets) bool {
	k.moving.Lock()
	defer k.moving.Unlock()
	if k.moved == nil {
		k.moved = map[string]string{}
	}
	moved := k.moved
	for {
		k.mu.Lock()
		all := kept.All()
		if maps.Equal(all, moved) {
			k.secrets, k.missing, k.moved = found, false, nil
			k.mu.Unlock()
			return true
		}
		k.mu.Unlock()
		for key, secret := range all {
			if before, has := moved[key]; has && before == secret {
				continue
			}
			if err := found.Set(ctx, key, secret); err != nil {
				return false
			}
			moved[key] = secret
		}
		for key := range moved {
			if _, has := all[key]; has {
				continue
			}
			if err := found.Delete(ctx, key); err != nil && !errors.Is(err, settings.ErrNotFound) {
				return false
			}
			delete(moved, key)
		}
	}
}

// with calls f with the secrets. None of them is put into a memory that a keyring has just taken the place of.
func (k *keyring) with(ctx context.Context, f func(settings.Secrets) error) error {
	s, err := k.open(ctx)
	if err != nil {
		return err
	}
	if _, inMemory := s.(*settings.Memory); inMemory { // which takes no time
		k.mu.Lock()
		if k.secrets == s {
			defer k.mu.Unlock()
			return f(s)
		}
		s = k.secrets
		k.mu.Unlock()
	}
	return f(s)
}
