package settings

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/zalando/go-keyring"
)

// Keyring keeps secrets in the desktop's keyring: the Secret Service (GNOME Keyring, KWallet), macOS Keychain, Windows
// Credential Manager. The zero value with a Service is ready.
//
// go-keyring knows no context and waits for ever while the person is asked for the keyring's password. Each call
// therefore runs on a goroutine of its own, one at a time; when ctx ends first the caller gets an error and the
// goroutine stays until the prompt is answered. There is never more than one.
type Keyring struct {
	Service string // namespace; entries of other services are not seen

	once sync.Once
	turn chan struct{}
}

// Get implements [Secrets].
func (k *Keyring) Get(ctx context.Context, key string) (secret string, err error) {
	type answer struct{ secret string }
	got := make(chan answer, 1) // not shared with a call that was given up
	err = k.do(ctx, func() error {
		s, err := keyring.Get(k.Service, key)
		got <- answer{s}
		return err
	})
	if err == nil {
		secret = (<-got).secret
	}
	return secret, err
}

// Set implements [Secrets].
func (k *Keyring) Set(ctx context.Context, key, secret string) error {
	return k.do(ctx, func() error { return keyring.Set(k.Service, key, secret) })
}

// Delete implements [Secrets].
func (k *Keyring) Delete(ctx context.Context, key string) error {
	err := k.do(ctx, func() error { return keyring.Delete(k.Service, key) })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (k *Keyring) do(ctx context.Context, call func() error) error {
	k.once.Do(func() { k.turn = make(chan struct{}, 1) })
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return waiting(ctx)
	}
	done := make(chan error, 1)
	go func() {
		defer func() { <-k.turn }()
		if err := reachable(ctx); err != nil {
			done <- err
			return
		}
		err := call()
		// On Linux go-keyring takes the first D-Bus signal it sees, whosever, for the answer of the unlock prompt.
		// Asked again, the keyring is unlocked by then or prompts anew.
		if err != nil && strings.Contains(err.Error(), "failed to unlock correct collection") {
			err = call()
		}
		done <- err
	}()
	select {
	case err := <-done:
		return wrap(err)
	case <-ctx.Done():
		return waiting(ctx)
	}
}

func wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return fmt.Errorf("the secret is too long for this computer's keyring: %w", err)
	}
	return fmt.Errorf("this computer's keyring can't be used: %w", err)
}

func waiting(ctx context.Context) error {
	return fmt.Errorf("this computer's keyring did not answer; unlock it and try again: %w", context.Cause(ctx))
}
