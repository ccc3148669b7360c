//go:build !linux

package settings

import (
	"context"
	"errors"

	"github.com/zalando/go-keyring"
)

// reachable: the keyrings of macOS and Windows are part of the system.
func reachable(context.Context) error { return nil }

// absent reports whether an error of the keyring means that this system has none.
func absent(_ context.Context, err error) bool { return errors.Is(err, keyring.ErrUnsupportedPlatform) }

// Open reports whether the keyring can be asked without its owner being asked for a password, which these systems do not tell.
func (k *Keyring) Open(context.Context) bool { return true }

// Follow returns at once: these systems do not tell when their keyring changes.
func (k *Keyring) Follow(context.Context, func()) {}
