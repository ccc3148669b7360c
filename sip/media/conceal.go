package media

// concealer makes up what a lost packet would have said, in the manner of ITU-T G.711 Appendix I: the last pitch period is
// said again, fading away within 60 ms, since a voice does not hold a vowel longer than that unless it sings. What comes
// after is blended in. It works at any sample rate.
type concealer struct {
	ms     int // samples per millisecond
	hist   []int16
	cycle  []int16 // one pitch period, smoothed where its end meets its beginning
	phase  int     // next sample of cycle
	made   int     // samples made since the loss began
	offset float32 // step between the true audio and the cycle, faded out over the first milliseconds
}

const (
	histMillis  = 40 // two of the longest periods and the window they are compared over
	minPitchQtr = 10 // shortest period in quarter milliseconds: 400 Hz
	maxPitchMs  = 15 // longest: 66 Hz
	joinMs      = 4  // length of cross-fades
	holdMs      = 10 // full level this long, then
	fadeMs      = 60 // down to nothing here
)

func newConcealer(rate int) *concealer {
	ms := rate / 1000
	return &concealer{ms: ms, hist: make([]int16, 0, histMillis*ms), cycle: make([]int16, 0, maxPitchMs*ms)}
}

// note remembers audio that was played, to make more of it when needed. It ends a loss.
func (c *concealer) note(pcm []int16) {
	c.made = 0
	size := cap(c.hist)
	if len(pcm) >= size {
		c.hist = append(c.hist[:0], pcm[len(pcm)-size:]...)
		return
	}
	if over := len(c.hist) + len(pcm) - size; over > 0 {
		copy(c.hist, c.hist[over:])
		c.hist = c.hist[:len(c.hist)-over]
	}
	c.hist = append(c.hist, pcm...)
}

// losing tells whether made-up audio was played last.
func (c *concealer) losing() bool { return c.made > 0 }

// spent tells whether the fade has come to its end.
func (c *concealer) spent() bool { return c.made >= fadeMs*c.ms || len(c.hist) < cap(c.hist) }

// period is the length of the pitch period being repeated, 0 when there is none.
func (c *concealer) period() int { return len(c.cycle) }

// fill makes up out. It returns how many of its samples can be heard at all.
func (c *concealer) fill(out []int16) (audible int) {
	if c.made == 0 {
		c.begin()
	}
	audible = min(len(out), max(fadeMs*c.ms-c.made, 0))
	if len(c.cycle) == 0 || audible == 0 {
		c.made += len(out)
		clear(out)
		return 0
	}
	for i := range out {
		out[i] = c.next()
	}
	return audible
}

// join blends made-up audio into the beginning of real audio. Call it before note.
func (c *concealer) join(pcm []int16) {
	if c.made == 0 || len(c.cycle) == 0 {
		return
	}
	n := min(joinMs*c.ms, len(pcm))
	for i := range n {
		w := float32(i+1) / float32(n+1)
		pcm[i] = clip(float32(c.next())*(1-w) + float32(pcm[i])*w)
	}
}

// next is the cycle's next sample at the level of the moment.
func (c *concealer) next() int16 {
	v := float32(c.cycle[c.phase])
	if c.phase++; c.phase == len(c.cycle) {
		c.phase = 0
	}
	if fade := joinMs * c.ms; c.made < fade {
		v += c.offset * (1 - float32(c.made)/float32(fade))
	}
	hold, end := holdMs*c.ms, fadeMs*c.ms
	if c.made >= end {
		v = 0
	} else if c.made > hold {
		v *= float32(end-c.made) / float32(end-hold)
	}
	c.made++
	return clip(v)
}

// begin finds the pitch of what was heard last and cuts one period of it.
func (c *concealer) begin() {
	c.cycle, c.phase, c.offset = c.cycle[:0], 0, 0
	if len(c.hist) < cap(c.hist) {
		return // nothing to go by: the call has only just begun
	}
	p := c.pitch()
	end := len(c.hist)
	c.cycle = append(c.cycle, c.hist[end-p:]...)
	// The last quarter turns into what came before the first sample, so that the cycle closes without a step.
	q := p / 4
	for i := range q {
		w := float32(i+1) / float32(q+1)
		c.cycle[p-q+i] = clip(float32(c.hist[end-q+i])*(1-w) + float32(c.hist[end-p-q+i])*w)
	}
	c.offset = float32(c.hist[end-1]) - float32(c.hist[end-p-1])
}

// pitch is the lag, in samples, at which the last 20 ms look most like themselves. Above 8 kHz it looks at every second,
// third … sample only: pitch is low.
func (c *concealer) pitch() int {
	stride := max(c.ms/8, 1)
	window := 20 * c.ms
	end := len(c.hist)
	recent := c.hist[end-window:]
	best, bestScore := maxPitchMs*c.ms, float32(0)
	for lag := minPitchQtr * c.ms / 4; lag <= maxPitchMs*c.ms; lag += stride {
		before := c.hist[end-window-lag : end-lag]
		var cross, energy float32
		for i := 0; i < window; i += stride {
			cross += float32(recent[i]) * float32(before[i])
			energy += float32(before[i]) * float32(before[i])
		}
		if cross <= 0 || energy == 0 {
			continue
		}
		// Two periods look as much alike as one; the longer one has to look better to win.
		if score := cross / energy * cross; score > bestScore*1.05 {
			best, bestScore = lag, score
		}
	}
	return best
}
