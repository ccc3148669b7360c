package audio

import "time"

const (
	// SampleRate is the rate of every device and port, in samples a second.
	SampleRate = 48000
	// FrameSamples is what a port is given and asked for each time: 10 ms, one channel.
	FrameSamples = 480

	frameTime = 10 * time.Millisecond
)

// Port is one end of the audio clock: a call. Both methods are called by the clock, in turn, every 10 ms, with
// [FrameSamples] samples of signed 16-bit mono PCM. They must not block, and must not keep the slice. One call may still
// be under way when the port has been detached.
//
// It is an alias of a plain interface so that packages which must not import this one can name the same type.
type Port = interface {
	// WriteMicrophone gives the port what the microphone heard; silence when there is none.
	WriteMicrophone(pcm []int16)
	// ReadSpeaker asks the port to fill pcm with what the speaker shall say. All of it: pcm holds old samples.
	ReadSpeaker(pcm []int16)
}

// mixInto adds src to dst and clips: two loud calls distort a little, they never wrap round into noise.
func mixInto(dst, src []int16) {
	for i, s := range src {
		dst[i] = clip(int32(dst[i]) + int32(s))
	}
}

func clip(v int32) int16 {
	return int16(min(max(v, -32768), 32767))
}
