package media

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/pion/rtp"

	"linecard/sip/sdp"
)

// sender makes RTP packets out of the microphone's blocks. It has no clock of its own: the audio clock that brings the
// blocks paces the packets.
type sender struct {
	mu   sync.Mutex // held for one packet at most
	conn datagrams
	dst  netip.AddrPort
	jam  time.Time // the network takes nothing; not tried again before

	on     bool // the direction has us send
	silent bool // on hold
	early  bool // nobody has answered yet: a hold has no music
	muted  bool

	codec sdp.Codec
	enc   codec
	clock int // timestamp units a second
	down  *downsampler
	pcm   []int16 // at the codec's rate, waiting for a packet's worth
	frame int     // samples in a packet

	head    rtp.Header
	dtmfPT  uint8 // 0: not agreed
	dtmf    dtmfSender
	payload [maxPayload]byte
	packet  [maxPayload + 12]byte
	seal    *sealer
	seals   sealers
	still   [BlockSize]int16 // silence
	hold    *musician        // what is heard on hold; nil for silence

	tick    time.Time // when the last block came
	resumed time.Time // when the audio clock went on after its last stall
	blocks  int       // that came since
	sent    sentCounts
}

// sentCounts is what has gone out.
type sentCounts struct {
	packets, bytes uint64
	failed         uint64
}

const (
	maxPayload = 1400                   // fits an Ethernet frame behind every kind of tunnel
	stall      = 100 * time.Millisecond // the audio clock stood still
	catchUp    = time.Second            // it has caught up by then
)

// move sends by another socket from now on.
func (s *sender) move(conn datagrams) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn, s.jam = conn, time.Time{}
}

func newSender(conn datagrams) *sender {
	s := &sender{conn: conn}
	// RFC 3550 §5.1: all three begin at random; the number in the lower half, so that the first packets that are lost are not
	// those by which an SRTP receiver would see it begin anew (RFC 3711 §3.3.1).
	s.head = rtp.Header{
		Version: 2, SSRC: rand.Uint32(), SequenceNumber: uint16(rand.Uint32() >> 17), Timestamp: rand.Uint32(),
	}
	return s
}

// set takes new parameters. The stream, its numbering and its timestamps go on.
func (s *sender) set(p Params, c codec) {
	s.mu.Lock()
	defer s.mu.Unlock()
	on := p.Direction.Sends()
	if on && !s.on {
		s.head.Marker = true
	}
	if !on || p.Held {
		s.dtmf.clear()
	}
	if p.Held && !s.silent && s.hold != nil {
		s.hold.rest()
	}
	s.on, s.silent, s.early = on, p.Held, p.Early
	if s.enc == nil || s.enc.rate() != c.rate() {
		s.down = newDownsampler(SampleRate / c.rate())
		s.pcm = make([]int16, 0, c.rate()/10)
	}
	if s.codec != p.Send.Codec {
		s.codec, s.enc = p.Send.Codec, c // the same one again keeps its memory
	}
	s.clock = p.Send.ClockRate
	s.head.PayloadType = p.Send.PayloadType
	s.dtmfPT = p.DTMFSend
	ptime := p.Ptime
	if ptime < blockTime {
		ptime = 2 * blockTime
	}
	s.frame = c.rate() / 100 * int(min(ptime, 60*time.Millisecond)/blockTime)
}

// encrypt changes what packets are encrypted with.
func (s *sender) encrypt(k *sdp.Keys) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seal, err := s.seals.take(k)
	if err == nil {
		s.seal = seal
	}
	return err
}

// first sends a packet of silence right away, so that the peer hears from us without waiting for a sound card to start.
func (s *sender) first() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on {
		s.send(s.still[:s.frame])
	}
}

// block takes 10 ms of microphone.
func (s *sender) block(pcm []int16, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stale(now) {
		return
	}
	s.tick = now
	switch {
	case s.silent && s.on && !s.early && s.hold != nil:
		pcm = s.hold.block()[:len(pcm)]
	case s.silent || s.muted:
		pcm = s.still[:len(pcm)]
	}
	n := len(s.pcm)
	s.pcm = s.pcm[:n+len(pcm)/s.down.factor]
	s.down.process(s.pcm[n:], pcm)
	for len(s.pcm) >= s.frame {
		s.send(s.pcm[:s.frame])
		s.pcm = s.pcm[:copy(s.pcm, s.pcm[s.frame:])]
	}
}

