//go:build linux || darwin

package instance

import "net"

// peerUID asks the kernel who connected.
func peerUID(conn net.Conn) (uid int, err error) {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return 0, err
	}
	var uidErr error
	if err := raw.Control(func(fd uintptr) { uid, uidErr = socketUID(int(fd)) }); err != nil {
		return 0, err
	}
	return uid, uidErr
}
