//go:build !linux && !windows

package notify

import (
	"context"
	"errors"
)

// newBackend: on macOS notifications with actions need UNUserNotificationCenter and a signed bundle, so all of them are
// plain. A click brings the application to the front, which then shows the ringing call.
func newBackend(string, func(Activation), func()) backend { return noActions{} }

type noActions struct{}

var errNoActions = errors.New("no notifications with actions on this system")

func (noActions) show(context.Context, Notification) error { return errNoActions }
func (noActions) withdraw(context.Context, string) error   { return nil }
func (noActions) renew(context.Context)                    {}
func (noActions) close() error                             { return nil }
