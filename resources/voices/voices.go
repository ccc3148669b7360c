// Package voices holds recorded voices for the demo PBX: the speech of a caller that nobody speaks live.
//
// They are µ-law (PCMU) at 8 kHz, mono, so that they can be sent as RTP unchanged. The words are in the .ssml file
// beside each recording, and make.sh makes the recording with espeak-ng; it is a synthetic voice without third-party
// rights.
package voices

import (
	_ "embed" // the recordings
	"encoding/binary"
	"fmt"
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

// formatMuLaw is the WAVE format tag of ITU-T G.711 µ-law, RFC 2361 §A.
const formatMuLaw = 7

// pcmu returns the samples of a RIFF/WAVE file, which must be µ-law, mono, 8000 Hz.
func pcmu(wav []byte) ([]byte, error) {
	if len(wav) < 12 || string(wav[:4]) != "RIFF" || string(wav[8:12]) != "WAVE" {
		return nil, fmt.Errorf("not a RIFF/WAVE file")
	}
	var format []byte
	for rest := wav[12:]; len(rest) >= 8; {
		name, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:8]))
		rest = rest[8:]
		if size > len(rest) {
			return nil, fmt.Errorf("chunk %q is cut short", name)
		}
		switch name {
		case "fmt ":
			format = rest[:size]
		case "data":
			if len(format) < 16 {
				return nil, fmt.Errorf("no format before the samples")
			}
			tag, channels := binary.LittleEndian.Uint16(format), binary.LittleEndian.Uint16(format[2:])
			if rate := binary.LittleEndian.Uint32(format[4:]); tag != formatMuLaw || channels != 1 || rate != 8000 {
				return nil, fmt.Errorf("format %d, %d channels, %d Hz; want µ-law, 1, 8000", tag, channels, rate)
			}
			return rest[:size], nil
		}
		rest = rest[min(len(rest), size+size&1):] // chunks are padded to an even length
	}
	return nil, fmt.Errorf("no samples")
}
