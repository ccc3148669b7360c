package voices

import (
	"strings"
	"testing"

	"github.com/zaf/g711"
)

// TestCustomerIsSpeech: the recording has the documented length, is not silent and not overdriven.
func TestCustomerIsSpeech(t *testing.T) {
	samples := Customer()
	if seconds := float64(len(samples)) / 8000; seconds < 10 || seconds > 18 {
		t.Errorf("the monologue takes %.1f s, want about a quarter of a minute", seconds)
	}
	if len(customerWAV) > 150_000 {
		t.Errorf("the recording is %d bytes, want at most 150 kB in the binary", len(customerWAV))
	}
	var loud, peak int
	for _, b := range samples {
		v := int(g711.DecodeUlawFrame(b))
		peak = max(peak, v, -v)
		if v > 1000 || v < -1000 {
			loud++
		}
	}
	if share := float64(loud) / float64(len(samples)); share < 0.2 || share > 0.9 {
		t.Errorf("%.0f %% of the samples are loud, want speech", 100*share)
	}
	if peak < 8000 || peak > 24000 {
		t.Errorf("peak %d of 32767, want a head room of 3 to 12 dB", peak)
	}
}

func TestBadFilesAreRefused(t *testing.T) {
	head := "RIFF\x00\x00\x00\x00WAVE"
	for name, file := range map[string]string{
		"empty":      "",
		"not a WAVE": "RIFF\x00\x00\x00\x00AVI ",
		"no samples": head,
		"cut short":  head + "fmt \x10\x00\x00\x00\x07\x00",
		"no format":  head + "data\x02\x00\x00\x00\xff\xff",
		"stereo":     head + "fmt \x10\x00\x00\x00\x07\x00\x02\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x00\x00\x00",
	} {
		if _, err := pcmu([]byte(file)); err == nil {
			t.Errorf("%s: taken", name)
		} else if strings.Contains(err.Error(), "panic") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
