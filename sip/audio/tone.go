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
	ToneTest        = "test"         // three notes, once, in the ear: is this the right speaker?
	ToneRingTest    = "ring-test"    // the ring tone, once, into the room
)

// What [Config.Cadence] may be: whose telephone network the tones sound like.
const (
	CadenceUS = "us" // Bellcore GR-506: what North America hears
	CadenceUK = "uk" // BT SIN 350: what Britain and much of the Commonwealth hears
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

// Levels. A tone from the network sounds at about -20 dBm0 in the ear (E.180 leaves it to -10 ± 5 at the exchange); the ring
// must carry across a room, so it is as loud as two partials can be without clipping.
const (
	networkLevel = 0.10
	waitingLevel = 0.06
	ringLevel    = 0.28
)

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// signal is a network tone: the frequencies together, on for the first of each pair and off for the second.
func signal(level float64, hertz []float64, onOff ...time.Duration) score {
	var parts []partial
	for _, h := range hertz {
		parts = append(parts, partial{hertz: h, level: level})
	}
	var s score
	for i := 0; i+1 < len(onOff); i += 2 {
		s.notes = append(s.notes, note{at: s.period, length: onOff[i], partials: parts})
		s.period += onOff[i] + onOff[i+1]
	}
	return s
}

// bell is a struck bar, like a marimba's: a fundamental that rings on and a fourth harmonic that is gone at once.
func bell(at, length time.Duration, hertz, level float64) note {
	return note{at: at, length: length, partials: []partial{
		{hertz: hertz, level: level, decay: ms(320)},
		{hertz: 2 * hertz, level: level * 0.35, decay: ms(220)},
		{hertz: 4 * hertz, level: level * 0.25, decay: ms(70)},
	}}
}

// arpeggio strikes the notes one after the other.
func arpeggio(at, each, last time.Duration, level float64, hertz ...float64) []note {
	var notes []note
	for i, h := range hertz {
		length := each
		if i == len(hertz)-1 {
			length = last
		}
		notes = append(notes, bell(at, length, h, level))
		at += each
	}
	return notes
}

const noteE5, noteG5, noteA5, noteC6, noteE6 = 659.26, 783.99, 880.00, 1046.50, 1318.51

// ring is the ring tone: two figures of four notes, then a pause; the pause is the country's.
func ring(pause time.Duration) score {
	figure := []float64{noteE5, noteA5, noteC6, noteE6}
	notes := arpeggio(0, ms(130), ms(500), ringLevel, figure...)
	notes = append(notes, arpeggio(ms(1000), ms(130), ms(900), ringLevel, figure...)...)
	return score{notes: notes, period: ms(2290) + pause}
}

// scoreOf is how a tone of that name sounds; ok is false when there is none of that name.
func scoreOf(kind, cadence string) (s score, ok bool) {
	uk := cadence == CadenceUK
	switch kind {
	case ToneRing:
		if uk {
			return ring(ms(900)), true
		}
		return ring(ms(1700)), true
	case ToneRingTest:
		s := ring(0)
		s.period = 0
		return s, true
	case ToneTest:
		return score{notes: arpeggio(ms(100), ms(260), ms(900), ringLevel, noteE5, noteG5, noteC6)}, true
	case ToneRingback:
		if uk {
			return signal(networkLevel, []float64{400, 450}, ms(400), ms(200), ms(400), ms(2000)), true
		}
		return signal(networkLevel, []float64{440, 480}, ms(2000), ms(4000)), true
	case ToneBusy:
		if uk {
			return signal(networkLevel, []float64{400}, ms(375), ms(375)), true
		}
		return signal(networkLevel, []float64{480, 620}, ms(500), ms(500)), true
	case ToneCongestion:
		if uk {
			return signal(networkLevel, []float64{400}, ms(400), ms(350), ms(225), ms(525)), true
		}
		return signal(networkLevel, []float64{480, 620}, ms(250), ms(250)), true
	case ToneCallWaiting:
		if uk {
			return signal(waitingLevel, []float64{400}, ms(100), ms(2900)), true
		}
		return signal(waitingLevel, []float64{440}, ms(300), ms(200), ms(300), ms(5200)), true
	}
	return score{}, false
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
