package media

import (
	"slices"
	"time"
)

// Adaptive is the jitter buffer of a call. Audio is laid out by RTP timestamp on one line; a playhead runs along it with the
// sound card. Each packet shows on arrival how far ahead of the playhead it is: its lead. The buffer keeps the lead of all
// but the latest three in a hundred packets above zero and below two blocks, by holding the playhead (made-up audio is
// played) or letting it jump 10 ms ahead (in a quiet moment, or blended). Measuring against the playhead covers network
// jitter, the sound card's own and the drift between two clocks at once.
type Adaptive struct {
	scale int // samples per timestamp unit
	step  int // samples in 10 ms, the grain of all changes

	slots  [bufferSlots]slot
	base   uint32 // timestamp of position 0
	last   int64  // position of the newest packet
	anchor bool   // base and head mean something

	head    int64 // position of the next sample to play
	current []int16
	at      int64 // position of current[0]

	target int             // samples to wait when a stream begins
	leads  [leadWindow]int // of the last packets
	sorted [leadWindow]int // scratch for the percentile
	seen   int             // packets measured
	debt   int             // samples the playhead should still be held back; below 0, jump ahead
	slack  int             // blocks the playhead could be ahead of where it is
	moved  int             // blocks since the playhead was last shifted

	conceal *concealer
	blend   []int16
	stats   BufferStats
	rate    int
}

type slot struct {
	used bool
	at   int64 // position of its first sample
	n    int   // samples
	dec  Decoder
	data []byte
}

const (
	bufferSlots = 64  // packets
	leadWindow  = 100 // two seconds of 20 ms packets
	startDelay  = 4   // blocks to wait at the beginning, until the network is known
	minDelay    = 2   // blocks
	maxDelay    = 30  // blocks; beyond this people talk over each other, and G.114 counts it as bad
	outlandish  = 200 // blocks: a timestamp this far off belongs to another stream
	quietLevel  = 300 // mean sample below which a cut is not heard (-40 dBFS)
	farBehind   = 4   // blocks of slack
)

