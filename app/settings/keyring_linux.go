package settings

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// reachable reports whether a session bus is there, without starting one: go-keyring's own dbus.SessionBus would run
// dbus-launch and leave a daemon behind at every start on a machine without a desktop.
func reachable(ctx context.Context) error {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return err
	}
	return conn.Close()
}
