// Package voices holds recorded voices for the demo PBX: the speech of a caller that nobody speaks live.
//
// They are µ-law (PCMU) at 8 kHz, mono, so that they can be sent as RTP unchanged. The words are in the .ssml file
// beside each recording, and make.sh makes the recording with espeak-ng; it is a synthetic voice without third-party
// rights.
package voices

import (
	"bytes"
	_ "embed" // the recordings
	"fmt"
	"io"

	"linecard/wave"
)

//go:embed customer.wav
var customerWAV []byte

// Customer returns a customer's short monologue as PCMU samples, 8000 a second, about a quarter of a minute. It can be
// played in a loop: it ends with a short pause.
func Customer() []byte {
	samples, err := pcmu(customerWAV)
	if err != nil {
		panic(fmt.Sprintf("voices: customer.wav: %v", err)) // the file is embedded, so this is an error in the build
	}
	return samples
}

// pcmu returns the samples of a RIFF/WAVE file, which must be µ-law, mono, 8000 Hz.
func pcmu(file []byte) ([]byte, error) {
	f, samples, err := wave.Open(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	if f.Tag != wave.FormatMuLaw || f.Channels != 1 || f.Rate != 8000 {
		return nil, fmt.Errorf("format %d, %d channels, %d Hz; want µ-law, 1, 8000", f.Tag, f.Channels, f.Rate)
	}
	return io.ReadAll(samples)
}
