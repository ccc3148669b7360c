package program

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"linecard/app/settings"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// keyring opens the desktop's keyring at its first use. A locked one asks the agent for its password and may take minutes; nobody
// waits for that longer than its own context says. Where there is none, the memory stands in until there is one.
type keyring struct {
	warn   func(fault.Fault)
	ring   settings.Keyring
	once   sync.Once
	opened chan struct{}

	mu      sync.Mutex
	secrets settings.Secrets  // after opened
	missing bool              // there was no keyring
	refused error             // after opened: why it gave nothing when it was opened
	early   map[string]*early // secrets asked for ahead of their first use, by key

	moving sync.Mutex        // held while the memory's secrets are put into a keyring that was found late
	moved  map[string]string // those that it has, while it does not have all; guarded by moving
}

// early is a secret that was asked for ahead of time.
type early struct {
	done   chan struct{}
	secret string
	err    error
}

// opening is how long the agent may take to unlock the keyring the first time.
const opening = 2 * time.Minute

func newKeyring(warn func(fault.Fault)) *keyring {
	return &keyring{warn: warn, ring: settings.Keyring{Service: settings.Service}, opened: make(chan struct{})}
}

// forgetful is the mode in which secrets are in memory only.
func forgetful() bool { return os.Getenv("LINECARD_SECRETS") == "memory" }

func (k *keyring) open(ctx context.Context) (settings.Secrets, error) {
	k.once.Do(func() {
		go func() {
			defer close(k.opened)
			if forgetful() {
				k.secrets = &settings.Memory{}
				return
			}
			ctx, cancel := context.WithTimeout(context.Background(), opening)
			defer cancel()
			var warning fault.Fault
			k.secrets, warning, k.refused = settings.OpenKeyring(ctx, &k.ring)
			if k.missing = !warning.IsZero(); k.missing {
				k.warn(warning)
			}
		}()
	})
	select {
	case <-k.opened:
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.secrets, nil
	case <-ctx.Done():
		return nil, fault.Err(ctx.Err(), settings.KeyringSilent)
	}
}

// Follow calls changed whenever the keyring may give or take now what it did not before, until ctx ends; see
// [settings.Keyring.Follow].
func (k *keyring) Follow(ctx context.Context, changed func()) {
	if !forgetful() {
		k.ring.Follow(ctx, changed)
	}
}

// ahead asks for secrets that will be needed soon. Each is given to the first Get of its key: a keyring takes some 20 ms for the first
// answer, and meanwhile the parts of the program are built. Once it has refused it is asked no more: each question may be a prompt.
func (k *keyring) ahead(ctx context.Context, keys ...string) {
	if forgetful() || len(keys) == 0 {
		return
	}
	asked := make([]*early, len(keys))
	k.mu.Lock()
	k.early = map[string]*early{}
	for i, key := range keys {
		asked[i] = &early{done: make(chan struct{})}
		k.early[key] = asked[i]
	}
	k.mu.Unlock()
	go func() {
		var refusal error
		for i, key := range keys {
			if asked[i].err = refusal; refusal == nil {
				asked[i].secret, asked[i].err = k.ask(ctx, key)
			}
			if err := asked[i].err; err != nil && !errors.Is(err, settings.ErrNotFound) {
				refusal = err
			}
			close(asked[i].done)
		}
	}()
}

// wasAhead takes what was asked for ahead of time; nil when nothing was, or when it is used up.
func (k *keyring) wasAhead(key string) *early {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.early[key]
	delete(k.early, key)
	return e
}

func (k *keyring) Get(ctx context.Context, key string) (string, error) {
	e := k.wasAhead(key)
	if e == nil {
		return k.ask(ctx, key)
	}
	select {
	case <-e.done:
	case <-ctx.Done():
		return "", fault.Err(ctx.Err(), settings.KeyringSilent)
	}
	if e.err != nil && !errors.Is(e.err, settings.ErrNotFound) && k.Open(ctx) {
		return k.ask(ctx, key) // it was opened since
	}
	return e.secret, e.err
}

func (k *keyring) ask(ctx context.Context, key string) (string, error) {
	first := k.opens()
	s, err := k.open(ctx)
	if err != nil {
		return "", err
	}
	if first && k.refused != nil { // its owner would be asked once more for what was refused just now
		return "", k.refused
	}
	return s.Get(ctx, key)
}

// opens reports whether the keyring is being opened, or about to be.
func (k *keyring) opens() bool {
	select {
	case <-k.opened:
		return false
	default:
		return true
	}
}

func (k *keyring) Set(ctx context.Context, key, secret string) error {
	k.wasAhead(key)
	return k.with(ctx, func(s settings.Secrets) error { return s.Set(ctx, key, secret) })
}

func (k *keyring) Delete(ctx context.Context, key string) error {
	k.wasAhead(key)
	return k.with(ctx, func(s settings.Secrets) error { return s.Delete(ctx, key) })
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
	reading context.Context // of the program: nobody waits for the keyring of a program that ends, but what must be kept is kept
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

// Open reports whether the keyring can be asked without its owner being asked for a password.
func (s orgSecrets) Open() bool { return askable(s.reading, s.Secrets) }

func (s orgSecrets) Set(key, secret string) error {
	return s.Secrets.Set(context.Background(), key, secret)
}

func (s orgSecrets) Delete(key string) error { return s.Secrets.Delete(context.Background(), key) }

// RenewLink makes the one renewal of a link that a running program with [Config.Renew] asks for on in; see
// [salesforce.RenewApart].
func RenewLink(ctx context.Context, in io.Reader, out io.Writer) error {
	ring := &settings.Keyring{Service: settings.Service}
	return salesforce.RenewApart(ctx, salesforce.Config{Secrets: orgSecrets{ring, ctx}}, in, out)
}

// Pauses between two looks at a keyring that refuses: short ones where it does not tell when it opens.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
	toldPause  = 2 * time.Minute
)

// nextPause is the pause after d until a keyring is asked that has refused.
func (p *Program) nextPause(d time.Duration) time.Duration {
	if p.keys.tells.Load() {
		return toldPause
	}
	return min(max(2*d, firstPause), lastPause)
}

// lookPause is the pause after d until a keyring is looked at that could not be asked: it may have told of its start before it could be
// asked, or have been too busy to say. To look makes no keyring ask its owner.
func (p *Program) lookPause(d time.Duration) time.Duration {
	most := lastPause
	if p.keys.tells.Load() {
		most = toldPause
	}
	return min(max(2*d, firstPause), most)
}
