package main

import (
	"errors"
	"net"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// stamped is a UDP socket on loopback whose packets have the kernel's time of arrival. This is wall clock time, like
// time.Now, so both may be compared unless the clock is set. The kernel starts to stamp a moment after the first
// request; until then the time is that of reading.
type stamped struct{ *net.UDPConn }

// listenStamped opens port on 127.0.0.1; 0 means any free one.
func listenStamped(port int) (stamped, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		return stamped{}, err
	}
	raw, err := c.SyscallConn()
	if err == nil {
		err = errors.Join(raw.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
		}), err)
	}
	if err != nil {
		c.Close()
		return stamped{}, err
	}
	return stamped{c}, nil
}

func (s stamped) addr() netip.AddrPort { return s.LocalAddr().(*net.UDPAddr).AddrPort() }

// next reads a packet.
func (s stamped) next(buf, control []byte) (n int, at time.Time, from netip.AddrPort, err error) {
	n, c, _, from, err := s.ReadMsgUDPAddrPort(buf, control)
	if err != nil {
		return 0, at, from, err
	}
	at = time.Now()
	if list, err := unix.ParseSocketControlMessage(control[:c]); err == nil {
		for _, m := range list {
			if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})) {
				ts := (*unix.Timespec)(unsafe.Pointer(&m.Data[0]))
				at = time.Unix(ts.Unix())
			}
		}
	}
	return n, at, from, nil
}
