package audio

import (
	"math"
	"math/cmplx"
	"time"
)

// What [Engine.Ring] plays.
const (
	ToneRing        = "ring"         // inbound: into the room; in the ear, as ToneCallWaiting, while a call is up
	ToneRingback    = "ringback"     // outbound: the far end rings
	ToneBusy        = "busy"         // the far end is busy
	ToneCongestion  = "congestion"   // the network cannot reach the far end ("fast busy", reorder tone)
	ToneCallWaiting = "call-waiting" // another call comes in while one is up
	ToneAnswered    = "answered"     // a call was answered for the agent: two notes, once, in the ear
	ToneTest        = "test"         // three notes, once, in the ear: is this the right speaker?
	ToneRingTest    = "ring-test"    // the ring tone, once, into the room
)

// partial is one sine of a note.
type partial struct {
	hertz float64
	level float64       // peak, 1 is full scale
	decay time.Duration // to a third (1/e); 0 holds the level
}

// note is a sound that begins at a time of the cadence and lasts.
type note struct {
	at, length time.Duration
	partials   []partial
}

// score is a tone to be played: its notes, none overlapping, and when they begin again; 0 plays them once.
type score struct {
	notes  []note
	period time.Duration
}

// voice is a partial being played: a phasor that turns by a fixed angle each sample, which costs one complex product
// where math.Sin would cost twenty.
type voice struct {
	phasor complex128 // its imaginary part is the sample
	turn   complex128
}

// player reads a score sample by sample. It allocates nothing after newPlayer.
type player struct {
	score  score
	voices []voice // of the note under way
	index  int     // of the note under way, or the next one
	at     int     // samples since the cadence began
	fading int     // samples left of the fade after release; 0 is not released
	ended  bool
}

// ramp smooths a note's beginning and end: a sine cut off sounds like a knock.
const ramp = 5 * SampleRate / 1000

func newPlayer(s score) *player {
	most := 0
	for _, n := range s.notes {
		most = max(most, len(n.partials))
	}
	return &player{score: s, voices: make([]voice, 0, most)}
}

// release lets the tone end softly; mix tells when it has.
func (p *player) release() {
	if p.fading == 0 {
		p.fading = ramp
	}
}

func samples(d time.Duration) int { return int(d * SampleRate / time.Second) }

// mix adds the tone's next samples to pcm and tells whether there will be more.
func (p *player) mix(pcm []int16) bool {
	for i := range pcm {
		if p.ended {
			return false
		}
		v := p.sample()
		if p.fading > 0 {
			v *= float64(p.fading) / ramp
			if p.fading--; p.fading == 0 {
				p.ended = true
			}
		}
		pcm[i] = clip(int32(pcm[i]) + int32(v*32767))
	}
	return !p.ended
}

// sample is the tone's next sample, full scale being 1.
func (p *player) sample() float64 {
	if p.index == len(p.score.notes) {
		if p.score.period == 0 {
			p.ended = true
			return 0
		}
		if p.at++; p.at >= samples(p.score.period) {
			p.at, p.index = 0, 0
		}
		return 0
	}
	n := &p.score.notes[p.index]
	start, end := samples(n.at), samples(n.at+n.length)
	if p.at < start {
		p.at++
		return 0
	}
	if p.at == start {
		p.strike(n)
	}
	var v float64
	for i := range p.voices {
		v += imag(p.voices[i].phasor)
		p.voices[i].phasor *= p.voices[i].turn
	}
	v *= min(1, float64(p.at-start)/ramp, float64(end-p.at)/ramp)
	if p.at++; p.at >= end {
		p.index++
	}
	return v
}

func (p *player) strike(n *note) {
	p.voices = p.voices[:0]
	for _, part := range n.partials {
		shrink := 1.0
		if part.decay > 0 {
			shrink = math.Exp(-1 / (part.decay.Seconds() * SampleRate))
		}
		p.voices = append(p.voices, voice{
			phasor: complex(part.level, 0),
			turn:   cmplx.Rect(shrink, 2*math.Pi*part.hertz/SampleRate),
		})
	}
}
