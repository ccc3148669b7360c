package media

import (
	"errors"
	"net/netip"
	"testing"
)

func TestListen(t *testing.T) {
	for _, ip := range []string{"127.0.0.1", "::1", "::ffff:127.0.0.1"} {
		s, err := Listen(netip.MustParseAddr(ip), 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		rtp, rtcp := s.Addr(), s.RTCPAddr()
		if rtp.Port()%2 != 0 || rtcp.Port() != rtp.Port()+1 || rtp.Addr() != netip.MustParseAddr(ip).Unmap() || rtcp.Addr() != rtp.Addr() {
			t.Errorf("%s: %s and %s", ip, rtp, rtcp)
		}
	}
}

// TestListenInRange: a range is used up pair by pair, and then said to be.
func TestListenInRange(t *testing.T) {
	probe := open(t)
	low := int(probe.Addr().Port())
	probe.Close()
	var used []*Socket
	defer func() {
		for _, s := range used {
			s.Close()
		}
	}()
	for {
		s, err := Listen(loopback, low, low+3)
		if err != nil {
			if !errors.Is(err, ErrNoPorts) {
				t.Errorf("%v", err)
			}
			break
		}
		used = append(used, s)
		if p := int(s.Addr().Port()); p < low || p+1 > low+3 || p%2 != 0 || len(used) > 2 {
			t.Fatalf("port %d of %d-%d, %d pairs", p, low, low+3, len(used))
		}
	}
	if len(used) == 0 {
		t.Error("not one pair")
	}
	for _, r := range [][2]int{{5000, 5000}, {5001, 5002}, {-2, 10}, {65000, 70000}, {6000, 5000}, {0, 4000}} {
		if s, err := Listen(loopback, r[0], r[1]); err == nil {
			s.Close()
			t.Errorf("a pair in %v", r)
		}
	}
	if s, err := Listen(netip.MustParseAddr("192.0.2.1"), 0, 0); err == nil {
		s.Close()
		t.Error("a pair on an address that is not ours")
	}
}
