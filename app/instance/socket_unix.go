//go:build unix

package instance

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
)

// listen opens the socket. Its caller holds the lock, so a socket that is there was left by a process that was killed;
// even so it is removed only after nobody answered, should the lock not be worth much (some network file systems).
func listen(dir string) (*net.UnixListener, error) {
	sock, err := place(dir)
	if err != nil {
		return nil, err
	}
	if conn, err := knock(dir); err == nil {
		_ = conn.Close()
		return nil, ErrRunning
	}
	if err := os.Remove(sock); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: sock, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.Chmod(sock, 0o600), announce(dir, sock)); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return ln, nil
}

// connect connects to the instance of dir.
func connect(ctx context.Context, dir string) (net.Conn, error) {
	sock, err := find(dir)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, "unix", sock)
}

// absent reports whether err means that nobody listens.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errRefused) || errors.Is(err, os.ErrDeadlineExceeded)
}

// remains are the files that an instance of dir leaves when it is killed.
func remains(dir string) ([]string, error) {
	sock, err := find(dir)
	return []string{sock}, err
}
