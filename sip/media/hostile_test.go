package media

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"linecard/sip/sdp"
	"linecard/test/interop"
)

// TestStrangersAndNonsense: while a call talks, packets of all wrong kinds reach its port. None is heard, none moves the
// call elsewhere, and the call goes on.
func TestStrangersAndNonsense(t *testing.T) {
	interop.Proves(t, "S4.6")
	peer, stranger := open(t), open(t)
	put := make(chan struct{}, 8)
	pressed := make(chan string, 1)
	o := tapped(put)
	o.OnDTMF = func(d string) { pressed <- d }
	s := start(t, agreed(peer), o)
	next(t, peer.rtp)
	good := func(seq uint16) {
		send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 7, SequenceNumber: seq, Timestamp: uint32(seq) * 160}, make([]byte, 160))
		await(t, put)
	}
	good(1)
	bad := [][]byte{
		{}, {0x80}, make([]byte, 12), // too short, version 0
		{0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xA4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, // STUN
		{0x80, 18, 0, 2, 0, 0, 0, 0, 0, 0, 0, 8},                                             // another source, in G.729, which nobody agreed on
		{0x8F, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7},                                              // fifteen contributors, none there
		{0x90, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 0xBE, 0xDE, 0xFF, 0xFF},                      // an extension longer than the packet
		{0xA0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 0xFF},                                        // more padding than packet
		{0x80, 200, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7},                                            // a report cut short
	}
	for _, b := range bad {
		if _, err := peer.rtp.WriteToUDPAddrPort(b, s.socket.Load().Addr()); err != nil {
			t.Fatal(err)
		}
	}
	for i := range uint16(10) { // well-formed, in sequence, with the right numbers, from elsewhere
		send(t, stranger.rtp, s, rtp.Header{Version: 2, SSRC: 7, SequenceNumber: 2 + i, Timestamp: 320}, make([]byte, 160))
		send(t, stranger.rtp, s, rtp.Header{Version: 2, SSRC: 7, PayloadType: 96, SequenceNumber: 2 + i}, press{key: 1}.payload())
	}
	// The peer's own G.729 takes a number and is not heard.
	send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 7, PayloadType: 18, SequenceNumber: 2, Timestamp: 320}, make([]byte, 20))
	good(3)
	st := s.Stats()
	// The report cut short is not RTP and is not counted.
	if st.PacketsReceived != 3 || st.PacketsLost != 0 || st.PacketsRefused != uint64(len(bad)-1+20) || st.Remote != peer.Addr() {
		t.Errorf("%+v", st)
	}
	if len(pressed) > 0 {
		t.Errorf("a stranger pressed %s", <-pressed)
	}
}

// TestAStrangerSpeaksInThePeersSilence: the peer says nothing, since it is muted or has not begun, and a stranger at another address sends
// what would prove a peer behind a NAT: three packets in sequence and a report. The agent's voice and the reports go to the peer all
// the same, and to nobody else, and what the stranger sends is not heard.
func TestAStrangerSpeaksInThePeersSilence(t *testing.T) {
	interop.Proves(t, "S4.6")
	const silence = latchQuiet + 200*time.Millisecond
	for name, tt := range map[string]struct {
		spoke  bool          // the peer, at first
		silent time.Duration // how long it has been silent then
	}{
		"at the start":                     {false, 0},
		"a while after it":                 {false, silence},
		"after the peer fell silent":       {true, silence},
		"right after the peer fell silent": {true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			peer, stranger := open(t), openAt(t, "127.0.0.77")
			put, pressed := make(chan struct{}, 8), make(chan string, 8)
			o := tapped(put)
			o.OnDTMF, o.reportEvery = func(d string) { pressed <- d }, 20*time.Millisecond
			p := agreed(peer)
			p.Signalling = loopback
			s := start(t, p, o)
			next(t, peer.rtp)
			if tt.spoke {
				send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 7, SequenceNumber: 1}, make([]byte, 160))
				await(t, put)
			}
			for began := time.Now(); time.Since(began) < tt.silent; { // reports come all the time
				datagram(t, peer.rtcp)
			}
			for i := range uint16(latchRun) {
				send(t, stranger.rtp, s, rtp.Header{Version: 2, SSRC: 7, SequenceNumber: 2 + i, Timestamp: 160 * uint32(i)}, make([]byte, 160))
			}
			for i := range uint16(latchRun) {
				send(t, stranger.rtp, s, rtp.Header{Version: 2, SSRC: 8, PayloadType: 96, SequenceNumber: 2 + i}, press{key: 1}.payload())
			}
			eventually(t, "packet that is refused", func() bool { return s.Stats().PacketsRefused == 2*latchRun })
			report, err := (&rtcp.ReceiverReport{SSRC: 8}).Marshal()
			if err == nil {
				_, err = stranger.rtcp.WriteToUDPAddrPort(report, s.socket.Load().RTCPAddr())
			}
			if err != nil {
				t.Fatal(err)
			}
			for range 5 {
				speak(s, 2)
				next(t, peer.rtp)
				datagram(t, peer.rtcp)
			}
			for what, c := range map[string]*net.UDPConn{"audio": stranger.rtp, "a report": stranger.rtcp} {
				_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
				if n, err := c.Read(make([]byte, 2048)); err == nil {
					t.Errorf("the stranger got %s, %d bytes", what, n)
				}
			}
			if len(put) > 0 || len(pressed) > 0 {
				t.Errorf("%d packets and %d keys of the stranger's count", len(put), len(pressed))
			}
			if st := s.Stats(); st.Remote != peer.Addr() {
				t.Errorf("audio goes to %s", st.Remote)
			}
		})
	}
}

