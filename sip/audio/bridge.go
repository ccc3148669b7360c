package audio

import (
	"sync/atomic"
	"time"
)

// bridge is where an open device and the clock meet. The device's thread calls exchange, the clock calls the others.
type bridge struct {
	microphone fifo
	speaker    fifo
	last       atomic.Int64 // when the device last called, as told by since
	pace       pacer

	primed    bool // microphone has had something to spare since it last ran dry
	spare     int  // least samples left over in microphone after a tick, in this window
	spareTick int  // ticks of the window so far
}

const (
	// The microphone's FIFO keeps 5 ms to spare, so that a callback may be late by as much. What has piled up beyond a frame of that, say while the clock stalled, is
	// delay in the caller's ear for the rest of the call, so it is cut once two seconds have shown that nobody needs it.
	spareKept   = 5 * SampleRate / 1000
	spareWindow = 200

	// evenly is how far the card's position is believed to move on between two of its callbacks.
	evenly = 60 * time.Millisecond
)

func newBridge() *bridge { return &bridge{pace: newPacer(), spare: fifoSize} }

// epoch lets a time be kept in an atomic integer without losing its monotonic reading.
var epoch = time.Now()

func since() int64 { return int64(time.Since(epoch)) }

// exchange is the device's callback: it takes what was recorded and fills out with what is to be played.
func (b *bridge) exchange(out, in []int16) {
	b.last.Store(since()) // before the sound moves: a lead measured in between is then too long, which does no harm
	b.microphone.write(in)
	n := b.speaker.next(out)
	clear(out[n:])
}

// quiet is how long ago the device last called.
func (b *bridge) quiet() time.Duration { return time.Duration(since() - b.last.Load()) }

// lead is how much of what was written the card has not played, as if it played evenly.
func (b *bridge) lead() int {
	for range 2 {
		at := b.last.Load()
		fill := b.speaker.len()
		if b.last.Load() != at {
			continue // the device called in between
		}
		run := min(time.Duration(since()-at), evenly)
		return fill - int(run*SampleRate/time.Second)
	}
	return b.speaker.len()
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
