package media

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/pion/transport/v5/packetio"
)

// Who waits to be asked for a handshake may be asked by several: by the peer, whose address a NAT may have changed, and by anybody else who can send from
// an address that the peer may have. One handshake is made at a time. Whoever asked first has a turn, and when somebody else asks meanwhile that turn is
// over after a while; then the next one has theirs. The address that signalling named waits for nobody.

const (
	turnTime    = 1500 * time.Millisecond // of a handshake, once somebody else waits; it takes two round trips
	mostWaiting = 8                       // who wait; beyond that, whoever asks has to ask again
)

// turns is guarded by handshake.mu.
type turns struct {
	in      *packetio.Buffer   // the datagrams of whoever's turn it is
	since   time.Time          // when it began, or was last seen to be the peer's
	abort   context.CancelFunc // of the handshake under way
	waiting []question
	over    bool        // there are no more
	alarm   *time.Timer // ends the turn; nil while nobody waits
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
		h.since = time.Now()
		return true
	case named:
		h.change()
		return true
	}
	q := question{src, slices.Clone(data)}
	if i := slices.IndexFunc(h.waiting, func(q question) bool { return q.from == src }); i >= 0 {
		h.waiting[i] = q
	} else if len(h.waiting) < mostWaiting {
		h.waiting = append(h.waiting, q)
	}
	h.watch()
	return false
}

// watch ends the turn when its time is up, if somebody waits.
func (h *handshake) watch() {
	if h.alarm == nil && len(h.waiting) > 0 {
		h.alarm = time.AfterFunc(turnTime-time.Since(h.since), h.timeUp)
	}
}

func (h *handshake) timeUp() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.alarm = nil; h.with.IsValid() || h.named {
		return
	}
	if time.Since(h.since) >= turnTime {
		h.pass()
	}
	h.watch()
}

// pass gives the turn to whoever has waited longest; false where nobody waits.
func (h *handshake) pass() bool {
	if len(h.waiting) == 0 || h.named {
		return false
	}
	q := h.waiting[0]
	h.waiting = h.waiting[1:]
	h.change()
	h.from, h.asked = q.from, asks(q.data)
	_, _ = h.in.Write(q.data, nil)
	return true
}

// change ends the handshake under way, for another turn.
func (h *handshake) change() {
	_ = h.in.Close()
	h.in, h.since = newBuffer(), time.Now()
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
