package media

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"time"

	"linecard/wave"
)

// Music is what callers on hold hear: a recording that begins again when it is over. It never changes, so that all calls share it.
type Music struct {
	samples []int16 // mono at musicRate; the last one leads on to the first
}

const (
	musicRate   = 16000 // what a telephone carries at best; three samples of the sound card are one
	longest     = 10 * time.Minute
	seam        = musicRate / 50 // samples over which the end fades into the beginning
	musicFade   = musicRate / 100
	slowestFile = 8000
	fastestFile = 48000
)

// What is wrong with a recording, besides what [wave.Open] says.
var (
	ErrMusicFormat = errors.New("media: music that is not 16-bit PCM, mono or stereo, of 8 to 48 kHz")
	ErrMusicLong   = errors.New("media: more than ten minutes of music")
)

// ReadMusic reads a WAV file of 16-bit PCM, mono or stereo, 8,000 to 48,000 samples a second and ten minutes at most. Its level stays. It takes
// up to a second: not for the goroutines of a call.
func ReadMusic(r io.Reader) (*Music, error) {
	f, data, err := wave.Open(r)
	if err != nil {
		return nil, err
	}
	if f.Tag != wave.FormatPCM || f.Bits != 16 || f.Channels < 1 || f.Channels > 2 || f.Rate < slowestFile || f.Rate > fastestFile {
		return nil, ErrMusicFormat
	}
	mono, err := mixDown(data, f.Channels, f.Rate*int(longest/time.Second))
	if err != nil {
		return nil, err
	}
	samples := looped(resampled(mono, f.Rate, musicRate))
	if len(samples) == 0 {
		return nil, wave.ErrNoSamples
	}
	return &Music{samples}, nil
}

// mixDown reads at most that many frames, as one channel.
func mixDown(r io.Reader, channels, most int) ([]int16, error) {
	var mono []int16
	buf := make([]byte, 1<<15) // a whole number of frames
	for {
		n, err := io.ReadFull(r, buf)
		for b := buf[:n]; len(b) >= 2*channels; b = b[2*channels:] {
			sum := 0
			for c := range channels {
				sum += int(int16(binary.LittleEndian.Uint16(b[2*c:])))
			}
			mono = append(mono, int16(sum/channels))
		}
		switch {
		case len(mono) > most:
			return nil, ErrMusicLong
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return mono, nil
		case err != nil:
			return nil, err
		}
	}
}

// resampled is a recording at another rate. It is made as a whole, by the filter of the up- and downsamplers for any two rates: one sample in the
// new rate is weighed from those around it in the old one, with one set of weights for each place that it can have between two of them.
func resampled(in []int16, from, to int) []int16 {
	if from == to {
		return in
	}
	common := gcd(from, to)
	steps, stride := to/common, from/common // places between two samples, and how many of them one new sample is on
	slow := max(1, float64(from)/float64(to))
	reach := float64(tapsPerPhase) / 2 * slow // to either side
	cutoff := passEdge / slow
	taps := 2 * int(math.Ceil(reach))
	weights := make([][]float32, steps)
	for place := range weights {
		w, sum := make([]float64, taps), 0.0
		for i := range w {
			x := float64(i-taps/2+1) - float64(place)/float64(steps)
			if math.Abs(x) < reach {
				w[i] = cutoff * sinc(cutoff*x) * bessel0(kaiserBeta*math.Sqrt(1-x/reach*(x/reach))) / bessel0(kaiserBeta)
			}
			sum += w[i]
		}
		weights[place] = make([]float32, taps)
		for i := range w {
			weights[place][i] = float32(w[i] / sum)
		}
	}
	out := make([]int16, len(in)*steps/stride)
	around := make([]float32, taps)
	for k := range out {
		at := k * stride
		first := at/steps - taps/2 + 1
		for i := range around {
			around[i] = 0
			if n := first + i; n >= 0 && n < len(in) {
				around[i] = float32(in[n])
			}
		}
		out[k] = clip(dot(weights[at%steps], around))
	}
	return out
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// looped makes a recording go on from its end to its beginning without a click: the end is taken off and fades out over the beginning.
func looped(in []int16) []int16 {
	n := min(seam, len(in)/4)
	out := in[:len(in)-n]
	for i := range n {
		share := float64(i) / float64(n)
		out[i] = int16(float64(in[i])*share + float64(in[len(out)+i])*(1-share))
	}
	return out
}

// musician plays a Music in one call. It allocates nothing once it is made.
type musician struct {
	music *Music
	at    int // the next sample
	fade  int // samples of the beginning that are still to be faded in
	up    *upsampler
	low   [BlockSize * musicRate / SampleRate]int16
	pcm   [BlockSize]int16
}

func newMusician(m *Music) *musician {
	return &musician{music: m, up: newUpsampler(SampleRate / musicRate), fade: musicFade}
}

// rest has the music begin gently where it left off.
func (m *musician) rest() { m.fade = musicFade }

// block is the next 10 ms. It is valid until the next call.
func (m *musician) block() []int16 {
	for i := range m.low {
		v := m.music.samples[m.at]
		if m.fade > 0 {
			v = int16(int(v) * (musicFade - m.fade) / musicFade)
			m.fade--
		}
		m.low[i] = v
		if m.at++; m.at == len(m.music.samples) {
			m.at = 0
		}
	}
	m.up.process(m.pcm[:], m.low[:])
	return m.pcm[:]
}

// music gives the sender what is heard on hold, nil for silence. What it has already goes on where it is.
func (s *sender) music(m *Music) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case m == nil:
		s.hold = nil
	case s.hold == nil || s.hold.music != m:
		s.hold = newMusician(m)
	}
}
