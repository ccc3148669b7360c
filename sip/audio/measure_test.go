package audio

import (
	"fmt"
	"log/slog"
	"math"
	"slices"
	"testing"
	"time"
)

// amplitude is the peak of the sine of that frequency in pcm, full scale being 1 (Goertzel's algorithm, a Hann window).
func amplitude(pcm []int16, hertz float64) float64 {
	turn := 2 * math.Pi * hertz / SampleRate
	var re, im float64
	for i, v := range pcm {
		window := 1 - math.Cos(2*math.Pi*float64(i)/float64(len(pcm)-1))
		re += float64(v) * window * math.Cos(turn*float64(i))
		im += float64(v) * window * math.Sin(turn*float64(i))
	}
	return 2 * math.Hypot(re, im) / float64(len(pcm)) / 32767
}

func rms(pcm []int16) float64 {
	var sum float64
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum/float64(len(pcm))) / 32767
}

// tells why pcm is not a sine of that frequency, its amplitude within 10 %, with nothing else to speak of; "" if it is.
func tells(pcm []int16, hertz, level float64) string {
	if got := amplitude(pcm, hertz); math.Abs(got-level) > level/10 {
		return fmt.Sprintf("%g Hz has amplitude %.3f, sent was %.3f", hertz, got, level)
	}
	if all := rms(pcm) * math.Sqrt2; all > level*1.1 {
		return fmt.Sprintf("there is more than the tone: %.3f of %.3f", all, level)
	}
	return ""
}

// longest is the longest time between two that follow each other.
func longest(at []time.Time) time.Duration {
	var gap time.Duration
	for i := 1; i < len(at); i++ {
		gap = max(gap, at[i].Sub(at[i-1]))
	}
	return gap
}

// percentile of the times between those that follow each other.
func percentile(at []time.Time, p float64) time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(at); i++ {
		gaps = append(gaps, at[i].Sub(at[i-1]))
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[min(len(gaps)-1, int(p*float64(len(gaps))))]
}

func await(t *testing.T, status <-chan Status, what string, is func(Status) bool) Status {
	t.Helper()
	limit := time.After(15 * time.Second)
	var last Status
	for {
		select {
		case last = <-status:
			if is(last) {
				return last
			}
		case <-limit:
			t.Fatalf("awaited in vain: %s; the last status was %+v", what, last)
		}
	}
}

func testLog(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}
