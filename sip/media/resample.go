package media

import "math"

// The sound card runs at 48 kHz, the codecs at a whole fraction of it. Both directions are one windowed-sinc low-pass: 32 taps
// per phase with a Kaiser window put images and aliases 60 dB down and keep the telephone band (to 3.4 kHz at 8 kHz) flat
// within half a decibel, for a delay of 2 ms at factor 6.
const (
	tapsPerPhase = 32
	kaiserBeta   = 6.0
	passEdge     = 0.95 // cut-off (-6 dB) as a part of the lower rate's Nyquist frequency
)

// lowpass designs a filter of tapsPerPhase*factor taps at the higher rate, with unit gain at 0 Hz.
func lowpass(factor int) []float32 {
	n := tapsPerPhase * factor
	taps := make([]float64, n)
	cutoff := passEdge / float64(factor) // of the higher rate's Nyquist
	mid := float64(n-1) / 2
	sum := 0.0
	for i := range taps {
		x := float64(i) - mid
		r := x / (mid + 1)
		taps[i] = cutoff * sinc(cutoff*x) * bessel0(kaiserBeta*math.Sqrt(1-r*r)) / bessel0(kaiserBeta)
		sum += taps[i]
	}
	out := make([]float32, n)
	for i, t := range taps {
		out[i] = float32(t / sum)
	}
	return out
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel0 is the modified Bessel function of order 0, by its series.
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1; term > sum*1e-12; k++ {
		term *= (x / 2 / float64(k)) * (x / 2 / float64(k))
		sum += term
	}
	return sum
}

// downsampler takes 48 kHz to 48/factor kHz. It keeps the filter's tail between calls.
type downsampler struct {
	factor int
	taps   []float32
	hist   []float32 // the last len(taps)-1 input samples, then room for the block
}

func newDownsampler(factor int) *downsampler {
	d := &downsampler{factor: factor}
	if factor > 1 {
		d.taps = lowpass(factor)
		d.hist = make([]float32, len(d.taps)-1)
	}
	return d
}

// process reads in, a whole number of factors long, and writes len(in)/factor samples to out.
func (d *downsampler) process(out, in []int16) {
	if d.factor == 1 {
		copy(out, in)
		return
	}
	keep := len(d.taps) - 1
	d.hist = d.hist[:keep]
	for _, s := range in {
		d.hist = append(d.hist, float32(s))
	}
	for i := range len(in) / d.factor {
		out[i] = clip(dot(d.taps, d.hist[i*d.factor:]))
	}
	copy(d.hist, d.hist[len(d.hist)-keep:])
}

// upsampler takes 48/factor kHz to 48 kHz, one short filter per output phase.
type upsampler struct {
	factor int
	phases [][]float32 // taps in reverse time, ready for dot
	hist   []float32   // the last tapsPerPhase-1 input samples, then room for the block
}

func newUpsampler(factor int) *upsampler {
	u := &upsampler{factor: factor}
	if factor == 1 {
		return u
	}
	taps := lowpass(factor)
	for p := range factor {
		phase := make([]float32, tapsPerPhase)
		for k := range phase {
			// The zeros put between the input samples take (factor-1)/factor of the energy; give it back.
			phase[tapsPerPhase-1-k] = taps[p+k*factor] * float32(factor)
		}
		u.phases = append(u.phases, phase)
	}
	u.hist = make([]float32, tapsPerPhase-1)
	return u
}

// process writes len(in)*factor samples to out.
func (u *upsampler) process(out, in []int16) {
	if u.factor == 1 {
		copy(out, in)
		return
	}
	keep := tapsPerPhase - 1
	u.hist = u.hist[:keep]
	for _, s := range in {
		u.hist = append(u.hist, float32(s))
	}
	for i := range in {
		for p, taps := range u.phases {
			out[i*u.factor+p] = clip(dot(taps, u.hist[i:]))
		}
	}
	copy(u.hist, u.hist[len(u.hist)-keep:])
}

// reset forgets the tail of what went before.
func (u *upsampler) reset() { clear(u.hist) }

// dot multiplies and adds with four sums at once, which keeps the processor's adders busy. len(taps) is a multiple of four.
func dot(taps, x []float32) float32 {
	x = x[:len(taps)]
	var a, b, c, d float32
	for i := 0; i+3 < len(taps); i += 4 {
		a += taps[i] * x[i]
		b += taps[i+1] * x[i+1]
		c += taps[i+2] * x[i+2]
		d += taps[i+3] * x[i+3]
	}
	return a + b + c + d
}

func clip(v float32) int16 {
	switch {
	case v >= math.MaxInt16:
		return math.MaxInt16
	case v <= math.MinInt16:
		return math.MinInt16
	case v < 0:
		return int16(v - 0.5)
	}
	return int16(v + 0.5)
}
