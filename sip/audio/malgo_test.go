package audio

import "testing"

// TestMiniaudioTellsTroubleOnly: seventy lines of it at each opening bury what the log is read for.
func TestMiniaudioTellsTroubleOnly(t *testing.T) {
	for message, want := range map[string]bool{
		"Loading symbol: pa_mainloop_new\n":                                               false,
		"Failed to load library: libpulse.so\n":                                           false,
		"  SSE2:   YES\n":                                                                 false,
		"Attempting to initialize PulseAudio backend...\n":                                false,
		"[PulseAudio] Failed to connect PulseAudio context":                               true,
		"Failed to load symbol: pa_stream_cork\n":                                         true,
		"[ALSA] Format not supported. The device does not support any miniaudio formats.": true,
	} {
		if got := trouble(message); got != want {
			t.Errorf("%q is told: %t", message, got)
		}
	}
}
