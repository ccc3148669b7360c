package media

import (
	"github.com/zaf/g711"

	"linecard/sip/sdp"
)

// codec turns 10 ms-grained PCM into payloads and back. Coding is done sample by sample where it can be; a codec with
// memory (G.722, Opus) keeps it in the value behind the interface, one per call and direction.
type codec interface {
	Decoder
	rate() int                              // samples per second of the PCM side
	encode(payload []byte, pcm []int16) int // bytes written; payload has room
}

// Decoder is the receiving half of a codec, which is all a [JitterBuffer] needs.
type Decoder interface {
	Samples(payload []byte) int             // how much audio payload holds
	Decode(pcm []int16, payload []byte) int // samples written; pcm has room for Samples(payload)
}

// Codecs are the audio codecs a Session speaks, in the order we prefer them; they go into [sdp.Config].
func Codecs() []sdp.Codec { return []sdp.Codec{sdp.PCMU, sdp.PCMA} }

// staticCodecs are those with a number of their own (RFC 3551 §6). They have no memory.
var staticCodecs = map[uint8]codec{0: mulaw{}, 8: alaw{}}

// newCodec is a fresh codec for what SDP calls c; ok is false when it is not one of [Codecs].
func newCodec(c sdp.Codec) (_ codec, ok bool) {
	switch c.Name {
	case sdp.PCMU.Name:
		return mulaw{}, true
	case sdp.PCMA.Name:
		return alaw{}, true
	}
	return nil, false
}

// mulaw is PCMU: ITU-T G.711 µ-law, a byte a sample at 8 kHz (RFC 3551 §4.5.14).
type mulaw struct{}

func (mulaw) rate() int                  { return 8000 }
func (mulaw) Samples(payload []byte) int { return len(payload) }

func (mulaw) encode(payload []byte, pcm []int16) int {
	for i, s := range pcm {
		payload[i] = g711.EncodeUlawFrame(s)
	}
	return len(pcm)
}

func (mulaw) Decode(pcm []int16, payload []byte) int {
	for i, b := range payload {
		pcm[i] = g711.DecodeUlawFrame(b)
	}
	return len(payload)
}

// alaw is PCMA: ITU-T G.711 A-law.
type alaw struct{}

func (alaw) rate() int                  { return 8000 }
func (alaw) Samples(payload []byte) int { return len(payload) }

func (alaw) encode(payload []byte, pcm []int16) int {
	for i, s := range pcm {
		payload[i] = g711.EncodeAlawFrame(s)
	}
	return len(pcm)
}

func (alaw) Decode(pcm []int16, payload []byte) int {
	for i, b := range payload {
		pcm[i] = g711.DecodeAlawFrame(b)
	}
	return len(payload)
}
