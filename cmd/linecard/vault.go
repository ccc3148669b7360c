package main

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"linecard/app/settings"
	"linecard/crm/salesforce"
)

// vault opens the keyring at its first use. A locked keyring asks the agent for its password and may take minutes; the
// window is not to wait for that.
type vault struct {
	warn    func(string)
	once    sync.Once
	secrets settings.Secrets
}

func (v *vault) open() settings.Secrets {
	v.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		defer cancel()
		var warning string
		v.secrets, warning = settings.OpenSecrets(ctx, os.Getenv("LINECARD_SECRETS"), settings.Service)
		if warning != "" {
			v.warn(warning)
		}
	})
	return v.secrets
}

func (v *vault) Get(ctx context.Context, key string) (string, error) { return v.open().Get(ctx, key) }

func (v *vault) Set(ctx context.Context, key, secret string) error {
	return v.open().Set(ctx, key, secret)
}
func (v *vault) Delete(ctx context.Context, key string) error { return v.open().Delete(ctx, key) }

// orgSecrets is the vault as the org's client wants it.
type orgSecrets struct{ settings.Secrets }

func (s orgSecrets) Get(key string) (string, error) {
	secret, err := s.Secrets.Get(context.Background(), key)
	if errors.Is(err, settings.ErrNotFound) {
		return "", salesforce.ErrNoSecret
	}
	return secret, err
}

// Volatile reports whether secrets last only until the app ends.
func (s orgSecrets) Volatile() bool {
	v, ok := s.Secrets.(*vault)
	if !ok {
		return false // the demo's last as long as the demo does
	}
	_, memory := v.open().(*settings.Memory)
	return memory
}

func (s orgSecrets) Set(key, secret string) error {
	return s.Secrets.Set(context.Background(), key, secret)
}
func (s orgSecrets) Delete(key string) error { return s.Secrets.Delete(context.Background(), key) }

// linkStore keeps the description of the demo's link, which is made anew at each start.
type linkStore struct {
	mu    sync.Mutex
	saved []byte
}

func (s *linkStore) Load() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.saved, nil
}

func (s *linkStore) Save(link []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saved = link
	return nil
}
