package media

import "time"

// source follows one synchronisation source of the peer: which packets belong to it, how many are missing and how unevenly
// they come. The algorithms are those of RFC 3550 appendix A.1, A.3 and A.8.
type source struct {
	known    bool
	ssrc     uint32
	first    uint32 // extended number of the first packet
	highest  uint32 // extended number of the highest packet: cycles in the upper half
	jump     uint32 // number expected next if a big jump turns out to be a restart; above 0xFFFF: none
	received uint64

	other    uint32 // another source that may be taking over
	otherSeq uint16 // the number it must have next
	otherRun int    // packets of it in sequence, none of the present source between them

	transit    int64 // arrival minus timestamp of the last packet, in timestamp units
	hasTransit bool
	jitter     float64 // timestamp units

	lostBefore uint64 // lost by the sources before this one
	gotBefore  uint64

	expectedPrior, receivedPrior uint64 // at the last report
}

const (
	maxDropout  = 3000 // packets that may be missing in a row: a minute
	maxMisorder = 100  // packets one may come late
	noJump      = 1 << 16

	// takeover is how many packets of another source must come in sequence, with none of the present one between them, until
	// it takes over. A source that lives is not left for one that talks into it (RFC 3550 §8.2).
	takeover = 5
)

// admit tells whether a packet is part of the stream, and whether the stream began again with it: another SSRC, or the old
// one numbering afresh. One stray packet does neither: it takes two in sequence, and of another source takeover.
func (s *source) admit(ssrc uint32, seq uint16) (ok, restarted bool) {
	if !s.known {
		s.restart(ssrc, seq)
		return true, true
	}
	if ssrc != s.ssrc {
		switch {
		case s.otherRun > 0 && ssrc == s.other && seq == s.otherSeq-1: // it came before
			return false, false
		case s.otherRun == 0 || ssrc != s.other || seq != s.otherSeq:
			s.otherRun = 0
		}
		s.other, s.otherSeq, s.otherRun = ssrc, seq+1, s.otherRun+1
		if s.otherRun == takeover {
			s.restart(ssrc, seq)
			return true, true
		}
		return false, false
	}
	s.otherRun = 0
	delta := seq - uint16(s.highest)
	switch {
	case delta < maxDropout:
		if seq < uint16(s.highest) {
			s.highest += 1 << 16
		}
		s.highest = s.highest&^0xFFFF | uint32(seq)
	case delta <= 0xFFFF-maxMisorder:
		if uint32(seq) != s.jump {
			s.jump = uint32(seq + 1)
			return false, false
		}
		s.restart(ssrc, seq)
		return true, true
	}
	s.jump = noJump
	s.received++
	return true, false
}

// extended is the number of a packet that was admitted, with the cycles in the upper half.
func (s *source) extended(seq uint16) uint32 { return s.highest - uint32(uint16(s.highest)-seq) }

// restart begins a stream with this packet; what was lost of the one before stays counted.
func (s *source) restart(ssrc uint32, seq uint16) {
	*s = source{
		known: true, ssrc: ssrc, first: uint32(seq), highest: uint32(seq), jump: noJump, received: 1,
		lostBefore: s.lost(), gotBefore: s.gotBefore + s.received,
	}
}

// expected is how many packets of this source there were, going by their numbers.
func (s *source) expected() uint64 {
	if !s.known {
		return 0
	}
	return uint64(s.highest-s.first) + 1
}

// lost is how many packets are missing over all sources. Duplicates can make up for some, which RFC 3550 accepts.
func (s *source) lost() uint64 {
	n := s.lostBefore
	if e := s.expected(); e > s.received {
		n += e - s.received
	}
	return n
}

// total is how many packets came over all sources.
func (s *source) total() uint64 { return s.gotBefore + s.received }

// arrived takes the arrival of an audio packet into the jitter. since counts from any fixed moment.
func (s *source) arrived(ts uint32, clock int, since time.Duration) {
	transit := int64(uint32(uint64(since.Seconds()*float64(clock)))) - int64(ts)
	if s.hasTransit {
		// Both run modulo 2^32; so does their difference.
		d := float64(int32(transit - s.transit))
		s.jitter += (max(d, -d) - s.jitter) / 16
	}
	s.transit, s.hasTransit = transit, true
}

// interval is the part lost since it was asked last, in 256ths (RFC 3550 §6.4.1), and begins the next interval.
func (s *source) interval() uint8 {
	expected := s.expected() - s.expectedPrior
	received := s.received - s.receivedPrior
	s.expectedPrior, s.receivedPrior = s.expected(), s.received
	if expected == 0 || received >= expected {
		return 0
	}
	return uint8(min((expected-received)*256/expected, 255))
}
