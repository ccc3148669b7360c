package media

import (
	"math"
	"slices"

	"linecard/sip/sdp"
)

// Keys as the tones of a telephone, in the sound that is sent: for gateways that take neither events nor SIP INFO. While a key is down, and
// in the pause after it, the microphone is not heard: a voice in the tone would spoil it (ITU-T Q.24).

// Each key is a tone of its row and one of its column (ITU-T Q.23), in the order of keys.
var (
	rowHertz    = [4]float64{697, 770, 852, 941}
	columnHertz = [4]float64{1209, 1336, 1477, 1633}
	keyPlaces   = [16][2]int{
		{3, 1}, {0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {2, 0}, {2, 1}, {2, 2}, // 0 to 9
		{3, 0}, {3, 2}, {0, 3}, {1, 3}, {2, 3}, {3, 3}, // * # A B C D
	}
)

// The levels of a telephone (ETSI ES 201 235-2 §4.2.1): the columns 2 dB above the rows, since long lines weaken high tones more.
var (
	rowPeak    = peak(-11)
	columnPeak = peak(-9)
)

// peak is the peak of a sine of a level in dBm0. G.711 can just write one of 3.17 dBm0 (ITU-T G.711 table 5).
func peak(dBm0 float64) float64 { return 32124 * math.Pow(10, (dBm0-3.17)/20) }

// toneRampMillis is how long a tone takes to begin and to end: one that is cut off sounds like a knock.
const toneRampMillis = 2

// keyTone is a sample of a key, by the number of samples since it went down.
func keyTone(code byte, at, rate int) int16 {
	place := keyPlaces[code]
	turn := 2 * math.Pi * float64(at) / float64(rate)
	level := rowPeak*math.Sin(turn*rowHertz[place[0]]) + columnPeak*math.Sin(turn*columnHertz[place[1]])
	ramp := float64(toneRampMillis * rate / 1000)
	edge := float64(min(at, keyOnMillis*rate/1000-1-at))
	return int16(level * min(1, edge/ramp))
}

// sounds reports whether tones, or the silence after one, take the place of the microphone now.
func (d *dtmfSender) sounds() bool {
	return d.silence > 0 || d.rest == 0 && len(d.told) > 0 && d.told[0].tones
}

// sound is what is sent in the place of a frame of the microphone.
func (d *dtmfSender) sound(frame []int16, rate int) []int16 {
	out := slices.Clone(frame)
	for i := range out {
		switch {
		case d.silence > 0:
			d.silence--
			out[i] = 0
			continue
		case !d.sounds():
			return out
		case !d.busy:
			d.busy, d.code, d.sounded = true, d.queue[0], 0
			d.queue = append(d.queue[:0], d.queue[1:]...)
		}
		out[i] = keyTone(d.code, d.sounded, rate)
		if d.sounded++; d.sounded == keyOnMillis*rate/1000 {
			d.busy, d.silence = false, keyOffMillis*rate/1000
			d.gone()
		}
	}
	return out
}

// carriesTones reports whether tones come out of a codec as they went in. Those that are made for speech bend them.
func carriesTones(c sdp.Codec) bool { return c.Name == sdp.PCMU.Name || c.Name == sdp.PCMA.Name }
