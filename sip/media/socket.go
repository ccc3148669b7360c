package media

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync/atomic"
)

// Socket is the pair of UDP ports one call uses: RTP on an even port, RTCP on the next (RFC 3550 §11). It is opened before
// the offer goes out, since the offer names it, and belongs to the [Session] once there is one.
type Socket struct {
	rtp, rtcp *net.UDPConn
	asks      atomic.Pointer[query] // a STUN server; nil for none
}

// ErrNoPorts says that every port of the range is in use.
var ErrNoPorts = errors.New("no free pair of UDP ports for audio")

// Listen opens a pair on ip within [portMin, portMax]; both 0 leaves the choice to the system. Packets leave marked
// "expedited forwarding" (DSCP 46) where the system lets a user do that.
func Listen(ip netip.Addr, portMin, portMax int) (*Socket, error) {
	if portMin == 0 && portMax == 0 {
		return listenAny(ip)
	}
	first, last := (portMin+1)/2*2, portMax-1
	if portMin < 1 || portMax > 65535 || first > last {
		return nil, fmt.Errorf("media: %d-%d is no range of port pairs", portMin, portMax)
	}
	pairs := (last-first)/2 + 1
	// Start anywhere, so that a call does not inherit the late packets of the one before it.
	start := rand.IntN(pairs)
	for i := range pairs {
		if s, err := listenPair(ip, first+(start+i)%pairs*2); err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("%w on %s in %d-%d", ErrNoPorts, ip, portMin, portMax)
}

// listenAny asks the system for a free port until it gives one that is even and has a free neighbour.
func listenAny(ip netip.Addr) (*Socket, error) {
	var last error
	for range 64 {
		c, err := listen(ip, 0)
		if err != nil {
			return nil, fmt.Errorf("media: open a port on %s: %w", ip, err)
		}
		port := int(local(c).Port())
		_ = c.Close()
		s, err := listenPair(ip, port&^1)
		if err == nil {
			return s, nil
		}
		last = err
	}
	return nil, fmt.Errorf("%w on %s: %w", ErrNoPorts, ip, last)
}

func listenPair(ip netip.Addr, port int) (*Socket, error) {
	rtp, err := listen(ip, port)
	if err != nil {
		return nil, err
	}
	rtcp, err := listen(ip, port+1)
	if err != nil {
		_ = rtp.Close()
		return nil, err
	}
	return &Socket{rtp: rtp, rtcp: rtcp}, nil
}

func listen(ip netip.Addr, port int) (*net.UDPConn, error) {
	// A socket of one family gives plain addresses; "udp" would give IPv4 ones mapped into IPv6.
	network := "udp4"
	if ip.Is6() && !ip.Is4In6() {
		network = "udp6"
	}
	lc := net.ListenConfig{Control: markExpedited}
	pc, err := lc.ListenPacket(context.Background(), network, netip.AddrPortFrom(ip.Unmap(), uint16(port)).String())
	if err != nil {
		return nil, err
	}
	return pc.(*net.UDPConn), nil
}

// Addr is the local RTP address, for c= and m=.
func (s *Socket) Addr() netip.AddrPort { return local(s.rtp) }

// RTCPAddr is the local RTCP address: the port after Addr's.
func (s *Socket) RTCPAddr() netip.AddrPort { return local(s.rtcp) }

// Close frees both ports. A Session closes its socket itself.
func (s *Socket) Close() error {
	if a := s.asks.Load(); a != nil {
		a.stop()
	}
	return errors.Join(s.rtp.Close(), s.rtcp.Close())
}

func local(c *net.UDPConn) netip.AddrPort {
	return unmapped(c.LocalAddr().(*net.UDPAddr).AddrPort())
}
