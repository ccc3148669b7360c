package media

import (
	"slices"
	"time"
)

// Adaptive is the jitter buffer of a call. Audio is laid out by RTP timestamp on one line; a playhead runs along it with the
// sound card. Each packet shows on arrival how far ahead of the playhead it is: its lead. The buffer keeps the lead of all
// but the latest three in a hundred packets above zero and below two blocks, by holding the playhead back or letting it jump
// ahead by about 10 ms, a whole number of pitch periods where there is a pitch. Measuring against the playhead covers
// network jitter, the sound card's own and the drift between two clocks at once.
type Adaptive struct {
	scale int // samples per timestamp unit
	step  int // samples in a block of 10 ms
	rate  int

	line   timeline
	anchor bool   // a stream is on the line
	base   uint32 // timestamp of position 0
	last   int64  // position of the newest packet
	head   int64  // position of the next sample to play

	target int             // samples to wait when a stream begins
	leads  [leadWindow]int // of the last packets
	sorted [leadWindow]int // scratch for the percentile
	seen   int             // packets measured
	debt   int             // samples the playhead should still be held back; below 0, jump ahead
	slack  int             // blocks the playhead could be ahead of where it is
	moved  int             // blocks since the playhead was last shifted

	conceal *concealer
	ahead   []int16 // scratch for a jump
	stats   BufferStats
}

const (
	leadWindow   = 100 // two seconds of 20 ms packets
	recentWindow = 25  // half a second
	startDelay   = 4   // blocks to wait at the beginning, until the network is known
	minDelay     = 2   // blocks
	maxDelay     = 30  // blocks; beyond this people talk over each other, and G.114 counts it as bad
	outlandish   = 200 // blocks: a timestamp this far off belongs to another stream
	farBehind    = 4   // blocks of slack
)

// NewAdaptive is an empty buffer: PCM at rate samples a second out, RTP timestamps counting clock a second in.
func NewAdaptive(rate, clock int) *Adaptive {
	step := rate / 100
	return &Adaptive{
		scale: max(rate/clock, 1), step: step, rate: rate, target: startDelay * step,
		conceal: newConcealer(rate), ahead: make([]int16, 3*step),
	}
}

// Put files a packet by its timestamp.
func (b *Adaptive) Put(p *Packet) {
	n := p.Decoder.Samples(p.Payload)
	if n <= 0 {
		return
	}
	if !b.anchor {
		b.begin(p.Timestamp)
	}
	at := b.last + int64(int32(p.Timestamp-b.stamp(b.last)))*int64(b.scale)
	lead := int(at - b.head)
	switch {
	case lead > outlandish*b.step || lead < -outlandish*b.step:
		// The sender began to count again without notice (a bridge, an announcement server).
		b.line.clear()
		b.begin(p.Timestamp)
		at, lead = 0, b.target
	case lead > (maxDelay+minDelay)*b.step:
		// A stall is over and everything comes at once: go on with the newest.
		b.seek(at - int64(b.target))
		lead = b.target
	case lead+n <= 0 && b.line.empty(b.head) && b.conceal.losing() && b.conceal.spent():
		// Late, but nothing else is there and silence has set in: the stream goes on from here.
		b.seek(at - int64(b.target))
		lead = b.target
	}
	b.last = max(b.last, at)
	b.measure(lead)
	if lead+n <= 0 {
		b.stats.Late++
		return
	}
	b.stats.Discarded += b.line.store(p, at, n)
}

// begin makes ts position 0, to be played after the target delay.
func (b *Adaptive) begin(ts uint32) {
	b.anchor, b.base, b.last = true, ts, 0
	b.seek(-int64(b.target))
}

// seek moves the playhead and forgets what was learnt about the old place.
func (b *Adaptive) seek(head int64) {
	b.head, b.seen, b.debt, b.slack = head, 0, 0, 0
	b.stats.Discarded += b.line.dropBefore(head)
}

// stamp is the timestamp of a position.
func (b *Adaptive) stamp(at int64) uint32 { return b.base + uint32(at/int64(b.scale)) }

// measure notes a packet's lead and decides whether the playhead has to be held or moved on.
func (b *Adaptive) measure(lead int) {
	b.leads[b.seen%leadWindow] = lead
	b.seen++
	if b.seen < 10 {
		b.waits(lead)
	}
	if lead >= 0 && b.seen%10 != 0 {
		return
	}
	if b.seen >= recentWindow && b.least(recentWindow) > (farBehind+1)*b.step {
		b.forget(recentWindow)
	}
	n := min(b.seen, leadWindow)
	window := b.sorted[:n]
	copy(window, b.leads[:n])
	slices.Sort(window)
	b.waits(window[n/2])
	low := window[n*3/100]
	b.slack = low/b.step - 1
	switch {
	case low < b.step/2: // a little early, so that a slow drift is followed before it is heard
		b.debt = min((-low/b.step+1)*b.step, maxDelay*b.step-b.target)
	case b.slack > 0 && n >= leadWindow/2, b.slack >= farBehind && n >= recentWindow:
		b.debt = -b.slack * b.step
	default:
		b.debt = 0
	}
}

// waits notes how long packets wait: a single one that came late or early says nothing.
func (b *Adaptive) waits(lead int) {
	b.stats.Delay = time.Duration(max(lead, 0)) * time.Second / time.Duration(b.rate)
}

// least is the smallest lead of the last n packets, of which there must have been as many.
func (b *Adaptive) least(n int) int {
	m := b.leads[(b.seen-1)%leadWindow]
	for i := 2; i <= n; i++ {
		m = min(m, b.leads[(b.seen-i)%leadWindow])
	}
	return m
}

// forget keeps the last n leads only: a stall is over, and what was before it says nothing about what comes.
func (b *Adaptive) forget(n int) {
	for i := range n {
		b.sorted[i] = b.leads[(b.seen-n+i)%leadWindow]
	}
	copy(b.leads[:n], b.sorted[:n])
	b.seen = n
}

// Reset forgets the stream, not the delay it needed.
func (b *Adaptive) Reset() {
	b.line.clear()
	b.anchor = false
}

// Stats is what the buffer did so far.
func (b *Adaptive) Stats() BufferStats { return b.stats }