// stale keeps the timestamps with the time of day when the audio clock stood still: a device was exchanged, the machine
// slept. They skip what was not recorded, or the peer would play everything from there on late. It is true of a block the
// clock then brings to catch up: that audio is older than the time its packet would claim.
func (s *sender) stale(now time.Time) bool {
	if gap := now.Sub(s.tick); !s.tick.IsZero() && gap > stall {
		s.head.Timestamp += uint32(gap/blockTime) * uint32(s.clock/100)
		s.head.Marker = true
		s.resumed, s.blocks = now, 0
	}
	if s.resumed.IsZero() {
		return false
	}
	s.blocks++
	since := now.Sub(s.resumed)
	if since > catchUp {
		s.resumed = time.Time{}
		return false
	}
	return time.Duration(s.blocks)*blockTime > since+3*blockTime
}

// send puts one frame on the wire, as audio or as the key that is down, and moves the timestamp past it.
func (s *sender) send(frame []int16) {
	length := len(frame) * s.clock / s.enc.rate()
	if s.on && !s.seal.shut() {
		head := s.head
		n, ts, marker, key := 0, uint32(0), false, false
		if s.dtmf.sounds() {
			frame = s.dtmf.sound(frame, s.enc.rate())
		} else {
			n, ts, marker, key = s.dtmf.packet(s.payload[:], s.head.Timestamp, length, s.clock)
		}
		if key {
			head.PayloadType, head.Timestamp, head.Marker = s.dtmfPT, ts, marker
		} else {
			n = s.enc.encode(s.payload[:], frame)
			s.head.Marker = false
		}
		s.write(&head, s.payload[:n])
		s.head.SequenceNumber++
	}
	s.head.Timestamp += uint32(length)
}

// write sends, or drops what the network does not take: late audio is worth nothing, and the audio clock waits.
func (s *sender) write(head *rtp.Header, payload []byte) {
	if !s.dst.IsValid() || s.dst.Addr().IsUnspecified() || s.dst.Port() == 0 {
		return
	}
	n, err := head.MarshalTo(s.packet[:])
	if err == nil {
		n += copy(s.packet[n:], payload)
		now := time.Now()
		if now.Before(s.jam) {
			s.sent.failed++
			return
		}
		var packet []byte
		if packet, err = s.seal.rtp(s.packet[:n]); err == nil {
			err = writeWithin(s.conn, packet, s.dst, now)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			s.jam = now.Add(jamPause)
		}
	}
	if err != nil {
		s.sent.failed++
		return
	}
	s.sent.packets++
	s.sent.bytes += uint64(len(payload))
}

// close ends the stream: blocks that still come are dropped.
func (s *sender) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = false
}

// keysDown queues digits, as tones or as events. done is called with those that did not go.
func (s *sender) keysDown(digits []byte, tones bool, done func(left string)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !tones && s.dtmfPT == 0:
		return ErrNoDTMF
	case tones && !carriesTones(s.codec):
		return ErrNoTones
	case !s.on || s.silent:
		return ErrNoSender
	case len(s.dtmf.queue)+len(digits) > maxQueued:
		return ErrTooMany
	}
	s.dtmf.push(digits, tones, done)
	return nil
}

func (s *sender) mute(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.muted = on
}

// aim sets the destination.
func (s *sender) aim(dst netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dst = dst
}

// counts is what has gone out, and the timestamp of this moment for a sender report.
func (s *sender) counts(now time.Time) (c sentCounts, ssrc, timestamp uint32, dst netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ts := s.head.Timestamp
	if !s.tick.IsZero() {
		ts += uint32(int64(now.Sub(s.tick).Seconds() * float64(s.clock))) // a block may have come since now
	}
	return s.sent, s.head.SSRC, ts, s.dst
}

// rate is the timestamp units a second of what we send.
func (s *sender) rate() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}