// NewAdaptive is an empty buffer: PCM at rate samples a second out, RTP timestamps counting clock a second in.
func NewAdaptive(rate, clock int) *Adaptive {
	step := rate / 100
	return &Adaptive{
		scale: max(rate/clock, 1), step: step, rate: rate, target: startDelay * step,
		conceal: newConcealer(rate), blend: make([]int16, step),
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
		// The sender began to count anew without telling (a bridge, an announcement server).
		b.drop(false)
		b.begin(p.Timestamp)
		at, lead = b.last, b.target
	case lead > (maxDelay+minDelay)*b.step:
		// A stall is over and everything comes at once: go on with the newest.
		b.seek(at - int64(b.target))
		lead = b.target
	case lead+n <= 0 && b.empty() && b.conceal.losing() && b.conceal.spent():
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
	b.store(p, at, n)
}

// begin makes ts position 0, to be played after the target delay.
func (b *Adaptive) begin(ts uint32) {
	b.anchor, b.base, b.last = true, ts, 0
	b.seek(-int64(b.target))
}

// seek moves the playhead and forgets what was learnt about the old place.
func (b *Adaptive) seek(head int64) {
	b.head, b.seen, b.debt = head, 0, 0
	for i := range b.slots {
		if s := &b.slots[i]; s.used && s.at+int64(s.n) <= head {
			s.used = false
			b.stats.Discarded++
		}
	}
}

// stamp is the timestamp of a position.
func (b *Adaptive) stamp(at int64) uint32 { return b.base + uint32(at/int64(b.scale)) }

// store copies the packet into a slot. When all are taken the oldest goes.
func (b *Adaptive) store(p *Packet, at int64, n int) {
	var free *slot
	for i := range b.slots {
		s := &b.slots[i]
		if s.used && s.at == at {
			b.stats.Discarded++ // received twice
			return
		}
		if !s.used {
			free = s
		}
	}
	if free == nil {
		free = b.oldest()
		b.stats.Discarded++
	}
	free.used, free.at, free.n, free.dec = true, at, n, p.Decoder
	free.data = append(free.data[:0], p.Payload...)
}

func (b *Adaptive) oldest() *slot {
	var s *slot
	for i := range b.slots {
		if c := &b.slots[i]; c.used && (s == nil || c.at < s.at) {
			s = c
		}
	}
	return s
}

// empty tells whether nothing is left to play.
func (b *Adaptive) empty() bool { return b.oldest() == nil && b.head >= b.at+int64(len(b.current)) }

// measure notes a packet's lead and decides whether the playhead has to be held or moved on.
func (b *Adaptive) measure(lead int) {
	b.leads[b.seen%leadWindow] = lead
	b.seen++
	b.stats.Delay = time.Duration(max(lead, 0)) * time.Second / time.Duration(b.rate)
	if lead >= 0 && b.seen%10 != 0 {
		return
	}
	n := min(b.seen, leadWindow)
	window := b.sorted[:n]
	copy(window, b.leads[:n])
	slices.Sort(window)
	low := window[n*3/100]
	b.slack = low/b.step - 1
	switch {
	case low < 0:
		b.debt = min((-low/b.step+1)*b.step, maxDelay*b.step-b.target)
	case b.slack > 0 && n >= leadWindow/2, b.slack >= farBehind && n >= leadWindow/10:
		b.debt = -b.step
	default:
		b.debt = 0
	}
}

// shift tells the books that the playhead was held back (by > 0) or moved on (by < 0) against the packets.
func (b *Adaptive) shift(by int) {
	b.debt -= by
	b.moved = 0
	b.target = min(max(b.target+by, minDelay*b.step), maxDelay*b.step)
	for i := range b.leads {
		b.leads[i] += by
	}
}

// Get plays the next 10 ms.
func (b *Adaptive) Get(pcm []int16) {
	if !b.anchor {
		clear(pcm)
		return
	}
	b.moved++
	switch {
	case b.debt >= b.step && (b.conceal.losing() || b.head >= 0 && !b.has(b.head)):
		b.hold(pcm) // nothing to play anyway
	case b.debt >= b.step && b.moved > 2:
		b.hold(pcm)
	case b.debt <= -b.step && b.moved > b.patience()/2 && b.has(b.head) && b.has(b.head+int64(b.step)) && b.has(b.head+int64(2*b.step)-1):
		b.skip(pcm)
	default:
		b.play(pcm)
	}
}

// patience is how many blocks a jump ahead waits for a quiet moment. Far behind, the talkers notice the delay more than a cut.
func (b *Adaptive) patience() int {
	if b.slack >= farBehind {
		return 4
	}
	return 20
}

// hold plays made-up audio and leaves the playhead where it is.
func (b *Adaptive) hold(pcm []int16) {
	b.conceal.fill(pcm)
	b.stats.Inserted += blockTime
	b.shift(len(pcm))
}

// skip plays the block after next, blended in from the next; in loud moments it waits a while for a quieter one.
func (b *Adaptive) skip(pcm []int16) {
	b.play(pcm)
	if level(pcm) > quietLevel && b.moved < b.patience() {
		return
	}
	copy(b.blend, pcm)
	b.play(pcm)
	n := joinMs * b.rate / 1000
	for i := range n {
		w := float32(i+1) / float32(n+1)
		pcm[i] = clip(float32(b.blend[i])*(1-w) + float32(pcm[i])*w)
	}
	b.stats.Dropped += blockTime
	b.shift(-len(pcm))
}

// play fills pcm from the packets, making up what is missing, and moves the playhead past it.
func (b *Adaptive) play(pcm []int16) {
	for done := 0; done < len(pcm); {
		out := pcm[done:]
		n := b.decoded(out)
		if n == 0 && b.load() {
			continue
		}
		if n > 0 {
			b.conceal.join(out[:n])
			b.conceal.note(out[:n])
		} else {
			n = b.gap(len(out))
			audible := b.conceal.fill(out[:n])
			b.stats.Concealed += time.Duration(audible) * time.Second / time.Duration(b.rate)
		}
		b.head += int64(n)
		done += n
	}
}

// decoded copies what the current packet has at the playhead.
func (b *Adaptive) decoded(out []int16) int {
	off := b.head - b.at
	if off < 0 || off >= int64(len(b.current)) {
		return 0
	}
	return copy(out, b.current[off:])
}

// load decodes the packet at the playhead, if it is there.
func (b *Adaptive) load() bool {
	for i := range b.slots {
		s := &b.slots[i]
		if !s.used || s.at > b.head {
			continue
		}
		s.used = false
		if s.at+int64(s.n) <= b.head {
			b.stats.Discarded++
			continue
		}
		b.current = slices.Grow(b.current[:0], s.n)[:s.n]
		b.current = b.current[:s.dec.Decode(b.current, s.data)]
		b.at = s.at
		if b.head < b.at+int64(len(b.current)) {
			return true
		}
	}
	return false
}

// gap is how much of the next n samples is missing before a packet begins.
func (b *Adaptive) gap(n int) int {
	for i := range b.slots {
		if s := &b.slots[i]; s.used && s.at > b.head {
			n = int(min(int64(n), s.at-b.head))
		}
	}
	return n
}

// has tells whether there is audio for a position.
func (b *Adaptive) has(at int64) bool {
	if at >= b.at && at < b.at+int64(len(b.current)) {
		return true
	}
	for i := range b.slots {
		if s := &b.slots[i]; s.used && at >= s.at && at < s.at+int64(s.n) {
			return true
		}
	}
	return false
}

// Reset forgets the stream, not the delay it needed.
func (b *Adaptive) Reset() { b.drop(true) }

func (b *Adaptive) drop(stop bool) {
	for i := range b.slots {
		b.slots[i].used = false
	}
	b.current, b.at, b.seen, b.debt = b.current[:0], 0, 0, 0
	if stop {
		b.anchor = false
	}
}

// Stats is what the buffer did so far.
func (b *Adaptive) Stats() BufferStats { return b.stats }

// level is the mean size of a sample.
func level(pcm []int16) int {
	sum := 0
	for _, s := range pcm {
		sum += max(int(s), -int(s))
	}
	return sum / max(len(pcm), 1)
}
