package media

import "time"

// quietLevel is the mean size of a sample below which a change of pace is not heard: -40 dB of full scale.
const quietLevel = 300

// Get plays the next 10 ms.
func (b *Adaptive) Get(pcm []int16) {
	if !b.anchor {
		clear(pcm)
		return
	}
	b.moved++
	starving := b.conceal.losing() || b.head >= 0 && !b.line.has(b.head, 1)
	switch {
	case b.debt >= b.step && (starving || b.moved > 2):
		b.hold(pcm, starving)
	case b.debt <= -b.step && b.moved > b.patience()/2 && !starving && b.line.has(b.head, len(b.ahead)):
		b.jump(pcm)
	default:
		b.play(pcm)
	}
}

// patience is how many blocks a jump waits for a quiet moment. Far behind, the talkers notice the delay more than the jump.
func (b *Adaptive) patience() int {
	if b.slack >= farBehind {
		return 4
	}
	return 20
}

// play fills pcm from the line, making up what is missing, and moves the playhead past it.
func (b *Adaptive) play(pcm []int16) {
	for len(pcm) > 0 {
		n := b.line.read(pcm, b.head)
		if n > 0 {
			b.conceal.join(pcm[:n])
			b.conceal.note(pcm[:n])
		} else {
			n = b.line.gap(len(pcm), b.head)
			b.stats.Concealed += b.lasting(b.conceal.fill(pcm[:n]))
		}
		b.head += int64(n)
		pcm = pcm[n:]
	}
}

// hold plays made-up audio and keeps the playhead back. In the middle of a voice it keeps it back by whole pitch periods,
// so that the voice goes on in phase; where nothing is there to be played, by the whole block.
func (b *Adaptive) hold(pcm []int16, starving bool) {
	b.conceal.fill(pcm)
	by := len(pcm)
	if p := b.conceal.period(); !starving && p > 0 && p <= by {
		by -= by % p
	}
	b.head += int64(len(pcm) - by)
	b.shift(by)
	b.stats.Inserted += b.lasting(by)
}

// jump leaves out about 10 ms: it goes on where the audio looks most like it does here, 5 to 15 ms ahead, and blends over.
// In a loud moment it first waits a while for a quieter one.
func (b *Adaptive) jump(pcm []int16) {
	n := len(pcm)
	x := b.ahead
	for done := 0; done < len(x); {
		done += b.line.read(x[done:], b.head+int64(done))
	}
	by := 0
	if level(x[:n]) < quietLevel || b.moved >= b.patience() {
		by = b.alike(x, n/2, n+n/2)
	}
	copy(pcm, x[by:by+n])
	if by > 0 {
		blend(pcm[:joinMs*b.rate/1000], x)
		b.shift(-by)
		b.stats.Dropped += b.lasting(by)
	}
	b.conceal.note(pcm)
	b.line.unread(x[by+n:], b.head+int64(by+n))
	b.head += int64(by + n)
}

// alike is the lag between from and to at which x looks most like its own beginning. Above 8 kHz every second, third …
// sample is looked at.
func (b *Adaptive) alike(x []int16, from, to int) int {
	stride := max(b.rate/8000, 1)
	window := 2 * joinMs * b.rate / 1000
	best, bestScore := (from+to)/2, float32(0)
	for lag := from; lag <= to; lag += stride {
		var cross, energy float32
		for i := 0; i < window; i += stride {
			cross += float32(x[i]) * float32(x[lag+i])
			energy += float32(x[lag+i]) * float32(x[lag+i])
		}
		if cross <= 0 {
			continue
		}
		if score := cross / energy * cross; score > bestScore {
			best, bestScore = lag, score
		}
	}
	return best
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

// lasting is how long n samples are.
func (b *Adaptive) lasting(n int) time.Duration {
	return time.Duration(n) * time.Second / time.Duration(b.rate)
}

// blend lets before turn into pcm over pcm's length.
func blend(pcm, before []int16) {
	for i := range pcm {
		w := float32(i+1) / float32(len(pcm)+1)
		pcm[i] = clip(float32(before[i])*(1-w) + float32(pcm[i])*w)
	}
}

// level is the mean size of a sample.
func level(pcm []int16) int {
	sum := 0
	for _, s := range pcm {
		sum += max(int(s), -int(s))
	}
	return sum / max(len(pcm), 1)
}
