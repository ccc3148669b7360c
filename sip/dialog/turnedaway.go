package dialog

import (
	"hash/maphash"
	"maps"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
)

const (
	// repeatedFor is how long a request that gets no answer is repeated over UDP (RFC 3261 §17.1.1.2).
	repeatedFor = 32 * time.Second
	// mostTurnedAway bounds what is remembered in a flood. Beyond it each INVITE counts as a call.
	mostTurnedAway = 5000
)

// turnedAway are the calls that were not looked at, and until when they may be repeated: nobody answers them, so each comes eleven times.
// A stranger makes the Call-ID as long as a datagram. So none is kept: a call is a number here, which nobody else can work out.
type turnedAway struct {
	seed  maphash.Seed
	until map[uint64]time.Time // nil while there are none; a sweep is due while there are
}

// strangersCall is what tells the call of a stranger from others.
type strangersCall struct {
	from netip.Addr
	id   string
}

// isNewCall reports whether an INVITE that is turned away is not a repeated one.
func (ua *UA) isNewCall(req *sip.Request) bool {
	a, now := &ua.turnedAway, ua.now()
	if a.until == nil {
		a.seed, a.until = maphash.MakeSeed(), make(map[uint64]time.Time)
		ua.after(repeatedFor, ua.sweepTurnedAway)
	}
	call := maphash.Comparable(a.seed, strangersCall{sourceIP(req.Source()), callIDOf(req)})
	if now.Before(a.until[call]) {
		return false
	}
	if len(a.until) < mostTurnedAway {
		a.until[call] = now.Add(repeatedFor)
	}
	return true
}

// sweepTurnedAway forgets the calls that are not repeated any more, and comes back while there are others.
func (ua *UA) sweepTurnedAway() {
	a, now := &ua.turnedAway, ua.now()
	maps.DeleteFunc(a.until, func(_ uint64, until time.Time) bool { return !now.Before(until) })
	if len(a.until) > 0 {
		ua.after(repeatedFor, ua.sweepTurnedAway)
		return
	}
	a.until = nil // with the room that it took
}
