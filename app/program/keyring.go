package program

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"linecard/app/settings"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// keyring opens the desktop's keyring at its first use. A locked one asks the agent for its password and may take minutes; nobody
// waits for that longer than its own context says.
type keyring struct {
	warn    func(fault.Fault)
	once    sync.Once
	opened  chan struct{}
	secrets settings.Secrets // after opened
}

// opening is how long the agent may take to unlock the keyring the first time.
const opening = 2 * time.Minute

func (k *keyring) open(ctx context.Context) (settings.Secrets, error) {
	k.once.Do(func() {
		k.opened = make(chan struct{})
		go func() {
			defer close(k.opened)
			ctx, cancel := context.WithTimeout(context.Background(), opening)
			defer cancel()
			var warning fault.Fault
			k.secrets, warning = settings.OpenSecrets(ctx, os.Getenv("LINECARD_SECRETS"), settings.Service)
			if !warning.IsZero() {
				k.warn(warning)
			}
		}()
	})
	select {
	case <-k.opened:
		return k.secrets, nil
	case <-ctx.Done():
		return nil, fault.Err(ctx.Err(), settings.KeyringSilent)
	}
}

func (k *keyring) Get(ctx context.Context, key string) (string, error) {
	s, err := k.open(ctx)
	if err != nil {
		return "", err
	}
	return s.Get(ctx, key)
}

func (k *keyring) Set(ctx context.Context, key, secret string) error {
	s, err := k.open(ctx)
	if err != nil {
		return err
	}
	return s.Set(ctx, key, secret)
}

func (k *keyring) Delete(ctx context.Context, key string) error {
	s, err := k.open(ctx)
	if err != nil {
		return err
	}
	return s.Delete(ctx, key)
}

// Open reports whether the keyring can be asked without its owner being asked for a password.
func (k *keyring) Open(ctx context.Context) bool {
	s, err := k.open(ctx)
	if err != nil {
		return false
	}
	ring, ok := s.(*settings.Keyring)
	return !ok || ring.Open(ctx)
}

// Volatile reports whether secrets last only until the program ends.
func (k *keyring) Volatile() bool {
	s, err := k.open(context.Background())
	_, memory := s.(*settings.Memory)
	return err == nil && memory
}

// askable reports whether secrets can be asked for now without a prompt.
func askable(ctx context.Context, s settings.Secrets) bool {
	k, ok := s.(interface{ Open(context.Context) bool })
	return !ok || k.Open(ctx)
}

// orgSecrets are the secrets as the org's client wants them.
type orgSecrets struct {
	settings.Secrets
	reading context.Context // of the program: nobody waits for the keyring of a program that ends, but what is to be kept is kept
}

func (s orgSecrets) Get(key string) (string, error) {
	secret, err := s.Secrets.Get(s.reading, key)
	if errors.Is(err, settings.ErrNotFound) {
		return "", salesforce.ErrNoSecret
	}
	return secret, err
}

// Volatile reports whether secrets last only until the program ends, where that is a loss to the agent.
func (s orgSecrets) Volatile() bool {
	v, ok := s.Secrets.(interface{ Volatile() bool })
	return ok && v.Volatile()
}

func (s orgSecrets) Set(key, secret string) error {
	return s.Secrets.Set(context.Background(), key, secret)
}

func (s orgSecrets) Delete(key string) error { return s.Secrets.Delete(context.Background(), key) }

// Pauses between two looks at a keyring that refuses.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
)

// nextPause doubles a pause.
func nextPause(d time.Duration) time.Duration { return min(max(2*d, firstPause), lastPause) }
