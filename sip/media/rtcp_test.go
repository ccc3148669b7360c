package media

import (
	"math"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"linecard/test/interop"
)

// compound reads one RTCP packet of the session's, which has to come.
func compound(t testing.TB, c *net.UDPConn) []rtcp.Packet {
	t.Helper()
	packets, err := rtcp.Unmarshal(datagram(t, c))
	if err != nil {
		t.Fatal(err)
	}
	return packets
}

// TestReports: after five packets each way the session reports what it sent and how the peer's came, names itself, and
// works the round trip out of the peer's answer.
func TestReports(t *testing.T) {
	interop.Proves(t, "S4.9")
	peer := open(t)
	put := make(chan struct{}, 16)
	o := tapped(put)
	o.CNAME = "desk"
	s := start(t, agreed(peer), o)
	speak(s, 8)
	var last rtp.Packet
	for range 5 {
		last = next(t, peer.rtp)
	}
	for _, seq := range []uint16{10, 11, 13, 14, 15} { // 12 is lost
		send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 77, SequenceNumber: seq, Timestamp: uint32(seq) * 160}, make([]byte, 160))
		await(t, put)
	}
	now := s.now() // a block after the last
	their := &rtcp.SenderReport{SSRC: 77, NTPTime: 0xAAAA_BBBB_CCCC_DDDD}
	data, _ := their.Marshal()
	s.report.take(data, peer.RTCPAddr(), now)

	s.report.send(now.Add(250*time.Millisecond), false)
	packets := compound(t, peer.rtcp)
	sr, ok := packets[0].(*rtcp.SenderReport)
	if !ok || sr.SSRC != last.SSRC || sr.PacketCount != 5 || sr.OctetCount != 5*160 {
		t.Fatalf("sender report: %+v", packets[0])
	}
	if after := sr.RTPTime - last.Timestamp; after != 160+260*8 {
		t.Errorf("260 ms after the last block the report's timestamp is %d after the last packet's", int32(after))
	}
	b := sr.Reports[0]
	if b.SSRC != 77 || b.TotalLost != 1 || b.FractionLost != 256/6 || b.LastSequenceNumber != 15 {
		t.Errorf("reception: %+v", b)
	}
	if b.LastSenderReport != 0xBBBB_CCCC || math.Abs(float64(b.Delay)-16384) > 1 {
		t.Errorf("their report of 250 ms ago is told as %x, %d/65536 s ago", b.LastSenderReport, b.Delay)
	}
	if sdes, ok := packets[1].(*rtcp.SourceDescription); !ok || sdes.Chunks[0].Items[0].Text != "desk" || sdes.Chunks[0].Source != last.SSRC {
		t.Errorf("source description: %+v", packets[1])
	}

	// The peer answers 100 ms after it got our report; 130 ms after it went out the answer is here: 30 ms on the way.
	sentAt := now.Add(250 * time.Millisecond)
	answer := &rtcp.ReceiverReport{SSRC: 77, Reports: []rtcp.ReceptionReport{
		{SSRC: last.SSRC, FractionLost: 64, Jitter: 80, LastSenderReport: uint32(sr.NTPTime >> 16), Delay: 6554},
		{SSRC: 12345, FractionLost: 255, Jitter: 9999}, // about somebody else's stream
	}}
	data, _ = answer.Marshal()
	s.report.take(data, peer.RTCPAddr(), sentAt.Add(130*time.Millisecond))
	st := s.Stats()
	if math.Abs(st.RoundTrip.Seconds()-0.030) > 0.001 || st.RemoteLoss != 0.25 || st.RemoteJitter != 10*time.Millisecond {
		t.Errorf("%+v", st)
	}
	if st.PacketsLost != 1 || st.PacketsReceived != 5 {
		t.Errorf("%+v", st)
	}

	// Nothing sent since: a receiver report it is.
	s.report.send(now.Add(time.Second), false)
	if _, ok := compound(t, peer.rtcp)[0].(*rtcp.ReceiverReport); !ok {
		t.Error("no receiver report although nothing was sent")
	}
	s.Close()
	packets = compound(t, peer.rtcp)
	if bye, ok := packets[len(packets)-1].(*rtcp.Goodbye); !ok || bye.Sources[0] != last.SSRC {
		t.Errorf("the call ends with %+v", packets[len(packets)-1])
	}
}

// TestReportsGoOutByThemselves: without anybody asking, again and again.
func TestReportsGoOutByThemselves(t *testing.T) {
	peer := open(t)
	start(t, agreed(peer), Options{reportEvery: time.Millisecond})
	for range 3 {
		compound(t, peer.rtcp)
	}
}

// TestNonsenseRoundTrip: reports that would make it negative, or hours, are not believed.
func TestNonsenseRoundTrip(t *testing.T) {
	peer := open(t)
	s := start(t, agreed(peer), Options{})
	ssrc := next(t, peer.rtp).SSRC
	now := time.Now()
	for _, b := range []rtcp.ReceptionReport{
		{SSRC: ssrc},
		{SSRC: ssrc, LastSenderReport: uint32(ntp(now)>>16) - 65536},                // how long it was kept is not told
		{SSRC: ssrc, LastSenderReport: uint32(ntp(now)>>16) - 3*65536, Delay: 1000}, // nobody talks over that
		{SSRC: ssrc, LastSenderReport: uint32(ntp(now)>>16) + 65536},
		{SSRC: ssrc, LastSenderReport: uint32(ntp(now)>>16) - 3600*65536},
		{SSRC: ssrc, LastSenderReport: uint32(ntp(now) >> 16), Delay: 0xFFFFFFFF / 4},
	} {
		data, _ := (&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{b}}).Marshal()
		s.report.take(data, peer.RTCPAddr(), now)
		if rtt := s.Stats().RoundTrip; rtt != 0 {
			t.Errorf("%+v makes a round trip of %v", b, rtt)
		}
	}
}

