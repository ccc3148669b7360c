package audio

import "time"

// What [Config.Cadence] may be: whose telephone network the tones sound like.
const (
	CadenceUS     = "us"   // the default. Bellcore GR-506: what North America hears
	CadenceUK     = "uk"   // BT SIN 350: what Britain and much of the Commonwealth hears
	CadenceEU     = "eu"   // 425 Hz, the one frequency ITU-T E.180 recommends: most of the continent
	CadenceJP     = "jp"   // 400 Hz; the ringback flutters at 16 Hz
	CadenceSilent = "none" // no ring tone in the room; all else as CadenceUS
)

const defaultVolume = 80

// ringStyle is how the phone sounds when it rings.
type ringStyle struct {
	cadence string
	volume  int
}

// gain is what a volume makes of the ring tone's level: twice the number sounds about twice as loud.
func (r ringStyle) gain() float64 {
	v := float64(defaultVolume)
	if r.volume != 0 {
		v = float64(min(max(r.volume, 1), 100))
	}
	return v * v / (defaultVolume * defaultVolume)
}

// Levels. A tone from the network sounds at about -20 dBm0 in the ear (E.180 leaves it to -10 ± 5 at the exchange); the ring
// must carry across a room, so at full volume it is as loud as its partials can be together without clipping.
const (
	networkLevel = 0.10
	waitingLevel = 0.06
	ringLevel    = 0.28
)

// scoreOf is how a tone of that name sounds; ok is false when there is none of that name.
func (r ringStyle) scoreOf(kind string) (s score, ok bool) {
	c := countryOf(r.cadence)
	switch kind {
	case ToneRing:
		if r.cadence == CadenceSilent {
			return score{}, true
		}
		return ringing(r.gain(), c.pause), true
	case ToneRingTest:
		s := ringing(r.gain(), 0)
		s.period = 0
		return s, true
	case ToneAnswered:
		return score{notes: arpeggio(0, ms(120), ms(280), networkLevel, noteG5, noteC6)}, true
	case ToneTest:
		return score{notes: arpeggio(ms(100), ms(260), ms(900), ringLevel, noteE5, noteG5, noteC6)}, true
	case ToneRingback:
		return c.ringback, true
	case ToneBusy:
		return c.busy, true
	case ToneCongestion:
		return c.congestion, true
	case ToneCallWaiting:
		return c.waiting, true
	}
	return score{}, false
}

// country is a network's tones, and how long its phones pause between rings.
type country struct {
	ringback, busy, congestion, waiting score
	pause                               time.Duration
}

func countryOf(cadence string) country {
	switch cadence {
	case CadenceUK:
		return country{
			ringback:   signal(sines(networkLevel, 400, 450), 400, 200, 400, 2000),
			busy:       signal(sines(networkLevel, 400), 375, 375),
			congestion: signal(sines(networkLevel, 400), 400, 350, 225, 525),
			waiting:    signal(sines(waitingLevel, 400), 100, 2900),
			pause:      ms(900),
		}
	case CadenceEU:
		return country{
			ringback:   signal(sines(networkLevel, 425), 1000, 4000),
			busy:       signal(sines(networkLevel, 425), 500, 500),
			congestion: signal(sines(networkLevel, 425), 250, 250),
			waiting:    signal(sines(waitingLevel, 425), 200, 600, 200, 3000),
			pause:      ms(2700),
		}
	case CadenceJP:
		// A carrier that goes up and down is the carrier and a sine on either side.
		flutter := append(sines(networkLevel, 400), sines(networkLevel/2, 384, 416)...)
		return country{
			ringback:   signal(flutter, 1000, 2000),
			busy:       signal(sines(networkLevel, 400), 500, 500),
			congestion: signal(sines(networkLevel, 400), 250, 250),
			waiting:    signal(sines(waitingLevel, 400), 500, 3500),
			pause:      ms(700),
		}
	}
	return country{
		ringback:   signal(sines(networkLevel, 440, 480), 2000, 4000),
		busy:       signal(sines(networkLevel, 480, 620), 500, 500),
		congestion: signal(sines(networkLevel, 480, 620), 250, 250),
		waiting:    signal(sines(waitingLevel, 440), 300, 200, 300, 5200),
		pause:      ms(1700),
	}
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

func sines(level float64, hertz ...float64) []partial {
	var parts []partial
	for _, h := range hertz {
		parts = append(parts, partial{hertz: h, level: level})
	}
	return parts
}

// signal is a network tone: the partials together, on for the first of each pair of milliseconds and off for the second.
func signal(parts []partial, onOff ...int) score {
	var s score
	for i := 0; i+1 < len(onOff); i += 2 {
		s.notes = append(s.notes, note{at: s.period, length: ms(onOff[i]), partials: parts})
		s.period += ms(onOff[i] + onOff[i+1])
	}
	return s
}

const noteE5, noteG5, noteA5, noteC6, noteE6 = 659.26, 783.99, 880.00, 1046.50, 1318.51

// ringing is the ring tone: two figures of four notes, then the pause.
func ringing(gain float64, pause time.Duration) score {
	figure := []float64{noteE5, noteA5, noteC6, noteE6}
	notes := arpeggio(0, ms(130), ms(500), ringLevel*gain, figure...)
	notes = append(notes, arpeggio(ms(1000), ms(130), ms(900), ringLevel*gain, figure...)...)
	return score{notes: notes, period: ms(2290) + pause}
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

// bell is a struck bar, like a marimba's: a fundamental that rings on and a fourth harmonic that is gone at once.
func bell(at, length time.Duration, hertz, level float64) note {
	return note{at: at, length: length, partials: []partial{
		{hertz: hertz, level: level, decay: ms(320)},
		{hertz: 2 * hertz, level: level * 0.35, decay: ms(220)},
		{hertz: 4 * hertz, level: level * 0.25, decay: ms(70)},
	}}
}
