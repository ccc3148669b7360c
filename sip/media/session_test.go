package media

import (
	"math"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/sip/sdp"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// open is a pair of ports that is gone when the test is over.
func open(t testing.TB) *Socket {
	t.Helper()
	s, err := Listen(loopback, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// agreed is a plain PCMU call with the peer at s.
func agreed(s *Socket) Params {
	return Params{Media: sdp.Media{
		Host: "127.0.0.1", Port: s.Addr().Port(), RTCPHost: "127.0.0.1", RTCPPort: s.RTCPAddr().Port(),
		Send: sdp.Format{Codec: sdp.PCMU}, Receive: []sdp.Format{{Codec: sdp.PCMU}, {Codec: sdp.PCMA, PayloadType: 8}},
		DTMFSend: 101, DTMFReceive: 96, Ptime: 20 * time.Millisecond, Direction: sdp.SendRecv,
	}}
}

// start is a session with p that is closed when the test is over.
func start(t testing.TB, p Params, o Options) *Session {
	t.Helper()
	s, err := NewSession(open(t), p, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// next reads one RTP packet, which has to come.
func next(t testing.TB, c *net.UDPConn) rtp.Packet {
	t.Helper()
	var p rtp.Packet
	if err := p.Unmarshal(datagram(t, c)); err != nil {
		t.Fatal(err)
	}
	return p
}

func datagram(t testing.TB, c *net.UDPConn) []byte {
	t.Helper()
	buf := make([]byte, 2048)
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := c.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return buf[:n]
}

// speak gives the session n blocks of a tone, and returns the tone.
func speak(s *Session, n int) []int16 {
	pcm := tone(1000, 10000, SampleRate, n*BlockSize)
	for i := range n {
		s.WriteMicrophone(pcm[i*BlockSize : (i+1)*BlockSize])
	}
	return pcm
}

func silent(payload []byte) bool {
	return !slices.ContainsFunc(payload, func(b byte) bool { return b|0x80 != 0xFF })
}

func TestFirstPacketLeavesAtOnce(t *testing.T) {
	peer := open(t)
	start(t, agreed(peer), Options{}) // no sound card is there yet
	p := next(t, peer.rtp)
	if !p.Marker || p.PayloadType != 0 || len(p.Payload) != 160 || !silent(p.Payload) {
		t.Errorf("first packet: %v", p)
	}
}

func TestPacketsFollowTheMicrophone(t *testing.T) {
	for ptime, size := range map[time.Duration]int{10: 80, 20: 160, 30: 240, 40: 320, 60: 480, 0: 160} {
		peer := open(t)
		params := agreed(peer)
		params.Ptime = ptime * time.Millisecond
		s := start(t, params, Options{})
		last := next(t, peer.rtp)
		speak(s, 36)
		var pcm []int16
		for len(pcm) < 36*80 {
			p := next(t, peer.rtp)
			if p.Marker || p.SSRC != last.SSRC || p.SequenceNumber != last.SequenceNumber+1 ||
				p.Timestamp != last.Timestamp+uint32(size) || len(p.Payload) != size {
				t.Fatalf("%d ms: after %v came %v", ptime, last, p)
			}
			frame := make([]int16, size)
			mulaw{}.Decode(frame, p.Payload)
			pcm, last = append(pcm, frame...), p
		}
		if a := amplitude(pcm[400:], 1000, 8000); math.Abs(a-10000) > 1000 {
			t.Errorf("%d ms: the tone of 10000 left at %.0f", ptime, a)
		}
	}
}

func TestMuteSendsSilence(t *testing.T) {
	peer := open(t)
	s := start(t, agreed(peer), Options{})
	next(t, peer.rtp)
	s.Mute(true)
	speak(s, 4)
	for range 2 {
		if p := next(t, peer.rtp); !silent(p.Payload) {
			t.Error("the microphone is heard although it is muted")
		}
	}
	s.Mute(false)
	speak(s, 4)
	next(t, peer.rtp)
	if p := next(t, peer.rtp); silent(p.Payload) {
		t.Error("the microphone is not heard although it is on again")
	}
}

func TestHoldSendsSilenceOrNothing(t *testing.T) {
	peer := open(t)
	params := agreed(peer)
	s := start(t, params, Options{})
	first := next(t, peer.rtp)

	params.Held, params.Direction = true, sdp.SendOnly
	if err := s.Update(params); err != nil {
		t.Fatal(err)
	}
	speak(s, 2)
	if p := next(t, peer.rtp); !silent(p.Payload) || p.SequenceNumber != first.SequenceNumber+1 {
		t.Errorf("on hold the microphone is heard, or the stream began anew: %v", p)
	}

	params.Held, params.Direction = false, sdp.RecvOnly // now the peer holds: it takes nothing
	if err := s.Update(params); err != nil {
		t.Fatal(err)
	}
	speak(s, 20)
	params.Direction = sdp.SendRecv
	if err := s.Update(params); err != nil {
		t.Fatal(err)
	}
	speak(s, 2)
	p := next(t, peer.rtp)
	if p.SequenceNumber != first.SequenceNumber+2 {
		t.Errorf("%d packets went to a peer that takes none", p.SequenceNumber-first.SequenceNumber-2)
	}
	if !p.Marker || p.Timestamp != first.Timestamp+160+160+20*80 {
		t.Errorf("after the hold: marker %t, timestamp moved by %d", p.Marker, p.Timestamp-first.Timestamp)
	}
}

// TestHoldIsStill: on hold nothing is heard, whatever the peer sends; afterwards only what was said afterwards.
func TestHoldIsStill(t *testing.T) {
	us := netip.MustParseAddrPort("192.0.2.1:4000")
	r := newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
	params := agreed(open(t))
	params.Remote = us
	r.set(params)
	loud := make([]byte, 160)
	mulaw{}.encode(loud, tone(1000, 8000, 8000, 160))
	head := rtp.Header{Version: 2, SSRC: 3}
	packet := make([]byte, 172)
	pcm := make([]int16, BlockSize)
	// hear sends n packets and tells how loud the last block is.
	hear := func(n int) int {
		for range n {
			head.SequenceNumber++
			head.Timestamp += 160
			_, _ = head.MarshalTo(packet)
			copy(packet[12:], loud)
			r.take(packet, us, time.Now())
			r.block(pcm)
			r.block(pcm)
		}
		return level(pcm)
	}
	if hear(10) == 0 {
		t.Fatal("nothing is heard")
	}
	for name, hold := range map[string]Params{
		"ours":   {Media: params.Media, Remote: us, Held: true},
		"theirs": {Media: func() sdp.Media { m := params.Media; m.Direction = sdp.SendOnly; return m }(), Remote: us},
	} {
		r.set(hold)
		if hear(10) != 0 {
			t.Errorf("a hold, %s: something is heard", name)
		}
		r.set(params)
		r.block(pcm)
		if level(pcm) != 0 {
			t.Errorf("a hold, %s: audio from before it is heard after it", name)
		}
		if hear(10) == 0 {
			t.Errorf("a hold, %s: nothing is heard after it", name)
		}
		if lost := r.stats().PacketsLost; lost != 0 {
			t.Errorf("a hold, %s: %d packets count as lost", name, lost)
		}
	}
}

// wide is a codec of 16 kHz with an RTP clock of 8 kHz, as G.722 is.
type wide struct{ mulaw }

func (wide) rate() int { return 16000 }

// TestAnotherRate: the peer changes to a codec of another sample rate.
func TestAnotherRate(t *testing.T) {
	us := netip.MustParseAddrPort("192.0.2.1:4000")
	r := newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
	params := agreed(open(t))
	params.Remote = us
	r.set(params)
	r.types[9] = payloadType{kind: audioPayload, dec: wide{}, clock: 8000}
	pcm, out := tone(1000, 8000, 16000, 16000), make([]int16, BlockSize)
	var heard []int16
	for i := range 50 {
		p := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 3, PayloadType: 9, SequenceNumber: uint16(i), Timestamp: uint32(i) * 160}}
		p.Payload = make([]byte, 320)
		if i == 0 {
			p.PayloadType, p.Payload = 0, p.Payload[:160]
		}
		mulaw{}.encode(p.Payload, pcm[i*320:i*320+len(p.Payload)])
		data, _ := p.Marshal()
		r.take(data, us, time.Now())
		for range 2 {
			r.block(out)
			heard = append(heard, out...)
		}
	}
	if a := amplitude(heard[SampleRate/2:], 1000, SampleRate); math.Abs(a-8000) > 800 {
		t.Errorf("the tone of 8000 is heard at %.0f", a)
	}
}

// TestComfortNoise: silence descriptors (RFC 3389) come without having been agreed on. They are no intrusion.
func TestComfortNoise(t *testing.T) {
	us := netip.MustParseAddrPort("192.0.2.1:4000")
	r := newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
	params := agreed(open(t))
	params.Remote = us
	r.set(params)
	data, _ := (&rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 13}, Payload: []byte{60}}).Marshal()
	r.take(data, us, time.Now())
	if st := r.stats(); st.PacketsReceived != 1 || st.PacketsRefused != 0 {
		t.Errorf("%+v", st)
	}
}

// TestStalledClock: a device was exchanged and no block came for 300 ms. The timestamps tell, so that the peer plays what
// follows when it was said.
func TestStalledClock(t *testing.T) {
	peer, us := open(t), open(t)
	s := newSender(us.rtp)
	params := agreed(peer)
	s.set(params, mulaw{})
	s.aim(peer.Addr())
	now := time.Now()
	block := make([]int16, BlockSize)
	for _, at := range []time.Duration{0, 10, 310, 320} {
		s.block(block, now.Add(at*time.Millisecond))
	}
	a, b := next(t, peer.rtp), next(t, peer.rtp)
	if b.Timestamp-a.Timestamp != 160+2400 || !b.Marker {
		t.Errorf("timestamp moved by %d, marker %t", b.Timestamp-a.Timestamp, b.Marker)
	}
}

// tap tells when a packet has reached the jitter buffer.
type tap struct {
	JitterBuffer
	put chan struct{}
}

func (t tap) Put(p *Packet) {
	t.JitterBuffer.Put(p)
	t.put <- struct{}{}
}

func tapped(put chan struct{}) Options {
	return Options{Jitter: func(rate, clock int) JitterBuffer { return tap{NewAdaptive(rate, clock), put} }}
}

// TestTalk: a tone spoken on either side is the tone heard on the other, at its level and pitch.
func TestTalk(t *testing.T) {
	for _, codec := range []sdp.Format{{Codec: sdp.PCMU}, {Codec: sdp.PCMA, PayloadType: 8}} {
		t.Run(codec.Name, func(t *testing.T) {
			as, bs := open(t), open(t)
			pa, pb := agreed(bs), agreed(as)
			pa.Send, pb.Send = codec, codec
			heardA, heardB := make(chan struct{}, 8), make(chan struct{}, 8)
			a, err := NewSession(as, pa, tapped(heardA))
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			b, err := NewSession(bs, pb, tapped(heardB))
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			<-heardA // b's first packet; a's own may have come before b was listening for anything but its socket
			<-heardB

			const blocks = 100
			said := map[*Session][]int16{a: tone(700, 13107, SampleRate, blocks*BlockSize), b: tone(440, 8000, SampleRate, blocks*BlockSize)}
			heard := map[*Session][]int16{}
			out := make([]int16, BlockSize)
			for i := range blocks {
				for _, s := range []*Session{a, b} {
					s.WriteMicrophone(said[s][i*BlockSize : (i+1)*BlockSize])
				}
				if i%2 == 1 {
					<-heardA
					<-heardB
				}
				for _, s := range []*Session{a, b} {
					s.ReadSpeaker(out)
					heard[s] = append(heard[s], out...)
				}
			}
			for _, c := range []struct {
				to        *Session
				hz, level float64
			}{{b, 700, 13107}, {a, 440, 8000}} {
				pcm := heard[c.to][SampleRate/4:]
				if got := amplitude(pcm, c.hz, SampleRate); math.Abs(got-c.level) > c.level/10 {
					t.Errorf("%v Hz of %v is heard at %.0f", c.hz, c.level, got)
				}
			}
			st := a.Stats()
			if st.PacketsSent != blocks/2+1 || st.PacketsReceived != blocks/2+1 || st.PacketsLost != 0 || st.PacketsRefused != 0 || st.Concealed != 0 {
				t.Errorf("%+v", st)
			}
		})
	}
}

// TestSymmetric: signalling named an address, the packets come from another, as behind a NAT. Ours go where theirs come from.
func TestSymmetric(t *testing.T) {
	named, peer := open(t), open(t)
	put := make(chan struct{}, 8)
	s := start(t, agreed(named), tapped(put))
	next(t, named.rtp)
	for i := range 5 {
		send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 9, SequenceNumber: uint16(i), Timestamp: uint32(i) * 160}, make([]byte, 160))
	}
	for range 3 { // two are spent on making sure
		<-put
	}
	speak(s, 2)
	next(t, peer.rtp)
	if st := s.Stats(); st.Remote != peer.Addr() || st.PacketsRefused != 2 || st.PacketsReceived != 3 {
		t.Errorf("%+v", st)
	}
}

