//go:build linux

package audio

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/pion/rtp"

	"linecard/sip/media"
	"linecard/sip/sdp"
)

// talk is a session that sends to a port of this computer.
func talk(t testing.TB, socket *media.Socket, to netip.AddrPort) *media.Session {
	t.Helper()
	pcmu := sdp.Format{Codec: sdp.PCMU}
	s, err := media.NewSession(socket, media.Params{
		Media:  sdp.Media{Send: pcmu, Receive: []sdp.Format{pcmu}, Ptime: 20 * time.Millisecond, Direction: sdp.SendRecv},
		Remote: to, RemoteRTCP: netip.AddrPortFrom(to.Addr(), to.Port()+1),
	}, media.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func listenRTP(t testing.TB) *media.Socket {
	t.Helper()
	socket, err := media.Listen(netip.MustParseAddr("127.0.0.1"), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return socket
}

// TestACallBetweenTwoDesks: what one agent says into a microphone comes out of the other's speaker, at the same pitch and
// loudness, both ways at once: microphone, clock, packets, clock, speaker.
func TestACallBetweenTwoDesks(t *testing.T) {
	r := startPulse(t)
	r.pactl("load-module", "module-null-sink", "sink_name=mic2_in", "sink_properties=device.description=OtherMicFeed", "rate=48000", "channels=1")
	r.pactl("load-module", "module-remap-source", "master=mic2_in.monitor", "source_name=mic2", "source_properties=device.description=OtherMic")
	r.play("mic_in", 700, 0.4)
	r.play("mic2_in", 1100, 0.25)
	here := New(Config{Microphone: "TestMic", Speaker: "TestSpeaker", Log: testLog(t)})
	defer here.Close()
	there := New(Config{Microphone: "OtherMic", Speaker: "TestRinger", Log: testLog(t)})
	defer there.Close()
	socketHere, socketThere := listenRTP(t), listenRTP(t)
	defer here.Attach(talk(t, socketHere, socketThere.Addr()))()
	defer there.Attach(talk(t, socketThere, socketHere.Addr()))()
	r.record("ringer.monitor").expectTone("there", 700, 0.4)
	r.record("speaker.monitor").expectTone("here", 1100, 0.25)
}

// BenchmarkCall holds a PCMU call for ten seconds and reports the CPU it took, in seconds a minute, and the times between
// its packets. The other end is a bare socket in the same process, whose cost is small but counted. Null is the null device,
// Pulse a real sound server.
func BenchmarkCall(b *testing.B) {
	b.Run("Null", func(b *testing.B) { benchmarkCall(b, Config{Null: true}) })
	b.Run("Pulse", func(b *testing.B) {
		startPulse(b)
		benchmarkCall(b, Config{})
	})
}

func benchmarkCall(b *testing.B, config Config) {
	const length = 10 * time.Second
	e := New(config)
	defer e.Close()
	far, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer far.Close()
	socket := listenRTP(b)
	near := socket.Addr()
	var at []time.Time
	for b.Loop() {
		session := talk(b, socket, far.LocalAddr().(*net.UDPAddr).AddrPort())
		detach := e.Attach(session)
		before := cpuTime(b)
		at = at[:0]
		buf := make([]byte, 1500)
		packet := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 1}, Payload: make([]byte, 160)}
		for end := time.Now().Add(length); time.Now().Before(end); {
			if _, _, err := far.ReadFromUDPAddrPort(buf); err != nil {
				b.Fatal(err)
			}
			at = append(at, time.Now())
			packet.SequenceNumber++ // the far end talks in the same rhythm
			packet.Timestamp += 160
			raw, err := packet.Marshal()
			if err != nil {
				b.Fatal(err)
			}
			if _, err := far.WriteToUDPAddrPort(raw, near); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric((cpuTime(b)-before).Seconds()*float64(time.Minute/length), "cpu-s/min")
		detach()
		session.Close()
		socket = listenRTP(b)
		near = socket.Addr()
	}
	socket.Close()
	b.ReportMetric(float64(percentile(at[25:], 0.50).Microseconds())/1000, "gap-p50-ms")
	b.ReportMetric(float64(percentile(at[25:], 0.99).Microseconds())/1000, "gap-p99-ms")
	b.ReportMetric(float64(longest(at[25:]).Microseconds())/1000, "gap-max-ms")
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
