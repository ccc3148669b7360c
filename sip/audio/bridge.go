package audio

import (
	"math"
	"sync/atomic"
	"time"
)

// bridge is where an open device and the clock meet. The device's thread calls exchange, or does the same in C (native.c);
// the clock calls the others.
type bridge struct {
	*shared
	pace pacer

	primed    bool // microphone has had something to spare since it last ran dry
	spare     int  // least samples left over in microphone after a tick, in this window
	spareTick int  // ticks of the window so far
}

// shared is the part of a bridge that the device's thread touches. native.c knows its layout.
type shared struct {
	nativeLast atomic.Int64 // when the device last called C, as told by nativeNow; 0 when it never did
	last       atomic.Int64 // when it last called Go, as told by since; likewise
	microphone fifo
	speaker    fifo
}

const (
	// The microphone's FIFO keeps 5 ms to spare, so that a callback may be late by as much. What has piled up a frame beyond
	// that, say while the clock stalled, is delay in the caller's ear for the rest of the call, so it is cut once two seconds
	// have shown that it is not needed.
	spareKept   = 5 * SampleRate / 1000
	spareWindow = 200

	// evenly is how far the card's position is believed to move on between two of its callbacks.
	evenly = 60 * time.Millisecond
)

func newBridge() *bridge { return &bridge{shared: new(shared), pace: newPacer(), spare: fifoSize} }

// epoch lets a time be kept in an atomic integer without losing its monotonic reading. It is a little before the program's
// start, so that since is never 0.
var epoch = time.Now().Add(-time.Second)

func since() int64 { return int64(time.Since(epoch)) }

// never is how long ago a device called that has not called yet.
const never = time.Duration(math.MaxInt64)

// exchange is the device's callback: it takes what was recorded and fills out with what plays next.
func (b *bridge) exchange(out, in []int16) {
	b.last.Store(since()) // before the sound moves: a lead measured in between is then too long, which does no harm
	b.microphone.write(in)
	n := b.speaker.next(out)
	clear(out[n:])
}

// quiet is how long ago the device last called.
func (s *shared) quiet() time.Duration {
	if at := s.nativeLast.Load(); at != 0 {
		return time.Duration(nativeNow() - at)
	}
	if at := s.last.Load(); at != 0 {
		return time.Duration(since() - at)
	}
	return never
}

// lead is how much of what was written the card has not played, as if it played evenly.
func (b *bridge) lead() int {
	fill := b.speaker.len() // before the time: should the device call in between, the lead is too long, as in exchange
	return fill - int(min(b.quiet(), evenly)*SampleRate/time.Second)
}

// record fills pcm from the microphone: a whole frame, or silence when there is less than one.
func (b *bridge) record(pcm []int16) {
	left := b.microphone.len() - len(pcm)
	if left < 0 || !b.primed && left < spareKept {
		b.primed = false
		clear(pcm)
		return
	}
	b.primed = true
	b.microphone.next(pcm)
	b.spare = min(b.spare, left)
	if b.spareTick++; b.spareTick < spareWindow {
		return
	}
	if b.spare > spareKept+FrameSamples {
		b.microphone.drop(b.spare - spareKept)
	}
	b.spare, b.spareTick = fifoSize, 0
}

var silence [FrameSamples]int16

// play hands pcm to the speaker and tells how long to wait for the next tick.
func (b *bridge) play(pcm []int16) time.Duration {
	v := b.pace.tick(b.lead())
	for v.fill > 0 {
		n := b.speaker.write(silence[:min(v.fill, FrameSamples)])
		if n == 0 {
			break
		}
		v.fill -= n
	}
	if !v.skip {
		b.speaker.write(pcm)
	}
	return v.wait
}
