package media

import (
	"errors"
	"math"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/sip/sdp"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// open is a pair of ports that is gone when the test is over.
func open(t testing.TB) *Socket {
	t.Helper()
	return openAt(t, loopback.String())
}

// openAt is the same at another address of this machine.
func openAt(t testing.TB, ip string) *Socket {
	t.Helper()
	s, err := Listen(netip.MustParseAddr(ip), 0, 0)
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

// steady is an audio clock that never stalls, however busy the machine is.
func steady() func() time.Time {
	now := time.Now()
	return func() time.Time {
		now = now.Add(blockTime)
		return now
	}
}

// start is a session with p that is closed when the test is over. It reports when the test says so, unless o has a time.
func start(t testing.TB, p Params, o Options) *Session {
	t.Helper()
	o.now = steady()
	if o.reportEvery == 0 {
		o.reportEvery = time.Hour
	}
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
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
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

// tap tells when a packet has reached the jitter buffer.
type tap struct {
	JitterBuffer
	put chan struct{}
}

func (t tap) Put(p *Packet) {
	t.JitterBuffer.Put(p)
	t.put <- struct{}{}
}

// await waits for a packet to be in the buffer.
func await[T any](t testing.TB, put chan T) (got T) {
	t.Helper()
	select {
	case got = <-put:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
	}
	return got
}

func tapped(put chan struct{}) Options {
	return Options{now: steady(), Jitter: func(rate, clock int) JitterBuffer { return tap{NewAdaptive(rate, clock), put} }}
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
			await(t, heardA) // b's first packet; a's own may have come before b was listening for anything but its socket
			await(t, heardB)

			const blocks = 100
			said := map[*Session][]int16{a: tone(700, 13107, SampleRate, blocks*BlockSize), b: tone(440, 8000, SampleRate, blocks*BlockSize)}
			heard := map[*Session][]int16{}
			out := make([]int16, BlockSize)
			for i := range blocks {
				for _, s := range []*Session{a, b} {
					s.WriteMicrophone(said[s][i*BlockSize : (i+1)*BlockSize])
				}
				if i%2 == 1 {
					await(t, heardA)
					await(t, heardB)
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

// send is a packet from a peer of the test's to the session.
func send(t testing.TB, from *net.UDPConn, to *Session, h rtp.Header, payload []byte) {
	t.Helper()
	data, err := (&rtp.Packet{Header: h, Payload: payload}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := from.WriteToUDPAddrPort(data, to.socket.Load().Addr()); err != nil {
		t.Fatal(err)
	}
}

// TestNoRoute: packets the system refuses are counted, and the call goes on.
func TestNoRoute(t *testing.T) {
	params := agreed(open(t))
	params.Remote = netip.MustParseAddrPort("192.0.2.1:4000") // not from a socket bound to loopback
	s := start(t, params, Options{})
	speak(s, 2)
	if st := s.Stats(); st.PacketsDropped != 2 || st.PacketsSent != 0 {
		t.Errorf("%+v", st)
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
	for name, encrypted := range map[string]bool{"in clear": false, "encrypted": true} {
		t.Run(name, func(t *testing.T) { steadyState(t, encrypted) })
	}
}

func steadyState(t *testing.T, encrypted bool) {
	peer, us := open(t), open(t)
	s := newSender(us.rtp)
	r := newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
	params := agreed(peer)
	params.Remote = peer.Addr()
	s.set(params, mulaw{})
	s.aim(params.Remote)
	r.set(params)
	var far *sealer
	if encrypted {
		// The other ciphers take a buffer from a pool, which the race detector empties at random; BenchmarkEncryption has them all.
		ours, theirs := agreedKeys(t, sdp.AESGCM128, 1, "")
		var err error
		if far, err = newSealer(theirs); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.encrypt(ours), r.decrypt(ours)); err != nil {
			t.Fatal(err)
		}
	}
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
				data, err := far.rtp(packet)
				if err != nil {
					t.Fatal(err)
				}
				if r.take(data, params.Remote, now); r.refused != 0 {
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
