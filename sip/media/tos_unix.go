//go:build unix

package media

import (
	"strings"
	"syscall"
)

// expedited is DSCP 46 in the upper six bits of the TOS byte (RFC 3246).
const expedited = 0xB8

// markExpedited asks routers and Wi-Fi access points to let voice pass first. A system that refuses costs no call, so the
// result is not looked at.
func markExpedited(network, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		if strings.HasSuffix(network, "6") {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS, expedited)
			return
		}
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_TOS, expedited)
	})
}