// FuzzReceive throws a stream of packets at a receiver: lengths and contents are the fuzzer's, the first two bytes of each
// say how long it is and how much later it comes.
func FuzzReceive(f *testing.F) {
	good := []byte{0x80, 0, 0, 1, 0, 0, 0, 160, 0, 0, 0, 7, 1, 2, 3, 4}
	key := []byte{0x80, 0x80 | 96, 0, 2, 0, 0, 0, 160, 0, 0, 0, 7, 5, 10, 0, 160}
	frame := func(later byte, p []byte) []byte { return append([]byte{byte(len(p)), later}, p...) }
	f.Add(append(frame(0, good), frame(20, key)...))
	f.Add(append(frame(0, good), frame(255, append([]byte{0x90, 8, 0, 9, 255, 255, 255, 255, 0, 0, 0, 7, 0xBE, 0xDE, 0, 0}, 1))...))
	src := netip.MustParseAddrPort("192.0.2.1:4000")
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := newReceiver(func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) })
		r.set(Params{Remote: src, Media: sdp.Media{
			Receive: []sdp.Format{{Codec: sdp.PCMU}, {Codec: sdp.PCMA, PayloadType: 8}}, DTMFReceive: 96, Direction: sdp.SendRecv,
		}})
		pcm := make([]int16, BlockSize)
		now := time.Now()
		packets := uint64(0)
		for len(stream) >= 2 {
			n, later := int(stream[0]), time.Duration(stream[1])*time.Millisecond
			stream = stream[2:]
			n = min(n, len(stream))
			now = now.Add(later)
			r.take(stream[:n], src, now)
			packets++
			stream = stream[n:]
			r.block(pcm)
		}
		st := r.stats()
		if st.PacketsReceived+st.PacketsRefused != packets {
			t.Fatalf("%d packets, %+v", packets, st)
		}
		if st.BufferDelay < 0 || st.BufferDelay > 3*time.Second {
			t.Fatalf("audio waits %v", st.BufferDelay)
		}
	})
}

// FuzzAdaptive puts packets of any length at any time into a buffer: whatever comes, it plays on, and audio that begins to
// flow evenly afterwards is heard within a second.
func FuzzAdaptive(f *testing.F) {
	f.Add([]byte{0, 0, 0, 160, 20, 0, 0, 1, 64, 2})
	f.Add([]byte{255, 255, 255, 0, 160, 0, 0, 0, 10, 20, 128, 0, 0, 0, 255, 0})
	f.Fuzz(func(t *testing.T, script []byte) {
		b := NewAdaptive(8000, 8000)
		out := make([]int16, 80)
		var ts uint32
		for len(script) >= 5 {
			ts = binary.BigEndian.Uint32(script)
			b.Put(&Packet{Timestamp: ts, Payload: make([]byte, int(script[4])*5), Decoder: mulaw{}})
			for range script[4] % 4 {
				b.Get(out)
			}
			script = script[5:]
		}
		loud := make([]byte, 160)
		for i := range loud {
			loud[i] = 0x90 + byte(i%2)*0x70
		}
		heard := false
		for range 150 {
			ts += 160
			b.Put(&Packet{Timestamp: ts, Payload: loud, Decoder: mulaw{}})
			b.Get(out)
			heard = level(out) > 1000
			b.Get(out)
		}
		if !heard || b.Stats().Delay > maxDelay*10*time.Millisecond*2 {
			t.Fatalf("three seconds later: heard %t, %+v", heard, b.Stats())
		}
	})
}

// FuzzReport throws anything at the RTCP port.
func FuzzReport(f *testing.F) {
	for _, p := range []rtcp.Packet{
		&rtcp.SenderReport{SSRC: 1, NTPTime: 5, Reports: []rtcp.ReceptionReport{{SSRC: 2, LastSenderReport: 3}}},
		&rtcp.ReceiverReport{SSRC: 1},
		&rtcp.Goodbye{Sources: []uint32{1}, Reason: "x"},
	} {
		data, _ := p.Marshal()
		f.Add(data)
	}
	peer := open(f)
	s := start(f, agreed(peer), Options{})
	f.Fuzz(func(t *testing.T, data []byte) {
		s.report.take(data, peer.RTCPAddr(), time.Now())
		if st := s.Stats(); st.RoundTrip < 0 || st.RoundTrip > maxRoundTrip || st.RemoteLoss < 0 || st.RemoteLoss > 1 {
			t.Fatalf("%+v", st)
		}
	})
}
