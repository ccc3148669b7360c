package audio

import "time"

// pacer decides how long the clock waits for its next tick, so that the clock and a sound card with a crystal of its own
// stay together: the lead, which is the sound already written that the card has not yet played, is held at a target. The
// clock's period is stretched or shrunk by at most half a percent, which the RTP receiver cannot tell from a crystal of that
// error; a jump is made only where sound was lost anyway.
//
// The card's position moves in steps of a period or of several, so the lead is measured against the position it would have
// if it moved evenly. Taken so, a lead of zero is what a card that is exactly on time needs, whatever its period.
type pacer struct {
	target  float64 // samples of lead wanted before a tick writes
	average float64 // of the lead, low-passed
	locked  bool    // average holds something
}

const (
	// A lead of 6 ms covers the lateness of a goroutine on a computer that is not overloaded; each underrun adds 4 ms, so that
	// a computer that is gets the delay it needs and no other computer pays for it.
	leadStart = 6 * SampleRate / 1000
	leadStep  = 4 * SampleRate / 1000
	leadMax   = 50 * SampleRate / 1000
	// leadExcess above the target is more than steering could take back in a few seconds: the speaker skips instead.
	leadExcess = 60 * SampleRate / 1000

	pullPerSecond = 0.5       // share of the error taken back each second
	pullMax       = 0.005     // half a percent
	smoothing     = 1.0 / 32. // of the average: about a third of a second
)

// verdict is what a tick has to do for the speaker.
type verdict struct {
	fill int           // samples of silence to write first: the card ran dry, or has just started
	skip bool          // write nothing this time: far too much is waiting
	wait time.Duration // from this tick to the next
}

func newPacer() pacer { return pacer{target: leadStart} }

// tick takes the lead just before the tick writes its frame.
func (p *pacer) tick(lead int) verdict {
	v := verdict{wait: frameTime}
	if lead < 0 {
		if p.locked {
			p.target = min(p.target+leadStep, leadMax)
		}
		v.fill = int(p.target) - lead
		p.average, p.locked = p.target, true
		return v
	}
	if !p.locked {
		p.average, p.locked = float64(lead), true
	}
	if float64(lead) > p.target+leadExcess {
		v.skip = true
		p.average = float64(lead)
		return v
	}
	p.average += (float64(lead) - p.average) * smoothing
	pull := (p.average - p.target) / SampleRate * pullPerSecond
	pull = min(max(pull, -pullMax), pullMax)
	v.wait += time.Duration(pull * float64(frameTime))
	return v
}
