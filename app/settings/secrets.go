package settings

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"time"

	"linecard/fault"
)

// Secrets keeps the few secrets there are. Implementations may be called from many goroutines, and may wait for a
// person who types the keyring's password: never call them from the thread that draws.
type Secrets interface {
	// Get returns a secret; ErrNotFound when there is none by that key.
	Get(ctx context.Context, key string) (string, error)
	// Set keeps a secret, replacing an earlier one.
	Set(ctx context.Context, key, secret string) error
	// Delete drops a secret; nil when there was none.
	Delete(ctx context.Context, key string) error
}

// ErrNotFound means that no secret is kept by that key.
var ErrNotFound = errors.New("no such secret")

// SIPKey is the key of a SIP account's password.
func SIPKey(user, server string) string { return "sip:" + user + "@" + server }

// Service is the keyring namespace of Linecard.
const Service = "linecard"

// NoKeyring is the code of the warning that secrets are kept in memory only.
const NoKeyring fault.Code = "settings.no-keyring"

// OpenSecrets opens the keyring under the given service name. With mode "memory" (the value of LINECARD_SECRETS), or
// when there is no keyring, the secrets live in memory; in the second case there is a warning to show. A keyring that is there but locked, or that
// does not answer, is returned: it is asked again when a secret is wanted.
//
// A locked keyring asks the person for its password now, so that it does not in the middle of a call.
func OpenSecrets(ctx context.Context, mode, service string) (s Secrets, warning fault.Fault) {
	if mode == "memory" {
		return &Memory{}, fault.Fault{}
	}
	s, warning, _ = OpenKeyring(ctx, &Keyring{Service: service})
	return s, warning
}

// OpenKeyring is OpenSecrets for a keyring that is followed from before it is opened. refused is why it gives nothing for now; nil where it does.
func OpenKeyring(ctx context.Context, k *Keyring) (s Secrets, warning fault.Fault, refused error) {
	_, err := k.Get(ctx, "linecard:probe")
	switch {
	case err == nil, errors.Is(err, ErrNotFound):
		return k, fault.Fault{}, nil
	case absent(ctx, err):
		slog.Warn("no keyring, secrets stay in memory", "err", err)
		return &Memory{}, fault.New(NoKeyring), nil
	}
	slog.Warn("the keyring is locked or does not answer", "err", err)
	return k, fault.Fault{}, err
}

// Memory keeps secrets until the process ends. The zero value is ready.
type Memory struct {
	mu      sync.Mutex
	secrets map[string]string
}

// Get implements [Secrets].
func (m *Memory) Get(_ context.Context, key string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.secrets[key]
	if !ok {
		return "", ErrNotFound
	}
	return s, nil
}

// Set implements [Secrets].
func (m *Memory) Set(_ context.Context, key, secret string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.secrets == nil {
		m.secrets = map[string]string{}
	}
	m.secrets[key] = secret
	return nil
}

// Delete implements [Secrets].
func (m *Memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.secrets, func(k, _ string) bool { return k == key })
	return nil
}

// All returns a copy of the secrets by their keys.
func (m *Memory) All() map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.secrets)
}

// String keeps the secrets out of a log that prints whole structs.
func (m *Memory) String() string { return "settings.Memory" }

// GoString is String for %#v.
func (m *Memory) GoString() string { return m.String() }

// patience is how long a keyring may take when ctx sets no end: long enough to type a password.
const patience = 2 * time.Minute
