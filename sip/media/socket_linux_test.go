package media

import (
	"net/netip"
	"syscall"
	"testing"
)

// TestExpedited: voice leaves with the mark that lets it pass first.
func TestExpedited(t *testing.T) {
	for ip, opt := range map[string][2]int{"127.0.0.1": {syscall.IPPROTO_IP, syscall.IP_TOS}, "::1": {syscall.IPPROTO_IPV6, syscall.IPV6_TCLASS}} {
		s, err := Listen(netip.MustParseAddr(ip), 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		raw, err := s.rtp.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var tos int
		if cerr := raw.Control(func(fd uintptr) { tos, err = syscall.GetsockoptInt(int(fd), opt[0], opt[1]) }); cerr != nil || err != nil {
			t.Fatal(cerr, err)
		}
		if tos != expedited {
			t.Errorf("%s: %#x", ip, tos)
		}
	}
}
