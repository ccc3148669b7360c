package ice

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Component is what an address is for.
type Component int

// The components there are. Where reports share the port of the sound there is but the first.
const (
	RTP  Component = 1
	RTCP Component = 2
)

// Kind is how a candidate was come by.
type Kind string

// The kinds (RFC 8445 §4).
const (
	Host    Kind = "host"
	Seen    Kind = "srflx" // as a STUN server sees it
	Peer    Kind = "prflx" // as the other side sees it
	Relayed Kind = "relay"
)

// preference is that of a kind (RFC 8445 §5.1.2.2).
func (k Kind) preference() uint32 {
	switch k {
	case Host:
		return 126
	case Peer:
		return 110
	case Seen:
		return 100
	}
	return 0
}

// Candidate is an address at which somebody may be reached.
type Candidate struct {
	Foundation string
	Component  Component
	Priority   uint32
	Addr       netip.AddrPort
	Kind       Kind
	Base       netip.AddrPort // whence it was come by, for one that is not a host's; not valid where nobody told
}

// newCandidate is one of our own.
func newCandidate(kind Kind, c Component, addr, base netip.AddrPort) Candidate {
	o := Candidate{Foundation: map[Kind]string{Host: "1", Seen: "2"}[kind], Component: c, Priority: priority(kind, c), Addr: addr, Kind: kind}
	if kind != Host {
		o.Base = base
	}
	return o
}

// Candidates are our own of one component: the address of the port, and what a STUN server sees of it, where that is known and another one.
func Candidates(c Component, port, seen netip.AddrPort) []Candidate {
	all := []Candidate{newCandidate(Host, c, port, port)}
	if seen.IsValid() && seen != port {
		all = append(all, newCandidate(Seen, c, seen, port))
	}
	return all
}

// priority is that of a candidate of a machine with one address (RFC 8445 §5.1.2.1).
func priority(k Kind, c Component) uint32 { return k.preference()<<24 | 0xFFFF<<8 | uint32(256-int(c)) }

// String is the value of its a=candidate (RFC 8839 §5.1).
func (c Candidate) String() string {
	text := fmt.Sprintf("%s %d UDP %d %s %d typ %s", c.Foundation, c.Component, c.Priority, c.Addr.Addr(), c.Addr.Port(), c.Kind)
	if c.Base.IsValid() {
		text += fmt.Sprintf(" raddr %s rport %d", c.Base.Addr(), c.Base.Port())
	}
	return text
}

// ParseCandidate reads the value of an a=candidate; ok is false for one that cannot be used: over TCP, at a name, of a third component, at an address of no single
// machine.
func ParseCandidate(v string) (c Candidate, ok bool) {
	f := strings.Fields(v)
	if len(v) > 512 || len(f) < 8 || !strings.EqualFold(f[2], "UDP") || !strings.EqualFold(f[6], "typ") || len(f[0]) > 32 {
		return c, false
	}
	number, err := strconv.Atoi(f[1])
	if err != nil || number != int(RTP) && number != int(RTCP) {
		return c, false
	}
	priority, err := strconv.ParseUint(f[3], 10, 32)
	if err != nil || priority == 0 || priority > 1<<31-1 {
		return c, false
	}
	addr, ok := address(f[4], f[5])
	if !ok {
		return c, false
	}
	c = Candidate{Foundation: f[0], Component: Component(number), Priority: uint32(priority), Addr: addr, Kind: Kind(strings.ToLower(f[7]))}
	if len(f) >= 12 && f[8] == "raddr" && f[10] == "rport" {
		c.Base, _ = address(f[9], f[11])
	}
	return c, true
}

func address(host, port string) (netip.AddrPort, bool) {
	ip, err := netip.ParseAddr(host)
	n, wrong := strconv.ParseUint(port, 10, 16)
	if err != nil || wrong != nil || n == 0 || ip.Zone() != "" {
		return netip.AddrPort{}, false
	}
	ip = ip.Unmap()
	single := !ip.IsUnspecified() && !ip.IsMulticast() && ip != netip.AddrFrom4([4]byte{255, 255, 255, 255})
	return netip.AddrPortFrom(ip, uint16(n)), single
}

// Credentials are what one side's questions are named and signed with: the password signs those that come to it.
type Credentials struct{ Name, password string }

// NewCredentials draws some: the name has 48 bits, the password 144 (RFC 8445 §5.3 has 24 and 128 at least).
func NewCredentials() Credentials {
	draw := func(n int) string {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails (crypto/rand)
		return strings.NewReplacer("-", "+", "_", "/").Replace(base64.RawURLEncoding.EncodeToString(b))
	}
	return Credentials{draw(6), draw(18)}
}

// ParseCredentials reads a=ice-ufrag and a=ice-pwd; ok is false where they are too short or too long, or have other characters than they may (RFC 8839 §5.4).
func ParseCredentials(name, password string) (c Credentials, ok bool) {
	other := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '+' || r == '/' || r == '-' || r == '_' || r == '=')
	}
	ok = 4 <= len(name) && len(name) <= 256 && 22 <= len(password) && len(password) <= 256 && !strings.ContainsFunc(name+password, other)
	if !ok {
		return Credentials{}, false
	}
	return Credentials{name, password}, true
}

// Password is for the description; nothing else prints it.
func (c Credentials) Password() string { return c.password }

// String has no password in it.
func (c Credentials) String() string { return c.Name }

// GoString neither.
func (c Credentials) GoString() string { return c.Name }
