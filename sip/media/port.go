package media

import "time"

// The audio clock's side of a session: mono PCM at 48 kHz in blocks of 10 ms.
const (
	SampleRate = 48000
	BlockSize  = SampleRate / 100 // samples a call to WriteMicrophone and ReadSpeaker
	blockTime  = 10 * time.Millisecond
)
