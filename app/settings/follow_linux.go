package settings

import (
	"context"
	"errors"
	"time"

	"github.com/godbus/dbus/v5"
)

// reconnect is the pause between two attempts to reach a session bus that is not there.
const reconnect = 15 * time.Second

// Follow calls changed whenever the keyring may give now what it did not give before: it was unlocked, its service was started
// or ended, a secret was put in, changed or taken out (Secret Service API, "Signals"; D-Bus NameOwnerChanged). It calls it also
// once it has begun to listen, since what happened before is not told. It returns when ctx ends. changed must return soon.
//
// Listening never starts the service and never makes it ask its owner for a password.
func (k *Keyring) Follow(ctx context.Context, changed func()) {
	for {
		err := k.listen(ctx, changed)
		if errors.Is(err, errBusLost) {
			k.abandon()
			changed()
			continue
		}
		select {
		case <-time.After(reconnect):
		case <-ctx.Done():
			return
		}
	}
}

var errBusLost = errors.New("the session bus has ended")

// listen follows the keyring as long as the session bus is there.
func (k *Keyring) listen(ctx context.Context, changed func()) error {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := errors.Join(conn.Auth(nil), conn.Hello()); err != nil {
		return err
	}
	signals := make(chan *dbus.Signal, 64)
	conn.Signal(signals)
	if err := errors.Join(
		conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(secretService)),
		conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(busName), dbus.WithMatchInterface(busName),
			dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, secretService)),
	); err != nil {
		return err
	}
	changed()
	for {
		select {
		case s, ok := <-signals:
			if !ok {
				return errBusLost
			}
			if ended(s) {
				k.abandon()
			}
			if told(s) {
				changed()
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

const busName = "org.freedesktop.DBus"

// told reports whether a signal is about the keyring.
func told(s *dbus.Signal) bool {
	switch s.Name {
	case busName + ".NameAcquired", busName + ".NameLost":
		return false
	}
	return true
}

// ended reports whether a signal says that the service has gone, or that another one has taken its place.
func ended(s *dbus.Signal) bool {
	if s.Name != busName+".NameOwnerChanged" || len(s.Body) != 3 {
		return false
	}
	before, _ := s.Body[1].(string)
	return before != ""
}
