package media

import (
	"net/netip"
	"slices"
	"time"
)

// latch decides whose packets are the peer's, and thereby where ours go: symmetric RTP (RFC 4961). Signalling names an
// address, but behind a NAT the packets come from another, and only that one is open for ours. It must not be a way to steal
// a call either: whoever the packets of a stranger make us send to hears the agent.
//
//   - The address and port that signalling named are believed at their first packet.
//   - Another port of that address, or any of the address that the signalling comes from, has to show three packets in sequence
//     of one source, and only while the one in use is silent: a NAT chose the port, or the phone system relays the audio.
//   - Any other address is believed, by the same proof, only when the named one is private and the signalling is not: the
//     named one cannot be reached then, and the peer is behind a NAT that its server did not see through.
//   - Where ICE looks for the way, whoever has signed a question or an answer is the peer, and nobody else is (ice.go).
//   - When the signalled address speaks up later it takes over, since that is who the call was made with.
type latch struct {
	signalled netip.AddrPort
	server    netip.Addr     // where the signalling comes from; not valid when nobody told
	locked    netip.AddrPort // whose packets are taken; zero until one was believed
	heard     time.Time      // when a packet of it came last

	ways // where the peer's address is looked for by ICE

	from netip.AddrPort // candidate
	ssrc uint32
	seq  uint16 // the number its next packet must have
	run  int    // packets in sequence
}

const (
	latchRun   = 3
	latchQuiet = 500 * time.Millisecond // how long the address in use must have been silent
)

// aim sets the address signalling names, and the one that the signalling itself comes from. The same ones again, as in a
// hold, leave the latch as it is.
func (l *latch) aim(remote netip.AddrPort, server netip.Addr) {
	if remote != l.signalled {
		*l = latch{signalled: remote, ways: l.ways}
	}
	l.server = server
}

// possible reports whether the peer's packets can come from an address at all.
func (l *latch) possible(src netip.Addr) bool {
	if l.search {
		return slices.ContainsFunc(l.proven, func(p netip.AddrPort) bool { return p.Addr() == src })
	}
	return src == l.signalled.Addr() || src == l.server ||
		private(l.signalled.Addr()) && l.server.IsValid() && !private(l.server)
}

// private reports whether an address means something in its own network only: RFC 1918, RFC 6598, RFC 4193, link-local
// and loopback.
func private(ip netip.Addr) bool {
	return ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || carrierNAT.Contains(ip)
}

// carrierNAT is the address space that providers share out behind their own NAT (RFC 6598).
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

// target is where to send.
func (l *latch) target() netip.AddrPort {
	if l.search {
		return l.chosen
	}
	if l.locked.IsValid() {
		return l.locked
	}
	return l.signalled
}

// admit tells whether the packet is the peer's.
func (l *latch) admit(src netip.AddrPort, ssrc uint32, seq uint16, now time.Time) bool {
	switch {
	case l.search:
		known := slices.Contains(l.proven, src)
		if known {
			l.heard = now
		}
		return known
	case src == l.locked:
		l.heard = now
		return true
	case !l.locked.IsValid() && src == l.signalled:
		l.lock(src, now)
		return true
	case src != l.signalled && (!l.possible(src.Addr()) || l.locked.IsValid() && now.Sub(l.heard) < latchQuiet):
		return false
	}
	switch {
	case src == l.from && ssrc == l.ssrc && seq == l.seq-1: // some networks deliver every packet twice
		return false
	case src == l.from && ssrc == l.ssrc && seq == l.seq:
		l.run++
	default:
		l.from, l.ssrc, l.run = src, ssrc, 1
	}
	l.seq = seq + 1
	if l.run < latchRun {
		return false
	}
	l.lock(src, now)
	return true
}

func (l *latch) lock(src netip.AddrPort, now time.Time) {
	l.locked, l.heard, l.run, l.from = src, now, 0, netip.AddrPort{}
}
