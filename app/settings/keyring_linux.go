package settings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// errNoBus means that there is no session bus, and so no keyring.
var errNoBus = errors.New("no session bus")

// reachable reports whether a session bus is there, without starting one: go-keyring's own dbus.SessionBus would run
// dbus-launch and leave a daemon behind at every start on a machine without a desktop.
func reachable(ctx context.Context) error {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("%w: %w", errNoBus, err)
	}
	return conn.Close()
}

// absent reports whether an error of the keyring means that there is none, or none that was ever set up.
func absent(ctx context.Context, err error) bool {
	var answer dbus.Error
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		if strings.Contains(cause.Error(), "failed to unlock correct collection") { // the owner said no, or there is no collection
			return !hasCollection(ctx)
		}
	}
	return errors.Is(err, errNoBus) || errors.As(err, &answer) && slices.Contains(append([]string{
		"org.freedesktop.DBus.Error.UnknownObject",
		"org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.UnknownInterface", "org.freedesktop.Secret.Error.NoSuchObject",
		"org.freedesktop.DBus.Error.Spawn.ExecFailed", "org.freedesktop.DBus.Error.Spawn.ChildExited",
	}, noService...), answer.Name)
}

// noService are the bus's own answers when nobody has the keyring's name.
var noService = []string{"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"}

// Open reports whether the keyring is there and can be asked without its owner being asked for a password.
func (k *Keyring) Open(ctx context.Context) bool {
	is, err := locked(ctx)
	var answer dbus.Error
	if errors.As(err, &answer) {
		return !slices.Contains(noService, answer.Name) // one that does not say will show it when it is asked
	}
	return err == nil && !is
}

// locked reads whether the collection that secrets are kept in is locked. It never makes the keyring ask its owner.
func locked(ctx context.Context) (is bool, err error) {
	err = service(ctx, func(ctx context.Context, conn *dbus.Conn) error {
		var v dbus.Variant
		err := conn.Object(secretService, collection(conn)).
			CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, "org.freedesktop.Secret.Collection", "Locked").Store(&v)
		is, _ = v.Value().(bool)
		return err
	})
	return is, err
}

// collection is where go-keyring keeps secrets: in the login collection wherever there is one, otherwise in the one by default.
// The two may be different ones, with a lock each.
func collection(conn *dbus.Conn) dbus.ObjectPath {
	if hasLogin(conn) {
		return loginCollection
	}
	return "/org/freedesktop/secrets/aliases/default"
}

const loginCollection dbus.ObjectPath = "/org/freedesktop/secrets/collection/login"

// hasLogin reports whether there is a login collection, as far as the keyring tells before the connection ends.
func hasLogin(conn *dbus.Conn) bool {
	v, err := conn.Object(secretService, "/org/freedesktop/secrets").GetProperty("org.freedesktop.Secret.Service.Collections")
	paths, _ := v.Value().([]dbus.ObjectPath)
	return err == nil && slices.Contains(paths, loginCollection)
}

// hasCollection reports whether the keyring was ever set up, as far as it tells.
func hasCollection(ctx context.Context) bool {
	var path dbus.ObjectPath
	err := service(ctx, func(ctx context.Context, conn *dbus.Conn) error {
		if hasLogin(conn) {
			path = loginCollection
			return nil
		}
		return conn.Object(secretService, "/org/freedesktop/secrets").CallWithContext(ctx, "org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&path)
	})
	return err != nil || path != "/"
}

const secretService = "org.freedesktop.secrets"

// service calls f with a connection of its own to the session bus.
func service(ctx context.Context, f func(context.Context, *dbus.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := errors.Join(conn.Auth(nil), conn.Hello()); err != nil {
		return err
	}
	return f(ctx, conn)
}
