package settings

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"

	"github.com/zalando/go-keyring"

	"linecard/fault"
)

// Keyring keeps secrets in the desktop's keyring: the Secret Service (GNOME Keyring, KWallet), macOS Keychain, Windows
// Credential Manager. The zero value with a Service is ready.
//
// go-keyring takes no context and waits without a limit while the person is asked for the keyring's password. Each call
// therefore runs on a goroutine of its own, one at a time; when ctx ends first the caller gets an error and the
// goroutine stays until the prompt is answered. There is never more than one. When the person refuses, the calls that wait for their turn
// are refused as well: each would bring back the prompt that was just put away.
type Keyring struct {
	Service string // namespace; entries of other services are not seen

	mu       sync.Mutex
	turn     chan struct{} // held by the one call
	gone     chan struct{} // closed when the keyring's service has ended
	refusals int           // how often the person has refused
}

// Get implements [Secrets].
func (k *Keyring) Get(ctx context.Context, key string) (string, error) {
	return k.do(ctx, func() (string, error) { return keyring.Get(k.Service, key) })
}

// Set implements [Secrets].
func (k *Keyring) Set(ctx context.Context, key, secret string) error {
	_, err := k.do(ctx, func() (string, error) { return "", keyring.Set(k.Service, key, secret) })
	return err
}

// Delete implements [Secrets].
func (k *Keyring) Delete(ctx context.Context, key string) error {
	_, err := k.do(ctx, func() (string, error) { return "", keyring.Delete(k.Service, key) })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// do makes one call to the library.
func (k *Keyring) do(ctx context.Context, call func() (string, error)) (string, error) {
	before := k.refused(nil)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	turn, gone := k.state()
	select {
	case turn <- struct{}{}:
	case <-gone:
		return "", fault.Err(errGone, KeyringSilent)
	case <-ctx.Done():
		return "", waiting(ctx)
	}
	if k.refused(nil) != before {
		<-turn
		return "", wrap(errRefused)
	}
	type answer struct {
		secret string
		err    error
	}
	answered := make(chan answer, 1) // buffered: a call that was given up ends too, once the prompt is answered
	go func() {
		defer func() { <-turn }()
		defer func() {
			// On Linux go-keyring reads an empty signal where the session bus ends during a prompt, and panics: with calls up, that would end them.
			if what := recover(); what != nil {
				slog.Warn("the keyring's library failed", "what", what)
				answered <- answer{"", errGone}
			}
		}()
		if err := reachable(ctx); err != nil {
			answered <- answer{"", err}
			return
		}
		secret, err := call()
		// On Linux go-keyring takes the first D-Bus signal it sees, whosever, for the answer of the unlock prompt.
		// Asked again, the keyring is unlocked by then or prompts again.
		if isRefusal(err) {
			secret, err = call()
		}
		k.refused(err)
		answered <- answer{secret, err}
	}()
	select {
	case a := <-answered:
		return a.secret, wrap(a.err)
	case <-gone:
		return "", fault.Err(errGone, KeyringSilent)
	case <-ctx.Done():
		return "", waiting(ctx)
	}
}

func (k *Keyring) state() (turn, gone chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.turn == nil {
		k.turn, k.gone = make(chan struct{}, 1), make(chan struct{})
	}
	return k.turn, k.gone
}

// abandon gives up the call that is being made, since its service has ended: go-keyring would wait for the answer to a prompt
// that nobody shows any more.
func (k *Keyring) abandon() {
	_, gone := k.state()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.gone == gone {
		close(gone)
		k.turn, k.gone = nil, nil
	}
}

// refused notes an answer that is a refusal, and returns how many there have been.
func (k *Keyring) refused(err error) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	if isRefusal(err) {
		k.refusals++
	}
	return k.refusals
}

// isRefusal reports whether an error of the library means that the person did not open the keyring.
func isRefusal(err error) bool {
	return err != nil && strings.Contains(err.Error(), "failed to unlock correct collection")
}

// errRefused means that the person did not open the keyring for a call before.
var errRefused = errors.New("the keyring was not opened")

// errGone means that the keyring's service ended during a call.
var errGone = errors.New("the keyring's service has ended")

func wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, errGone):
		return fault.Err(err, KeyringSilent)
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return fault.Err(err, "settings.secret-too-long")
	}
	return fault.Err(err, "settings.keyring-unusable")
}

// KeyringSilent is the code of a keyring that does not answer.
const KeyringSilent fault.Code = "settings.keyring-silent"

func waiting(ctx context.Context) error {
	return fault.Err(context.Cause(ctx), KeyringSilent)
}
