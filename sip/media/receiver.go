package media

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"linecard/sip/sdp"
)

// receiver takes the peer's RTP packets apart and plays them. The receiving goroutine puts in, the audio clock takes out.
type receiver struct {
	mu     sync.Mutex // held for one packet or one block at most
	create func(rate, clock int) JitterBuffer
	buffer JitterBuffer
	rate   int // of buffer
	up     *upsampler
	pcm    []int16 // 10 ms at rate

	open  bool // audio is wanted: the direction says so and we do not hold
	types [128]payloadType

	opens   *opener
	latch   latch
	source  source
	keys    dtmfReceiver
	aside   aside
	epoch   time.Time // arrivals count from here
	clock   int       // of the last audio packet
	refused uint64
	silent  bool // the last packet but for keys was comfort noise

	packet rtp.Packet // reused
	audio  Packet     // reused
}

// payloadType is what a number in the RTP header stands for.
type payloadType struct {
	kind  payloadKind
	dec   codec
	clock int
}

type payloadKind uint8

const (
	unknownPayload payloadKind = iota
	audioPayload
	keyPayload
	noisePayload // comfort noise (RFC 3389): a sign of life, rendered as silence
)

// comfortNoise is the static payload type of RFC 3389, which peers send without asking.
const comfortNoise = 13

func newReceiver(jitter func(rate, clock int) JitterBuffer) *receiver {
	return &receiver{create: jitter, epoch: time.Now()}
}

// set takes new parameters.
func (r *receiver) set(p Params) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.types
	r.types = [128]payloadType{}
	r.types[comfortNoise] = payloadType{kind: noisePayload}
	for pt, c := range staticCodecs { // some send what was not agreed, and it can be played
		r.types[pt] = payloadType{kind: audioPayload, dec: c, clock: 8000}
	}
	for pt, t := range was { // keys may go on under the number they had
		if t.kind == keyPayload {
			r.types[pt] = t
		}
	}
	for _, f := range p.Receive {
		if c, ok := newCodec(f.Codec); ok && f.PayloadType < 128 {
			r.types[f.PayloadType] = payloadType{kind: audioPayload, dec: c, clock: f.ClockRate}
		}
	}
	if p.DTMFReceive != 0 {
		r.types[p.DTMFReceive&0x7F] = payloadType{kind: keyPayload}
	}
	r.takeTheirs(p)
	if r.buffer == nil {
		r.use(p.Receive)
	}
	open := p.Direction.Receives() && !p.Held
	if open && !r.open {
		r.buffer.Reset()
		r.up.reset()
	}
	r.open = open
	r.latch.aim(p.Remote, p.Signalling)
}

// decrypt changes what packets are decrypted with.
func (r *receiver) decrypt(k *sdp.Keys) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	opens, err := newOpener(r.opens, k, r.source.ssrc)
	if err == nil {
		r.opens = opens
	}
	return err
}

// takeTheirs takes what comes under the other side's numbers too, where they mean nothing else: an answer may give a format of our
// offer another number (RFC 3264 §6.1), and many send under their own then.
func (r *receiver) takeTheirs(p Params) {
	if t := &r.types[p.DTMFSend&0x7F]; p.DTMFSend != 0 && p.DTMFReceive != 0 && t.kind == unknownPayload {
		*t = payloadType{kind: keyPayload}
	}
	if c, ok := newCodec(p.Send.Codec); ok && p.Send.PayloadType < 128 && r.types[p.Send.PayloadType].kind == unknownPayload {
		r.types[p.Send.PayloadType] = payloadType{kind: audioPayload, dec: c, clock: p.Send.ClockRate}
	}
}

// use makes the buffer for the first format that may come.
func (r *receiver) use(formats []sdp.Format) {
	for _, f := range formats {
		if c, ok := newCodec(f.Codec); ok {
			r.tune(c.rate(), f.ClockRate)
			return
		}
	}
	r.tune(8000, 8000)
}

// tune makes a buffer of another rate.
func (r *receiver) tune(rate, clock int) {
	r.buffer, r.up, r.rate = r.create(rate, clock), newUpsampler(SampleRate/rate), rate
	r.pcm = make([]int16, rate/100)
}

// take reads one datagram. key is a digit when one was pressed.
func (r *receiver) take(data []byte, src netip.AddrPort, now time.Time) (key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key, ok := r.read(data, src, now)
	if !ok {
		r.refused++
	}
	return key
}

