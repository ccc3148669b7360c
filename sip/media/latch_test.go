package media

import (
	"net/netip"
	"testing"
	"time"

	"linecard/test/interop"
)

func TestLatch(t *testing.T) {
	interop.Proves(t, "S4.6")
	// The peer is behind a NAT that its server, which is public, did not see through: what was named is private.
	named := netip.MustParseAddrPort("192.168.7.9:6000")
	nat := netip.MustParseAddrPort("203.0.113.5:61000")
	thief := netip.MustParseAddrPort("192.0.2.66:4000")
	server := netip.MustParseAddr("198.51.100.2")
	type packet struct {
		src  netip.AddrPort
		ssrc uint32
		seq  uint16
		at   int // ms
		want bool
	}
	for name, c := range map[string]struct {
		packets []packet
		target  netip.AddrPort
	}{
		"nothing came yet":                      {nil, named},
		"the named address at its first packet": {[]packet{{named, 1, 10, 0, true}, {named, 1, 11, 20, true}}, named},
		"behind a NAT after three in sequence": {[]packet{
			{nat, 1, 10, 0, false}, {nat, 1, 11, 20, false}, {nat, 1, 12, 40, true}, {nat, 1, 13, 60, true},
		}, nat},
		"every packet twice": {[]packet{
			{nat, 1, 10, 0, false}, {nat, 1, 10, 1, false}, {nat, 1, 11, 20, false}, {nat, 1, 11, 21, false}, {nat, 1, 12, 40, true},
		}, nat},
		"one packet again and again": {[]packet{{thief, 1, 10, 0, false}, {thief, 1, 10, 1, false}, {thief, 1, 10, 2, false}, {thief, 1, 10, 3, false}}, named},
		"numbers that wrap":          {[]packet{{nat, 1, 65534, 0, false}, {nat, 1, 65535, 20, false}, {nat, 1, 0, 40, true}}, nat},
		"three strays":               {[]packet{{thief, 1, 10, 0, false}, {thief, 2, 11, 1, false}, {thief, 2, 99, 2, false}}, named},
		"two at once, neither proves itself": {[]packet{
			{thief, 1, 10, 0, false}, {nat, 2, 10, 0, false}, {thief, 1, 11, 20, false}, {nat, 2, 11, 20, false}, {thief, 1, 12, 40, false},
		}, named},
		"a thief while the call talks": {[]packet{
			{named, 1, 10, 0, true},
			{thief, 1, 11, 10, false},
			{thief, 1, 12, 11, false},
			{thief, 1, 13, 12, false},
			{thief, 1, 14, 13, false},
			{named, 1, 11, 20, true},
		}, named},
		"the NAT gave another port": {[]packet{
			{nat, 1, 10, 0, false},
			{nat, 1, 11, 20, false},
			{nat, 1, 12, 40, true},
			{thief, 1, 13, 1000, false},
			{thief, 1, 14, 1020, false},
			{thief, 1, 15, 1040, true},
		}, thief},
		"the named address takes over": {[]packet{
			{thief, 9, 10, 0, false},
			{thief, 9, 11, 1, false},
			{thief, 9, 12, 2, true},
			{named, 1, 50, 10, false},
			{named, 1, 51, 30, false},
			{named, 1, 52, 50, true},
			{thief, 9, 13, 51, false},
		}, named},
	} {
		t.Run(name, func(t *testing.T) {
			var l latch
			l.aim(named, server)
			begin := time.Now()
			for i, p := range c.packets {
				if got := l.admit(p.src, p.ssrc, p.seq, begin.Add(time.Duration(p.at)*time.Millisecond)); got != p.want {
					t.Errorf("packet %d: admitted %t", i, got)
				}
			}
			if got := l.target(); got != c.target {
				t.Errorf("we send to %s, want %s", got, c.target)
			}
			l.aim(named, server)
			if got := l.target(); got != c.target {
				t.Errorf("a hold moved the target to %s", got)
			}
			other := netip.MustParseAddrPort("198.51.100.2:7000")
			l.aim(other, server)
			if got := l.target(); got != other {
				t.Errorf("after a re-INVITE to elsewhere we send to %s", got)
			}
		})
	}
}

// Whose packets are believed when nothing is heard from the address that was named, after three in sequence.
func TestLatchBelieves(t *testing.T) {
	for name, c := range map[string]struct {
		named, server, from string
		want                bool
	}{
		"another port of a public peer":              {"198.51.100.1:6000", "198.51.100.2", "198.51.100.1:7000", true},
		"the server that relays":                     {"198.51.100.1:6000", "198.51.100.2", "198.51.100.2:7000", true},
		"the server's own address, named by another": {"203.0.113.1:6000", "10.0.0.5", "10.0.0.5:7000", true},
		"a third one, public":                        {"198.51.100.1:6000", "198.51.100.2", "192.0.2.66:4000", false},
		"a third one of a private net":               {"198.51.100.1:6000", "198.51.100.2", "10.0.0.66:4000", false},
		"a third one, all in the office":             {"192.168.7.9:6000", "192.168.7.1", "192.168.7.66:4000", false},
		"a third one, all on this computer":          {"127.0.0.1:6000", "127.0.0.1", "127.0.0.77:4000", false},
		"a peer behind a NAT, server public":         {"192.168.7.9:6000", "198.51.100.2", "203.0.113.5:61000", true},
		"a peer behind a carrier's NAT":              {"100.64.9.9:6000", "198.51.100.2", "203.0.113.5:61000", true},
		"a peer of IPv6 behind none":                 {"[2001:db8::1]:6000", "2001:db8::2", "[2001:db8::66]:4000", false},
		"nobody knows the server":                    {"192.168.7.9:6000", "", "203.0.113.5:61000", false},
		"a named address of no use":                  {"0.0.0.0:6000", "198.51.100.2", "203.0.113.5:61000", false},
	} {
		t.Run(name, func(t *testing.T) {
			var l latch
			server, _ := netip.ParseAddr(c.server)
			l.aim(netip.MustParseAddrPort(c.named), server)
			src := netip.MustParseAddrPort(c.from)
			got, at := false, time.Now()
			for i := range latchRun {
				got = l.admit(src, 1, uint16(10+i), at.Add(time.Duration(i)*20*time.Millisecond))
			}
			if got != c.want || (l.target() == src) != c.want {
				t.Errorf("believed: %t, we send to %v", got, l.target())
			}
		})
	}
}
