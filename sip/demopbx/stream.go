package demopbx

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/rtp"
)

const (
	frame      = 160 // PCMU samples (bytes) in a packet of 20 ms
	frameTime  = 20 * time.Millisecond
	pcmuType   = 0
	pcmuSilent = 0xff // zero in µ-law
)

// stream is the audio of one dialog: PCMU packets every 20 ms to the phone, and what the phone sends counted, echoed or
// passed on to another stream.
type stream struct {
	rtp, rtcp *net.UDPConn // an even port and the one after it (RFC 3550 §11)
	addr      netip.AddrPort

	mu     sync.Mutex
	remote netip.AddrPort
	sends  bool
	source func(out []byte) // fills a frame of PCMU; nil: the phone's own pace drives the stream (echo, relay)
	sink   func(payload []byte, marker bool)
	keys   keypad

	header   rtp.Header // of the next packet
	sent     int
	received int
	in       reception
}

// openStream takes a pair of ports on ip. Nothing is sent until start.
func openStream(ip netip.Addr) (*stream, error) {
	for range 50 {
		a, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(ip, 0)))
		if err != nil {
			return nil, fmt.Errorf("demo PBX: audio socket: %w", err)
		}
		addr := a.LocalAddr().(*net.UDPAddr).AddrPort()
		if addr.Port()%2 == 0 {
			next := netip.AddrPortFrom(ip, addr.Port()+1)
			if b, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(next)); err == nil {
				return &stream{rtp: a, rtcp: b, addr: addr, header: rtp.Header{
					Version: 2, Marker: true, PayloadType: pcmuType,
					SequenceNumber: uint16(rand.Uint32()), Timestamp: rand.Uint32(), SSRC: rand.Uint32(),
				}}, nil
			}
		}
		_ = a.Close()
	}
	return nil, fmt.Errorf("demo PBX: no free pair of ports on %s", ip)
}

// aim sets where the audio goes, whether it goes at all, and how keys are sent.
func (s *stream) aim(remote netip.AddrPort, sends bool, dtmf uint8) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sends && !s.sends {
		s.header.Marker = true // a talk spurt begins (RFC 3551 §4.1)
	}
	s.remote, s.sends, s.keys.payloadType = remote, sends, dtmf
}

// play makes the stream send what source fills in, every 20 ms.
func (s *stream) play(source func(out []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.source, s.sink = source, nil
}

// listen tells of every key heard.
func (s *stream) listen(heard func(key string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys.heard = heard
}

// echo sends back what comes.
func (s *stream) echo() { s.relay(s) }

// relay sends what comes in here out of another stream.
func (s *stream) relay(to *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.source, s.sink = nil, to.write
}

// loop is a source that plays samples over and over.
func loop(samples []byte) func(out []byte) {
	at := 0
	return func(out []byte) {
		for len(out) > 0 {
			n := copy(out, samples[at:])
			out = out[n:]
			at = (at + n) % len(samples)
		}
	}
}

// run sends and receives until ctx ends, then closes the sockets.
func (s *stream) run(ctx context.Context, work *sync.WaitGroup) {
	work.Go(s.receive)
	work.Go(s.receiveReports)
	work.Go(func() {
		defer func() {
			_ = s.rtp.Close()
			_ = s.rtcp.Close()
		}()
		tick, report := time.NewTicker(frameTime), time.NewTicker(reportTime)
		defer tick.Stop()
		defer report.Stop()
		buffer := make([]byte, frame)
		for {
			select {
			case <-ctx.Done():
				s.report(time.Now(), true)
				return
			case now := <-report.C:
				s.report(now, false)
			case <-tick.C:
				s.mu.Lock()
				source := s.source
				s.mu.Unlock()
				if source != nil {
					source(buffer)
					s.write(buffer, false)
				}
			}
		}
	})
}

// write sends one packet, unless the stream is held.
func (s *stream) write(payload []byte, marker bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.header.Timestamp += uint32(len(payload)) // advances over silence too
	if !s.sends || !s.remote.IsValid() || s.remote.Addr().IsUnspecified() {
		return
	}
	s.header.Marker = s.header.Marker || marker
	packet := rtp.Packet{Header: s.header, Payload: payload}
	raw, err := packet.Marshal()
	if err != nil {
		return
	}
	if _, err := s.rtp.WriteToUDPAddrPort(raw, s.remote); err == nil {
		s.sent++
	}
	s.header.SequenceNumber++
	s.header.Marker = false
}

// receive reads packets until the socket closes.
func (s *stream) receive() {
	buffer := make([]byte, 1500)
	var packet rtp.Packet
	for {
		n, _, err := s.rtp.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		if packet.Unmarshal(buffer[:n]) != nil || packet.Version != 2 {
			continue
		}
		s.mu.Lock()
		var sink func([]byte, bool)
		switch {
		case packet.PayloadType == pcmuType:
			s.received++
			s.in.arrived(&packet.Header, time.Now())
			sink = s.sink
		case packet.PayloadType == s.keys.payloadType:
			s.keys.hear(packet.Timestamp, packet.Payload)
		}
		s.mu.Unlock()
		if sink != nil {
			sink(packet.Payload, packet.Marker)
		}
	}
}

// counts returns packets sent and received, and the keys heard so far.
func (s *stream) counts() (sent, received int, digits string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sent, s.received, s.keys.digits
}

// keypad hears keys sent as telephone-events (RFC 4733).
type keypad struct {
	payloadType uint8 // 0: none negotiated
	last        uint32
	any         bool
	digits      string
	heard       func(key string) // nil: nobody listens
}

// hear takes one event packet. All packets of one key press carry the same timestamp (RFC 4733 §2.5.1.2), so a lost or
// repeated packet neither loses nor doubles a key.
func (k *keypad) hear(timestamp uint32, payload []byte) {
	const names = "0123456789*#ABCD"
	if k.payloadType == 0 || len(payload) < 4 || int(payload[0]) >= len(names) || k.any && k.last == timestamp {
		return
	}
	k.any, k.last = true, timestamp
	key := names[payload[0] : payload[0]+1]
	k.digits += key
	if k.heard != nil {
		k.heard(key)
	}
}