// read is take without the books. ok is false when the packet was not the peer's or made no sense.
func (r *receiver) read(data []byte, src netip.AddrPort, now time.Time) (key string, ok bool) {
	// A first byte of 2<<6 and at least a header: everything else on this port is STUN, a scanner, or noise.
	if len(data) < 12 || data[0]>>6 != 2 {
		return "", false
	}
	// What was not made with the peer's key is nobody's: it moves no latch. A stranger's is not even tried, to spare the processor.
	if r.opens != nil && !r.latch.possible(src.Addr()) {
		return "", false
	}
	if data, ok = r.opens.rtp(data); !ok {
		return "", false
	}
	p := &r.packet
	if err := p.Unmarshal(data); err != nil {
		return "", false
	}
	t := r.types[p.PayloadType]
	own := r.source.known && p.SSRC == r.source.ssrc && r.latch.followed(src)
	if t.kind == unknownPayload && !own {
		// A format that was not agreed on begins no stream. In the peer's own it takes a number, which must not count as lost.
		return "", false
	}
	if !r.latch.admit(src, p.SSRC, p.SequenceNumber, now) {
		return "", false
	}
	ok, restarted := r.source.admit(p.SSRC, p.SequenceNumber)
	if !ok {
		return r.lay(t, now)
	}
	if restarted {
		r.buffer.Reset()
		r.keys = dtmfReceiver{}
		r.takeUp()
	}
	switch t.kind {
	case keyPayload:
		key, _ = r.keys.key(r.source.extended(p.SequenceNumber), p.Timestamp, p.Marker, p.Payload)
	case audioPayload:
		r.silent = false
		r.hear(t, now)
	case noisePayload:
		r.silent = true
	}
	return key, true
}

// hear gives an audio packet to the buffer.
func (r *receiver) hear(t payloadType, now time.Time) {
	p := &r.packet
	r.clock = t.clock
	r.source.arrived(p.Timestamp, t.clock, now.Sub(r.epoch))
	if !r.open || len(p.Payload) == 0 || len(p.Payload) > maxPayload {
		return
	}
	if t.dec.rate() != r.rate {
		r.tune(t.dec.rate(), t.clock)
	}
	r.audio = Packet{
		Sequence: p.SequenceNumber, Timestamp: p.Timestamp, Marker: p.Marker,
		Payload: p.Payload, Decoder: t.dec, Arrival: now,
	}
	r.buffer.Put(&r.audio)
}

// block plays 10 ms.
func (r *receiver) block(pcm []int16) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.open {
		clear(pcm)
		return
	}
	r.buffer.Get(r.pcm)
	r.up.process(pcm, r.pcm)
}

// close ends the stream: what is read from here on is silence.
func (r *receiver) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = false
}

// nameable tells of an address whether it is the one that signalling named, and whether it can be the peer's at all.
func (r *receiver) nameable(src netip.AddrPort) (named, possible bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.latch.search { // who has signed something is as good as named
		known := slices.Contains(r.latch.proven, src)
		return known, known
	}
	return src == r.latch.signalled, r.latch.possible(src.Addr())
}

// target is where our packets should go.
func (r *receiver) target() netip.AddrPort {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.latch.target()
}

// stats fills the receiving half.
func (r *receiver) stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.buffer.Stats()
	st := Stats{
		PacketsReceived: r.source.total(), PacketsLost: r.source.lost(), PacketsLate: b.Late, PacketsRefused: r.refused,
		BufferDelay: b.Delay, Concealed: b.Concealed, Silent: r.silent,
	}
	if r.clock > 0 {
		st.Jitter = time.Duration(r.source.jitter * float64(time.Second) / float64(r.clock))
	}
	return st
}

// reception is the report block about the peer's stream, ok when there is one. It begins the next interval of its loss.
func (r *receiver) reception() (b rtcp.ReceptionReport, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.source.known {
		return b, false
	}
	return rtcp.ReceptionReport{
		SSRC: r.source.ssrc, FractionLost: r.source.interval(),
		TotalLost:          uint32(min(r.source.lost()-r.source.lostBefore, 1<<23-1)),
		LastSequenceNumber: r.source.highest, Jitter: uint32(r.source.jitter),
	}, true
}