// TestForgedReport: a stranger's report does not count, whatever it says.
func TestForgedReport(t *testing.T) {
	peer := open(t)
	s := start(t, agreed(peer), Options{})
	ssrc := next(t, peer.rtp).SSRC
	data, _ := (&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: ssrc, FractionLost: 255}}}).Marshal()
	stranger := netip.MustParseAddrPort("192.0.2.66:5000")
	s.report.take(data, stranger, time.Now())
	if st := s.Stats(); st.RemoteLoss != 0 {
		t.Errorf("a stranger makes the call look bad: %+v", st)
	}
}

// TestOnePort: with rtcp-mux reports leave from and arrive at the RTP port.
func TestOnePort(t *testing.T) {
	interop.Proves(t, "S4.9")
	peer := open(t)
	params := agreed(peer)
	params.RTCPMux, params.RTCPPort = true, params.Port
	pressed := make(chan string, 1)
	s := start(t, params, Options{OnDTMF: func(d string) { pressed <- d }})
	ssrc := next(t, peer.rtp).SSRC
	s.report.send(time.Now(), false)
	if sr, ok := compound(t, peer.rtp)[0].(*rtcp.SenderReport); !ok || sr.SSRC != ssrc {
		t.Error("no report on the RTP port")
	}
	// Their report, then a packet: when the packet is there, the report was read.
	data, _ := (&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: ssrc, FractionLost: 128}}}).Marshal()
	if _, err := peer.rtp.WriteToUDPAddrPort(data, s.socket.Load().Addr()); err != nil {
		t.Fatal(err)
	}
	send(t, peer.rtp, s, rtp.Header{Version: 2, SSRC: 4, PayloadType: 96}, press{key: 1, duration: 160}.payload())
	awaitKey(t, pressed)
	if st := s.Stats(); st.RemoteLoss != 0.5 || st.PacketsRefused != 0 {
		t.Errorf("%+v", st)
	}
}

// TestSymmetricRTCP: reports go back to where the peer's come from.
func TestSymmetricRTCP(t *testing.T) {
	peer, nat := open(t), open(t)
	s := start(t, agreed(peer), Options{})
	data, _ := (&rtcp.ReceiverReport{SSRC: 1}).Marshal()
	s.report.take(data, nat.RTCPAddr(), time.Now())
	s.report.send(time.Now(), false)
	compound(t, nat.rtcp)
}

// TestReportsAge: what the peer reported a while ago says nothing any more, and of the round trips the smallest counts.
func TestReportsAge(t *testing.T) {
	peer := open(t)
	s := start(t, agreed(peer), Options{})
	ssrc := next(t, peer.rtp).SSRC
	now := time.Now()
	for _, took := range []uint32{6554, 1311, 13107} { // 100, 20, 200 ms
		b := rtcp.ReceptionReport{SSRC: ssrc, FractionLost: 64, Jitter: 80, LastSenderReport: uint32(ntp(now)>>16) - 6554 - took, Delay: 6554}
		data, _ := (&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{b}}).Marshal()
		s.report.take(data, peer.RTCPAddr(), now)
	}
	var st Stats
	s.report.stats(&st, now.Add(14*time.Second))
	if math.Abs(st.RoundTrip.Seconds()-0.020) > 0.001 || st.RemoteLoss != 0.25 || st.RemoteJitter == 0 {
		t.Errorf("lately: %+v", st)
	}
	st = Stats{}
	if s.report.stats(&st, now.Add(15*time.Second)); st != (Stats{}) {
		t.Errorf("long ago: %+v", st)
	}
}

// TestComfortNoiseIsSilence: who has said that nobody talks need not send, until a sound comes again.
func TestComfortNoiseIsSilence(t *testing.T) {
	peer := open(t)
	s := start(t, agreed(peer), Options{})
	take := func(seq uint16, pt uint8) bool {
		data, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, PayloadType: pt, SequenceNumber: seq, Timestamp: uint32(seq) * 160}, Payload: make([]byte, 160)}).Marshal()
		if err != nil {
			t.Fatal(err)
		}
		s.recv.take(data, peer.Addr(), time.Now())
		return s.Stats().Silent
	}
	if take(1, 0) || !take(2, comfortNoise) || take(3, 0) {
		t.Error("sound is silence, or comfort noise is not")
	}
}

// TestHowLongPacketsWait: one that comes early or late does not say how long all of them wait.
func TestHowLongPacketsWait(t *testing.T) {
	b := NewAdaptive(8000, 8000)
	for range 19 {
		b.measure(480)
	}
	b.measure(2400)
	if got := b.Stats().Delay; got != 60*time.Millisecond {
		t.Errorf("packets wait %v", got)
	}
}
