package audio

import (
	"context"
	"time"
)

// A clock that is more than this late has been stopped: the computer slept, or was overloaded past saving. It goes on from
// now instead of sending everything it missed.
const lateLimit = 200 * time.Millisecond

// clock calls the ports every 10 ms while there is one, or a tone for the ear. It belongs to one goroutine.
type clock struct {
	engine     *Engine
	tones      mixer
	microphone [FrameSamples]int16
	speaker    [FrameSamples]int16
	one        [FrameSamples]int16 // what one port says
}

func (c *clock) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var next time.Time // zero while there is nothing to do
	for {
		if !c.busy() {
			next = time.Time{}
			select {
			case <-ctx.Done():
				return
			case <-c.engine.wake:
			}
			continue
		}
		if next.IsZero() {
			next = time.Now() // the first frame is due at once: the far end waits to hear us
		}
		next = next.Add(c.tick())
		wait := time.Until(next)
		if wait < -lateLimit {
			next, wait = time.Now(), 0
		}
		if wait <= 0 {
			if ctx.Err() != nil {
				return
			}
			continue
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
	}
}

// busy tells whether anybody needs the next tick; a tone that is fading out does.
func (c *clock) busy() bool {
	return len(*c.engine.ports.Load()) > 0 || len(*c.engine.ear.Load()) > 0 || len(c.tones.voices) > 0
}

// tick is one frame of all ports; it tells how long to wait for the next.
func (c *clock) tick() time.Duration {
	ports := *c.engine.ports.Load()
	b := c.engine.device()
	if b != nil {
		b.record(c.microphone[:])
	} else {
		clear(c.microphone[:])
	}
	for _, p := range ports { // all the packets first: they are what must be on time
		p.port.WriteMicrophone(c.microphone[:])
	}
	clear(c.speaker[:])
	for _, p := range ports {
		p.port.ReadSpeaker(c.one[:])
		mixInto(c.speaker[:], c.one[:])
	}
	c.tones.mix(c.speaker[:], c.engine.ear.Load(), c.engine.over)
	if b == nil {
		return frameTime
	}
	return b.play(c.speaker[:])
}
