// Package wave reads RIFF/WAVE files. It lies at the root because the phone (music on hold) and the recordings of the demo both use it.
package wave

import (
	"encoding/binary"
	"errors"
	"io"
)

// Format is how the samples of a file are written.
type Format struct {
	Tag      int // one of the Format constants, or another
	Channels int
	Rate     int // frames a second, a frame being one sample of each channel
	Bits     int // of a sample
}

// The format tags that are read here (RFC 2361).
const (
	FormatPCM   = 1 // linear, little endian; of 16 bits with a sign
	FormatMuLaw = 7 // ITU-T G.711 µ-law

	formatExtensible = 0xFFFE // the tag stands further behind
)

// mostBefore is how much one chunk before the samples may have: a title and a picture fit, and no reader goes through gigabytes.
const mostBefore = 1 << 20

// What is wrong with a file.
var (
	ErrNotWave   = errors.New("wave: not a RIFF/WAVE file")
	ErrNoFormat  = errors.New("wave: no format before the samples")
	ErrNoSamples = errors.New("wave: no samples")
)

// Open reads up to the samples of a file, through chunks of 1 MiB at most each, and returns what they are and a reader of them, which ends with them or with the file: a program
// that writes into a pipe cannot know their number. Other errors than those above are r's.
func Open(r io.Reader) (Format, io.Reader, error) {
	var head [12]byte
	if err := full(r, head[:], ErrNotWave); err != nil {
		return Format{}, nil, err
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return Format{}, nil, ErrNotWave
	}
	var f Format
	for {
		if err := full(r, head[:8], ErrNoSamples); err != nil {
			return Format{}, nil, err
		}
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		padded := size + size&1 // chunks are padded to an even length
		switch string(head[:4]) {
		case "fmt ":
			var chunk [26]byte // the rest names loudspeakers
			n := min(size, int64(len(chunk)))
			if err := full(r, chunk[:n], ErrNoFormat); err != nil {
				return Format{}, nil, err
			}
			f = formatOf(chunk[:n])
			padded -= n
		case "data":
			if f == (Format{}) {
				return Format{}, nil, ErrNoFormat
			}
			return f, io.LimitReader(r, size), nil
		}
		if size > mostBefore {
			return Format{}, nil, ErrNotWave
		}
		if _, err := io.CopyN(io.Discard, r, padded); err != nil && !errors.Is(err, io.EOF) {
			return Format{}, nil, err
		}
	}
}

// full fills b; a file that ends before is short, as told.
func full(r io.Reader, b []byte, short error) error {
	_, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return short
	}
	return err
}

// formatOf reads a format chunk; one that is too short is no format.
func formatOf(chunk []byte) Format {
	if len(chunk) < 16 {
		return Format{}
	}
	word := func(at int) int { return int(binary.LittleEndian.Uint16(chunk[at:])) }
	f := Format{Tag: word(0), Channels: word(2), Rate: int(binary.LittleEndian.Uint32(chunk[4:])), Bits: word(14)}
	if f.Tag == formatExtensible && len(chunk) >= 26 {
		f.Tag = word(24) // the first word of the GUID
	}
	return f
}
