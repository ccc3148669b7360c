//go:build unix

package instance

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
)

// listen opens the socket, outside of dir where dir takes no file. Its caller holds the lock, so a socket that is there was left by a
// process that was killed; even so it is removed only after nobody answered, should the lock not be worth much (some network file systems).
func listen(dir string) (*net.UnixListener, error) {
	sock, err := place(dir)
	if err != nil {
		return nil, err
	}
	if conn, err := probe(dir); err == nil {
		_ = conn.Close()
		return nil, ErrRunning
	}
	ln, err := bind(sock)
	if err != nil && mayServe(dir, err) {
		if sock, err = elsewhere(dir, sockExt); err == nil {
			ln, err = bind(sock)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := announce(dir, sock); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return ln, nil
}

// bind opens a socket for this user only.
func bind(sock string) (*net.UnixListener, error) {
	if err := os.Remove(sock); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: sock, Net: "unix"})
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(sock, 0o600); err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	return ln, nil
}

// connect connects to the instance of dir, wherever it listens.
func connect(ctx context.Context, dir string) (conn net.Conn, err error) {
	err = fs.ErrNotExist
	for _, sock := range find(dir) {
		var failed error
		if conn, failed = new(net.Dialer).DialContext(ctx, "unix", sock); failed == nil {
			return conn, nil
		}
		if absent(err) { // somebody who cannot be reached is more than nobody
			err = failed
		}
	}
	return nil, err
}

// absent reports whether err means that nobody listens.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errRefused) || errors.Is(err, os.ErrDeadlineExceeded)
}

// remains are the files that an instance of dir leaves when it is killed.
func remains(dir string) ([]string, error) {
	for _, sock := range find(dir) {
		if _, err := os.Lstat(sock); err == nil {
			return []string{sock}, nil
		}
	}
	return nil, fs.ErrNotExist
}