// send is a packet from a peer of the test's to the session.
func send(t testing.TB, from *net.UDPConn, to *Session, h rtp.Header, payload []byte) {
	t.Helper()
	data, err := (&rtp.Packet{Header: h, Payload: payload}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := from.WriteToUDPAddrPort(data, to.socket.Addr()); err != nil {
		t.Fatal(err)
	}
}

// TestCodecChange: the peer may go to the other agreed codec at any packet.
func TestCodecChange(t *testing.T) {
	peer := open(t)
	put := make(chan struct{}, 8)
	s := start(t, agreed(peer), tapped(put))
	payload := make([]byte, 160)
	pcm := tone(500, 8000, 8000, 160*50)
	out, heard := make([]int16, BlockSize), []int16(nil)
	for i := range 50 {
		h := rtp.Header{Version: 2, SSRC: 9, SequenceNumber: uint16(i), Timestamp: uint32(i) * 160}
		if i < 25 {
			mulaw{}.encode(payload, pcm[i*160:(i+1)*160])
		} else {
			h.PayloadType = 8
			alaw{}.encode(payload, pcm[i*160:(i+1)*160])
		}
		send(t, peer.rtp, s, h, payload)
		<-put
		for range 2 {
			s.ReadSpeaker(out)
			heard = append(heard, out...)
		}
	}
	if got := amplitude(heard[SampleRate/10:], 500, SampleRate); math.Abs(got-8000) > 800 {
		t.Errorf("the tone of 8000 is heard at %.0f", got)
	}
}

func TestUnknownCodec(t *testing.T) {
	params := agreed(open(t))
	params.Send.Codec = sdp.Codec{Name: "G729", ClockRate: 8000}
	socket := open(t)
	if s, err := NewSession(socket, params, Options{}); err == nil {
		s.Close()
		t.Error("a session in a codec we do not have")
	}
	if socket.rtp.SetReadDeadline(time.Now()) == nil {
		t.Error("the socket is still open")
	}
}

func TestAfterClose(t *testing.T) {
	s := start(t, agreed(open(t)), Options{})
	speak(s, 2)
	s.Close()
	sent := s.Stats().PacketsSent
	speak(s, 4)
	pcm := tone(100, 1000, SampleRate, BlockSize)
	s.ReadSpeaker(pcm)
	if level(pcm) != 0 || s.Stats().PacketsSent != sent {
		t.Error("a closed session sounds")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestSteadyStateAllocatesNothing: a call of an hour is two and a half million blocks and packets.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	peer, us := open(t), open(t)
	s := newSender(us.rtp)
	r := newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
	params := agreed(peer)
	params.Remote = peer.Addr()
	s.set(params, mulaw{})
	s.aim(params.Remote)
	r.set(params)
	pcm := tone(1000, 8000, SampleRate, BlockSize)
	head := rtp.Header{Version: 2, SSRC: 3}
	packet := make([]byte, 172)
	now := time.Now()
	second := func() {
		for i := range 100 {
			now = now.Add(blockTime)
			s.block(pcm, now)
			if i%2 == 0 {
				head.SequenceNumber++
				head.Timestamp += 160
				_, _ = head.MarshalTo(packet)
				if _, _ = r.take(packet, params.Remote, now); r.refused != 0 {
					t.Fatal("refused")
				}
			}
			r.block(pcm)
		}
	}
	second()
	if n := testing.AllocsPerRun(5, second); n > 0 {
		t.Errorf("%v allocations in a second of a call", n)
	}
}

// BenchmarkCall is what one PCMU call costs, sound card apart: ns/op over 10 ms, and CPU seconds a minute.
func BenchmarkCall(b *testing.B) {
	peer := open(b)
	s := start(b, agreed(peer), Options{})
	pcm := tone(1000, 8000, SampleRate, BlockSize)
	for i := range b.N {
		s.WriteMicrophone(pcm)
		if i%2 == 0 {
			send(b, peer.rtp, s, rtp.Header{Version: 2, SSRC: 3, SequenceNumber: uint16(i / 2), Timestamp: uint32(i/2) * 160}, make([]byte, 160))
		}
		s.ReadSpeaker(pcm)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*6000, "cpu-s/min")
}
