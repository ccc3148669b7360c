package media

import (
	"cmp"
	"context"
	"hash/maphash"
	"net/netip"
	"slices"
	"time"

	"github.com/pion/transport/v5/packetio"
)

// Who waits to be asked for a handshake may be asked by several: by the peer, whose address a NAT may have changed, and by anybody else who can send from
// an address that the peer may have. One handshake is made at a time. Whoever asked first has a turn, and when somebody else asks meanwhile that turn is
// over after a while; then the next one has theirs. Whose machine, and then whose port, has had the fewest turns is the next one, however often others ask. The
// address that signalling named waits for nobody.

const (
	turnTime    = 1500 * time.Millisecond // of a handshake, once somebody else waits; it takes two round trips
	mostWaiting = 8                       // who wait; beyond that, whoever asks has to ask again
	turnPause   = 25 * time.Millisecond   // between two turns
	mostHad     = 1000                    // whose turns are counted

	// Whoever goes on with the handshake after our answer is more likely the peer. A datagram of theirs that is lost is sent again after a second, and again
	// after two more; a turn cut off before that could never be made up for, since they do not ask to begin again. Strangers can do that too.
	longTurn   = 4 * time.Second
	mostLonger = 2 // turns that last so long
)

// turns is guarded by handshake.mu.
type turns struct {
	in      *packetio.Buffer       // the datagrams of whoever's turn it is
	since   time.Time              // when it began, or was last seen to be the peer's
	abort   context.CancelFunc     // of the handshake under way
	goesOn  bool                   // whoever's turn it is has gone on after our answer, and has a longer one for that
	longer  int                    // how many have had one
	waiting []question             // the next one first
	had     map[netip.AddrPort]int // turns of each address, and with port 0 of each machine
	lots    maphash.Seed           // who is first of those who are even; nobody else can tell
	over    bool                   // there are no more
	alarm   *time.Timer            // ends the turn; nil while nobody waits
}

// question is a datagram that asks to begin.
type question struct {
	from netip.AddrPort
	data []byte
}

func newBuffer() *packetio.Buffer {
	b := packetio.NewBuffer()
	b.SetLimitCount(inboundDatagrams)
	return b
}

// mayTake reports whether a datagram from another address than the one whose turn it is is taken now. A question of one that signalling did not
// name waits for its turn.
func (h *handshake) mayTake(data []byte, src netip.AddrPort, named bool) bool {
	switch {
	case h.over || asks(data) == "": // of a handshake that was not begun here
		return false
	case !h.from.IsValid():
		h.begins(src)
		return true
	case named:
		h.change(src)
		return true
	}
	q := question{src, slices.Clone(data)}
	if i := slices.IndexFunc(h.waiting, func(q question) bool { return q.from == src }); i >= 0 {
		h.waiting[i] = q
	} else {
		h.waiting = append(h.waiting, q)
		h.order()
		h.waiting = h.waiting[:min(len(h.waiting), mostWaiting)]
	}
	h.watch()
	return false
}

// order has who has had the fewest turns be first of those who wait.
func (h *handshake) order() {
	machine := func(q question) netip.AddrPort { return netip.AddrPortFrom(q.from.Addr(), 0) }
	slices.SortFunc(h.waiting, func(a, b question) int {
		return cmp.Or(
			cmp.Compare(h.had[machine(a)], h.had[machine(b)]), cmp.Compare(h.had[a.from], h.had[b.from]),
			cmp.Compare(maphash.Comparable(h.lots, a.from), maphash.Comparable(h.lots, b.from)),
		)
	})
}

// begins counts a turn.
func (h *handshake) begins(src netip.AddrPort) {
	h.since, h.goesOn = time.Now(), false
	if h.had == nil || len(h.had) >= mostHad {
		h.had = make(map[netip.AddrPort]int)
	}
	h.had[src]++
	h.had[netip.AddrPortFrom(src.Addr(), 0)]++
}

// spoke is a datagram of whoever's turn it is.
func (h *handshake) spoke(data []byte) {
	if asks(data) == "" && !h.goesOn && h.longer < mostLonger {
		h.goesOn = true
		h.longer++
	}
}

// length is how long the turn lasts, once somebody else waits.
func (h *handshake) length() time.Duration {
	if h.goesOn {
		return longTurn
	}
	return turnTime
}

// watch ends the turn when its time is up, if somebody waits.
func (h *handshake) watch() {
	if h.alarm == nil && len(h.waiting) > 0 {
		h.alarm = time.AfterFunc(h.length()-time.Since(h.since), h.timeUp)
	}
}

func (h *handshake) timeUp() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.alarm = nil; h.with.IsValid() || h.named {
		return
	}
	if time.Since(h.since) >= h.length() {
		h.pass()
	}
	h.watch()
}

// pass gives the turn to whoever is next; false where nobody waits.
func (h *handshake) pass() bool {
	if len(h.waiting) == 0 || h.named {
		return false
	}
	h.order()
	q := h.waiting[0]
	h.waiting = h.waiting[1:]
	h.change(q.from)
	h.from, h.asked = q.from, asks(q.data)
	_, _ = h.in.Write(q.data, nil)
	return true
}

// change ends the handshake under way, for the turn of another one.
func (h *handshake) change(to netip.AddrPort) {
	_ = h.in.Close()
	h.in = newBuffer()
	h.begins(to)
	if h.abort != nil {
		h.abort()
	}
}

// turn begins a handshake for whoever's turn it is.
func (h *handshake) turn(ctx context.Context) (context.Context, *packetio.Buffer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ctx, h.abort = context.WithCancel(ctx)
	return ctx, h.in
}

// turned is the end of a handshake that came to nothing. It reports whether another turn has begun; otherwise anybody may ask.
func (h *handshake) turned(in *packetio.Buffer) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.abort()
	if h.agreed.Client {
		return false
	}
	if h.in != in || h.pass() {
		h.watch()
		return true
	}
	if !h.named {
		h.from = netip.AddrPort{}
	}
	return false
}

// proven gives whoever has shown the peer's certificate time to end the handshake.
func (h *handshake) proven(in *packetio.Buffer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.in == in {
		h.since = time.Now()
	}
}

// endTurns closes what the turns have.
func (h *handshake) endTurns() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over, h.waiting = true, nil
	if h.alarm != nil {
		h.alarm.Stop()
	}
	_ = h.in.Close()
}
