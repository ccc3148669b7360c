package media

import (
	"math"
	"testing"
)

// tone is a sine of hz and amplitude at rate samples a second.
func tone(hz, amplitude float64, rate, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		pcm[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
	}
	return pcm
}

// amplitude is how strongly hz is in pcm (Goertzel).
func amplitude(pcm []int16, hz float64, rate int) float64 {
	w := 2 * math.Pi * hz / float64(rate)
	var re, im float64
	for i, s := range pcm {
		re += float64(s) * math.Cos(w*float64(i))
		im += float64(s) * math.Sin(w*float64(i))
	}
	return 2 * math.Hypot(re, im) / float64(len(pcm))
}

// down and up run a second of pcm through in 10 ms blocks.
func down(factor int, pcm []int16) []int16 {
	d := newDownsampler(factor)
	out := make([]int16, len(pcm)/factor)
	for i := 0; i+BlockSize <= len(pcm); i += BlockSize {
		d.process(out[i/factor:(i+BlockSize)/factor], pcm[i:i+BlockSize])
	}
	return out
}

func up(factor int, pcm []int16) []int16 {
	u := newUpsampler(factor)
	out := make([]int16, len(pcm)*factor)
	step := BlockSize / factor
	for i := 0; i+step <= len(pcm); i += step {
		u.process(out[i*factor:(i+step)*factor], pcm[i:i+step])
	}
	return out
}

func decibel(got, want float64) float64 { return 20 * math.Log10(got/want) }

// TestTelephoneBand: what a voice needs comes through both ways at its level, to half a decibel.
func TestTelephoneBand(t *testing.T) {
	for _, hz := range []float64{50, 300, 1000, 2000, 3000, 3400} {
		d := down(6, tone(hz, 10000, 48000, 48000))
		if db := decibel(amplitude(d[800:], hz, 8000), 10000); math.Abs(db) > 0.5 {
			t.Errorf("%v Hz goes out at %+.2f dB", hz, db)
		}
		u := up(6, tone(hz, 10000, 8000, 8000))
		if db := decibel(amplitude(u[4800:], hz, 48000), 10000); math.Abs(db) > 0.5 {
			t.Errorf("%v Hz comes in at %+.2f dB", hz, db)
		}
	}
}

// TestAliasesAreGone: what 8 kHz cannot carry does not come back as another tone, and the way up adds no whistle.
func TestAliasesAreGone(t *testing.T) {
	for _, hz := range []float64{4700, 5000, 7000, 9000, 12000, 20000} {
		d := down(6, tone(hz, 10000, 48000, 48000))
		alias := math.Abs(hz - 8000*math.Round(hz/8000))
		if db := decibel(amplitude(d[800:], alias, 8000), 10000); db > -40 {
			t.Errorf("%v Hz goes out as %v Hz at %.1f dB", hz, alias, db)
		}
	}
	for _, hz := range []float64{300, 1000, 3000} {
		u := up(6, tone(hz, 10000, 8000, 8000))
		for k := 1.0; k < 3; k++ {
			for _, image := range []float64{8000*k - hz, 8000*k + hz} {
				if db := decibel(amplitude(u[4800:], image, 48000), 10000); db > -50 {
					t.Errorf("%v Hz whistles at %v Hz, %.1f dB", hz, image, db)
				}
			}
		}
	}
}

// TestOtherRates: 16 kHz for G.722 and 48 kHz for Opus are a matter of the factor.
func TestOtherRates(t *testing.T) {
	for _, factor := range []int{1, 2, 3, 6} {
		rate := 48000 / factor
		got := up(factor, down(factor, tone(1000, 20000, 48000, 48000)))
		if db := decibel(amplitude(got[4800:], 1000, 48000), 20000); math.Abs(db) > 0.3 {
			t.Errorf("there and back over %d Hz: %+.2f dB", rate, db)
		}
	}
}

// TestFullScaleDoesNotWrap: a clipped microphone must not turn into noise.
func TestFullScaleDoesNotWrap(t *testing.T) {
	square := make([]int16, 48000)
	for i := range square {
		square[i] = math.MaxInt16
		if i/60%2 == 1 {
			square[i] = math.MinInt16
		}
	}
	got := down(6, square)
	for i := 100; i < len(got); i++ {
		if phase := (i*6 - 72) % 120; phase > 25 && phase < 40 && got[i] < 0 {
			t.Fatalf("sample %d is %d in the middle of the positive half", i, got[i])
		}
	}
}
