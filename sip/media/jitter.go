package media

import "time"

// Packet is one packet of audio on its way into a [JitterBuffer]. It is valid during Put only.
type Packet struct {
	Sequence  uint16
	Timestamp uint32
	Marker    bool // first of a talk spurt
	Payload   []byte
	Decoder   Decoder // of the payload's type
	Arrival   time.Time
}

// JitterBuffer turns packets that come when the network lets them into audio that leaves when the sound card asks. Put is
// called by the receiving goroutine, Get by the audio clock, never at the same time: the session holds a lock around both.
// Neither may allocate in the long run, nor take longer than decoding needs.
type JitterBuffer interface {
	// Put takes a packet of the current source, in any order, possibly twice.
	Put(p *Packet)
	// Get fills pcm, 10 ms at the buffer's rate: with the packets due, with concealment, or with silence.
	Get(pcm []int16)
	// Reset forgets the stream: another source begins, or the call was resumed.
	Reset()
	// Stats is what the buffer did since it was made.
	Stats() BufferStats
}

// BufferStats is what a jitter buffer counted.
type BufferStats struct {
	Late      uint64        // packets that came after their moment
	Discarded uint64        // packets thrown away to catch up, or received twice
	Concealed time.Duration // audio made up
	Inserted  time.Duration // audio added to wait longer
	Dropped   time.Duration // audio left out to wait less
	Delay     time.Duration // how long packets wait
}
