package media

import (
	"math"
	"testing"

	"linecard/test/interop"
)

// vowel is a pitch with harmonics, as long as need be.
func vowel(hz float64, rate, n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		v := 0.0
		for k := 1.0; k <= 6; k++ {
			v += math.Sin(2*math.Pi*hz*k*float64(i)/float64(rate)) / k
		}
		pcm[i] = int16(8000 * v)
	}
	return pcm
}

// TestLossInAVowel: 10 ms go missing in a held vowel, high voice or low. What is made up goes on at the level and, but for
// the last bit of the pitch estimate, in the phase of the voice; there is no step at either end.
func TestLossInAVowel(t *testing.T) {
	interop.Proves(t, "S5.1")
	for _, rate := range []int{8000, 16000, 48000} {
		for _, hz := range []float64{90, 125, 180, 250} {
			const lead = 100 // ms
			pcm := vowel(hz, rate, rate)
			step := rate / 100
			at := lead * rate / 1000
			c := newConcealer(rate)
			for i := 0; i < at; i += step {
				c.note(pcm[i : i+step])
			}
			heard := append([]int16(nil), pcm[:at+2*step]...)
			if n := c.fill(heard[at : at+step]); n != step {
				t.Fatalf("%d Hz: %d of %d samples are made up", rate, n, step)
			}
			c.join(heard[at+step:])
			var diff, sum float64
			for i := at; i < at+step; i++ {
				d := float64(heard[i]) - float64(pcm[i])
				diff, sum = diff+d*d, sum+float64(pcm[i])*float64(pcm[i])
			}
			if snr := 10 * math.Log10(sum/diff); snr < 8 {
				t.Errorf("%v Hz voice at %d Hz: made-up audio is %.1f dB above its error", hz, rate, snr)
			}
			if got, said := steepest(heard[at-2:]), steepest(pcm); got > said*3/2 {
				t.Errorf("%v Hz voice at %d Hz: a step of %d, the voice has %d", hz, rate, got, said)
			}
		}
	}
}

// TestLossFadesAway: a voice that never comes back is silent after 60 ms, and does not come back on its own.
func TestLossFadesAway(t *testing.T) {
	c := newConcealer(8000)
	c.note(vowel(120, 8000, 800))
	out := make([]int16, 80)
	var levels []int
	for range 10 {
		c.fill(out)
		levels = append(levels, level(out))
	}
	for i := 1; i < 6; i++ {
		if levels[i] >= levels[i-1] && i > 1 {
			t.Errorf("block %d is at %d after %d", i, levels[i], levels[i-1])
		}
	}
	if levels[0] == 0 || levels[6] != 0 || levels[9] != 0 || !c.spent() {
		t.Errorf("levels %v", levels)
	}
}

// TestNothingToGoBy: before a voice was heard, a loss is silence.
func TestNothingToGoBy(t *testing.T) {
	c := newConcealer(8000)
	out := vowel(100, 8000, 80)
	if n := c.fill(out); n != 0 || level(out) != 0 {
		t.Errorf("%d samples out of nothing, level %d", n, level(out))
	}
}
