package media

import (
	"net/netip"
	"time"
)

// latch decides whose packets are the peer's, and thereby where ours go: symmetric RTP (RFC 4961). Signalling names an
// address, but behind a NAT the packets come from another, and only that one is open for ours. It must not be a way to steal
// a call either: a few stray or sprayed packets change nothing.
//
//   - The address signalling named is believed at its first packet.
//   - Any other has to show three packets in sequence of one source, and only while the address in use is silent.
//   - When the signalled address speaks up later it takes over, since that is who the call was made with.
type latch struct {
	signalled netip.AddrPort
	locked    netip.AddrPort // whose packets are taken; zero until one was believed
	heard     time.Time      // when a packet of it came last

	from netip.AddrPort // candidate
	ssrc uint32
	seq  uint16 // the number its next packet must have
	run  int    // packets in sequence
}

const (
	latchRun   = 3
	latchQuiet = 500 * time.Millisecond // how long the address in use must have been silent
)

// aim sets the address signalling names. The same one again, as in a hold, leaves the latch as it is.
func (l *latch) aim(remote netip.AddrPort) {
	if remote != l.signalled {
		*l = latch{signalled: remote}
	}
}

// target is where to send.
func (l *latch) target() netip.AddrPort {
	if l.locked.IsValid() {
		return l.locked
	}
	return l.signalled
}

// admit tells whether the packet is the peer's.
func (l *latch) admit(src netip.AddrPort, ssrc uint32, seq uint16, now time.Time) bool {
	switch {
	case src == l.locked:
		l.heard = now
		return true
	case !l.locked.IsValid() && src == l.signalled:
		l.lock(src, now)
		return true
	case l.locked.IsValid() && src != l.signalled && now.Sub(l.heard) < latchQuiet:
		return false
	}
	if src == l.from && ssrc == l.ssrc && seq == l.seq {
		l.run++
	} else {
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
