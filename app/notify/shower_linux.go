package notify

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"

	"linecard/clean"
)

// Shower names what shows notifications on this desktop: "dunst 1.9.0". An error means that nothing does.
func Shower(ctx context.Context) (name string, err error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return "", fmt.Errorf("%w: %w", errNoDesktop, err)
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // Auth and Hello know no context
	defer stop()
	if err := conn.Auth(nil); err != nil {
		return "", fmt.Errorf("%w: %w", errNoDesktop, err)
	}
	if err := conn.Hello(); err != nil {
		return "", fmt.Errorf("%w: %w", errNoDesktop, err)
	}
	var vendor, version, spec string
	err = conn.Object(serverName, serverPath).CallWithContext(ctx, serverName+".GetServerInformation", 0).Store(&name, &vendor, &version, &spec)
	return clean.Line(name + " " + version), err
}
